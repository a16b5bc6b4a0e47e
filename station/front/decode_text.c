/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/decode_command.h"

#include "base/unit.h"

#include <math.h>
#include <string.h>

#define DIGITS       6
#define BYTES_SHOWN  8
#define ALARM_COLOUR "\033[31m"
#define WARN_COLOUR  "\033[33m"
#define PLAIN        "\033[0m"

/* A text as it is drawn on a terminal: red for an alarm, yellow for a warning. */
static void add_coloured(GString *text, const struct decode_call *call, gboolean alarm,
                         const char *words)
{
	if (call->colour)
		g_string_append_printf(text, "%s%s%s", alarm ? ALARM_COLOUR : WARN_COLOUR, words,
		                       PLAIN);
	else
		g_string_append(text, words);
}

static void add_texts(GString *text, const char *heading, const GPtrArray *texts)
{
	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : heading,
		                       (const char *)g_ptr_array_index(texts, i));
	if (texts->len)
		g_string_append_c(text, '\n');
}

/* --- one field -------------------------------------------------------------------------------- */

static void add_value(GString *text, const struct decode_call *call,
                      const struct image_value *value)
{
	g_string_append(text, value->text);
	if (!value->judged)
		return;
	g_string_append(text, " [");
	add_coloured(text, call, g_str_has_suffix(value->judged, "alarm"), value->judged);
	g_string_append_c(text, ']');
}

static gboolean all_same(const struct image_field *field)
{
	for (guint i = 1; i < field->n; i++)
		if (strcmp(field->values[i].text, field->values[0].text) != 0 ||
		    field->values[i].judged != field->values[0].judged)
			return FALSE;
	return TRUE;
}

/* "lane 1, 3" of one bit each; "none". */
static void add_bits(GString *text, const struct image_field *field)
{
	gboolean any = FALSE;

	for (guint i = 0; i < field->n; i++)
		if (field->values[i].raw) {
			g_string_append_printf(text, "%s%u", any ? ", " : "lane ",
			                       field->values[i].lane);
			any = TRUE;
		}
	if (!any)
		g_string_append(text, "none");
}

static gboolean is_zero(const char *bytes)
{
	return strspn(bytes, "0 ") == strlen(bytes);
}

static void add_words(GString *text, const struct decode_call *call,
                      const struct image_field *field)
{
	const struct image_value *values = field->values;

	if (!field->n)
		g_string_append(text, "not whole in this image");
	else if (field->row->type == CMIS_TEXT)
		g_string_append_printf(text, "\"%s\"", values[0].text);
	else if (field->row->type == CMIS_BYTES && is_zero(field->bytes))
		g_string_append(text, "all 00");
	else if (field->row->type == CMIS_BYTES && field->len <= BYTES_SHOWN)
		g_string_append(text, "-");
	else if (field->row->type == CMIS_BYTES)
		g_string_append(text, field->bytes);
	else if (field->row->type == CMIS_LANE_BIT && !field->row->codes)
		add_bits(text, field);
	else if (field->n > 1 && all_same(field)) {
		g_string_append_printf(text, "lanes %u-%u: ", values[0].lane,
		                       values[field->n - 1].lane);
		add_value(text, call, &values[0]);
	} else {
		for (guint i = 0; i < field->n; i++) {
			if (field->n > 1)
				g_string_append_printf(text, "%s%u: ", i ? ", " : "",
				                       values[i].lane);
			add_value(text, call, &values[i]);
		}
	}
}

/* Beside a monitor's values: "; alarm -5 degC to 75 degC, warning 0 degC to 70 degC". */
static void add_thresholds(GString *text, const struct image_field *field)
{
	char *words[4];

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		words[i] = isnan(field->thresholds[i])
		                   ? g_strdup("?")
		                   : unit_format(field->thresholds[i], field->row->unit, DIGITS);
	g_string_append_printf(text, "; alarm %s to %s, warning %s to %s", words[1], words[0],
	                       words[3], words[2]);
	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		g_free(words[i]);
}

static void add_field(GString *text, const struct decode_call *call,
                      const struct image_field *field)
{
	g_autofree char *place = image_place_text(field->address, field->len);
	g_autofree char *bytes = g_strndup(field->bytes, 3 * BYTES_SHOWN - 1);

	g_string_append_printf(text, "  %-36s %-13s %-23s%-4s", field->row->name, place, bytes,
	                       field->len > BYTES_SHOWN ? "..." : "");
	add_words(text, call, field);
	if (field->monitored)
		add_thresholds(text, field);
	if (!field->advertised)
		g_string_append(text, "  (not advertised)");
	if (call->sources)
		g_string_append_printf(text, "  {%s}", field->row->citation);
	g_string_append_c(text, '\n');
}

static void add_fields(GString *text, const struct decode_call *call,
                       const struct image_decoded *decoded)
{
	guint32 half = G_MAXUINT32;

	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);
		guint32 here = field->address / MODULE_IMAGE_BLOCK;

		if (!decode_wants(call, field))
			continue;
		if (here != half && here == 0)
			g_string_append(text, "\nlower memory\n");
		else if (here != half && field->address >> 16)
			g_string_append_printf(text, "\nbank %u page %02Xh\n", field->address >> 16,
			                       field->address >> 8 & 0xFF);
		else if (here != half)
			g_string_append_printf(text, "\npage %02Xh\n", field->address >> 8 & 0xFF);
		half = here;
		add_field(text, call, field);
	}
}

/* --- what is told of all ---------------------------------------------------------------------- */

static void add_heading(GString *text, const struct decode_call *call,
                        const struct module_decoding *decoding)
{
	const struct image_decoded *decoded = decoding->decoded;

	g_string_append_printf(text, "%s (%s): ", call->file, image_format_name(decoding->format));
	if (decoded->identifier < 0)
		g_string_append(text, "byte 0, which tells what it is, is not in this image");
	else if (decoded->map == IMAGE_MAP_NONE)
		g_string_append_printf(text,
		                       "identifier %02Xh, neither CMIS nor SFF-8636: its "
		                       "bytes alone",
		                       decoded->identifier);
	else if (decoded->map == IMAGE_MAP_CMIS)
		g_string_append_printf(text, "%s, CMIS %u.%u", decoded->identifier_name,
		                       decoded->revision >> 4, decoded->revision & 0xF);
	else
		g_string_append_printf(text, "%s, SFF-8636", decoded->identifier_name);
	g_string_append_c(text, '\n');
	add_texts(text, "note: ", decoding->notes);
	add_texts(text, "missing bytes: ", decoding->gaps);
	if (decoded->map == IMAGE_MAP_CMIS && decoded->revision < 0x40)
		g_string_append(text, "note: pages from 01h on are told as of CMIS 4.0; before it "
		                      "some of them were laid out otherwise\n");
}

static void add_checksums(GString *text, const struct decode_call *call,
                          const struct image_decoded *decoded)
{
	for (guint i = 0; i < decoded->n_checksums; i++) {
		const struct image_checksum *sum = &decoded->checksums[i];
		g_autofree char *place = image_place_text(sum->first, sum->len);
		g_autofree char *wrong = NULL;

		g_string_append_printf(text, "checksum of %s: ", place);
		if (!sum->known) {
			g_string_append(text, "not in this image\n");
			continue;
		}
		wrong = g_strdup_printf("WRONG, is %02X and should be %02X", sum->stored,
		                        sum->computed);
		if (sum->computed == sum->stored)
			g_string_append_printf(text, "%02X, right", sum->stored);
		else
			add_coloured(text, call, TRUE, wrong);
		g_string_append_c(text, '\n');
	}
}

static void add_flags(GString *text, const struct decode_call *call,
                      const struct image_decoded *decoded)
{
	gboolean any = FALSE;

	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		/* those of observables stand beside them */
		if (!field->raised || field->row->type == CMIS_BYTES)
			continue;
		g_string_append(text, any ? "              " : "flags raised: ");
		any = TRUE;
		add_coloured(text, call, FALSE, field->row->name + strlen("flag."));
		g_string_append(text, ": ");
		add_words(text, call, field);
		g_string_append_c(text, '\n');
	}
	if (!any)
		g_string_append(text, "flags raised: none of those in this image\n");
}

static void add_applications(GString *text, const struct image_decoded *decoded)
{
	if (decoded->map != IMAGE_MAP_CMIS)
		return;
	g_string_append_printf(text, "\n%-4s %-40s %-40s %-7s %s\n", "app", "host", "media",
	                       "lanes", "begin at host, media lanes (bits)");
	for (guint i = 0; i < decoded->n_applications; i++) {
		const struct cmis_application *app = &decoded->applications[i];
		g_autofree char *host = g_strdup_printf("%02X %s", app->host_id,
		                                        app->host_name ? app->host_name : "?");
		g_autofree char *media = g_strdup_printf("%02X %s", app->media_id,
		                                         app->media_name ? app->media_name : "?");

		g_string_append_printf(text, "%-4u %-40s %-40s %u to %-2u %02X, %02X\n",
		                       app->number, host, media, app->host_lanes, app->media_lanes,
		                       app->host_lane_options, app->media_lane_options);
	}
	if (!decoded->applications_whole)
		g_string_append(text, "(the rest of the list is not in this image)\n");
}

static char *observed_text(const struct cmis_vdm_item *item)
{
	if (!item->type)
		return g_strdup_printf("%04Xh", item->raw);
	if (isinf(item->value))
		return g_strdup("infinite");
	if (g_str_equal(item->type->unit, "1"))
		return g_strdup_printf("%.5g", item->value);
	return unit_format(item->value, item->type->unit, DIGITS);
}

static void add_observables(GString *text, const struct decode_call *call,
                            const struct cmis_vdm *vdm)
{
	if (vdm)
		g_string_append_printf(text, "\n%-28s %-5s %-13s %s\n", "observable", "lane",
		                       "address", "value");
	for (guint i = 0; vdm && i < vdm->n; i++) {
		const struct cmis_vdm_item *item = &vdm->items[i];
		const char *judged = isnan(item->value) || isnan(item->thresholds[0])
		                             ? NULL
		                             : image_judge(item->value, item->thresholds);
		g_autofree char *value = observed_text(item);
		g_autofree char *lane =
			item->lane ? g_strdup_printf("%u", item->lane) : g_strdup("all");
		g_autofree char *name = item->type ? g_strdup(item->type->name)
		                                   : g_strdup_printf("type %u", item->code);

		g_string_append_printf(text, "%-28s %-5s %02Xh:%-9u %s", name, lane,
		                       0x24 + item->group, 128 + 2 * item->slot, value);
		if (judged) {
			g_string_append(text, " [");
			add_coloured(text, call, g_str_has_suffix(judged, "alarm"), judged);
			g_string_append_c(text, ']');
		}
		if (item->flags) {
			g_autofree char *flags = image_levels_text(item->flags);

			g_string_append(text, ", flags: ");
			add_coloured(text, call, FALSE, flags);
		}
		g_string_append_c(text, '\n');
	}
}

/* Where module, data paths and their configurations are. */
static void add_states(GString *text, const struct decode_call *call,
                       const struct image_decoded *decoded)
{
	static const char *const names[] = {"module.state", "lane.path_state",
	                                    "lane.config_status"};

	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
			if (!g_str_equal(names[k], field->row->name))
				continue;
			g_string_append_printf(text, "%s: ", names[k]);
			add_words(text, call, field);
			g_string_append_c(text, '\n');
		}
	}
}

char *decode_text(const struct decode_call *call, const struct module_decoding *decoding)
{
	const struct image_decoded *decoded = decoding->decoded;
	GString *text = g_string_new(NULL);
	g_autofree char *rest = module_decode_rest(decoding);
	gboolean whole = call->page < 0 && !call->field;

	add_heading(text, call, decoding);
	if (whole && decoded->map != IMAGE_MAP_NONE) {
		add_checksums(text, call, decoded);
		add_states(text, call, decoded);
		add_flags(text, call, decoded);
		add_applications(text, decoded);
		add_observables(text, call, decoded->vdm);
	}
	add_fields(text, call, decoded);
	if (whole && rest)
		g_string_append_printf(text, "\nwithout a name:\n%s", rest);
	return g_string_free(text, FALSE);
}
