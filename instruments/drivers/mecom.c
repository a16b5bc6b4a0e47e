/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/drivers/mecom.h"

#include "base/error.h"

#include <string.h>

enum {
	HEAD_LEN = 7, /* sign, address, sequence number */
	CRC_LEN = 4,
	VALUE_LEN = 8,
	ERROR_LEN = 3, /* "+NN" */
	SHOWN_MAX = 60,
};

static const char *const error_names[] = {
	"unknown error",          "command not available", "device busy",
	"communication error",    "format error",          "parameter not available",
	"parameter is read-only", "value out of range",    "instance not available",
	"parameter failure",
};

guint16 mecom_crc16(const void *data, gsize len)
{
	const guint8 *bytes = data;
	guint crc = 0;
	for (gsize i = 0; i < len; i++) {
		crc ^= (guint)bytes[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
	}
	return (guint16)crc;
}

char *mecom_request(guint8 address, guint16 sequence, const char *payload)
{
	g_autofree char *bare = g_strdup_printf("#%02X%04X%s", address, sequence, payload);
	return g_strdup_printf("%s%04X", bare, mecom_crc16(bare, strlen(bare)));
}

char *mecom_payload_get(guint16 id, guint8 instance)
{
	return g_strdup_printf("?VR%04X%02X", id, instance);
}

char *mecom_payload_set(guint16 id, guint8 instance, guint32 bits)
{
	return g_strdup_printf("VS%04X%02X%08X", id, instance, bits);
}

/* ---- replies ---- */

static gboolean take_hex(const char *text, guint digits, guint32 *value)
{
	guint32 sum = 0;
	for (guint i = 0; i < digits; i++) {
		int digit = g_ascii_xdigit_value(text[i]);
		if (digit < 0)
			return FALSE;
		sum = sum << 4 | (guint32)digit;
	}
	*value = sum;
	return TRUE;
}

/* The request's address unless that was 0, its sequence number in any case. */
static const char *wrong_head(const char *reply, const char *request)
{
	guint32 address = 0, sequence = 0, asked_address = 0, asked_sequence = 0;
	if (strlen(reply) < HEAD_LEN + CRC_LEN || reply[0] != '!' ||
	    !take_hex(reply + 1, 2, &address) || !take_hex(reply + 3, 4, &sequence))
		return "not a MeCom frame";
	if (strlen(request) < HEAD_LEN + CRC_LEN || !take_hex(request + 1, 2, &asked_address) ||
	    !take_hex(request + 3, 4, &asked_sequence))
		return "asked by no MeCom frame";
	if (asked_address != 0 && address != asked_address)
		return "from another address";
	if (sequence != asked_sequence)
		return "the sequence number of another request";
	return NULL;
}

static gboolean parse_error(const char *payload, GError **error)
{
	guint32 code = 0;
	if (!take_hex(payload + 1, 2, &code))
		return FALSE;
	const char *name = code < G_N_ELEMENTS(error_names) ? error_names[code] : error_names[0];
	station_error_set(error, STATION_ERROR_INSTRUMENT, "MeCom error %u, %s", code, name);
	return TRUE;
}

/* Null when all is well; a reply that reports an error sets *device instead. */
static const char *parse_payload(const char *reply, const char *request, struct mecom_reply *parsed,
                                 GError **device)
{
	gsize len = strlen(reply) - HEAD_LEN - CRC_LEN;
	const char *payload = reply + HEAD_LEN;
	gboolean sets = strncmp(request + HEAD_LEN, "?", 1) != 0;
	guint32 crc = 0;
	if (!take_hex(payload + len, CRC_LEN, &crc))
		return "no CRC";
	guint16 expected = len == 0 ? mecom_crc16(request, strlen(request) - CRC_LEN)
	                            : mecom_crc16(reply, HEAD_LEN + len);
	if (crc != expected)
		return "wrong CRC";
	if (len == ERROR_LEN && payload[0] == '+')
		return parse_error(payload, device) ? NULL : "an error without a number";
	if (sets != (len == 0))
		return "not the kind of reply that was asked for";
	if (len == VALUE_LEN && take_hex(payload, VALUE_LEN, &parsed->bits)) {
		parsed->kind = MECOM_VALUE;
	} else if (len == MECOM_TEXT_LEN) {
		parsed->kind = MECOM_TEXT;
		memcpy(parsed->text, payload, MECOM_TEXT_LEN);
		g_strchomp(parsed->text);
	} else if (len != 0) {
		return "a payload of an unknown kind";
	}
	return NULL;
}

gboolean mecom_parse(const char *reply, const char *request, struct mecom_reply *parsed,
                     GError **error)
{
	struct mecom_reply found = {.kind = MECOM_DONE};
	GError *device = NULL;
	const char *wrong = wrong_head(reply, request);
	if (!wrong)
		wrong = parse_payload(reply, request, &found, &device);
	if (!wrong && !device) {
		*parsed = found;
		return TRUE;
	}
	if (device) {
		g_propagate_error(error, device);
		return FALSE;
	}
	g_autofree char *cut = g_strndup(reply, SHOWN_MAX);
	g_autofree char *escaped = g_strescape(cut, NULL);
	station_error_set(error, STATION_ERROR_PROTOCOL, "%s: \"%s\"", wrong, escaped);
	return FALSE;
}

/* ---- numbers ---- */

guint32 mecom_from_float(float value)
{
	guint32 bits = 0;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

float mecom_to_float(guint32 bits)
{
	float value = 0;
	memcpy(&value, &bits, sizeof value);
	return value;
}

gint32 mecom_to_int(guint32 bits)
{
	gint32 value = 0;
	memcpy(&value, &bits, sizeof value);
	return value;
}
