/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_mp1900a.h"

#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Anritsu MP1900A: module 1 generates on ports 1 to 4, module 2 detects on ports 1 to 8. It is set
 * up by hand for PAM4 and PRBS31Q, at the rate of the optics and of the host. Commands as the
 * MP1810A's manual and public drivers have them; from memory: *IDN?, the error queue, the switch of
 * one output, times, the word for no loss, that CC counts symbols. Not there: everything about
 * levels and jitter.
 */
enum { GENERATOR = 1, DETECTOR = 2, OUTPUTS = 4, INPUTS = 8 };
#define SEARCH_S        2.0
#define PEEK_S          1e-3
#define BITS_PER_SYMBOL 2

struct gate {
	gboolean running, has_data, locked;
	double started_s, period_s;
	guint64 symbols, errors;
};

struct mp1900a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	int module, port; /* chosen */
	gboolean on[OUTPUTS];
	gboolean all_on;
	struct gate gates[INPUTS];
	double searched_s[INPUTS]; /* when its search ends */
};

static void apply(struct mp1900a *bert)
{
	for (guint i = 0; i < OUTPUTS; i++) {
		world_set_ppg_pattern(bert->world, bert->site, i, WORLD_PATTERN_PRBS31Q);
		world_set_ppg(bert->world, bert->site, i, bert->on[i]);
	}
	world_set_ppg_global(bert->world, bert->site, bert->all_on);
}

/* --- what is chosen -----------------------------------------------------------------------------
 */

static void run_module(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	int module = 0;
	if (scpi_take_int(call, GENERATOR, DETECTOR, &module) && scpi_end(call)) {
		bert->module = module;
		bert->port = 1;
	}
}

static void run_port(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	int port = 0;
	int last = bert->module == GENERATOR ? OUTPUTS : INPUTS;
	if (scpi_take_int(call, 1, last, &port) && scpi_end(call))
		bert->port = port;
}

static gboolean is_chosen(struct scpi_call *call, int module)
{
	const struct mp1900a *bert = scpi_instrument(call);
	if (bert->module == module)
		return TRUE;
	scpi_error(call, -221, "module");
	return FALSE;
}

/* --- generator ----------------------------------------------------------------------------------
 */

static void run_output(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	gboolean on = FALSE;
	if (is_chosen(call, GENERATOR) && scpi_take_bool(call, &on) && scpi_end(call)) {
		bert->on[bert->port - 1] = on;
		apply(bert);
	}
}

static void run_output_query(struct scpi_call *call)
{
	const struct mp1900a *bert = scpi_instrument(call);
	if (is_chosen(call, GENERATOR) && scpi_end(call))
		scpi_reply_bool(call, bert->on[bert->port - 1]);
}

static void run_all(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	gboolean on = FALSE;
	if (scpi_take_bool(call, &on) && scpi_end(call)) {
		bert->all_on = on;
		apply(bert);
	}
}

static void run_all_query(struct scpi_call *call)
{
	const struct mp1900a *bert = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_bool(call, bert->all_on);
}

/* --- detector -----------------------------------------------------------------------------------
 */

static struct gate *gate_of(struct mp1900a *bert)
{
	return &bert->gates[bert->port - 1];
}

/* Counts are drawn when the gate has ended, for the whole of it. */
static void refresh(struct mp1900a *bert)
{
	struct gate *gate = gate_of(bert);
	guint64 bits = 0;
	double elapsed_s = world_now_s(bert->world) - gate->started_s;

	if (!gate->running || elapsed_s < gate->period_s)
		return;
	gate->running = FALSE;
	gate->has_data = TRUE;
	world_count_errors(bert->world, bert->site, (guint)bert->port - 1, gate->period_s, &bits,
	                   &gate->errors, &gate->locked);
	gate->symbols = bits / BITS_PER_SYMBOL;
	gate->errors = MIN(gate->errors, bits);
}

static void run_period(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	static const int last[] = {99, 23, 59, 59};
	static const double seconds[] = {86400, 3600, 60, 1};
	double period_s = 0;

	if (!is_chosen(call, DETECTOR))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(last); i++) {
		int number = 0;
		if (!scpi_take_int(call, 0, last[i], &number))
			return;
		period_s += number * seconds[i];
	}
	if (!scpi_end(call))
		return;
	if (period_s < 1)
		scpi_error(call, -222, "period");
	else
		gate_of(bert)->period_s = period_s;
}

static void run_unit(struct scpi_call *call)
{
	static const char *const units[] = {"TIME", NULL};
	int unit = 0;
	if (is_chosen(call, DETECTOR) && scpi_take_choice(call, units, &unit))
		scpi_end(call);
}

static void run_start(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	if (!is_chosen(call, DETECTOR) || !scpi_end(call))
		return;
	struct gate *gate = gate_of(bert);
	gate->running = TRUE;
	gate->has_data = FALSE;
	gate->started_s = world_now_s(bert->world);
}

static void run_stop(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	if (is_chosen(call, DETECTOR) && scpi_end(call))
		gate_of(bert)->running = FALSE;
}

static void run_state(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	if (!is_chosen(call, DETECTOR) || !scpi_end(call))
		return;
	refresh(bert);
	scpi_reply_bool(call, gate_of(bert)->running);
}

static void reply_count(struct scpi_call *call, const struct gate *gate, guint64 count)
{
	char text[32] = "-------";
	if (gate->has_data && gate->locked)
		g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, count);
	scpi_reply_quoted(call, text);
}

static void run_result(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	g_autofree char *what = NULL;

	if (!is_chosen(call, DETECTOR) || !scpi_take_string(call, &what) || !scpi_end(call))
		return;
	refresh(bert);
	const struct gate *gate = gate_of(bert);
	if (g_ascii_strcasecmp(what, "CURRent:EC:TOTal") == 0) {
		reply_count(call, gate, gate->errors);
	} else if (g_ascii_strcasecmp(what, "CURRent:CC:TOTal") == 0) {
		reply_count(call, gate, gate->symbols);
	} else if (g_ascii_strcasecmp(what, "CURRent:ER:TOTal") == 0) {
		char text[32] = "-------";
		double bits = (double)gate->symbols * BITS_PER_SYMBOL;
		if (gate->has_data && gate->locked)
			g_ascii_formatd(text, sizeof text, "%.4E", (double)gate->errors / bits);
		scpi_reply_quoted(call, text);
	} else {
		scpi_error(call, -224, "result");
	}
}

static void run_monitor(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	g_autofree char *what = NULL;
	guint64 bits = 0, errors = 0;
	gboolean locked = FALSE;

	if (!is_chosen(call, DETECTOR) || !scpi_take_string(call, &what) || !scpi_end(call))
		return;
	if (g_ascii_strcasecmp(what, "PSLoss") != 0) {
		scpi_error(call, -224, "monitor");
		return;
	}
	world_count_errors(bert->world, bert->site, (guint)bert->port - 1, PEEK_S, &bits, &errors,
	                   &locked);
	scpi_reply_quoted(call, locked ? "Not Occur" : "Occur");
}

static void run_search_kind(struct scpi_call *call)
{
	static const char *const kinds[] = {"ASE32", "OFF", NULL};
	int kind = 0;
	if (scpi_take_choice(call, kinds, &kind))
		scpi_end(call);
}

static void run_search(struct scpi_call *call)
{
	struct mp1900a *bert = scpi_instrument(call);
	if (is_chosen(call, DETECTOR) && scpi_end(call))
		bert->searched_s[bert->port - 1] = world_now_s(bert->world) + SEARCH_S;
}

static void run_search_state(struct scpi_call *call)
{
	const struct mp1900a *bert = scpi_instrument(call);
	if (is_chosen(call, DETECTOR) && scpi_end(call))
		scpi_reply_bool(call, world_now_s(bert->world) < bert->searched_s[bert->port - 1]);
}

static const struct scpi_row rows[] = {
	{"MODule:ID", run_module, 0},
	{"PORT:ID", run_port, 0},
	{"OUTPut:DATA:OUTPut", run_output, 0},
	{"OUTPut:DATA:OUTPut?", run_output_query, 0},
	{"SOURce:OUTPut:ASET", run_all, 0},
	{"SOURce:OUTPut:ASET?", run_all_query, 0},
	{"SENSe:MEASure:EALarm:PERiod", run_period, 0},
	{"SENSe:MEASure:EALarm:UNIT", run_unit, 0},
	{"SENSe:MEASure:STARt", run_start, 0},
	{"SENSe:MEASure:STOP", run_stop, 0},
	{"SENSe:MEASure:EALarm:STATe?", run_state, 0},
	{"CALCulate:DATA:EALarm?", run_result, 0},
	{"CALCulate:DATA:MON?", run_monitor, 0},
	{"SYSTem:CFUNction", run_search_kind, 0},
	{"SENSe:MEASure:ASEarch:STARt", run_search, 0},
	{"SENSe:MEASure:ASEarch:STATe?", run_search_state, 0},
};

static void reset(void *instrument)
{
	struct mp1900a *bert = instrument;
	memset(bert->on, 0, sizeof bert->on);
	memset(bert->gates, 0, sizeof bert->gates);
	for (guint i = 0; i < INPUTS; i++)
		bert->gates[i].period_s = 1;
	bert->all_on = FALSE;
	bert->module = GENERATOR;
	bert->port = 1;
	apply(bert);
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.completion = SCPI_OPC_ONE,
	.reset = reset,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct mp1900a *bert = g_new0(struct mp1900a, 1);
	g_autofree char *serial = sim_serial("62", site);
	g_autofree char *idn = g_strdup_printf("ANRITSU,MP1900A,%s,10.02.00", serial);

	bert->world = world;
	bert->site = site;
	bert->device = scpi_device_new(&model, idn, bert, faults);
	reset(bert);
	return bert->device;
}

static void destroy(void *device)
{
	struct mp1900a *bert = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(bert);
}

const struct sim_kind sim_mp1900a = {
	.name = "bert",
	.model = "mp1900a",
	.what = "Anritsu MP1900A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
