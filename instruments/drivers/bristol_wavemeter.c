/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Bristol 871 and 428 wavelength meters, on their telnet port (23): a banner greets, some firmware
 * repeats what it was sent, and neither can be told from an answer by where it stands. So the lines
 * of an answer are picked here: what equals the query is an echo, an identity begins "BRISTOL".
 * Source: public drivers of the 871A (QMI) and the 428A (OSICS): banner, *IDN?, the commands of
 * measurement, medium and condition, and that a wavelength of 0.0 means no light. From memory: the
 * queries of medium and unit, the unit itself, all ranges and uncertainties; the 428 as a whole has
 * been seen in one driver only.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/command.h"
#include "instruments/wavelength_meter.h"

#include <math.h>
#include <string.h>

static const struct link_settings settings = {
	.framing = LINK_FRAMING_LINE,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 5,
};

/* Not used but to open the link: see exchange below. */
static const struct scpi_dialect dialect = {
	.name = "Bristol",
	.link = &settings,
	.opc = SCPI_OPC_ABSENT,
};

/* Near infrared. */
#define WAVEMETER(uncertainty)                                                                     \
	{                                                                                          \
		.parts = 0, .sweeps = FALSE, .wavelength_min_m = 1000e-9,                          \
		.wavelength_max_m = 1680e-9, .wavelength_uncertainty_m = uncertainty,              \
		.floor_dbm = -30, .sweep_s = 3                                                     \
	}
static const struct wavelength_meter_facts fine = WAVEMETER(0.3e-12);
static const struct wavelength_meter_facts coarse = WAVEMETER(1.2e-12);

/* The letters after it are the range: 871A-NIR2. */
static const struct instrument_model models[] = {
	{"871A*", 0, 3, EVIDENCE_TESTED_SIM, {.wavelength_meter = &fine}},
	{"871B*", 0, 3, EVIDENCE_UNTESTED, {.wavelength_meter = &coarse}},
	{"428A*", 0, 3, EVIDENCE_UNTESTED, {.wavelength_meter = &fine}},
	{"428B*", 0, 3, EVIDENCE_UNTESTED, {.wavelength_meter = &coarse}},
};

enum row {
	IDENTITY_ASK,
	MEDIUM,
	MEDIUM_ASK,
	POWER_UNIT,
	POWER_UNIT_ASK,
	WAVELENGTH_ASK,
	POWER_ASK,
	CONDITION_ASK,
};

static const struct command commands[] = {
	[IDENTITY_ASK] = COMMAND_ASK("*IDN?", NONE),
	[MEDIUM] = COMMAND_SET_WORD(":SENS:MED", NONE),
	[MEDIUM_ASK] = COMMAND_ASK(":SENS:MED?", NONE),
	[POWER_UNIT] = COMMAND_SET_WORD(":UNIT:POW", NONE),
	[POWER_UNIT_ASK] = COMMAND_ASK(":UNIT:POW?", NONE),
	[WAVELENGTH_ASK] = COMMAND_ASK(":MEAS:SCAL:WAV?", NONE), /* nm */
	[POWER_ASK] = COMMAND_ASK(":MEAS:SCAL:POW?", NONE),
	[CONDITION_ASK] = COMMAND_ASK(":STAT:QUES:COND?", NONE),
};

enum {
	LINES_MAX = 40,
	LINE_LEN_MAX = 4096,
	CONNECT_TRIES = 3,
	BANNER_LOOKS = 10,    /* until the first line */
	BANNER_GAP_LOOKS = 2, /* after one */
};
#define BANNER_LOOK_S 0.05
#define NM            1e-9

/* Bits of the condition for which a wavelength is not to be trusted. */
static const struct {
	guint bit;
	const char *name;
} doubts[] = {
	{2, "the last calibration failed"}, {4, "temperature out of range"},
	{5, "wavelength out of range"},     {6, "detector saturated"},
	{9, "pressure out of range"},       {10, "hardware fault"},
};

struct state {
	char *identity; /* whole line; null until known */
	gboolean echoes;
	struct spectrum_setup setup; /* as configured last */
};

static void free_state(gpointer data)
{
	struct state *state = data;
	g_free(state->identity);
	g_free(state);
}

static gboolean prepare(struct instrument *meter, GError **error)
{
	struct state *state = g_new0(struct state, 1);
	meter->state = state;
	return TRUE;
}

/* ---- lines ---- */

static gboolean read_line(struct instrument *meter, char **line, const struct bounds *bounds,
                          GError **error)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	struct link *link = scpi_link(meter->scpi);
	if (!link_read_line(link, reply, LINE_LEN_MAX, bounds, error))
		return FALSE;
	*line = scpi_parse_text(reply->data, reply->len, error);
	if (!*line)
		link_mark_dirty(link);
	return *line != NULL;
}

/*
 * Lets the banner end before anything is said. Its lines may come one by one, so this is a guess:
 * what comes later is passed over by read_identity.
 */
static gboolean skip_banner(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	struct link *link = scpi_link(meter->scpi);
	guint quiet = 0, lines = 0;
	while (quiet < (lines > 0 ? BANNER_GAP_LOOKS : BANNER_LOOKS) && lines < LINES_MAX) {
		g_autofree char *line = NULL;
		if (link_unread(link) == 0) {
			if (!clock_sleep_s(BANNER_LOOK_S, bounds, error))
				return FALSE;
			quiet++;
			continue;
		}
		if (!read_line(meter, &line, bounds, error))
			return FALSE;
		lines++;
		quiet = 0;
	}
	return TRUE;
}

/* The rest of the banner, and an echo, may come before it. */
static gboolean read_identity(struct instrument *meter, char **identity,
                              const struct bounds *bounds, GError **error)
{
	struct state *state = meter->state;
	const char *query = commands[IDENTITY_ASK].header;
	for (guint i = 0; i < LINES_MAX; i++) {
		g_autofree char *line = NULL;
		if (!read_line(meter, &line, bounds, error))
			return FALSE;
		if (strstr(line, "no connections available")) {
			station_error_set(error, STATION_ERROR_IO, "no connections available");
			return FALSE;
		}
		if (strcmp(line, query) == 0)
			state->echoes = TRUE;
		if (g_str_has_prefix(line, "BRISTOL")) {
			*identity = g_steal_pointer(&line);
			return TRUE;
		}
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "%d lines, none of them the identity",
	                  LINES_MAX);
	return FALSE;
}

static gboolean greet(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	struct state *state = meter->state;
	const char *query = commands[IDENTITY_ASK].header;
	g_autofree char *identity = NULL;
	state->echoes = FALSE;
	if (!skip_banner(meter, bounds, error) ||
	    !link_greet(scpi_link(meter->scpi), query, strlen(query), bounds, error) ||
	    !read_identity(meter, &identity, bounds, error))
		return FALSE;
	if (state->identity && strcmp(identity, state->identity) != 0) {
		station_error_set(error, STATION_ERROR_INSTRUMENT,
		                  "another instrument answers: %s, was %s", identity,
		                  state->identity);
		return FALSE;
	}
	g_free(state->identity);
	state->identity = g_steal_pointer(&identity);
	return TRUE;
}

/* After a failure, and the first time; a banner that comes late is worth another try. */
static gboolean make_ready(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	struct state *state = meter->state;
	struct link *link = scpi_link(meter->scpi);
	if (state->identity && !link_is_dirty(link))
		return TRUE;
	for (int i = 1;; i++) {
		g_autoptr(GError) cause = NULL;
		if ((!link_is_dirty(link) || link_clear(link, bounds, &cause)) &&
		    greet(meter, bounds, &cause))
			return TRUE;
		link_mark_dirty(link);
		if (i == CONNECT_TRIES ||
		    !g_error_matches(cause, STATION_ERROR, STATION_ERROR_PROTOCOL)) {
			g_propagate_prefixed_error(error, g_steal_pointer(&cause), "greeting: ");
			return FALSE;
		}
	}
}

/* Takes the echo of what was sent, where there are echoes. */
static gboolean take_echo(struct instrument *meter, const char *message,
                          const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	g_autofree char *line = NULL;
	if (!state->echoes)
		return TRUE;
	if (!read_line(meter, &line, bounds, error))
		return FALSE;
	if (strcmp(line, message) == 0)
		return TRUE;
	link_mark_dirty(scpi_link(meter->scpi));
	station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" where its echo should be", line);
	return FALSE;
}

/* Sends a row; answer is null when it has none. */
static gboolean exchange(struct instrument *meter, enum row row, const char *word, char **answer,
                         const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, meter->model->answer_s);
	struct link *link = scpi_link(meter->scpi);
	g_autofree char *message = command_format(&commands[row], NULL, 0, word, error);
	if (!message)
		return FALSE;
	if (make_ready(meter, &inner, error) &&
	    link_write(link, message, strlen(message), &inner, error) &&
	    take_echo(meter, message, &inner, error) &&
	    (!answer || read_line(meter, answer, &inner, error)))
		return TRUE;
	g_prefix_error(error, "%s: ", message);
	return FALSE;
}

static gboolean ask_number(struct instrument *meter, enum row row, double *number,
                           const struct bounds *bounds, GError **error)
{
	g_autofree char *answer = NULL;
	struct scpi_value value;
	if (!exchange(meter, row, NULL, &answer, bounds, error))
		return FALSE;
	if (!scpi_parse_value(answer, NULL, &value, error)) {
		link_mark_dirty(scpi_link(meter->scpi));
		g_prefix_error(error, "%s: ", commands[row].header);
		return FALSE;
	}
	if (value.kind != SCPI_VALUE_OK) {
		station_error_set(error, STATION_ERROR_DATA, "%s: %s", commands[row].header,
		                  scpi_value_kind_name(value.kind));
		return FALSE;
	}
	*number = value.value;
	return TRUE;
}

/* Words are answered in their long or short form. */
static gboolean set_word(struct instrument *meter, enum row set, enum row ask, const char *word,
                         const struct bounds *bounds, GError **error)
{
	g_autofree char *answer = NULL;
	if (!exchange(meter, set, word, NULL, bounds, error) ||
	    !exchange(meter, ask, NULL, &answer, bounds, error))
		return FALSE;
	if (g_ascii_strncasecmp(answer, word, strlen(word)) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "%s set to %s, but the instrument says %s", commands[set].header, word,
	                  answer);
	return FALSE;
}

/* ---- the class ---- */

static gboolean identify(struct instrument *meter, struct scpi_identity *identity,
                         const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	g_autofree char *answer = NULL;
	if (!state->identity) {
		if (!make_ready(meter, bounds, error))
			return FALSE;
		answer = g_strdup(state->identity);
	} else if (!exchange(meter, IDENTITY_ASK, NULL, &answer, bounds, error)) {
		return FALSE;
	}
	g_auto(GStrv) fields = scpi_split(answer, ',');
	if (g_strv_length(fields) != 4) {
		link_mark_dirty(scpi_link(meter->scpi));
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "expected maker, model, serial number, firmware; got \"%s\"",
		                  answer);
		return FALSE;
	}
	g_strlcpy(identity->maker, fields[0], sizeof identity->maker);
	g_strlcpy(identity->model, fields[1], sizeof identity->model);
	g_strlcpy(identity->serial, fields[2], sizeof identity->serial);
	g_strlcpy(identity->firmware, fields[3], sizeof identity->firmware);
	return TRUE;
}

static gboolean start(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	return set_word(meter, MEDIUM, MEDIUM_ASK, "VAC", bounds, error) &&
	       set_word(meter, POWER_UNIT, POWER_UNIT_ASK, "DBM", bounds, error);
}

/* There is nothing to set: it looks everywhere. What is outside of the span is left out below. */
static gboolean configure(struct instrument *meter, const struct spectrum_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	struct state *state = meter->state;
	state->setup = *setup;
	return TRUE;
}

static gboolean check_condition(struct instrument *meter, const struct bounds *bounds,
                                GError **error)
{
	double bits = 0;
	if (!ask_number(meter, CONDITION_ASK, &bits, bounds, error))
		return FALSE;
	if (!(bits >= 0 && bits < 65536)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "a condition of %g", bits);
		return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(doubts); i++) {
		if ((guint)bits >> doubts[i].bit & 1) {
			station_error_set(error, STATION_ERROR_DATA, "%s", doubts[i].name);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean measure(struct instrument *meter, struct spectrum_result *result,
                        const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	double wavelength_nm = 0, power_dbm = 0;
	if (!ask_number(meter, WAVELENGTH_ASK, &wavelength_nm, bounds, error) ||
	    !check_condition(meter, bounds, error))
		return FALSE;
	result->n_peaks = 0;
	double away_m = fabs(wavelength_nm * NM - state->setup.centre_m);
	if (wavelength_nm == 0 || (state->setup.span_m > 0 && away_m > state->setup.span_m / 2))
		return TRUE;
	if (!ask_number(meter, POWER_ASK, &power_dbm, bounds, error))
		return FALSE;
	result->n_peaks = 1;
	result->peaks[0] = (struct spectrum_peak){wavelength_nm * NM, power_dbm};
	result->centre_m = wavelength_nm * NM;
	return TRUE;
}

static const struct wavelength_meter_ops ops = {
	.configure = configure,
	.measure = measure,
};

static const char *const makers[] = {"BRISTOL", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver bristol_wavemeter_driver = {
	.name = "bristol-wavemeter",
	.class = INSTRUMENT_WAVELENGTH_METER,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 15,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.wavelength_meter = &ops,
	.prepare = prepare,
	.identify = identify,
	.start = start,
	.free_state = free_state,
};
