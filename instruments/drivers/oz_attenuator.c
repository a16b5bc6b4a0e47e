/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * OZ Optics DD-100 motor driven attenuator, and its family, on a serial line or behind a device
 * server.
 * Source: pylablib and QMI drivers, which agree. From memory: the wavelengths, how near it gets,
 * that DD-100-MC and DA-100 have the same language.
 *
 * It speaks no SCPI and tells neither maker nor serial number: the display of its configuration is
 * what it is known by, and the station's people may say model and serial number as parameters.
 * Attenuations are absolute in its language, with the insertion loss as the smallest. It has no
 * shutter, and one calibration. Finding its home, which it needs after each power-up, takes the
 * filter through the whole range: at instrument_open light gets through.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/attenuator.h"
#include "instruments/scpi/scpi.h"

#include <math.h>
#include <string.h>

#define MODEL_PARAMETER  "model"
#define SERIAL_PARAMETER "serial"
#define HOME_S           45 /* up to 40 s */
#define PLAUSIBLE_DB     200
#define SAME_DB          0.005
#define RESYNC_TRIES     3

static const struct link_settings settings = {
	.framing = LINK_FRAMING_DONE,
	.write_end = LINK_END_CR,
	.read_end = LINK_END_LF,
	/* the echo of a command may come long before the rest */
	.stall_s = 0,
};

static const struct scpi_dialect dialect = {
	.name = "OZ Optics",
	.link = &settings,
	.opc = SCPI_OPC_ABSENT,
};

/* The range is the unit's own: it replaces this one. */
static const struct attenuator_facts family_facts = {
	.attenuation_min_db = 0,
	.attenuation_max_db = 60,
	.resolution_db = 0.05,
	.wavelength_min_m = 1260e-9,
	.wavelength_max_m = 1650e-9,
	.wavelength_step_m = 1e-9,
	.settle_s = 0.1,
	.move_s = 5,
	.without_shutter = TRUE,
	.without_wavelength = TRUE,
};

static const struct instrument_model models[] = {
	{"DD-100", 1, 5, EVIDENCE_TESTED_SIM, {.attenuator = &family_facts}},
	{"DD-100-MC", 1, 5, EVIDENCE_UNTESTED, {.attenuator = &family_facts}},
	{"DA-100", 1, 5, EVIDENCE_UNTESTED, {.attenuator = &family_facts}},
};

struct state {
	gboolean known;  /* the display of the configuration has been read */
	double least_db; /* its insertion loss */
	double most_db;
	gboolean suspect; /* an answer may still come to a question given up */
	struct instrument_model model;
	struct attenuator_facts facts;
};

static gboolean prepare(struct instrument *attenuator, GError **error)
{
	attenuator->state = g_new0(struct state, 1);
	return TRUE;
}

/* ---- questions ---- */

/* The number in the line "KEY:NUMBER". */
static gboolean find_number(const char *answer, const char *key, double *value, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		const char *colon = strchr(g_strstrip(lines[i]), ':');
		if (!colon || (gsize)(colon - lines[i]) != strlen(key) ||
		    g_ascii_strncasecmp(lines[i], key, strlen(key)) != 0)
			continue;
		if (number_parse_double(colon + 1, value, error))
			return TRUE;
		g_prefix_error(error, "%s: ", key);
		return FALSE;
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "no line \"%s:\" in the answer", key);
	return FALSE;
}

static gboolean check_refusal(const char *answer, const char *command, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (!g_str_has_prefix(lines[i], "Error"))
			continue;
		station_error_set(error, STATION_ERROR_INSTRUMENT, "%s: %s", command,
		                  g_strchomp(lines[i]));
		return FALSE;
	}
	return TRUE;
}

static gboolean ask_once(struct instrument *attenuator, const char *command, double limit_s,
                         char **answer, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, limit_s);
	return scpi_query_string(attenuator->scpi, answer, &inner, error, "%s", command);
}

/*
 * It has no identity to look for after a failure: its configuration is what is looked for, and
 * whatever comes before is late.
 */
static gboolean resync(struct instrument *attenuator, const struct bounds *bounds, GError **error)
{
	struct state *state = attenuator->state;
	for (int i = 1;; i++) {
		g_autofree char *answer = NULL;
		g_autoptr(GError) cause = NULL;
		double unused_db = 0;
		if (ask_once(attenuator, "CD", attenuator->model->answer_s, &answer, bounds,
		             &cause) &&
		    find_number(answer, "MAX ATTEN", &unused_db, &cause)) {
			state->suspect = FALSE;
			return TRUE;
		}
		link_mark_dirty(scpi_link(attenuator->scpi));
		if (i == RESYNC_TRIES ||
		    !g_error_matches(cause, STATION_ERROR, STATION_ERROR_PROTOCOL)) {
			g_propagate_prefixed_error(error, g_steal_pointer(&cause),
			                           "after an earlier failure: ");
			return FALSE;
		}
	}
}

/*
 * One command. `key`: the line that its answer has to have, with a number (null: only Done); an
 * answer without it belongs to another command.
 */
static gboolean ask(struct instrument *attenuator, const char *command, double limit_s,
                    const char *key, double *value, const struct bounds *bounds, GError **error)
{
	struct state *state = attenuator->state;
	g_autofree char *answer = NULL;
	double number = 0;
	if (state->suspect && !resync(attenuator, bounds, error))
		return FALSE;
	state->suspect = TRUE;
	if (!ask_once(attenuator, command, limit_s, &answer, bounds, error))
		return FALSE;
	if (!check_refusal(answer, command, error)) {
		state->suspect = FALSE;
		return FALSE;
	}
	if (key && !find_number(answer, key, &number, error)) {
		link_mark_dirty(scpi_link(attenuator->scpi));
		g_prefix_error(error, "%s: ", command);
		return FALSE;
	}
	state->suspect = FALSE;
	if (value)
		*value = number;
	return TRUE;
}

/* ---- who it is ---- */

static gboolean check_configuration(const struct state *state, double least_db, double most_db,
                                    GError **error)
{
	if (!(least_db >= 0 && least_db < most_db && most_db <= PLAUSIBLE_DB)) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "CD: not a range of attenuation: IL %.2f, MAX ATTEN %.2f",
		                  least_db, most_db);
		return FALSE;
	}
	if (!state->known || (fabs(least_db - state->least_db) < SAME_DB &&
	                      fabs(most_db - state->most_db) < SAME_DB))
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "now an attenuator with IL %.2f and MAX ATTEN %.2f answers, not the one "
	                  "with %.2f and %.2f that was opened",
	                  least_db, most_db, state->least_db, state->most_db);
	return FALSE;
}

static void tell(struct instrument *attenuator, const char *key, const char *otherwise, char *field,
                 gsize size)
{
	const char *said = instrument_parameter(attenuator, key);
	g_strlcpy(field, said ? said : otherwise, size);
}

static gboolean identify(struct instrument *attenuator, struct scpi_identity *identity,
                         const struct bounds *bounds, GError **error)
{
	struct state *state = attenuator->state;
	double answer_s = attenuator->model->answer_s;
	double least_db = NAN;
	double most_db = NAN;
	if (!ask(attenuator, "CD", answer_s, "IL", &least_db, bounds, error) ||
	    !ask(attenuator, "CD", answer_s, "MAX ATTEN", &most_db, bounds, error) ||
	    !check_configuration(state, least_db, most_db, error))
		return FALSE;
	state->known = TRUE;
	state->least_db = least_db;
	state->most_db = most_db;
	*identity = (struct scpi_identity){.maker = "OZ Optics"};
	tell(attenuator, MODEL_PARAMETER, models[0].model, identity->model, sizeof identity->model);
	tell(attenuator, SERIAL_PARAMETER, "", identity->serial, sizeof identity->serial);
	return TRUE;
}

/* ---- attenuation ---- */

static gboolean get_attenuation(struct instrument *attenuator, guint channel,
                                double *attenuation_db, const struct bounds *bounds, GError **error)
{
	const struct state *state = attenuator->state;
	double db = NAN;
	if (!ask(attenuator, "D", attenuator->model->answer_s, "ATTEN", &db, bounds, error))
		return FALSE;
	*attenuation_db = db - state->least_db;
	return TRUE;
}

static gboolean set_attenuation(struct instrument *attenuator, double attenuation_db,
                                const struct bounds *bounds, GError **error)
{
	const struct state *state = attenuator->state;
	char number[G_ASCII_DTOSTR_BUF_SIZE];
	double got_db = NAN;
	g_ascii_formatd(number, sizeof number, "%.2f", attenuation_db + state->least_db);
	g_autofree char *command = g_strdup_printf("A%s", number);
	double limit_s = family_facts.move_s + attenuator->model->answer_s;
	if (!ask(attenuator, command, limit_s, "Pos", NULL, bounds, error) ||
	    !get_attenuation(attenuator, 1, &got_db, bounds, error))
		return FALSE;
	if (fabs(got_db - attenuation_db) <= family_facts.resolution_db)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "attenuation set to %.2f, but the instrument says %.2f", attenuation_db,
	                  got_db);
	return FALSE;
}

static gboolean set_attenuations(struct instrument *attenuator,
                                 const struct attenuator_setting *wanted, guint n,
                                 const struct bounds *bounds, GError **error)
{
	for (guint i = 0; i < n; i++)
		if (!set_attenuation(attenuator, wanted[i].attenuation_db, bounds, error))
			return FALSE;
	return n == 0 || clock_sleep_s(family_facts.settle_s, bounds, error);
}

static gboolean shut(struct instrument *attenuator, const struct bounds *bounds, GError **error)
{
	return set_attenuation(attenuator, attenuator->model->attenuator->attenuation_max_db,
	                       bounds, error);
}

static gboolean start(struct instrument *attenuator, const struct bounds *bounds, GError **error)
{
	struct state *state = attenuator->state;
	state->facts = family_facts;
	state->facts.attenuation_max_db = state->most_db - state->least_db;
	state->model = *attenuator->model;
	state->model.attenuator = &state->facts;
	attenuator->model = &state->model;
	return ask(attenuator, "H", HOME_S, NULL, NULL, bounds, error) &&
	       shut(attenuator, bounds, error);
}

static const struct attenuator_ops ops = {
	.set_attenuations = set_attenuations,
	.get_attenuation = get_attenuation,
};

static const char *const makers[] = {"OZ Optics", NULL};
static const char *const parameters[] = {MODEL_PARAMETER, SERIAL_PARAMETER, NULL};

const struct instrument_driver oz_attenuator_driver = {
	.name = "oz-attenuator",
	.class = INSTRUMENT_ATTENUATOR,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 12,
	.parameters = parameters,
	.attenuator = &ops,
	.prepare = prepare,
	.identify = identify,
	.start = start,
	.safe_state = shut,
};
