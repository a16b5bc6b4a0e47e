/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scpi/scpi.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/scpi/session.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK_HEADER_MAX = 11, BLOCK_TAIL_MAX = 16 };

const struct scpi_dialect scpi_dialect_standard = {
	.name = "SCPI",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30,
	.opc = SCPI_OPC_BLOCKS,
};

/* ---- life ---- */

struct scpi *scpi_new(struct link *link, const struct scpi_dialect *dialect)
{
	struct scpi *scpi = g_new0(struct scpi, 1);
	scpi->link = link;
	scpi->dialect = dialect;
	scpi->reply = g_byte_array_new();
	scpi->reason = g_string_new(NULL);
	return scpi;
}

struct scpi *scpi_open(const char *resource, const struct scpi_dialect *dialect,
                       const struct link_sink *sink, const struct bounds *bounds, GError **error)
{
	struct link *link = link_open(resource, dialect->link, sink, bounds, error);
	return link ? scpi_new(link, dialect) : NULL;
}

void scpi_free(struct scpi *scpi)
{
	if (!scpi)
		return;
	link_close(scpi->link);
	g_byte_array_unref(scpi->reply);
	g_string_free(scpi->reason, TRUE);
	g_free(scpi->identity);
	g_free(scpi);
}

struct link *scpi_link(struct scpi *scpi)
{
	return scpi->link;
}

/* ---- messages from formats ---- */

static gboolean format_is_safe(const char *format)
{
	for (const char *p = strchr(format, '%'); p; p = strchr(p + 1, '%')) {
		gsize flags = strspn(++p, "0123456789.*-+ #hlqjzt");
		if (p[flags] == '\0' || !strchr("cdiouxXs%", p[flags]))
			return FALSE;
		p += flags;
	}
	return TRUE;
}

static char *G_GNUC_PRINTF(1, 0) make_message(const char *format, va_list args, GError **error)
{
	if (!format_is_safe(format)) {
		station_error_set(error, STATION_ERROR_INTERNAL,
		                  "the format \"%s\" depends on the locale", format);
		return NULL;
	}
	return g_strdup_vprintf(format, args);
}

/* Below what any dialect says no number with. */
#define PLAIN_BELOW 9e37f

/* Declares `name` as the message made of format and what follows it. */
#define MESSAGE(name, format, error)                                                               \
	va_list name##_args;                                                                       \
	va_start(name##_args, format);                                                             \
	g_autofree char *name = make_message(format, name##_args, error);                          \
	va_end(name##_args)

/* ---- settings ---- */

gboolean scpi_send(struct scpi *scpi, const struct bounds *bounds, GError **error,
                   const char *format, ...)
{
	MESSAGE(message, format, error);
	return message && session_send(scpi, message, bounds, error);
}

static gboolean send_checked(struct scpi *scpi, const char *message, const struct bounds *bounds,
                             GError **error)
{
	if (!session_send(scpi, message, bounds, error))
		return FALSE;
	GError *cause = NULL;
	scpi_check_errors(scpi, bounds, &cause);
	return session_conclude(scpi, message, cause, error);
}

gboolean scpi_command(struct scpi *scpi, const struct bounds *bounds, GError **error,
                      const char *format, ...)
{
	MESSAGE(message, format, error);
	return message && send_checked(scpi, message, bounds, error);
}

gboolean scpi_command_number(struct scpi *scpi, double value, int digits, const char *suffix,
                             const struct bounds *bounds, GError **error, const char *format, ...)
{
	MESSAGE(header, format, error);
	if (!header)
		return FALSE;
	if (!isfinite(value) || digits < 1 || digits > DBL_DECIMAL_DIG) {
		station_error_set(error,
		                  isfinite(value) ? STATION_ERROR_INTERNAL : STATION_ERROR_RANGE,
		                  "%s: %s", header,
		                  isfinite(value) ? "impossible number of digits" : "not a number");
		return FALSE;
	}
	g_autofree char *number = number_format_digits(value, digits);
	g_autofree char *message = g_strdup_printf("%s %s%s", header, number, suffix ? suffix : "");
	return send_checked(scpi, message, bounds, error);
}

gboolean scpi_talk(struct scpi *scpi, const char *message, GByteArray *reply, gsize max_len,
                   const struct bounds *bounds, GError **error)
{
	scpi->upsets++;
	if (!reply)
		return session_send(scpi, message, bounds, error);
	if (!session_ask(scpi, message, SESSION_REPLY, max_len, bounds, error)) {
		scpi_explain(scpi, bounds, error);
		return FALSE;
	}
	g_byte_array_set_size(reply, 0);
	g_byte_array_append(reply, scpi->reply->data, scpi->reply->len);
	return TRUE;
}

gboolean scpi_check_errors(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	if (!scpi->dialect->error_query)
		return TRUE;
	g_autoptr(GString) entries = g_string_new(NULL);
	if (!session_drain(scpi, entries, bounds, error))
		return FALSE;
	if (entries->len == 0)
		return TRUE;
	scpi->upsets++;
	station_error_set(error, STATION_ERROR_INSTRUMENT, "%s", entries->str);
	return FALSE;
}

static gboolean operations_done(struct scpi *scpi, gboolean *done, const struct bounds *bounds,
                                GError **error)
{
	if (!scpi_query_bool(scpi, done, bounds, error, "*OPC?"))
		return FALSE;
	if (*done || scpi->dialect->opc == SCPI_OPC_POLLED)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL, "*OPC?: answered 0");
	return FALSE;
}

gboolean scpi_wait_opc(struct scpi *scpi, double poll_s, const struct bounds *bounds,
                       GError **error)
{
	if (scpi->dialect->opc == SCPI_OPC_ABSENT) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s has no *OPC?",
		                  scpi->dialect->name);
		return FALSE;
	}
	if (scpi->dialect->opc == SCPI_OPC_POLLED && !(poll_s > 0)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "*OPC?: no time between polls");
		return FALSE;
	}
	for (;;) {
		gboolean done = FALSE;
		if (!operations_done(scpi, &done, bounds, error))
			return FALSE;
		if (done)
			return TRUE;
		if (!clock_sleep_s(poll_s, bounds, error)) {
			g_prefix_error(error, "*OPC?: operations pending: ");
			return FALSE;
		}
	}
}

/* ---- queries ---- */

/* The answer to query as text, or null. */
static char *ask_text(struct scpi *scpi, const char *query, enum session_shape shape,
                      const struct bounds *bounds, GError **error)
{
	if (!query || !session_ask(scpi, query, shape, SCPI_TEXT_MAX, bounds, error))
		return NULL;
	GError *cause = NULL;
	char *text = scpi_parse_text(scpi->reply->data, scpi->reply->len, &cause);
	session_conclude(scpi, query, cause, error);
	return text;
}

gboolean scpi_identify(struct scpi *scpi, struct scpi_identity *identity,
                       const struct bounds *bounds, GError **error)
{
	const char *query = scpi->dialect->identify;
	if (!query) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s tells no identity",
		                  scpi->dialect->name);
		return FALSE;
	}
	g_autofree char *text = ask_text(scpi, query, SESSION_LINE, bounds, error);
	if (!text)
		return FALSE;
	GError *cause = NULL;
	if (session_parse_identity(text, identity, &cause)) {
		g_free(scpi->identity);
		scpi->identity = g_steal_pointer(&text);
	}
	return session_conclude(scpi, query, cause, error);
}

gboolean scpi_query_string(struct scpi *scpi, char **text, const struct bounds *bounds,
                           GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	g_autofree char *answer = ask_text(scpi, query, SESSION_REPLY, bounds, error);
	if (!answer)
		return FALSE;
	*text = scpi_unquote(answer);
	return TRUE;
}

static gboolean ask_value(struct scpi *scpi, const char *query, struct scpi_value *value,
                          const struct bounds *bounds, GError **error)
{
	g_autofree char *answer = ask_text(scpi, query, SESSION_REPLY, bounds, error);
	if (!answer)
		return FALSE;
	GError *cause = NULL;
	scpi_parse_value(answer, scpi->dialect, value, &cause);
	return session_conclude(scpi, query, cause, error);
}

gboolean scpi_query_value(struct scpi *scpi, struct scpi_value *value, const struct bounds *bounds,
                          GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	return ask_value(scpi, query, value, bounds, error);
}

gboolean scpi_query_number(struct scpi *scpi, double *value, const struct bounds *bounds,
                           GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	struct scpi_value result;
	if (!ask_value(scpi, query, &result, bounds, error))
		return FALSE;
	if (result.kind == SCPI_VALUE_OK) {
		*value = result.value;
		return TRUE;
	}
	station_error_set(error,
	                  result.kind == SCPI_VALUE_NONE ? STATION_ERROR_DATA : STATION_ERROR_RANGE,
	                  "%s: %s", query, scpi_value_kind_name(result.kind));
	return FALSE;
}

gboolean scpi_query_int(struct scpi *scpi, gint64 *value, const struct bounds *bounds,
                        GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	g_autofree char *answer = ask_text(scpi, query, SESSION_REPLY, bounds, error);
	if (!answer)
		return FALSE;
	GError *cause = NULL;
	scpi_parse_int(answer, value, &cause);
	return session_conclude(scpi, query, cause, error);
}

gboolean scpi_query_bool(struct scpi *scpi, gboolean *value, const struct bounds *bounds,
                         GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	g_autofree char *answer = ask_text(scpi, query, SESSION_REPLY, bounds, error);
	if (!answer)
		return FALSE;
	GError *cause = NULL;
	scpi_parse_bool(answer, value, &cause);
	return session_conclude(scpi, query, cause, error);
}

/* ---- lists and blocks ---- */

/* Says no when n elements do not fit what the caller has room for. */
static gboolean check_count(gsize n, gsize capacity, gboolean exactly, GError **error)
{
	if (exactly ? n == capacity : n <= capacity)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "expected %s%" G_GSIZE_FORMAT " numbers, got %" G_GSIZE_FORMAT,
	                  exactly ? "" : "up to ", capacity, n);
	return FALSE;
}

static gboolean parse_list(const struct scpi *scpi, const char *answer, GArray *list,
                           GError **error)
{
	g_auto(GStrv) parts = scpi_split(answer, ',');
	for (guint i = 0; parts[i]; i++) {
		struct scpi_value value;
		if (!scpi_parse_value(parts[i], scpi->dialect, &value, error)) {
			g_prefix_error(error, "element %u: ", i + 1);
			return FALSE;
		}
		g_array_append_val(list, value);
	}
	return TRUE;
}

gboolean scpi_query_number_list(struct scpi *scpi, struct scpi_value *values, gsize capacity,
                                gsize *count, const struct bounds *bounds, GError **error,
                                const char *format, ...)
{
	MESSAGE(query, format, error);
	g_autofree char *answer = ask_text(scpi, query, SESSION_REPLY, bounds, error);
	if (!answer)
		return FALSE;
	GError *cause = NULL;
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct scpi_value));
	if (!parse_list(scpi, answer, list, &cause) ||
	    !check_count(list->len, capacity, count == NULL, &cause))
		return session_conclude(scpi, query, cause, error);
	for (guint i = 0; i < list->len; i++)
		values[i] = g_array_index(list, struct scpi_value, i);
	if (count)
		*count = list->len;
	return TRUE;
}

/* The payload of the block that answers query, borrowed from the session's reply. */
static gboolean ask_block(struct scpi *scpi, const char *query, gsize max_len,
                          const guint8 **payload, gsize *len, const struct bounds *bounds,
                          GError **error)
{
	gsize reply_max = max_len + BLOCK_HEADER_MAX + BLOCK_TAIL_MAX;
	if (!query || !session_ask(scpi, query, SESSION_REPLY, reply_max, bounds, error))
		return FALSE;
	GError *cause = NULL;
	if (scpi_parse_block(scpi->reply->data, scpi->reply->len, payload, len, &cause) &&
	    *len > max_len)
		station_error_set(&cause, STATION_ERROR_PROTOCOL,
		                  "a block of %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT
		                  " allowed",
		                  *len, max_len);
	return session_conclude(scpi, query, cause, error);
}

gboolean scpi_query_block(struct scpi *scpi, GByteArray *payload, gsize max_len,
                          const struct bounds *bounds, GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	const guint8 *data;
	gsize len;
	if (!ask_block(scpi, query, max_len, &data, &len, bounds, error))
		return FALSE;
	g_byte_array_set_size(payload, 0);
	g_byte_array_append(payload, data, (guint)len);
	return TRUE;
}

/* A number that no dialect means something else by. */
static gboolean is_plain(float number, double over_range)
{
	return fabsf(number) < (over_range > 0 ? (float)MIN(over_range, PLAIN_BELOW) : PLAIN_BELOW);
}

static float float_at(const guint8 *data, gsize i, enum scpi_byte_order order)
{
	guint32 bits;
	float number;

	memcpy(&bits, data + i * sizeof bits, sizeof bits);
	bits = order == SCPI_LITTLE_ENDIAN ? GUINT32_FROM_LE(bits) : GUINT32_FROM_BE(bits);
	memcpy(&number, &bits, sizeof number);
	return number;
}

static gsize count_absent(const guint8 *data, gsize n, enum scpi_byte_order order,
                          double over_range)
{
	gsize missing = 0;

	for (gsize i = 0; i < n; i++) {
		float number = float_at(data, i, order);
		if (!is_plain(number, over_range))
			missing +=
				scpi_judge_value((double)number, over_range).kind != SCPI_VALUE_OK;
	}
	return missing;
}

static void take_floats(const guint8 *data, gsize n, enum scpi_byte_order order, double over_range,
                        float *values)
{
	for (gsize i = 0; i < n; i++) {
		values[i] = float_at(data, i, order);
		if (!is_plain(values[i], over_range))
			values[i] = (float)scpi_judge_value((double)values[i], over_range).value;
	}
}

/* A known number of floats may also come as an indefinite block. */
static gboolean ask_floats(struct scpi *scpi, const char *query, gsize capacity, gboolean exactly,
                           const guint8 **data, gsize *len, const struct bounds *bounds,
                           GError **error)
{
	gsize room = capacity * sizeof(float);
	if (!exactly)
		return ask_block(scpi, query, room, data, len, bounds, error);
	if (!query || !session_ask(scpi, query, SESSION_INDEFINITE, room, bounds, error))
		return FALSE;
	*data = scpi->reply->data;
	*len = scpi->reply->len;
	return TRUE;
}

gboolean scpi_query_float32(struct scpi *scpi, enum scpi_byte_order order, float *values,
                            gsize capacity, gsize *count, gsize *absent,
                            const struct bounds *bounds, GError **error, const char *format, ...)
{
	MESSAGE(query, format, error);
	const guint8 *data;
	gsize len;
	if (!ask_floats(scpi, query, capacity, count == NULL, &data, &len, bounds, error))
		return FALSE;
	GError *cause = NULL;
	if (len % sizeof(float) != 0) {
		station_error_set(&cause, STATION_ERROR_PROTOCOL,
		                  "%" G_GSIZE_FORMAT " bytes are no whole number of floats", len);
		return session_conclude(scpi, query, cause, error);
	}
	gsize n = len / sizeof(float);
	double over_range = scpi->dialect->over_range;
	gsize missing = count_absent(data, n, order, over_range);
	if (missing > 0 && !absent) {
		station_error_set(&cause, STATION_ERROR_DATA,
		                  "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " have no value",
		                  missing, n);
		return session_conclude(scpi, query, cause, error);
	}
	take_floats(data, n, order, over_range, values);
	if (count)
		*count = n;
	if (absent)
		*absent = missing;
	return TRUE;
}
