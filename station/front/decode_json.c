/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/decode_command.h"

#include "reports/json_text.h"

#include <math.h>

static void write_texts(struct json_text *json, const char *key, const GPtrArray *texts)
{
	json_text_open(json, key, '[');
	for (guint i = 0; i < texts->len; i++)
		json_text_string(json, NULL, g_ptr_array_index(texts, i));
	json_text_close(json, ']');
}

static void write_place(struct json_text *json, const char *key, guint32 address, guint len)
{
	g_autofree char *place = image_place_text(address, len);

	json_text_string(json, key, place);
}

static void write_value(struct json_text *json, const struct image_value *value)
{
	json_text_open(json, NULL, '{');
	if (value->lane)
		json_text_int(json, "lane", value->lane);
	json_text_string(json, "text", value->text);
	if (!isnan(value->number)) {
		json_text_int(json, "raw", value->raw);
		json_text_number(json, "value", value->number);
	}
	if (value->judged)
		json_text_string(json, "state", value->judged);
	json_text_close(json, '}');
}

static void write_field(struct json_text *json, const struct image_field *field)
{
	json_text_open(json, NULL, '{');
	json_text_string(json, "name", field->row->name);
	write_place(json, "address", field->address, field->len);
	json_text_string(json, "bytes", field->bytes);
	json_text_flag(json, "advertised", field->advertised);
	json_text_flag(json, "raised", field->raised);
	json_text_string(json, "unit", field->row->unit);
	json_text_string(json, "source", field->row->citation);
	if (field->monitored)
		json_text_numbers(json, "thresholds", field->thresholds, 4);
	json_text_open(json, "values", '[');
	for (guint i = 0; i < field->n; i++)
		write_value(json, &field->values[i]);
	json_text_close(json, ']');
	json_text_close(json, '}');
}

static void write_checksums(struct json_text *json, const struct image_decoded *decoded)
{
	json_text_open(json, "checksums", '[');
	for (guint i = 0; i < decoded->n_checksums; i++) {
		const struct image_checksum *sum = &decoded->checksums[i];

		json_text_open(json, NULL, '{');
		write_place(json, "address", sum->first, sum->len);
		json_text_flag(json, "in_image", sum->known);
		if (sum->known) {
			json_text_int(json, "computed", sum->computed);
			json_text_int(json, "stored", sum->stored);
		}
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void write_applications(struct json_text *json, const struct image_decoded *decoded)
{
	json_text_open(json, "applications", '[');
	for (guint i = 0; i < decoded->n_applications; i++) {
		const struct cmis_application *app = &decoded->applications[i];

		json_text_open(json, NULL, '{');
		json_text_int(json, "number", app->number);
		json_text_int(json, "host", app->host_id);
		json_text_string(json, "host_name", app->host_name);
		json_text_int(json, "media", app->media_id);
		json_text_string(json, "media_name", app->media_name);
		json_text_int(json, "host_lanes", app->host_lanes);
		json_text_int(json, "media_lanes", app->media_lanes);
		json_text_int(json, "host_lane_options", app->host_lane_options);
		json_text_int(json, "media_lane_options", app->media_lane_options);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void write_observables(struct json_text *json, const struct cmis_vdm *vdm)
{
	json_text_open(json, "observables", '[');
	for (guint i = 0; vdm && i < vdm->n; i++) {
		const struct cmis_vdm_item *item = &vdm->items[i];

		json_text_open(json, NULL, '{');
		write_place(json, "address",
		            CMIS_ADDRESS(0, 0x24 + item->group, 128 + 2 * item->slot), 2);
		json_text_int(json, "type", item->code);
		json_text_string(json, "name", item->type ? item->type->name : NULL);
		json_text_int(json, "lane", item->lane);
		json_text_int(json, "raw", item->raw);
		json_text_number(json, "value", item->value);
		json_text_string(json, "unit", item->type ? item->type->unit : NULL);
		json_text_numbers(json, "thresholds", item->thresholds, 4);
		json_text_int(json, "flags", item->flags);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

char *decode_json(const struct decode_call *call, const struct module_decoding *decoding)
{
	static const char *const maps[] = {NULL, "CMIS", "SFF-8636"};
	const struct image_decoded *decoded = decoding->decoded;
	g_autofree char *rest = module_decode_rest(decoding);
	struct json_text json = json_text_begin();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "format", image_format_name(decoding->format));
	json_text_string(&json, "map", maps[decoded->map]);
	if (decoded->identifier >= 0)
		json_text_int(&json, "identifier", decoded->identifier);
	json_text_string(&json, "identifier_name", decoded->identifier_name);
	json_text_int(&json, "revision", decoded->revision);
	write_texts(&json, "notes", decoding->notes);
	write_texts(&json, "missing", decoding->gaps);
	write_checksums(&json, decoded);
	json_text_flag(&json, "applications_whole", decoded->applications_whole);
	write_applications(&json, decoded);
	write_observables(&json, decoded->vdm);
	json_text_open(&json, "fields", '[');
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		if (decode_wants(call, field))
			write_field(&json, field);
	}
	json_text_close(&json, ']');
	json_text_string(&json, "rest", rest);
	json_text_close(&json, '}');
	return json_text_end(&json);
}
