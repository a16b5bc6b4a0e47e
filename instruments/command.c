/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/command.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/driver.h"

#include <math.h>
#include <string.h>

#define DONE_QUERY ";*OPC?"

static void append_header(GString *text, const struct command *command, const char *place)
{
	if (command->place != COMMAND_PLACE_HASH) {
		g_string_append(text, command->header);
		return;
	}
	for (const char *p = command->header; *p; p++) {
		if (*p == '#')
			g_string_append(text, place);
		else
			g_string_append_c(text, *p);
	}
}

static void append_separator(GString *text, gboolean *first)
{
	g_string_append_c(text, *first ? ' ' : ',');
	*first = FALSE;
}

static gboolean fits(const struct command *command, const char *place, double number,
                     const char *word, GError **error)
{
	gboolean takes_word = command->argument == COMMAND_WORD;
	gboolean takes_number = !takes_word && command->argument != COMMAND_NO_ARGUMENT;
	if (takes_word != (word != NULL) ||
	    (command->place != COMMAND_PLACE_NONE) != (place != NULL)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "%s: called with other arguments",
		                  command->header);
		return FALSE;
	}
	if (takes_number && !isfinite(number)) {
		station_error_set(error, STATION_ERROR_RANGE, "%s: the value is not finite",
		                  command->header);
		return FALSE;
	}
	/* A quote inside would end the string early and make a command of the rest. */
	if ((place && strpbrk(place, "'\";,\n")) || (word && strchr(word, '\n'))) {
		station_error_set(error, STATION_ERROR_INTERNAL,
		                  "%s: a quote or a line end in an argument", command->header);
		return FALSE;
	}
	return TRUE;
}

static void append_argument(GString *text, const struct command *command, double number,
                            const char *word)
{
	g_autofree char *digits = NULL;
	switch (command->argument) {
	case COMMAND_NO_ARGUMENT:
		break;
	case COMMAND_NUMBER:
		digits = number_format_digits(number, command->digits);
		g_string_append(text, digits);
		break;
	case COMMAND_INTEGER:
		g_string_append_printf(text, "%" G_GINT64_FORMAT, (gint64)llround(number));
		break;
	case COMMAND_BOOLEAN:
		g_string_append_c(text, number != 0 ? '1' : '0');
		break;
	case COMMAND_WORD:
		g_string_append(text, word);
		break;
	}
}

char *command_format(const struct command *command, const char *place, double number,
                     const char *word, GError **error)
{
	if (!fits(command, place, number, word, error))
		return NULL;
	GString *text = g_string_new(NULL);
	gboolean first = TRUE;
	append_header(text, command, place);
	if (command->place == COMMAND_PLACE_QUOTED || command->place == COMMAND_PLACE_DOUBLE) {
		char quote = command->place == COMMAND_PLACE_QUOTED ? '\'' : '"';
		append_separator(text, &first);
		g_string_append_printf(text, "%c%s%c", quote, place, quote);
	}
	if (command->argument != COMMAND_NO_ARGUMENT) {
		append_separator(text, &first);
		append_argument(text, command, number, word);
	}
	if (command->place == COMMAND_PLACE_LIST) {
		append_separator(text, &first);
		g_string_append_printf(text, "(@%s)", place);
	}
	if (command->reply == COMMAND_DONE)
		g_string_append(text, DONE_QUERY);
	return g_string_free(text, FALSE);
}

static struct bounds bounds_of(const struct instrument *instrument, const struct command *command,
                               const struct bounds *bounds)
{
	if (command && command->is_long)
		return *bounds;
	return bounds_within(bounds, instrument->model->answer_s);
}

static gboolean send_row(struct instrument *instrument, const struct command *command,
                         const char *place, double number, const char *word,
                         const struct bounds *bounds, GError **error)
{
	g_autofree char *text = command_format(command, place, number, word, error);
	if (!text)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	return scpi_send(instrument->scpi, &inner, error, "%s", text);
}

gboolean command_send(struct instrument *instrument, const struct command *command,
                      const char *place, const struct bounds *bounds, GError **error)
{
	return send_row(instrument, command, place, 0, NULL, bounds, error);
}

gboolean command_send_number(struct instrument *instrument, const struct command *command,
                             const char *place, double number, const struct bounds *bounds,
                             GError **error)
{
	return send_row(instrument, command, place, number, NULL, bounds, error);
}

gboolean command_send_word(struct instrument *instrument, const struct command *command,
                           const char *place, const char *word, const struct bounds *bounds,
                           GError **error)
{
	return send_row(instrument, command, place, 0, word, bounds, error);
}

gboolean command_send_text(struct instrument *instrument, const char *text,
                           const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_of(instrument, NULL, bounds);
	return scpi_send(instrument->scpi, &inner, error, "%s", text);
}

gboolean command_wait(struct instrument *instrument, const struct command *command,
                      const char *place, const char *word, const struct bounds *bounds,
                      GError **error)
{
	g_autofree char *text = command_format(command, place, 0, word, error);
	if (!text)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	text[strlen(text) - strlen(DONE_QUERY)] = '\0';
	return scpi_run(instrument->scpi, text, &inner, error);
}

/* How a query went; where it was not answered, also what the instrument has against it. */
static gboolean explained(struct instrument *instrument, gboolean ok, const struct bounds *bounds,
                          GError **error)
{
	if (!ok && error)
		scpi_explain(instrument->scpi, bounds, error);
	return ok;
}

gboolean command_ask_number(struct instrument *instrument, const struct command *command,
                            const char *place, double *value, const struct bounds *bounds,
                            GError **error)
{
	g_autofree char *text = command_format(command, place, 0, NULL, error);
	if (!text)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	gboolean ok = scpi_query_number(instrument->scpi, value, &inner, error, "%s", text);
	return explained(instrument, ok, bounds, error);
}

gboolean command_ask_value(struct instrument *instrument, const struct command *command,
                           const char *place, struct scpi_value *value, const struct bounds *bounds,
                           GError **error)
{
	g_autofree char *text = command_format(command, place, 0, NULL, error);
	if (!text)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	gboolean ok = scpi_query_value(instrument->scpi, value, &inner, error, "%s", text);
	return explained(instrument, ok, bounds, error);
}

gboolean command_ask_integer(struct instrument *instrument, const struct command *command,
                             const char *place, gint64 *value, const struct bounds *bounds,
                             GError **error)
{
	g_autofree char *text = command_format(command, place, 0, NULL, error);
	if (!text)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	gboolean ok = scpi_query_int(instrument->scpi, value, &inner, error, "%s", text);
	return explained(instrument, ok, bounds, error);
}

gboolean command_ask_boolean(struct instrument *instrument, const struct command *command,
                             const char *place, gboolean *value, const struct bounds *bounds,
                             GError **error)
{
	g_autofree char *text = command_format(command, place, 0, NULL, error);
	if (!text)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	gboolean ok = scpi_query_bool(instrument->scpi, value, &inner, error, "%s", text);
	return explained(instrument, ok, bounds, error);
}

gboolean command_ask_text(struct instrument *instrument, const struct command *command,
                          const char *place, char **text, const struct bounds *bounds,
                          GError **error)
{
	g_autofree char *message = command_format(command, place, 0, NULL, error);
	if (!message)
		return FALSE;
	struct bounds inner = bounds_of(instrument, command, bounds);
	gboolean ok = scpi_query_string(instrument->scpi, text, &inner, error, "%s", message);
	return explained(instrument, ok, bounds, error);
}

gboolean command_check(struct instrument *instrument, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_of(instrument, NULL, bounds);
	return scpi_check_errors(instrument->scpi, &inner, error);
}

gboolean command_set_verified(struct instrument *instrument, const struct command *set,
                              const struct command *ask, const char *place, double number,
                              double tolerance, const char *what, const struct bounds *bounds,
                              GError **error)
{
	double got = NAN;
	if (!command_send_number(instrument, set, place, number, bounds, error) ||
	    !command_check(instrument, bounds, error) ||
	    !command_ask_number(instrument, ask, place, &got, bounds, error))
		return FALSE;
	if (fabs(got - number) <= tolerance)
		return TRUE;
	g_autofree char *set_text = number_format_digits(number, 9);
	g_autofree char *got_text = number_format_digits(got, 9);
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "%s set to %s, but the instrument says %s", what, set_text, got_text);
	return FALSE;
}

gboolean command_switch_verified(struct instrument *instrument, const struct command *set,
                                 const struct command *ask, const char *place, gboolean on,
                                 const char *what, const struct bounds *bounds, GError **error)
{
	gboolean got = !on;
	if (!command_send_number(instrument, set, place, on ? 1 : 0, bounds, error) ||
	    !command_check(instrument, bounds, error) ||
	    !command_ask_boolean(instrument, ask, place, &got, bounds, error))
		return FALSE;
	if (!got == !on)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "%s switched %s, but the instrument says it is %s", what,
	                  on ? "on" : "off", got ? "on" : "off");
	return FALSE;
}

void command_keep_first(GError **first, GError *next)
{
	if (!next)
		return;
	if (*first)
		g_error_free(next);
	else
		*first = next;
}

gboolean command_each_channel(struct instrument *instrument,
                              gboolean (*act)(struct instrument *instrument, guint channel,
                                              const struct bounds *bounds, GError **error),
                              const struct bounds *bounds, GError **error)
{
	GError *first = NULL;
	for (guint channel = 1; channel <= instrument->model->n_channels; channel++) {
		GError *next = NULL;
		act(instrument, channel, bounds, &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}
