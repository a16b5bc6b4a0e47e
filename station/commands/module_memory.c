/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "fixtures/image_format.h"
#include "station/engine/module_decode.h"
#include "station/commands/rows.h"
#include "station/commands/module_view.h"

#include <string.h>

/* A module's memory as it is: bytes, fields, files. */

#define HALF   MODULE_IMAGE_BLOCK
#define ROW    16
#define BANKS  4
#define SLOW_S 120.0
/* of a field that is bytes */
#define BYTES_SHOWN 16

/* --- dump and save ---------------------------------------------------------------------------- */

/* The half that the arguments name; *all where none does. */
static gboolean wanted_half(const struct unit_call *unit, guint32 *half, gboolean *all,
                            GError **error)
{
	const char *text = unit_text(unit, 0, NULL);
	guint page = 0;

	*all = !text;
	if (text && !module_page_parse(text, &page)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" is no page: two hexadecimal digits such as 11h, or lower",
		                  text);
		return FALSE;
	}
	*half = page == MODULE_LOWER_PAGE ? 0 : CMIS_ADDRESS(unit_count(unit, 1, 0), page, HALF);
	return TRUE;
}

static gboolean read_halves(struct unit_call *unit, struct module_image *image, GError **error)
{
	g_autoptr(GArray) halves = NULL;

	if (!unit_unlock(unit, error) ||
	    !(halves = module_halves(unit->module, unit->knobs, unit->bounds, error)))
		return FALSE;
	for (guint i = 0; i < halves->len; i++)
		if (!module_read_half(unit->module, unit->knobs, g_array_index(halves, guint32, i),
		                      MODULE_ALL_BYTES, image, unit->bounds, error))
			return FALSE;
	return TRUE;
}

static gboolean read_half(struct unit_call *unit, guint32 half, struct module_image *image,
                          GError **error)
{
	return unit_unlock_for(unit, half, error) &&
	       module_read_half(unit->module, unit->knobs, half, MODULE_ALL_BYTES, image,
	                        unit->bounds, error);
}

static void put_row(GString *text, const struct module_image *image, guint32 address)
{
	char signs[ROW + 1] = {0};

	g_string_append_printf(text, "%3u %02X ", address & 0xFF, address & 0xFF);
	for (guint i = 0; i < ROW; i++) {
		guint8 byte = 0;

		module_image_get(image, address + i, &byte, 1);
		signs[i] = g_ascii_isprint((char)byte) ? (char)byte : '.';
		g_string_append_printf(text, "%s%02X", i % 8 ? " " : "  ", byte);
	}
	g_string_append_printf(text, "  |%s|\n", signs);
}

static void put_half(GString *text, const struct module_image *image, guint32 half)
{
	if (text->len)
		g_string_append_c(text, '\n');
	if (half == 0)
		g_string_append(text, "lower memory\n");
	else if (half >> 16)
		g_string_append_printf(text, "bank %u page %02Xh\n", half >> 16, half >> 8 & 0xFF);
	else
		g_string_append_printf(text, "page %02Xh\n", half >> 8 & 0xFF);
	for (guint i = 0; i < HALF; i += ROW)
		put_row(text, image, half + i);
}

static gboolean dump(struct unit_call *unit, GError **error)
{
	g_autoptr(module_image) image = module_image_new();
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GArray) runs = NULL;
	gboolean all = FALSE;
	guint32 half = 0;

	if (!wanted_half(unit, &half, &all, error) ||
	    !(all ? read_halves(unit, image, error) : read_half(unit, half, image, error)))
		return FALSE;
	runs = module_image_runs(image, NULL);
	for (guint i = 0; i < runs->len; i++) {
		const struct module_run *run = &g_array_index(runs, struct module_run, i);

		for (guint k = 0; k < run->len; k += HALF)
			put_half(text, image, run->address + k);
	}
	*unit->result = shell_value_text(text->str);
	return TRUE;
}

static gboolean run_dump(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {dump, UNIT_LOOKS, 0, SLOW_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_dump = {
	.noun = "module",
	.verb = "dump",
	.help = "bytes of a page, or of every page it has; flags are cleared by reading them",
	.examples = {"module dump 11h", "module dump lower", "module dump", "module dump 11h 1"},
	.arguments = {{"PAGE", ARGUMENT_NAME, .optional = TRUE, .complete = complete_pages},
                      {"BANK", ARGUMENT_COUNT, .optional = TRUE, .min = 0, .max = BANKS - 1}},
	.run = run_dump,
};

static gboolean save(struct unit_call *unit, GError **error)
{
	const struct cmis_identity *identity = module_identity(unit->module);
	g_autoptr(module_image) image = module_image_new();
	g_autoptr(GError) cause = NULL;
	g_autofree char *bytes = NULL;
	g_autofree char *text = NULL;

	if (!read_halves(unit, image, error))
		return FALSE;
	bytes = module_image_to_text(image);
	text = g_strdup_printf("# %s %s, serial %s\n%s", identity->vendor_name,
	                       identity->part_number, identity->serial_number, bytes);
	if (g_file_set_contents(unit_text(unit, 0, ""), text, -1, &cause))
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "%s", cause->message);
	return FALSE;
}

static gboolean run_save(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {save, UNIT_LOOKS, 0, SLOW_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_save = {
	.noun = "module",
	.verb = "save",
	.help = "writes every page it has to a file, for \"station module decode\" and compare",
	.examples = {"module save before.txt"},
	.arguments = {{"FILE", ARGUMENT_FILE}},
	.run = run_save,
};

/* --- decode ----------------------------------------------------------------------------------- */

/* A page, or names by a pattern; both null and -1: all. */
struct filter {
	const char *pattern;
	int page;
};

static gboolean passes(const struct cmis_field *field, gpointer data)
{
	const struct filter *filter = data;
	int page = field->byte < HALF ? MODULE_LOWER_PAGE : field->page;

	/* the buffers of commands, where a password may stand, are looked at by number only */
	if (field->page >= 0x9F && filter->page != page)
		return FALSE;
	return (filter->page < 0 || filter->page == page) &&
	       (!filter->pattern || g_pattern_match_simple(filter->pattern, field->name));
}

static const struct table_column decode_columns[] = {
	{"field"}, {"lanes"}, {"value"}, {"raw", TRUE}, {"address"}, {"sure"}, {"note"},
};

static const char *sure_name(enum cmis_sure sure)
{
	static const char *const names[] = {"confirmed", "unconfirmed", "from memory"};

	return names[sure];
}

static gboolean has_number(const struct cmis_field *row)
{
	return row->type != CMIS_TEXT && row->type != CMIS_BYTES;
}

/* Bytes without a meaning: the first of them, "module dump" has all. */
static void add_bytes(struct table *table, const char *bytes)
{
	gsize shown = 3 * BYTES_SHOWN - 1;
	g_autofree char *text =
		g_strdup_printf("%.*s%s", (int)shown, bytes, strlen(bytes) > shown ? " ..." : "");

	unit_add_text(table, text);
}

/* Lanes side by side that say the same are one row. */
static guint add_lanes(struct table *table, const struct image_field *field, guint first)
{
	const struct image_value *value = &field->values[first];
	g_autofree char *place = image_place_text(field->address, field->len);
	g_autofree char *lanes = NULL;
	guint32 bits = 0;
	guint n = 0;

	for (; first + n < field->n && field->values[first + n].raw == value->raw; n++)
		bits |= value->lane ? 1u << (field->values[first + n].lane - 1) : 0;
	lanes = unit_lanes_text(bits);
	unit_add_text(table, field->row->name);
	unit_add_text(table, lanes);
	if (field->row->type == CMIS_BYTES)
		add_bytes(table, field->bytes);
	else
		table_add(table, unit_value(field, value));
	table_add(table, has_number(field->row) ? shell_value_number((double)value->raw, "1")
	                                        : (struct value){0});
	unit_add_text(table, place);
	unit_add_text(table, sure_name(field->row->sure));
	unit_add_text(table, !field->advertised ? "not advertised" : value->judged);
	return n;
}

/* Why there is nothing of it. */
static void tell_nothing(const struct unit_call *unit, const char *text,
                         const struct filter *filter, GError **error)
{
	struct unit_target target;

	if (filter->page >= 0)
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the module has no page %s with fields that are known; \"module "
		                  "dump %s\" reads it all the same",
		                  text, text);
	else if (strpbrk(text, "*?") || unit_target(unit, text, &target, error))
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the module has no field \"%s\"", text);
}

static struct table *decoded_table(const struct image_decoded *decoded, struct filter *filter)
{
	struct table *table = table_new(decode_columns, G_N_ELEMENTS(decode_columns));

	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		for (guint k = 0; (!filter || passes(field->row, filter)) && k < field->n;)
			k += add_lanes(table, field, k);
	}
	return table;
}

static gboolean decode(struct unit_call *unit, GError **error)
{
	const char *text = unit_text(unit, 0, NULL);
	g_autoptr(table) table = NULL;
	g_autoptr(image_decoded) decoded = NULL;
	struct filter filter = {NULL, -1};
	guint page = 0;

	if (text && module_page_parse(text, &page))
		filter.page = (int)page;
	else
		filter.pattern = text;
	decoded = unit_decode(unit, passes, &filter, error);
	if (!decoded)
		return FALSE;
	table = decoded_table(decoded, &filter);
	if (table_rows(table) == 0)
		tell_nothing(unit, text, &filter, error);
	else
		*unit->result = shell_value_take_table(g_steal_pointer(&table));
	return unit->result->kind == VALUE_TABLE;
}

static void tell(struct shell *shell, const GPtrArray *words)
{
	const struct shell_world *world = shell_world(shell);

	for (guint i = 0; i < words->len; i++)
		world->write_error(g_ptr_array_index(words, i), world->data);
}

/* What somebody read elsewhere: no module is needed. */
static gboolean decode_file(struct shell *shell, const char *path, struct value *result,
                            GError **error)
{
	struct module_decoding decoding;

	if (!module_decode_file(path, &decoding, error))
		return FALSE;
	tell(shell, decoding.notes);
	tell(shell, decoding.gaps);
	*result = shell_value_take_table(decoded_table(decoding.decoded, NULL));
	module_decoding_clear(&decoding);
	return TRUE;
}

static gboolean run_decode(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	const struct unit_work work = {decode, UNIT_LOOKS, 0, SLOW_S};
	const char *text = call->values[0].kind == VALUE_TEXT ? call->values[0].text : NULL;

	if (text && g_file_test(text, G_FILE_TEST_IS_REGULAR))
		return decode_file(shell, text, result, error);
	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_decode = {
	.noun = "module",
	.verb = "decode",
	.help = "fields by page or name, with how sure their place is, clears flags that it reads; "
		"or "
		"of a file that somebody read elsewhere",
	.examples = {"module decode 11h", "module decode 'lane.*'", "module decode lane.tx_bias",
                     "module decode ethtool.txt"},
	.arguments = {{"PAGE|NAME|FILE", ARGUMENT_FILE, .optional = TRUE,
                       .complete = complete_pages_and_fields}},
	.run = run_decode,
};

/* --- read ------------------------------------------------------------------------------------- */

static const struct table_column read_columns[] = {{"lane", TRUE}, {"value"}, {"raw", TRUE}};

static gboolean is_field(const struct cmis_field *field, gpointer data)
{
	return field == data;
}

/* One value for one lane, or for a field without; a table of all lanes. */
static gboolean take_field(struct unit_call *unit, const struct image_decoded *decoded,
                           const struct cmis_field *row, GError **error)
{
	guint lane = unit_count(unit, 1, 0);
	g_autoptr(table) table = table_new(read_columns, G_N_ELEMENTS(read_columns));

	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		for (guint k = 0; k < field->n && field->row == row; k++) {
			const struct image_value *value = &field->values[k];

			if (value->lane == lane) {
				*unit->result = unit_value(field, value);
				return TRUE;
			}
			unit_add_lane(table, value->lane);
			table_add(table, unit_value(field, value));
			table_add(table, shell_value_number((double)value->raw, "1"));
		}
	}
	if (table_rows(table) == 0)
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the module does not have the page of %s", row->name);
	else if (lane)
		station_error_set(error, STATION_ERROR_RANGE, "%s has no lane %u", row->name, lane);
	else
		*unit->result = shell_value_take_table(g_steal_pointer(&table));
	return unit->result->kind == VALUE_TABLE;
}

static gboolean read_bytes(struct unit_call *unit, guint32 address, GError **error)
{
	guint n = unit_count(unit, 1, 1);
	g_autoptr(GString) text = g_string_new(NULL);
	guint8 bytes[HALF];

	if (n > HALF - (address & (HALF - 1))) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "%u bytes would leave the half of the page: at most %u", n,
		                  HALF - (address & (HALF - 1)));
		return FALSE;
	}
	if (!unit_unlock_for(unit, address, error) ||
	    !cmis_memory_read(module_memory(unit->module), address, bytes, n, unit->bounds, error))
		return FALSE;
	for (guint i = 0; i < n; i++)
		g_string_append_printf(text, "%s%02X", i ? " " : "", bytes[i]);
	*unit->result = shell_value_text(text->str);
	return TRUE;
}

static gboolean read_target(struct unit_call *unit, GError **error)
{
	g_autoptr(image_decoded) decoded = NULL;
	struct unit_target target;

	if (!unit_target(unit, unit_text(unit, 0, ""), &target, error))
		return FALSE;
	if (!target.field)
		return read_bytes(unit, target.address, error);
	decoded = unit_decode(unit, is_field, (gpointer)target.field, error);
	return decoded && take_field(unit, decoded, target.field, error);
}

static gboolean run_read(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {read_target, UNIT_LOOKS, 0, 0};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_read = {
	.noun = "module",
	.verb = "read",
	.help = "a field by its name (of a lane, or all), or bytes by page and byte",
	.examples = {"module read lane.tx_bias 1", "module read module.temperature",
                     "module read 11h:154 8", "module read lower:3"},
	.arguments = {{"NAME|PAGE:BYTE", ARGUMENT_NAME, .complete = complete_fields},
                      {"LANE|COUNT", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = HALF}},
	.run = run_read,
};
