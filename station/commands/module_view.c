/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/module_view.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "station/engine/module_decode.h"

#include <math.h>
#include <string.h>

#define HALF MODULE_IMAGE_BLOCK

/* --- a deed ----------------------------------------------------------------------------------- */

struct doing {
	struct unit_call unit;
	unit_deed deed;
};

static gboolean deed(struct step_context *ctx, gpointer data, GError **error)
{
	struct doing *doing = data;

	doing->unit.ctx = ctx;
	doing->unit.bounds = step_bounds(ctx);
	return doing->deed(&doing->unit, error);
}

gboolean unit_do(struct shell *shell, const struct call *call, struct value *result,
                 const struct unit_work *work, GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct hand_work hand_work = {
		.needs = work->needs,
		.wants = work->wants,
		.limit_s = work->limit_s,
	};
	struct doing doing = {.unit = {.shell = shell, .call = call, .result = result},
	                      .deed = work->deed};

	if (!hand)
		return FALSE;
	doing.unit.module = hand_module(hand);
	doing.unit.knobs = hand_knobs(hand);
	return shell_do(shell, &hand_work, deed, &doing, error);
}

guint unit_count(const struct unit_call *unit, guint argument, guint absent)
{
	const struct value *value = &unit->call->values[argument];

	return value->kind == VALUE_NUMBER ? (guint)value->number : absent;
}

const char *unit_text(const struct unit_call *unit, guint argument, const char *absent)
{
	const struct value *value = &unit->call->values[argument];

	return value->kind == VALUE_TEXT ? value->text : absent;
}

gboolean unit_unlock(struct unit_call *unit, GError **error)
{
	return !unit->knobs || module_password_entered(unit->module) ||
	       knobs_unlock(unit->module, unit->knobs, unit->bounds, error);
}

gboolean unit_unlock_for(struct unit_call *unit, guint32 address, GError **error)
{
	guint n = 0;
	const struct knob *knobs = unit->knobs ? knob_map_knobs(unit->knobs, &n) : NULL;

	for (guint i = 0; i < n; i++)
		if (knobs[i].page == (address >> 8 & 0xFF))
			return unit_unlock(unit, error);
	return TRUE;
}

/* --- memory as values ------------------------------------------------------------------------- */

struct image_decoded *unit_decode(struct unit_call *unit, module_want want, gpointer data,
                                  GError **error)
{
	g_autoptr(module_image) image = module_image_new();

	return module_read_fields(unit->module, want, data, image, unit->bounds, error)
	               ? image_decode(image)
	               : NULL;
}

const struct image_field *unit_field(const struct image_decoded *decoded, const char *name)
{
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);
		if (strcmp(field->row->name, name) == 0)
			return field;
	}
	return NULL;
}

gboolean unit_raw(const struct image_decoded *decoded, const char *name, guint lane, gint64 *raw)
{
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);
		if (strcmp(field->row->name, name) != 0)
			continue;
		for (guint k = 0; k < field->n; k++)
			if (field->values[k].lane == lane) {
				*raw = field->values[k].raw;
				return TRUE;
			}
	}
	return FALSE;
}

struct value unit_number(double number, const char *unit)
{
	if (strcmp(unit, "W") == 0) {
		/* a thousandth is less than the step of what it was made from */
		number = round(unit_dbm_from_watt(number) * 1000) / 1000;
		unit = "dBm";
	}
	return isfinite(number) ? shell_value_number(number, g_intern_string(unit))
	                        : (struct value){0};
}

struct value unit_value(const struct image_field *field, const struct image_value *value)
{
	const struct cmis_field *row = field->row;
	g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, value->raw);

	if (strcmp(row->unit, "W") == 0 && value->number <= 0)
		return shell_value_text("no light");
	/* what is no number of its own is told in words: codes, levels, texts */
	if (isnan(value->number) ||
	    (strcmp(row->unit, "1") == 0 && strcmp(value->text, digits) != 0))
		return shell_value_text(value->text);
	return g_str_has_prefix(row->name, "power.")
	               ? shell_value_number(value->number, g_intern_string(row->unit))
	               : unit_number(value->number, row->unit);
}

struct value unit_knob_value(const struct knob *knob, double number)
{
	return shell_value_number(number, g_intern_string(knob->unit));
}

char *unit_lanes_text(guint32 bits)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0, last; i < 32; i = last + 1) {
		last = i;
		if (!(bits >> i & 1))
			continue;
		while (last < 31 && bits >> (last + 1) & 1)
			last++;
		g_string_append_printf(text, "%s%u", text->len ? ", " : "", i + 1);
		if (last > i)
			g_string_append_printf(text, "-%u", last + 1);
	}
	return g_string_free(text, FALSE);
}

guint32 unit_media_lanes(const struct module *module)
{
	const struct cmis_identity *identity = module_identity(module);
	guint32 bits = module_media_lane_mask(module);

	for (guint i = 0; identity && !module_media_lanes(module) && i < identity->n_applications;
	     i++) {
		struct cmis_path paths[CMIS_MAX_LANES];
		guint n = cmis_place_paths(&identity->applications[i], paths);
		for (guint k = 0; k < n; k++)
			bits |= paths[k].media_lanes;
	}
	return bits ? bits : 0xFF;
}

void unit_add_text(struct table *table, const char *text)
{
	table_add(table, shell_value_text(text && *text ? text : NULL));
}

void unit_add_count(struct table *table, guint count)
{
	table_add(table, shell_value_number(count, "1"));
}

void unit_add_lane(struct table *table, guint lane)
{
	table_add(table, lane ? shell_value_number(lane, "1") : (struct value){0});
}

/* --- names in arguments ----------------------------------------------------------------------- */

static gboolean tell_unknown(const struct unit_call *unit, const char *text, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	guint n;
	const struct cmis_field *fields = cmis_fields(&n);
	const char *near;

	if (unit->knobs && knob_map_has(unit->knobs, text)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s is a knob: \"knob read %s\", \"knob write %s VALUE\"", text,
		                  text, text);
		return FALSE;
	}
	for (guint i = 0; i < n; i++)
		g_ptr_array_add(names, (gpointer)fields[i].name);
	g_ptr_array_add(names, NULL);
	near = suggest_nearest(text, (const char *const *)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "there is no field \"%s\"%s%s%s; a byte is 11h:154 or lower:26", text,
	                  near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return FALSE;
}

/* Page in hexadecimal, byte in decimal, as everywhere. */
static gboolean parse_place(const char *text, guint32 *address)
{
	g_autofree char *bank_text = NULL;
	g_autofree char *page_text = NULL;
	const char *slash = strchr(text, '/'), *colon = strchr(text, ':');
	gint64 bank = 0, byte = 0;
	guint page = 0;

	if (!colon || (slash && slash > colon))
		return FALSE;
	bank_text = g_strndup(text, slash ? (gsize)(slash - text) : 0);
	page_text =
		g_strndup(slash ? slash + 1 : text, (gsize)(colon - (slash ? slash + 1 : text)));
	if ((slash && !number_parse_int(bank_text, 0, 15, &bank, NULL)) ||
	    !module_page_parse(page_text, &page) ||
	    !number_parse_int(colon + 1, 0, 255, &byte, NULL))
		return FALSE;
	if (page == MODULE_LOWER_PAGE || (page == 0 && byte < HALF)) {
		*address = (guint32)byte;
		return byte < HALF;
	}
	*address = CMIS_ADDRESS(bank, page, byte);
	return byte >= HALF;
}

gboolean unit_target(const struct unit_call *unit, const char *text, struct unit_target *target,
                     GError **error)
{
	*target = (struct unit_target){.field = cmis_field_find(text)};
	if (target->field) {
		target->address = CMIS_ADDRESS(0, target->field->page, target->field->byte);
		return TRUE;
	}
	if (!strchr(text, ':'))
		return tell_unknown(unit, text, error);
	if (parse_place(text, &target->address))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is no place: PAGE:BYTE such as 11h:154 (page in hexadecimal, "
	                  "bytes 128 to 255), lower:26 (0 to 127), 1/11h:154 of bank 1",
	                  text);
	return FALSE;
}

GByteArray *unit_bytes(const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(text, " ,\t", -1);
	g_autoptr(GString) digits = g_string_new(NULL);
	GByteArray *bytes;

	for (guint i = 0; words[i]; i++)
		g_string_append(digits, g_str_has_prefix(words[i], "0x") ? words[i] + 2 : words[i]);
	bytes = digits->len ? bytes_from_hex(digits->str, NULL) : NULL;
	if (!bytes)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "expected bytes in hexadecimal, two digits each: 19 or '19 50'");
	return bytes;
}

gboolean unit_check_lane(const struct knob *knob, guint lane, GError **error)
{
	if (lane <= knob->lanes)
		return TRUE;
	if (knob->lanes)
		station_error_set(error, STATION_ERROR_RANGE, "%s has lanes 1 to %u", knob->name,
		                  knob->lanes);
	else
		station_error_set(error, STATION_ERROR_RANGE, "%s has no lanes", knob->name);
	return FALSE;
}

/* --- completion ------------------------------------------------------------------------------- */

void complete_fields(struct shell *shell, GPtrArray *names)
{
	guint n;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(names, g_strdup(fields[i].name));
}

void complete_pages(struct shell *shell, GPtrArray *names)
{
	guint n;
	const struct cmis_field *fields = cmis_fields(&n);
	int last = -1;

	g_ptr_array_add(names, g_strdup("lower"));
	for (guint i = 0; i < n; i++) {
		if (fields[i].byte < HALF || fields[i].page == last)
			continue;
		last = fields[i].page;
		g_ptr_array_add(names, g_strdup_printf("%02Xh", fields[i].page));
	}
}

void complete_pages_and_fields(struct shell *shell, GPtrArray *names)
{
	complete_pages(shell, names);
	complete_fields(shell, names);
}

void complete_knobs(struct shell *shell, GPtrArray *names)
{
	struct hand *hand = shell_site(shell)->hand;
	guint n = 0;
	const struct knob *knobs =
		hand && hand_knobs(hand) ? knob_map_knobs(hand_knobs(hand), &n) : NULL;

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(names, g_strdup(knobs[i].name));
}
