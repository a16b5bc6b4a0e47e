/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "fixtures/image_format.h"
#include "fixtures/module_changes.h"
#include "station/engine/module_compare.h"
#include "station/engine/module_decode.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/commands/module_view.h"

#include <math.h>
#include <string.h>

/* Writing to the module with what changed by it, and comparing it with a file. */

#define HALF   MODULE_IMAGE_BLOCK
#define SLOW_S 120.0

/* --- a value as raw bits ---------------------------------------------------------------------- */

static gboolean tell_codes(const struct cmis_field *field, const char *text, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (const struct cmis_code *code = field->codes; code && code->name; code++)
		g_string_append_printf(names, "%s%s", names->len ? ", " : "", code->name);
	station_error_set(error, STATION_ERROR_CONFIG, "%s is %s%s, not \"%s\"", field->name,
	                  field->codes ? "one of: " : "a number", field->codes ? names->str : "",
	                  text);
	return FALSE;
}

static gboolean raw_of_number(const struct cmis_field *field, const struct value *value,
                              gint64 *raw, GError **error)
{
	double number = value->number;
	const char *unit = value->unit;

	if (strcmp(unit, "dBm") == 0 && strcmp(field->unit, "W") == 0) {
		number = unit_watt_from_dbm(number);
		unit = "W";
	}
	if (strcmp(unit, "1") != 0 && strcmp(unit, field->unit) != 0) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s is in %s, not in %s",
		                  field->name, strcmp(field->unit, "1") ? field->unit : "no unit",
		                  unit);
		return FALSE;
	}
	number = round(number / (field->scale > 0 ? field->scale : 1));
	if (!(number >= 0 && number <= G_MAXUINT32)) {
		station_error_set(error, STATION_ERROR_RANGE, "%s cannot be below zero",
		                  field->name);
		return FALSE;
	}
	*raw = (gint64)number;
	return TRUE;
}

/* A number in the field's unit (a plain one is taken to be), on and off, or a code by its name. */
static gboolean raw_of(const struct cmis_field *field, const struct value *value, gint64 *raw,
                       GError **error)
{
	if (value->kind == VALUE_FLAG)
		*raw = value->flag;
	if (value->kind == VALUE_FLAG)
		return TRUE;
	if (value->kind == VALUE_NUMBER)
		return raw_of_number(field, value, raw, error);
	for (const struct cmis_code *code = field->codes;
	     value->kind == VALUE_TEXT && code && code->name; code++)
		if (g_ascii_strcasecmp(code->name, value->text) == 0) {
			*raw = code->value;
			return TRUE;
		}
	return tell_codes(field, value->kind == VALUE_TEXT ? value->text : "that", error);
}

/* Bits that a field has of a lane. */
static guint width_of(const struct cmis_field *field)
{
	switch (field->type) {
	case CMIS_LANE_BIT:
		return 1;
	case CMIS_LANE_NIBBLE:
		return 4;
	case CMIS_U8:
	case CMIS_LANE_U8:
		return field->msb - field->lsb + 1u;
	default:
		return 0;
	}
}

static gboolean check_writable(const struct cmis_field *field, GError **error)
{
	gboolean writable = field->access == CMIS_RW || field->access == CMIS_WO;
	g_autofree char *place =
		image_place_text(CMIS_ADDRESS(0, field->page, field->byte), cmis_field_size(field));

	if (g_str_has_prefix(field->name, "password."))
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "a password is entered by \"module password HEX\", where it is "
		                  "not kept");
	else if (writable && width_of(field))
		return TRUE;
	else
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "%s %s; its bytes can be written as PAGE:BYTE (%s)", field->name,
		                  writable ? "is more than one byte"
		                           : "is read only by the standard",
		                  place);
	return FALSE;
}

static gboolean write_field(struct unit_call *unit, const struct cmis_field *field, GError **error)
{
	guint lanes = cmis_field_lanes(field), lane = unit_count(unit, 2, 0);
	guint first = lane ? lane : lanes ? 1 : 0;
	gint64 raw = 0;

	if (!raw_of(field, &unit->call->values[1], &raw, error))
		return FALSE;
	if (raw >> width_of(field)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "%s has %u bits: its raw value is 0 to %u", field->name,
		                  width_of(field), (1u << width_of(field)) - 1);
		return FALSE;
	}
	for (guint at = first; at <= (lane ? lane : lanes); at++)
		if (!cmis_write_raw(module_memory(unit->module), field->name, at, (guint32)raw,
		                    unit->bounds, error))
			return FALSE;
	return TRUE;
}

/* --- what is written -------------------------------------------------------------------------- */

struct writing {
	struct unit_target target;
	guint32 half;
	guint len;         /* bytes from the target's address */
	GByteArray *bytes; /* null for a field */
};

static gboolean check_place(const struct unit_call *unit, const struct writing *writing,
                            GError **error)
{
	const guint32 password = 118;

	if (writing->len > HALF - (writing->target.address & (HALF - 1)))
		station_error_set(error, STATION_ERROR_RANGE,
		                  "%u bytes would leave the half of the page", writing->len);
	else if (writing->target.address + writing->len > password && writing->half == 0)
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "lower:118-127 are passwords and the page: \"module password "
		                  "HEX\" enters one, pages are selected by themselves");
	else
		return TRUE;
	return FALSE;
}

/* One byte as a number, or several as text. */
static GByteArray *take_bytes(const struct value *value, GError **error)
{
	if (value->kind == VALUE_TEXT)
		return unit_bytes(value->text, error);
	if (value->kind == VALUE_NUMBER && strcmp(value->unit, "1") == 0 && value->number >= 0 &&
	    value->number <= 255 && floor(value->number) == value->number) {
		guint8 byte = (guint8)value->number;

		return g_byte_array_append(g_byte_array_new(), &byte, 1);
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "a byte is 0 to 255 or 0x00 to 0xff; several are '19 50' in quotes");
	return NULL;
}

/* Lanes 9 on are in banks of their own. */
static gboolean is_banked(const struct cmis_field *field)
{
	const guint first = 0x10, last = 0x2F;

	return field->page >= first && field->page <= last;
}

static gboolean prepare(struct unit_call *unit, struct writing *writing, GError **error)
{
	const struct cmis_field *field;
	guint lane = unit_count(unit, 2, 0);

	if (!unit_target(unit, unit_text(unit, 0, ""), &writing->target, error))
		return FALSE;
	field = writing->target.field;
	writing->half = writing->target.address & ~(guint32)(HALF - 1);
	if (!field && lane) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "bytes of a page have no lanes: %s alone is the place",
		                  unit_text(unit, 0, ""));
		return FALSE;
	}
	if (!field) {
		writing->bytes = take_bytes(&unit->call->values[1], error);
		writing->len = writing->bytes ? writing->bytes->len : 0;
		return writing->bytes && check_place(unit, writing, error);
	}
	writing->len = cmis_field_size(field);
	if (lane && cmis_field_lanes(field) && is_banked(field)) {
		writing->half |= CMIS_ADDRESS((lane - 1) / CMIS_MAX_LANES, 0, 0);
		writing->target.address |= CMIS_ADDRESS((lane - 1) / CMIS_MAX_LANES, 0, 0);
	} else if (lane > cmis_field_lanes(field)) {
		station_error_set(error, STATION_ERROR_RANGE, "%s has no lane %u", field->name,
		                  lane);
		return FALSE;
	}
	return check_writable(field, error);
}

/* Twice, and what is not the same both times is no change of anybody's. */
static gboolean read_before(struct unit_call *unit, const struct writing *writing,
                            struct module_image *before, GError **error)
{
	g_autoptr(module_image) again = module_image_new();
	g_autoptr(module_image) first = module_image_new();

	if (!module_read_half(unit->module, unit->knobs, writing->half, MODULE_SETTLED_BYTES, first,
	                      unit->bounds, error) ||
	    !module_read_half(unit->module, unit->knobs, writing->half, MODULE_SETTLED_BYTES, again,
	                      unit->bounds, error))
		return FALSE;
	for (guint i = 0; i < HALF; i++) {
		guint8 bytes[2];

		if (module_image_get(first, writing->half + i, &bytes[0], 1) &&
		    module_image_get(again, writing->half + i, &bytes[1], 1) &&
		    bytes[0] == bytes[1])
			module_image_put(before, writing->half + i, bytes, 1);
	}
	return TRUE;
}

/* --- what changed ----------------------------------------------------------------------------- */

static const struct table_column change_columns[] = {
	{"field"}, {"lane", TRUE}, {"address"}, {"before"}, {"after"}, {"note"},
};

static void add_change(struct table *table, const struct module_change *change, const char *note)
{
	g_autofree char *place = image_place_text(change->address, change->len);

	unit_add_text(table, change->field);
	unit_add_lane(table, change->lane);
	unit_add_text(table, place);
	unit_add_text(table, change->before);
	unit_add_text(table, change->after);
	unit_add_text(table, note);
}

static gboolean was_meant(const struct writing *writing, const struct module_change *change)
{
	return writing->target.field
	               ? strcmp(writing->target.field->name, change->field) == 0
	               : change->address < writing->target.address + writing->len &&
	                         change->address + change->len > writing->target.address;
}

/* What was written and is as it was before is told as well: it may not have been taken. */
static struct value changes_value(const struct unit_call *unit, const struct writing *writing,
                                  const struct module_image *before,
                                  const struct module_image *after)
{
	g_autoptr(GPtrArray) changes = module_changes(before, after, unit->knobs);
	struct table *table = table_new(change_columns, G_N_ELEMENTS(change_columns));
	gboolean any = FALSE;

	for (guint i = 0; i < changes->len; i++) {
		const struct module_change *change = g_ptr_array_index(changes, i);
		gboolean meant = was_meant(writing, change);

		any |= meant;
		add_change(table, change, meant ? NULL : "changed with it");
	}
	if (!any) {
		g_autofree char *place = image_place_text(writing->target.address, writing->len);

		unit_add_text(table, writing->target.field ? writing->target.field->name : NULL);
		unit_add_lane(table, 0);
		unit_add_text(table, place);
		unit_add_text(table, NULL);
		unit_add_text(table, NULL);
		unit_add_text(table, "reads as before");
	}
	return shell_value_take_table(table);
}

static gboolean write_now(struct unit_call *unit, struct writing *writing, GError **error)
{
	g_autoptr(module_image) before = module_image_new();
	g_autoptr(module_image) after = module_image_new();

	if (!unit_unlock_for(unit, writing->half, error) ||
	    !read_before(unit, writing, before, error) ||
	    !(writing->bytes ? cmis_memory_write(module_memory(unit->module),
	                                         writing->target.address, writing->bytes->data,
	                                         writing->bytes->len, unit->bounds, error)
	                     : write_field(unit, writing->target.field, error)) ||
	    !module_read_half(unit->module, unit->knobs, writing->half, MODULE_SETTLED_BYTES, after,
	                      unit->bounds, error))
		return FALSE;
	*unit->result = changes_value(unit, writing, before, after);
	return TRUE;
}

static gboolean write_target(struct unit_call *unit, GError **error)
{
	struct writing writing = {0};
	gboolean ok = prepare(unit, &writing, error) && write_now(unit, &writing, error);

	g_clear_pointer(&writing.bytes, g_byte_array_unref);
	return ok;
}

static gboolean run_write(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct unit_work work = {write_target, UNIT_TOUCHES};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_write = {
	.noun = "module",
	.verb = "write",
	.help = "writes a field (of a lane, or all) or bytes, and shows what changed by it",
	.examples = {"module write lane.tx_output_disable on 2",
                     "module write staged.rx_amplitude '300-600 mV'", "module write 10h:130 0x0f",
                     "module write 03h:128 '4c 61 62'"},
	.arguments = {{"NAME|PAGE:BYTE", ARGUMENT_NAME, .complete = complete_fields},
                      {"VALUE", ARGUMENT_VALUE},
                      {"LANE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 32,
                       .complete = complete_lanes}},
	.right = COMMAND_WRITES_MODULE,
	.run = run_write,
};

/* --- compare ---------------------------------------------------------------------------------- */

static const struct table_column compare_columns[] = {
	{"field"}, {"lane", TRUE}, {"address"}, {"other"}, {"module"},
};

/* Of the module what the file knows; pages that the module does not have are left out. */
static gboolean read_same(struct unit_call *unit, const struct module_image *file,
                          struct module_image *image, GError **error)
{
	g_autoptr(GArray) runs = module_image_runs(file, NULL);
	g_autoptr(GArray) halves = NULL;

	if (!unit_unlock(unit, error) ||
	    !(halves = module_halves(unit->module, unit->knobs, unit->bounds, error)))
		return FALSE;
	for (guint h = 0; h < halves->len; h++) {
		guint32 half = g_array_index(halves, guint32, h);
		gboolean wanted = FALSE;

		for (guint i = 0; i < runs->len && !wanted; i++) {
			const struct module_run *run = &g_array_index(runs, struct module_run, i);

			wanted = run->address < half + HALF && run->address + run->len > half;
		}
		if (wanted && !module_read_half(unit->module, unit->knobs, half,
		                                MODULE_SETTLED_BYTES, image, unit->bounds, error))
			return FALSE;
	}
	return TRUE;
}

static struct value difference(const struct unit_call *unit, const struct module_image *file,
                               const struct module_image *image)
{
	g_autoptr(GPtrArray) changes = module_changes(file, image, unit->knobs);
	g_autofree char *text = NULL;
	struct table *table;
	guint both = 0, one = 0;

	module_images_overlap(file, image, &both, &one);
	text = g_strdup_printf("no difference in %u bytes that both know", both);
	if (changes->len == 0)
		return shell_value_text(text);
	table = table_new(compare_columns, G_N_ELEMENTS(compare_columns));
	for (guint i = 0; i < changes->len; i++) {
		const struct module_change *change = g_ptr_array_index(changes, i);
		g_autofree char *place = image_place_text(change->address, change->len);

		unit_add_text(table, change->field);
		unit_add_lane(table, change->lane);
		unit_add_text(table, place);
		unit_add_text(table, change->before);
		unit_add_text(table, change->after);
	}
	return shell_value_take_table(table);
}

/* A file of any format; what a run left in a module; the module at another site. */
static struct module_image *load_other(struct unit_call *unit, const char *what, GError **error)
{
	const struct config *config = shell_world(unit->shell)->config;
	struct module_image *image = NULL;

	if (g_file_test(what, G_FILE_TEST_EXISTS) || strchr(what, '/')) {
		struct module_decoding file = {0};

		if (module_decode_file(what, &file, error))
			image = module_image_copy(file.image);
		module_decoding_clear(&file);
	} else {
		struct module_side side = {0};

		if (module_side_load(config, what, &side, error))
			image = module_image_copy(side.image);
		module_side_clear(&side);
	}
	return image;
}

static gboolean compare(struct unit_call *unit, GError **error)
{
	g_autoptr(module_image) image = module_image_new();
	g_autoptr(module_image) other = load_other(unit, unit_text(unit, 0, ""), error);

	if (!other || !read_same(unit, other, image, error))
		return FALSE;
	*unit->result = difference(unit, other, image);
	return TRUE;
}

static gboolean run_compare(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	const struct unit_work work = {compare, UNIT_LOOKS, 0, SLOW_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_compare = {
	.noun = "module",
	.verb = "compare",
	.help = "what is not as in a file of any image format, as a run left it, or at another "
		"site; "
		"but flags and monitors",
	.examples = {"module compare before.txt", "module compare SN0815", "module compare site:2"},
	.arguments = {{"FILE|RUN|site:N", ARGUMENT_FILE, .complete = complete_runs}},
	.run = run_compare,
};
