/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Keysight M8040A 64 GBd BERT under the M8070A or M8070B software, which is the server.
 * Source: M8070A programming guide M8020-91040, and public code in use where it says so.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/bert.h"
#include "instruments/command.h"
#include "instruments/drivers/keysight_bert_counts.h"
#include "instruments/drivers/keysight_bert_places.h"
#include "instruments/drivers/keysight_bert_stress.h"

#include <string.h>

static const struct scpi_dialect dialect = {
	.name = "Keysight M8070",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 50, /* from memory */
	.opc = SCPI_OPC_BLOCKS,
};

/* Ranges from memory. */
static const struct bert_facts facts = {
	.symbol_rate_min_bd = 2e9,
	.symbol_rate_max_bd = 64e9,
	.gate_min_s = 1e-3,
	.gate_max_s = 86400,
	.pattern_s = 60,
	.align_s = 60,
	.settle_s = 20,
	.max_outputs = KEYSIGHT_BERT_LOCATIONS_MAX,
	.max_inputs = KEYSIGHT_BERT_LOCATIONS_MAX,
	.isi_max = 0.45,
	.noise_max = 0.1,
};

/* The identity is that of the software; the name is from memory. */
static const struct instrument_model models[] = {
	{"M8070B", 0, 20, EVIDENCE_TESTED_SIM, {.bert = &facts}},
	{"M8070A", 0, 20, EVIDENCE_UNTESTED, {.bert = &facts}},
	{"M8040A", 0, 20, EVIDENCE_UNTESTED, {.bert = &facts}},
};

enum row {
	OUTPUT,
	OUTPUT_ASK,
	GLOBAL,
	GLOBAL_ASK,
	RATE,
	RATE_ASK,
	CODING,
	MAPPING,
	PATTERN,
	RUNNING_WAIT,
	ALIGN,
	ALIGN_ABORT,
	ALIGN_ASK,
	ENABLE_ASK,
	SYNC_LOSS_ASK,
	GATE_CATALOG_ASK,
	GATE_DELETE,
	GATE_NEW,
	GATE_RESET,
	GATE_LOCATION,
	GATE_END,
	GATE_DURATION,
	GATE_TIME,
	GATE_HISTORY,
	GATE_START,
	GATE_DATA_ASK,
};

static const struct command commands[] = {
	[OUTPUT] = COMMAND_SET_BOOLEAN(":OUTP:STAT", QUOTED),
	[OUTPUT_ASK] = COMMAND_ASK(":OUTP:STAT?", QUOTED),
	[GLOBAL] = COMMAND_SET_BOOLEAN(":OUTP:GLOB", QUOTED),
	[GLOBAL_ASK] = COMMAND_ASK(":OUTP:GLOB?", QUOTED), /* from memory */
	[RATE] = COMMAND_SET_NUMBER(":SOUR:FREQ", QUOTED, 12),
	[RATE_ASK] = COMMAND_ASK(":SOUR:FREQ?", QUOTED),
	[CODING] = COMMAND_SET_WORD(":DATA:LIN:VAL", QUOTED),
	[MAPPING] = COMMAND_SET_WORD(":DATA:LIN:PAM4:MAPP", QUOTED),
	[PATTERN] = COMMAND_SET_WORD(":DATA:SEQ:SET", DOUBLE),
	[RUNNING_WAIT] = COMMAND_ASK_LONG(":STAT:INST:RUN:WAIT?", QUOTED),
	[ALIGN] = COMMAND_SET(":INP:ALIG:EYE:AUTO", QUOTED),
	[ALIGN_ABORT] = COMMAND_SET(":INP:ALIG:EYE:ABOR", QUOTED),
	[ALIGN_ASK] = COMMAND_ASK(":INP:ALIG:STAT:VAL?", DOUBLE),
	[ENABLE_ASK] = COMMAND_ASK("*ESE?", NONE),
	[SYNC_LOSS_ASK] = COMMAND_ASK(":STAT:INST:SLOS?", QUOTED),
	[GATE_CATALOG_ASK] = COMMAND_ASK(":PLUG:ERAT:CAT?", NONE),
	[GATE_DELETE] = COMMAND_SET(":PLUG:ERAT:DEL", QUOTED),
	[GATE_NEW] = COMMAND_SET(":PLUG:ERAT:NEW", QUOTED),
	[GATE_RESET] = COMMAND_SET(":PLUG:ERAT:RES", QUOTED),
	/* one place is documented, several after one another from memory */
	[GATE_LOCATION] = COMMAND_SET_WORD(":PLUG:ERAT:ACQ:ALOC", QUOTED),
	[GATE_END] = COMMAND_SET_WORD(":PLUG:ERAT:ACQ:AEND", QUOTED),
	[GATE_DURATION] = COMMAND_SET_WORD(":PLUG:ERAT:ACQ:DUR", QUOTED),
	[GATE_TIME] = COMMAND_SET_NUMBER(":PLUG:ERAT:ACQ:TIME", QUOTED, 6),
	[GATE_HISTORY] = COMMAND_SET_INTEGER(":PLUG:ERAT:ACQ:HIST", QUOTED),
	[GATE_START] = COMMAND_SET(":PLUG:ERAT:STAR", QUOTED),
	[GATE_DATA_ASK] = COMMAND_ASK(":PLUG:ERAT:FETC:DATA?", QUOTED),
};

/* The measurement that we make in the instrument, and remove again. */
static const char gate_name[] = "station";

/*
 * With PAM4 coding and Gray mapping a PRBS of bits becomes the standard's PRBSnQ. That "2^31-1" is
 * accepted is documented; the other two names are from memory, hence the parameters.
 */
static const struct {
	const char *parameter;
	const char *sequence;
} pattern_rows[BERT_N_PATTERNS] = {
	[BERT_PATTERN_PRBS13Q] = {"pattern_prbs13q", "PRBS,\"2^13-1\""},
	[BERT_PATTERN_PRBS31Q] = {"pattern_prbs31q", "PRBS,\"2^31-1\""},
	[BERT_PATTERN_SSPRQ] = {"pattern_ssprq", "MEMORY,\"factory:Ethernet/SSPRQ\""},
};

/* What ends an alignment well; from memory. Everything else but INPROGRESS is a failure. */
static const char *const aligned_words[] = {"SUCCESSFUL", "SUCCESS", "FINISHED", "DONE", NULL};

struct state {
	char **outputs; /* "M1.DataOut1" ... */
	char **inputs;
	guint n_outputs, n_inputs;
	const char *clock;       /* of the generators; borrowed from the parameters, or constant */
	const char *input_clock; /* of the analysers; may be the same */
	const char *system;
	gboolean stress; /* the generators can add it; as the parameters say */
};

static void free_state(gpointer data)
{
	struct state *state = data;
	g_strfreev(state->outputs);
	g_strfreev(state->inputs);
	g_free(state);
}

/* ---- places ---- */

static gboolean prepare(struct instrument *bert, GError **error)
{
	struct state *state = g_new0(struct state, 1);
	bert->state = state;
	for (guint i = 0; i < BERT_N_PATTERNS; i++) {
		const char *given = instrument_parameter(bert, pattern_rows[i].parameter);
		if (given && (strpbrk(given, ";\r\n") || !*given)) {
			station_error_set(error, STATION_ERROR_CONFIG, "%s: \"%s\" is no sequence",
			                  pattern_rows[i].parameter, given);
			return FALSE;
		}
	}
	return keysight_bert_take_locations(bert, "outputs",
	                                    "M1.DataOut1,M1.DataOut2,M1.DataOut3,M1.DataOut4",
	                                    &state->outputs, &state->n_outputs, error) &&
	       keysight_bert_take_locations(bert, "inputs",
	                                    "M2.DataIn1,M2.DataIn2,M2.DataIn3,M2.DataIn4,"
	                                    "M2.DataIn5,M2.DataIn6,M2.DataIn7,M2.DataIn8",
	                                    &state->inputs, &state->n_inputs, error) &&
	       keysight_bert_take_location(bert, "clock", "M1.ClkGen", &state->clock, error) &&
	       keysight_bert_take_location(bert, "input_clock", "M2.ClkGen", &state->input_clock,
	                                   error) &&
	       keysight_bert_take_location(bert, "system", "M1.System", &state->system, error) &&
	       keysight_bert_take_stress(bert, &state->stress, error);
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

/* ---- set-up ---- */

static gboolean outputs_off(struct instrument *bert, const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	for (guint i = 0; i < state->n_outputs; i++) {
		if (!command_send_number(bert, &commands[OUTPUT], state->outputs[i], 0, bounds,
		                         error))
			return FALSE;
	}
	return command_check(bert, bounds, error);
}

/*
 * One compound message: the places of a module change coding together or are refused. Source: the
 * guide's warning for two generators.
 */
static gboolean set_coding(struct instrument *bert, char **locations, const struct bounds *bounds,
                           GError **error)
{
	g_autoptr(GString) message = g_string_new(NULL);
	for (guint i = 0; locations[i]; i++) {
		g_autofree char *one =
			command_format(&commands[CODING], locations[i], 0, "PAM4", error);
		if (!one)
			return FALSE;
		g_string_append_printf(message, "%s%s", i ? ";" : "", one);
	}
	if (!command_send_text(bert, message->str, bounds, error))
		return FALSE;
	for (guint i = 0; locations[i]; i++) {
		if (!command_send_word(bert, &commands[MAPPING], locations[i], "GRAY", bounds,
		                       error))
			return FALSE;
	}
	return command_check(bert, bounds, error);
}

static gboolean set_pattern(struct instrument *bert, enum bert_pattern pattern,
                            const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	const char *given = instrument_parameter(bert, pattern_rows[pattern].parameter);
	const char *sequence = given ? given : pattern_rows[pattern].sequence;
	struct bounds inner = bounds_within(bounds, facts.pattern_s + bert->model->answer_s);
	gint64 running = 0;
	if (!command_send_word(bert, &commands[PATTERN], "Generator", sequence, bounds, error) ||
	    !command_send_word(bert, &commands[PATTERN], "Analyzer", sequence, bounds, error) ||
	    !command_ask_integer(bert, &commands[RUNNING_WAIT], state->outputs[0], &running, &inner,
	                         error) ||
	    !command_check(bert, bounds, error))
		return FALSE;
	if (running == 1)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT, "%s does not run after loading %s",
	                  state->outputs[0], bert_pattern_name(pattern));
	return FALSE;
}

static gboolean set_rate(struct instrument *bert, const char *clock, double rate_bd,
                         const struct bounds *bounds, GError **error)
{
	return command_set_verified(bert, &commands[RATE], &commands[RATE_ASK], clock, rate_bd,
	                            rate_bd * 1e-9, "symbol rate", bounds, error);
}

/* That the analyser module's clock is a place of its own, M2.ClkGen, is from memory. */
static gboolean set_rates(struct instrument *bert, const struct bert_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	if (strcmp(state->clock, state->input_clock) != 0)
		return set_rate(bert, state->clock, setup->output_symbol_rate_bd, bounds, error) &&
		       set_rate(bert, state->input_clock, setup->input_symbol_rate_bd, bounds,
		                error);
	if (setup->output_symbol_rate_bd == setup->input_symbol_rate_bd)
		return set_rate(bert, state->clock, setup->output_symbol_rate_bd, bounds, error);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "input_clock: %s cannot run at two symbol rates at once", state->clock);
	return FALSE;
}

/* ---- stress ---- */

static gboolean set_stress(struct instrument *bert, guint output, const struct bert_stress *stress,
                           const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;

	if (state->stress)
		return keysight_bert_set_stress(bert, state->outputs[output - 1], stress, bounds,
		                                error);
	station_error_set(error, STATION_ERROR_UNSUPPORTED,
	                  "the configuration does not say \"stress: yes\" of this generator");
	return FALSE;
}

static gboolean remove_stress(struct instrument *bert, const struct bounds *bounds, GError **error)
{
	static const struct bert_stress none = {0};
	const struct state *state = bert->state;

	for (guint i = 0; state->stress && i < state->n_outputs; i++)
		if (!keysight_bert_set_stress(bert, state->outputs[i], &none, bounds, error))
			return FALSE;
	return TRUE;
}

static gboolean configure(struct instrument *bert, const struct bert_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	return outputs_off(bert, bounds, error) && remove_stress(bert, bounds, error) &&
	       set_rates(bert, setup, bounds, error) &&
	       set_coding(bert, state->outputs, bounds, error) &&
	       set_coding(bert, state->inputs, bounds, error) &&
	       set_pattern(bert, setup->pattern, bounds, error);
}

static gboolean set_output(struct instrument *bert, guint output, gboolean on,
                           const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	return command_switch_verified(bert, &commands[OUTPUT], &commands[OUTPUT_ASK],
	                               state->outputs[output - 1], on, state->outputs[output - 1],
	                               bounds, error);
}

static gboolean set_global_output(struct instrument *bert, gboolean on, const struct bounds *bounds,
                                  GError **error)
{
	const struct state *state = bert->state;
	return command_switch_verified(bert, &commands[GLOBAL], &commands[GLOBAL_ASK],
	                               state->system, on, "global output", bounds, error);
}

/* ---- alignment ---- */

static gboolean wait_aligned(struct instrument *bert, const char *location,
                             const struct bounds *bounds, GError **error)
{
	for (;;) {
		g_autofree char *word = NULL;
		if (!command_ask_text(bert, &commands[ALIGN_ASK], location, &word, bounds, error))
			return FALSE;
		if (g_strv_contains(aligned_words, word))
			return TRUE;
		if (strcmp(word, "INPROGRESS") != 0) {
			station_error_set(error, STATION_ERROR_DATA, "%s: alignment ended with %s",
			                  location, word);
			return FALSE;
		}
		if (!clock_sleep_s(0.5, bounds, error)) {
			g_prefix_error(error, "%s: still aligning: ", location);
			return FALSE;
		}
	}
}

static gboolean align_one(struct instrument *bert, const char *location,
                          const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.align_s + bert->model->answer_s);
	gint64 ignored = 0;
	/* Any query that is not *OPC? in between, or the status is that of the last alignment. */
	if (!command_send(bert, &commands[ALIGN], location, bounds, error) ||
	    !command_ask_integer(bert, &commands[ENABLE_ASK], NULL, &ignored, bounds, error))
		return FALSE;
	if (wait_aligned(bert, location, &inner, error))
		return command_check(bert, bounds, error);
	GError *discarded = NULL;
	if (!command_send(bert, &commands[ALIGN_ABORT], location, bounds, &discarded) ||
	    !command_check(bert, bounds, &discarded))
		g_clear_error(&discarded); /* the first cause is what counts */
	return FALSE;
}

static gboolean align_inputs(struct instrument *bert, const guint *inputs, gsize n,
                             const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	for (gsize i = 0; i < n; i++) {
		if (!align_one(bert, state->inputs[inputs[i] - 1], bounds, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- counting ---- */

/* What stayed behind when an earlier run was killed would be refused as a double. */
static gboolean remove_old_gate(struct instrument *bert, const struct bounds *bounds,
                                GError **error)
{
	g_autofree char *catalog = NULL;
	if (!command_ask_text(bert, &commands[GATE_CATALOG_ASK], NULL, &catalog, bounds, error))
		return FALSE;
	g_auto(GStrv) names = g_strsplit_set(catalog, ",\"' ", -1);
	if (!g_strv_contains((const char *const *)names, gate_name))
		return TRUE;
	return command_send(bert, &commands[GATE_DELETE], gate_name, bounds, error);
}

static gboolean set_gate(struct instrument *bert, const guint *inputs, gsize n, double gate_s,
                         const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	g_autoptr(GString) locations = g_string_new(NULL);
	for (gsize i = 0; i < n; i++)
		g_string_append_printf(locations, "%s'%s'", i ? "," : "",
		                       state->inputs[inputs[i] - 1]);
	if (!remove_old_gate(bert, bounds, error) ||
	    !command_send(bert, &commands[GATE_NEW], gate_name, bounds, error) ||
	    !command_send(bert, &commands[GATE_RESET], gate_name, bounds, error) ||
	    !command_send_word(bert, &commands[GATE_LOCATION], gate_name, locations->str, bounds,
	                       error))
		return FALSE;
	return command_send_word(bert, &commands[GATE_END], gate_name, "FDUR", bounds, error) &&
	       command_send_word(bert, &commands[GATE_DURATION], gate_name, "FTIM", bounds,
	                         error) &&
	       command_send_number(bert, &commands[GATE_TIME], gate_name, gate_s, bounds, error) &&
	       command_send_number(bert, &commands[GATE_HISTORY], gate_name, 1, bounds, error) &&
	       command_check(bert, bounds, error);
}

static gboolean run_gate(struct instrument *bert, double gate_s, char **data,
                         const struct bounds *bounds, GError **error)
{
	struct bounds inner =
		bounds_within(bounds, gate_s + facts.settle_s + bert->model->answer_s);
	return command_send(bert, &commands[GATE_START], gate_name, bounds, error) &&
	       scpi_wait_opc(bert->scpi, 0.1, &inner, error) &&
	       command_check(bert, bounds, error) &&
	       command_ask_text(bert, &commands[GATE_DATA_ASK], gate_name, data, bounds, error);
}

static gboolean take_counts(struct instrument *bert, const char *data, const guint *inputs, gsize n,
                            struct bert_count *counts, const struct bounds *bounds, GError **error)
{
	const struct state *state = bert->state;
	g_auto(GStrv) elements = bert_counts_split(data);
	for (gsize i = 0; i < n; i++) {
		const char *location = state->inputs[inputs[i] - 1];
		gboolean lost = TRUE;
		if (!bert_counts_find(elements, location, &dialect, &counts[i], error) ||
		    !command_ask_boolean(bert, &commands[SYNC_LOSS_ASK], location, &lost, bounds,
		                         error))
			return FALSE;
		counts[i].lock = !lost;
	}
	return TRUE;
}

static gboolean count_errors(struct instrument *bert, const guint *inputs, gsize n, double gate_s,
                             struct bert_count *counts, const struct bounds *bounds, GError **error)
{
	g_autofree char *data = NULL;
	return set_gate(bert, inputs, n, gate_s, bounds, error) &&
	       run_gate(bert, gate_s, &data, bounds, error) &&
	       take_counts(bert, data, inputs, n, counts, bounds, error) &&
	       command_send(bert, &commands[GATE_DELETE], gate_name, bounds, error) &&
	       command_check(bert, bounds, error);
}

static gboolean safe_state(struct instrument *bert, const struct bounds *bounds, GError **error)
{
	GError *first = NULL;
	set_global_output(bert, FALSE, bounds, &first);
	for (guint output = 1; output <= n_outputs(bert); output++) {
		GError *next = NULL;
		set_output(bert, output, FALSE, bounds, &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static const struct bert_ops ops = {
	.n_outputs = n_outputs,
	.n_inputs = n_inputs,
	.configure = configure,
	.set_output = set_output,
	.set_global_output = set_global_output,
	.set_stress = set_stress,
	.align_inputs = align_inputs,
	.count = count_errors,
};

static const char *const makers[] = {"Keysight", NULL};
static const char *const parameters[] = {
	"outputs",         "inputs",          "clock",         "input_clock", "system",
	"pattern_prbs13q", "pattern_prbs31q", "pattern_ssprq", "stress",      NULL,
};

const struct instrument_driver keysight_bert_driver = {
	.name = "keysight-bert",
	.class = INSTRUMENT_BERT,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 60,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.bert = &ops,
	.prepare = prepare,
	.start = NULL,
	.safe_state = safe_state,
	.free_state = free_state,
};
