/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_dp832.h"

#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>

/*
 * Rigol DP832: three channels, of which the first feeds the module and the others feed nothing.
 * Commands go to the channel selected, and several take CH1 to CH3 instead. From memory: the shape
 * of number replies, the protection's range, over-current trip without delay, YES and NO. Not
 * there: tracking, memories, the recorder.
 */
#define CHANNELS  3
#define MEASURE_S 0.02
#define MARGIN    1.1 /* of the protection over the output's range */

enum kind { KIND_VOLT, KIND_AMPERE, KINDS };

static const char *const units[KINDS] = {"V", "A"};
static const double largest[CHANNELS][KINDS] = {{30, 3}, {30, 3}, {5, 3}};

struct protection {
	double level;
	gboolean armed;
	gboolean tripped;
};

struct channel {
	double set[KINDS];
	gboolean on;
	struct protection protection[KINDS];
};

struct dp832 {
	struct world *world;
	guint site;
	struct scpi_device *device;
	int selected; /* from 0 */
	gboolean beeper;
	struct channel channels[CHANNELS];
};

static void apply(struct dp832 *supply)
{
	const struct channel *first = &supply->channels[0];
	world_set_supply(supply->world, supply->site, first->set[KIND_VOLT],
	                 first->set[KIND_AMPERE], first->on);
}

static void measure(struct dp832 *supply, int index, double got[KINDS], gboolean *limiting)
{
	const struct channel *channel = &supply->channels[index];
	got[KIND_VOLT] = channel->on ? channel->set[KIND_VOLT] : 0.0;
	got[KIND_AMPERE] = 0.0;
	*limiting = FALSE;
	if (index == 0)
		world_supply_measure(supply->world, supply->site, &got[KIND_VOLT],
		                     &got[KIND_AMPERE], limiting);
}

static void protect(struct dp832 *supply, int index)
{
	struct channel *channel = &supply->channels[index];
	double got[KINDS];
	gboolean limiting = FALSE;

	if (!channel->on)
		return;
	measure(supply, index, got, &limiting);
	got[KIND_VOLT] = channel->set[KIND_VOLT];
	for (int kind = 0; kind < KINDS; kind++) {
		struct protection *protection = &channel->protection[kind];
		if (!protection->armed || got[kind] <= protection->level)
			continue;
		protection->tripped = TRUE;
		channel->on = FALSE;
	}
	if (!channel->on)
		apply(supply);
}

/* Acts by itself; it shows when somebody looks. */
static void message_end(void *instrument, struct scpi_device *device)
{
	for (int i = 0; i < CHANNELS; i++)
		protect(instrument, i);
}

/* ---- which channel ---- */

static const char *const names[] = {"CH1", "CH2", "CH3", NULL};

/* CH1 to CH3 in front of what follows, or the channel selected. */
static int take_channel(struct scpi_call *call)
{
	const struct dp832 *supply = scpi_instrument(call);
	struct scpi_span next = scpi_peek(call);
	int index = supply->selected;

	if (next.len > 2 && g_ascii_strncasecmp(next.p, "CH", 2) == 0 &&
	    !scpi_take_choice(call, names, &index))
		return -1;
	return index;
}

/* SOURce2:VOLTage names the channel in the header. */
static int source_channel(struct scpi_call *call)
{
	const struct dp832 *supply = scpi_instrument(call);
	int number = 0;
	if (!scpi_suffix_in(call, 0, supply->selected + 1, 1, CHANNELS, &number))
		return -1;
	return number - 1;
}

static void run_select(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int index = 0;
	if (scpi_take_choice(call, names, &index) && scpi_end(call))
		supply->selected = index;
}

static void run_select_number(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int number = 0;
	if (scpi_take_int(call, 1, CHANNELS, &number) && scpi_end(call))
		supply->selected = number - 1;
}

static void run_select_query(struct scpi_call *call)
{
	const struct dp832 *supply = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_raw(call, names[supply->selected]);
}

static void run_select_number_query(struct scpi_call *call)
{
	const struct dp832 *supply = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_int(call, supply->selected + 1);
}

/* ---- settings ---- */

static void run_set(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int kind = scpi_tag(call);
	int index = source_channel(call);
	double value = 0.0;

	if (index < 0 || !scpi_take_number(call, units[kind], 0, largest[index][kind], 0, &value) ||
	    !scpi_end(call))
		return;
	supply->channels[index].set[kind] = round(value * 1e3) / 1e3;
	apply(supply);
}

static void run_set_query(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int kind = scpi_tag(call);
	int index = source_channel(call);
	struct scpi_span word = scpi_peek(call);

	if (index < 0)
		return;
	double value = supply->channels[index].set[kind];
	if (word.len > 0) {
		gboolean max = scpi_mnemonic("MAXimum", word);
		if (!scpi_take_any(call, &word))
			return;
		value = max ? largest[index][kind] : 0.0;
	}
	if (scpi_end(call))
		scpi_reply_fixed(call, value, 3);
}

static void reply_on(struct scpi_call *call, gboolean on)
{
	scpi_reply_raw(call, on ? "ON" : "OFF");
}

static void run_output(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int index = take_channel(call);
	gboolean on = FALSE;

	if (index < 0 || !scpi_take_bool(call, &on) || !scpi_end(call))
		return;
	struct channel *channel = &supply->channels[index];
	gboolean tripped =
		channel->protection[KIND_VOLT].tripped || channel->protection[KIND_AMPERE].tripped;
	if (on && tripped) {
		scpi_error(call, -221, NULL);
		return;
	}
	channel->on = on;
	apply(supply);
}

static void run_output_query(struct scpi_call *call)
{
	const struct dp832 *supply = scpi_instrument(call);
	int index = take_channel(call);
	if (index >= 0 && scpi_end(call))
		reply_on(call, supply->channels[index].on);
}

/* Constant voltage, constant current, or UR, neither. */
static void run_mode_query(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int index = take_channel(call);
	double got[KINDS];
	gboolean limiting = FALSE;

	if (index < 0 || !scpi_end(call))
		return;
	measure(supply, index, got, &limiting);
	scpi_reply_raw(call, !supply->channels[index].on ? "UR" : limiting ? "CC" : "CV");
}

/* ---- measurements ---- */

enum measured { MEASURED_VOLT, MEASURED_AMPERE, MEASURED_WATT, MEASURED_ALL };

static void run_measure(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	int index = take_channel(call);
	double got[KINDS];
	gboolean limiting = FALSE;

	if (index < 0 || !scpi_end(call))
		return;
	world_sleep_s(supply->world, MEASURE_S);
	measure(supply, index, got, &limiting);
	int what = scpi_tag(call);
	if (what == MEASURED_VOLT || what == MEASURED_ALL)
		scpi_reply_fixed(call, got[KIND_VOLT], 4);
	if (what == MEASURED_AMPERE || what == MEASURED_ALL)
		scpi_reply_fixed(call, got[KIND_AMPERE], 4);
	if (what == MEASURED_WATT || what == MEASURED_ALL)
		scpi_reply_fixed(call, got[KIND_VOLT] * got[KIND_AMPERE], 3);
}

/* ---- protection ---- */

static struct protection *take_protection(struct scpi_call *call, int *index)
{
	struct dp832 *supply = scpi_instrument(call);
	*index = take_channel(call);
	return *index < 0 ? NULL : &supply->channels[*index].protection[scpi_tag(call)];
}

static void run_protection(struct scpi_call *call)
{
	int index = 0;
	struct protection *protection = take_protection(call, &index);
	gboolean armed = FALSE;
	if (protection && scpi_take_bool(call, &armed) && scpi_end(call))
		protection->armed = armed;
}

static void run_protection_query(struct scpi_call *call)
{
	int index = 0;
	const struct protection *protection = take_protection(call, &index);
	if (protection && scpi_end(call))
		reply_on(call, protection->armed);
}

static void run_level(struct scpi_call *call)
{
	int kind = scpi_tag(call);
	int index = 0;
	double level = 0.0;
	struct protection *protection = take_protection(call, &index);
	if (!protection)
		return;
	double most = MARGIN * largest[index][kind];
	if (scpi_take_number(call, units[kind], 0.001, most, most, &level) && scpi_end(call))
		protection->level = level;
}

static void run_level_query(struct scpi_call *call)
{
	int index = 0;
	const struct protection *protection = take_protection(call, &index);
	if (protection && scpi_end(call))
		scpi_reply_fixed(call, protection->level, 3);
}

static void run_tripped_query(struct scpi_call *call)
{
	int index = 0;
	const struct protection *protection = take_protection(call, &index);
	if (protection && scpi_end(call))
		scpi_reply_raw(call, protection->tripped ? "YES" : "NO");
}

static void run_protection_clear(struct scpi_call *call)
{
	int index = 0;
	struct protection *protection = take_protection(call, &index);
	if (protection && scpi_end(call))
		protection->tripped = FALSE;
}

/* ---- the rest ---- */

static void run_beeper(struct scpi_call *call)
{
	struct dp832 *supply = scpi_instrument(call);
	gboolean on = FALSE;
	if (scpi_take_bool(call, &on) && scpi_end(call))
		supply->beeper = on;
}

static void run_beeper_query(struct scpi_call *call)
{
	const struct dp832 *supply = scpi_instrument(call);
	if (scpi_end(call))
		reply_on(call, supply->beeper);
}

/* Over-temperature protection is armed and cannot be otherwise here. */
static void run_hot_query(struct scpi_call *call)
{
	if (scpi_end(call))
		reply_on(call, TRUE);
}

static void run_accepted(struct scpi_call *call)
{
	scpi_end(call);
}

#define LEVEL_TREE "[:LEVel][:IMMediate][:AMPLitude]"

static const struct scpi_row rows[] = {
	{"INSTrument[:SELEct]", run_select, 0},
	{"INSTrument[:SELEct]?", run_select_query, 0},
	{"INSTrument:NSELect", run_select_number, 0},
	{"INSTrument:NSELect?", run_select_number_query, 0},
	{"[SOURce#:]VOLTage" LEVEL_TREE, run_set, KIND_VOLT},
	{"[SOURce#:]VOLTage" LEVEL_TREE "?", run_set_query, KIND_VOLT},
	{"[SOURce#:]CURRent" LEVEL_TREE, run_set, KIND_AMPERE},
	{"[SOURce#:]CURRent" LEVEL_TREE "?", run_set_query, KIND_AMPERE},
	{"OUTPut[:STATe]", run_output, 0},
	{"OUTPut[:STATe]?", run_output_query, 0},
	{"OUTPut:MODE?", run_mode_query, 0},
	{"OUTPut:CVCC?", run_mode_query, 0},
	{"MEASure[:SCALar][:VOLTage][:DC]?", run_measure, MEASURED_VOLT},
	{"MEASure[:SCALar]:CURRent[:DC]?", run_measure, MEASURED_AMPERE},
	{"MEASure[:SCALar]:POWEr[:DC]?", run_measure, MEASURED_WATT},
	{"MEASure[:SCALar]:ALL[:DC]?", run_measure, MEASURED_ALL},
	{"OUTPut:OVP[:STATe]", run_protection, KIND_VOLT},
	{"OUTPut:OVP[:STATe]?", run_protection_query, KIND_VOLT},
	{"OUTPut:OVP:VALue", run_level, KIND_VOLT},
	{"OUTPut:OVP:VALue?", run_level_query, KIND_VOLT},
	{"OUTPut:OVP:QUES?", run_tripped_query, KIND_VOLT},
	{"OUTPut:OVP:CLEAR", run_protection_clear, KIND_VOLT},
	{"OUTPut:OCP[:STATe]", run_protection, KIND_AMPERE},
	{"OUTPut:OCP[:STATe]?", run_protection_query, KIND_AMPERE},
	{"OUTPut:OCP:VALue", run_level, KIND_AMPERE},
	{"OUTPut:OCP:VALue?", run_level_query, KIND_AMPERE},
	{"OUTPut:OCP:QUES?", run_tripped_query, KIND_AMPERE},
	{"OUTPut:OCP:CLEAR", run_protection_clear, KIND_AMPERE},
	{"SYSTem:OTP?", run_hot_query, 0},
	{"SYSTem:BEEPer[:STATe]", run_beeper, 0},
	{"SYSTem:BEEPer[:STATe]?", run_beeper_query, 0},
	{"SYSTem:REMote", run_accepted, 0},
	{"SYSTem:RWLock", run_accepted, 0},
	{"SYSTem:LOCal", run_accepted, 0},
};

static void reset(void *instrument)
{
	struct dp832 *supply = instrument;
	supply->selected = 0;
	supply->beeper = TRUE;
	for (int i = 0; i < CHANNELS; i++) {
		struct channel *channel = &supply->channels[i];
		*channel = (struct channel){.set = {0, 1}};
		for (int kind = 0; kind < KINDS; kind++)
			channel->protection[kind].level = MARGIN * largest[i][kind];
	}
	apply(supply);
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 20,
	.completion = SCPI_OPC_WAITS,
	.reset = reset,
	.message_end = message_end,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct dp832 *supply = g_new0(struct dp832, 1);
	g_autofree char *serial = sim_serial("DP8A2400", site);
	g_autofree char *idn = g_strdup_printf("RIGOL TECHNOLOGIES,DP832,%s,00.01.16", serial);

	supply->world = world;
	supply->site = site;
	supply->device = scpi_device_new(&model, idn, supply, faults);
	reset(supply);
	return supply->device;
}

static void destroy(void *device)
{
	struct dp832 *supply = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(supply);
}

const struct sim_kind sim_dp832 = {
	.name = "supply",
	.model = "dp832",
	.what = "Rigol DP832",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
