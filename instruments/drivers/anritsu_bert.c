/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Anritsu MP1900A (and MP1800A) with pattern generator and error detector modules.
 * Source: MP1810A/MT1810A remote manual and public drivers: choice of a module and port, gating,
 * results as quoted strings, sampling search, ASET. From memory: *IDN?, *CLS and the error queue,
 * the switch of one output, what the search answers, that CC counts symbols.
 *
 * No command for the PAM4 side is known: rate, PAM4 coding and pattern are set by hand, and the
 * parameters "output_rate", "input_rate" and "pattern" say how. A run that asks for something else
 * is refused. Counting begins module by module, a few milliseconds apart.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "instruments/bert.h"
#include "instruments/command.h"

#include <math.h>
#include <string.h>

static const struct scpi_dialect dialect = {
	.name = "Anritsu MP1900A",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYSTem:ERRor?",
	.error_depth = 30,
	.opc = SCPI_OPC_ABSENT,
};

enum { PLACES_MAX = 16 };

/* From memory, but the gate: its period is told in whole seconds. */
static const struct bert_facts facts = {
	.symbol_rate_min_bd = 2.4e9,
	.symbol_rate_max_bd = 58.2e9,
	.gate_min_s = 1,
	.gate_max_s = 86400,
	.pattern_s = 60,
	.align_s = 60,
	.settle_s = 10,
	.max_outputs = PLACES_MAX,
	.max_inputs = PLACES_MAX,
	.isi_max = 0,
	.noise_max = 0,
};

static const struct instrument_model models[] = {
	{"MP1900A", 0, 10, EVIDENCE_TESTED_SIM, {.bert = &facts}},
	{"MP1800A", 0, 10, EVIDENCE_UNTESTED, {.bert = &facts}},
};

enum row {
	MODULE,
	PORT,
	OUTPUT,
	OUTPUT_ASK,
	GLOBAL,
	GLOBAL_ASK,
	GATE_UNIT,
	GATE_PERIOD,
	GATE_START,
	GATE_STOP,
	GATE_RUNS_ASK,
	RESULT_ASK,
	MONITOR_ASK,
	SEARCH_KIND,
	SEARCH_START,
	SEARCH_ASK,
};

static const struct command commands[] = {
	[MODULE] = COMMAND_SET_WORD(":MODule:ID", NONE),
	[PORT] = COMMAND_SET_WORD(":PORT:ID", NONE),
	[OUTPUT] = COMMAND_SET_BOOLEAN(":OUTPut:DATA:OUTPut", NONE),
	[OUTPUT_ASK] = COMMAND_ASK(":OUTPut:DATA:OUTPut?", NONE),
	[GLOBAL] = COMMAND_SET_BOOLEAN(":SOURce:OUTPut:ASET", NONE),
	[GLOBAL_ASK] = COMMAND_ASK(":SOURce:OUTPut:ASET?", NONE),
	[GATE_UNIT] = COMMAND_SET_WORD(":SENSe:MEASure:EALarm:UNIT", NONE),
	[GATE_PERIOD] = COMMAND_SET_WORD(":SENSe:MEASure:EALarm:PERiod", NONE), /* d,h,m,s */
	[GATE_START] = COMMAND_SET(":SENSe:MEASure:STARt", NONE),
	[GATE_STOP] = COMMAND_SET(":SENSe:MEASure:STOP", NONE),
	[GATE_RUNS_ASK] = COMMAND_ASK(":SENSe:MEASure:EALarm:STATe?", NONE), /* 1: runs */
	[RESULT_ASK] = COMMAND_ASK(":CALCulate:DATA:EALarm?", DOUBLE),
	[MONITOR_ASK] = COMMAND_ASK(":CALCulate:DATA:MON?", DOUBLE),
	[SEARCH_KIND] = COMMAND_SET_WORD(":SYSTem:CFUNction", NONE),
	[SEARCH_START] = COMMAND_SET(":SENSe:MEASure:ASEarch:STARt", NONE),
	[SEARCH_ASK] = COMMAND_ASK(":SENSe:MEASure:ASEarch:STATe?", NONE), /* 1: runs */
};

#define POLL_S          0.2
#define BITS_PER_SYMBOL 2
#define RATE_TOLERANCE  1e-4

struct place {
	char module[8];
	char port[8];
};

struct state {
	struct place outputs[PLACES_MAX], inputs[PLACES_MAX];
	guint n_outputs, n_inputs;
	double output_rate_bd, input_rate_bd;
	enum bert_pattern pattern;
};

/* ---- parameters ---- */

static gboolean take_place(const char *text, struct place *place)
{
	g_auto(GStrv) parts = g_strsplit(text, ".", -1);
	gint64 number = 0;
	return g_strv_length(parts) == 2 && number_parse_int(parts[0], 1, 16, &number, NULL) &&
	       number_parse_int(parts[1], 1, 16, &number, NULL) &&
	       g_strlcpy(place->module, parts[0], sizeof place->module) < sizeof place->module &&
	       g_strlcpy(place->port, parts[1], sizeof place->port) < sizeof place->port;
}

static gboolean take_places(const struct instrument *bert, const char *key, struct place *places,
                            guint *n, GError **error)
{
	const char *text = instrument_parameter(bert, key);
	g_auto(GStrv) parts = scpi_split(text ? text : "", ',');
	*n = text ? g_strv_length(parts) : 0;
	gboolean ok = *n >= 1 && *n <= PLACES_MAX;
	for (guint i = 0; ok && i < *n; i++)
		ok = take_place(parts[i], &places[i]);
	if (!ok)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: \"%s\" is no list of module.port such as 1.1,1.2", key,
		                  text ? text : "");
	return ok;
}

static gboolean take_pattern(const struct instrument *bert, enum bert_pattern *pattern,
                             GError **error)
{
	const char *text = instrument_parameter(bert, "pattern");
	for (guint i = 0; text && i < BERT_N_PATTERNS; i++) {
		*pattern = (enum bert_pattern)i;
		if (strcmp(text, bert_pattern_name(*pattern)) == 0)
			return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "pattern: must say which one is set by hand, such as PRBS31Q");
	return FALSE;
}

static gboolean take_rate(const struct instrument *bert, const char *key, double *rate_bd,
                          GError **error)
{
	const char *text = instrument_parameter(bert, key);
	if (text && unit_parse(text, "Bd", rate_bd, NULL) && *rate_bd > 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%s: must say what is set by hand, such as 26.5625 GBd", key);
	return FALSE;
}

static gboolean prepare(struct instrument *bert, GError **error)
{
	struct state *state = g_new0(struct state, 1);
	bert->state = state;
	return take_rate(bert, "output_rate", &state->output_rate_bd, error) &&
	       take_rate(bert, "input_rate", &state->input_rate_bd, error) &&
	       take_pattern(bert, &state->pattern, error) &&
	       take_places(bert, "outputs", state->outputs, &state->n_outputs, error) &&
	       take_places(bert, "inputs", state->inputs, &state->n_inputs, error);
}

static guint n_outputs(const struct instrument *bert)
{
	const struct state *state = bert->state;
	return state->n_outputs;
}

static guint n_inputs(const struct instrument *bert)
{
	const struct state *state = bert->state;
	return state->n_inputs;
}

/* ---- outputs ---- */

/* What follows is for that port. */
static gboolean choose(struct instrument *bert, const struct place *place,
                       const struct bounds *bounds, GError **error)
{
	return command_send_word(bert, &commands[MODULE], NULL, place->module, bounds, error) &&
	       command_send_word(bert, &commands[PORT], NULL, place->port, bounds, error) &&
	       command_check(bert, bounds, error);
}

static gboolean set_output(struct instrument *bert, guint output, gboolean on,
                           const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	return choose(bert, &state->outputs[output - 1], bounds, error) &&
	       command_switch_verified(bert, &commands[OUTPUT], &commands[OUTPUT_ASK], NULL, on,
	                               "output", bounds, error);
}

static gboolean set_global_output(struct instrument *bert, gboolean on, const struct bounds *bounds,
                                  GError **error)
{
	return command_switch_verified(bert, &commands[GLOBAL], &commands[GLOBAL_ASK], NULL, on,
	                               "all outputs", bounds, error);
}

/* Each is tried, whatever happens to the others. */
static gboolean all_off(struct instrument *bert, const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	GError *first = NULL;
	GError *next = NULL;
	set_global_output(bert, FALSE, bounds, &first);
	for (guint i = 1; i <= state->n_outputs; i++) {
		next = NULL;
		set_output(bert, i, FALSE, bounds, &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static gboolean is_rate(double wanted_bd, double set_bd)
{
	return fabs(wanted_bd / set_bd - 1) <= RATE_TOLERANCE;
}

static gboolean configure(struct instrument *bert, const struct bert_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	const char *other = NULL;
	if (!is_rate(setup->output_symbol_rate_bd, state->output_rate_bd) ||
	    !is_rate(setup->input_symbol_rate_bd, state->input_rate_bd))
		other = "symbol rate";
	else if (setup->pattern != state->pattern)
		other = "pattern";
	if (!other)
		return all_off(bert, bounds, error);
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "it is set up by hand, for another %s",
	                  other);
	return FALSE;
}

/* ---- inputs ---- */

/* Until the row says 0 for the port chosen. */
static gboolean wait_idle(struct instrument *bert, enum row ask, const struct bounds *bounds,
                          GError **error)
{
	for (;;) {
		gint64 runs = 1;
		if (!command_ask_integer(bert, &commands[ask], NULL, &runs, bounds, error))
			return FALSE;
		if (runs == 0)
			return TRUE;
		if (!clock_sleep_s(POLL_S, bounds, error))
			return FALSE;
	}
}

static gboolean has_lock(struct instrument *bert, gboolean *lock, const struct bounds *bounds,
                         GError **error)
{
	g_autofree char *loss = NULL;
	if (!command_ask_text(bert, &commands[MONITOR_ASK], "PSLoss", &loss, bounds, error))
		return FALSE;
	*lock = g_ascii_strcasecmp(loss, "Occur") != 0;
	return TRUE;
}

static gboolean align_input(struct instrument *bert, guint input, const struct bounds *bounds,
                            GError **error)
{
	const struct state *state = bert->state;
	struct bounds inner = bounds_within(bounds, facts.align_s + bert->model->answer_s);
	gboolean lock = FALSE;
	if (!choose(bert, &state->inputs[input - 1], &inner, error) ||
	    !command_send_word(bert, &commands[SEARCH_KIND], NULL, "ASE32", &inner, error) ||
	    !command_send(bert, &commands[SEARCH_START], NULL, &inner, error) ||
	    !command_check(bert, &inner, error) || !wait_idle(bert, SEARCH_ASK, &inner, error) ||
	    !has_lock(bert, &lock, &inner, error))
		return FALSE;
	if (!lock)
		station_error_set(error, STATION_ERROR_DATA,
		                  "input %u: no sampling point with the pattern in step", input);
	return lock;
}

static gboolean align_inputs(struct instrument *bert, const guint *inputs, gsize n_inputs,
                             const struct bounds *bounds, GError **error)
{
	for (gsize i = 0; i < n_inputs; i++) {
		if (!align_input(bert, inputs[i], bounds, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- counting ---- */

static char *period_text(double gate_s)
{
	guint left_s = (guint)lround(gate_s);
	return g_strdup_printf("%u,%u,%u,%u", left_s / 86400, left_s / 3600 % 24, left_s / 60 % 60,
	                       left_s % 60);
}

static gboolean start_input(struct instrument *bert, guint input, const char *period,
                            const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	return choose(bert, &state->inputs[input - 1], bounds, error) &&
	       command_send_word(bert, &commands[GATE_UNIT], NULL, "TIME", bounds, error) &&
	       command_send_word(bert, &commands[GATE_PERIOD], NULL, period, bounds, error) &&
	       command_send(bert, &commands[GATE_START], NULL, bounds, error) &&
	       command_check(bert, bounds, error);
}

/* A result is a quoted string; dashes mean that there is none. */
static gboolean read_number(struct instrument *bert, const char *what, gboolean *is_there,
                            double *number, const struct bounds *bounds, GError **error)
{
	g_autofree char *text = NULL;
	if (!command_ask_text(bert, &commands[RESULT_ASK], what, &text, bounds, error))
		return FALSE;
	*is_there = strspn(text, "-") != strlen(text);
	if (!*is_there)
		return TRUE;
	if (number_parse_double(text, number, error) && *number >= 0 && *number < 1e19)
		return TRUE;
	if (!error || !*error)
		station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" is no count", text);
	link_mark_dirty(scpi_link(bert->scpi));
	g_prefix_error(error, "%s: ", what);
	return FALSE;
}

static gboolean read_input(struct instrument *bert, guint input, struct bert_count *count,
                           const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	gboolean has_errors = FALSE, has_clocks = FALSE, lock = FALSE;
	double errors = 0, symbols = 0;
	if (!choose(bert, &state->inputs[input - 1], bounds, error) ||
	    !wait_idle(bert, GATE_RUNS_ASK, bounds, error) ||
	    !read_number(bert, "CURRent:EC:TOTal", &has_errors, &errors, bounds, error) ||
	    !read_number(bert, "CURRent:CC:TOTal", &has_clocks, &symbols, bounds, error) ||
	    !has_lock(bert, &lock, bounds, error))
		return FALSE;
	*count = (struct bert_count){.lock = lock && has_errors && has_clocks && symbols > 0};
	if (count->lock) {
		count->bits = BITS_PER_SYMBOL * (guint64)symbols;
		count->errors = (guint64)errors;
	}
	return TRUE;
}

static gboolean count(struct instrument *bert, const guint *inputs, gsize n_inputs, double gate_s,
                      struct bert_count *counts, const struct bounds *bounds, GError **error)
{
	double whole_s = round(gate_s);
	g_autofree char *period = period_text(whole_s);
	if (fabs(gate_s - whole_s) > 1e-6) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "gate: it counts for whole seconds only");
		return FALSE;
	}
	for (gsize i = 0; i < n_inputs; i++) {
		if (!start_input(bert, inputs[i], period, bounds, error))
			return FALSE;
	}
	if (!clock_sleep_s(whole_s, bounds, error))
		return FALSE;
	struct bounds inner = bounds_within(bounds, facts.settle_s * (double)n_inputs);
	for (gsize i = 0; i < n_inputs; i++) {
		if (!read_input(bert, inputs[i], &counts[i], &inner, error))
			return FALSE;
	}
	return TRUE;
}

static const struct bert_ops ops = {
	.n_outputs = n_outputs,
	.n_inputs = n_inputs,
	.configure = configure,
	.set_output = set_output,
	.set_global_output = set_global_output,
	.align_inputs = align_inputs,
	.count = count,
};

static const char *const makers[] = {"Anritsu", NULL};
static const char *const parameters[] = {"outputs",    "inputs",  "output_rate",
                                         "input_rate", "pattern", NULL};

const struct instrument_driver anritsu_bert_driver = {
	.name = "anritsu-bert",
	.class = INSTRUMENT_BERT,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 30,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.bert = &ops,
	.prepare = prepare,
	.start = all_off,
	.safe_state = all_off,
};
