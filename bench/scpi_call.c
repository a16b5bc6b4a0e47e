/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scpi_call.h"

#include "bench/scpi.h"

#include <math.h>
#include <string.h>

void *scpi_instrument(const struct scpi_call *call)
{
	return scpi_device_instrument(call->device);
}

struct scpi_device *scpi_call_device(const struct scpi_call *call)
{
	return call->device;
}

struct settings *scpi_settings(const struct scpi_call *call)
{
	return scpi_device_settings(call->device);
}

int scpi_tag(const struct scpi_call *call)
{
	return call->row ? call->row->tag : 0;
}

int scpi_suffix(const struct scpi_call *call, guint index, int absent)
{
	g_return_val_if_fail(index < SCPI_SUFFIXES, absent);
	return call->suffix[index] < 0 ? absent : call->suffix[index];
}

gboolean scpi_suffix_in(struct scpi_call *call, guint index, int absent, int min, int max,
                        int *suffix)
{
	int value = scpi_suffix(call, index, absent);
	if (value < min || value > max) {
		scpi_error(call, -114, NULL);
		return FALSE;
	}
	*suffix = value;
	return TRUE;
}

void scpi_error(struct scpi_call *call, int number, const char *detail)
{
	call->error = number;
	scpi_device_error(call->device, number, detail);
}

int scpi_failed(const struct scpi_call *call)
{
	return call->error;
}

/* --- parameters --------------------------------------------------------------------------------
 */

guint scpi_parameters_left(const struct scpi_call *call)
{
	return call->unit->n_parameters - call->next;
}

struct scpi_span scpi_peek(const struct scpi_call *call)
{
	if (scpi_parameters_left(call) == 0)
		return (struct scpi_span){"", 0};
	return call->unit->parameters[call->next];
}

gboolean scpi_take_any(struct scpi_call *call, struct scpi_span *value)
{
	if (scpi_parameters_left(call) == 0) {
		scpi_error(call, -109, NULL);
		return FALSE;
	}
	*value = call->unit->parameters[call->next++];
	return TRUE;
}

gboolean scpi_end(struct scpi_call *call)
{
	if (scpi_parameters_left(call) == 0)
		return TRUE;
	scpi_error(call, -108, NULL);
	return FALSE;
}

gboolean scpi_take_number(struct scpi_call *call, const char *unit, double min, double max,
                          double fallback, double *value)
{
	struct scpi_span text;
	double number = 0.0;

	if (!scpi_take_any(call, &text))
		return FALSE;
	if (scpi_mnemonic("MINimum", text)) {
		*value = min;
		return TRUE;
	}
	if (scpi_mnemonic("MAXimum", text)) {
		*value = max;
		return TRUE;
	}
	if (scpi_mnemonic("DEFault", text)) {
		*value = fallback;
		return TRUE;
	}

	int error = scpi_number(text, unit, &number);
	/* A hair of rounding in a unit's multiplier is no reason to refuse the end of a range. */
	double slack = 1e-12 * MAX(fabs(min), fabs(max));
	if (error == 0 && (number < min - slack || number > max + slack))
		error = -222;
	if (error) {
		scpi_error(call, error, NULL);
		return FALSE;
	}
	*value = CLAMP(number, min, max);
	return TRUE;
}

gboolean scpi_take_int(struct scpi_call *call, int min, int max, int *value)
{
	double number = 0.0;
	if (!scpi_take_number(call, NULL, min, max, min, &number))
		return FALSE;
	*value = (int)lround(number);
	return TRUE;
}

gboolean scpi_take_bool(struct scpi_call *call, gboolean *value)
{
	struct scpi_span text = scpi_peek(call);
	double number = 0.0;

	if (text.len > 0 && (scpi_mnemonic("ON", text) || scpi_mnemonic("OFF", text))) {
		*value = scpi_mnemonic("ON", text);
		call->next++;
		return TRUE;
	}
	if (text.len > 0 && g_ascii_isalpha(*text.p)) {
		scpi_error(call, -224, NULL);
		return FALSE;
	}
	if (!scpi_take_number(call, NULL, -32768, 32767, 0, &number))
		return FALSE;
	*value = lround(number) != 0;
	return TRUE;
}

gboolean scpi_take_choice(struct scpi_call *call, const char *const *mnemonics, int *index)
{
	struct scpi_span text;
	if (!scpi_take_any(call, &text))
		return FALSE;
	for (int i = 0; mnemonics[i]; i++) {
		if (scpi_mnemonic(mnemonics[i], text)) {
			*index = i;
			return TRUE;
		}
	}
	scpi_error(call, -224, NULL);
	return FALSE;
}

gboolean scpi_take_string(struct scpi_call *call, char **value)
{
	struct scpi_span text;
	if (!scpi_take_any(call, &text))
		return FALSE;
	char *string = scpi_string(text);
	if (!string) {
		scpi_error(call, -104, NULL);
		return FALSE;
	}
	*value = string;
	return TRUE;
}

gboolean scpi_take_channels(struct scpi_call *call, int first, int last, guint32 *mask)
{
	struct scpi_span text;
	if (!scpi_take_any(call, &text))
		return FALSE;
	int error = scpi_channels(text, first, last, mask);
	if (error)
		scpi_error(call, error, NULL);
	return error == 0;
}

/* --- replies -----------------------------------------------------------------------------------
 */

static void begin_value(struct scpi_call *call)
{
	if (call->values++ > 0)
		g_byte_array_append(call->reply, (const guint8 *)",", 1);
	else if (call->reply->len > 0)
		g_byte_array_append(call->reply, (const guint8 *)";", 1);
}

void scpi_reply_raw(struct scpi_call *call, const char *text)
{
	begin_value(call);
	g_byte_array_append(call->reply, (const guint8 *)text, (guint)strlen(text));
}

void scpi_reply_int(struct scpi_call *call, gint64 value)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);
	scpi_reply_raw(call, text);
}

void scpi_reply_signed(struct scpi_call *call, gint64 value)
{
	g_autofree char *text = g_strdup_printf("%+" G_GINT64_FORMAT, value);
	scpi_reply_raw(call, text);
}

void scpi_reply_bool(struct scpi_call *call, gboolean value)
{
	scpi_reply_raw(call, value ? "1" : "0");
}

void scpi_reply_quoted(struct scpi_call *call, const char *text)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", text);
	scpi_reply_raw(call, quoted);
}

char *scpi_format_exp(double value, int decimals, int exponent_digits, gboolean plus)
{
	if (isnan(value))
		return g_strdup(plus ? "+9.91E+37" : "9.91E+37");
	if (isinf(value))
		return g_strdup(value < 0 ? "-9.9E+37" : plus ? "+9.9E+37" : "9.9E+37");

	g_autofree char *format = g_strdup_printf("%%%s.%dE", plus ? "+" : "", decimals);
	char buffer[64];
	g_ascii_formatd(buffer, sizeof(buffer), format, value);
	/* C writes at least two digits of exponent; instruments differ. */
	char *exponent = strchr(buffer, 'E') + 2;
	int missing = exponent_digits - (int)strlen(exponent);
	return g_strdup_printf("%.*s%.*s%s", (int)(exponent - buffer), buffer, MAX(missing, 0),
	                       "0000", exponent);
}

void scpi_reply_exp(struct scpi_call *call, double value, int decimals, int exponent_digits,
                    gboolean plus)
{
	g_autofree char *text = scpi_format_exp(value, decimals, exponent_digits, plus);
	scpi_reply_raw(call, text);
}

void scpi_reply_fixed(struct scpi_call *call, double value, int decimals)
{
	g_autofree char *format = g_strdup_printf("%%.%df", decimals);
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(buffer, sizeof(buffer), format, value);
	scpi_reply_raw(call, buffer);
}

void scpi_reply_block(struct scpi_call *call, const void *data, gsize len)
{
	g_autofree char *digits = g_strdup_printf("%" G_GSIZE_FORMAT, len);
	g_autofree char *head = g_strdup_printf("#%" G_GSIZE_FORMAT "%s", strlen(digits), digits);
	scpi_reply_raw(call, head);
	g_byte_array_append(call->reply, data, (guint)len);
}
