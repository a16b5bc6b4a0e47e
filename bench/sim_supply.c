/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_supply.h"

#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>

/*
 * Keysight E36312A: three channels, of which the first feeds the module and the others feed
 * nothing. Each command knows the channel list form and the select form. From memory: the shape of
 * number replies, the error texts, over-current trip without delay.
 */
#define CHANNELS  3
#define MEASURE_S 0.02
#define SETTLE_S  0.05

enum level { LEVEL_VOLT, LEVEL_CURRENT, LEVEL_OVP, LEVELS };

struct range {
	double min, max, reset;
};

/* Read from a unit by libsigrok. */
static const struct range ranges[CHANNELS][LEVELS] = {
	{{0, 6.18, 0}, {0.002, 5.15, 0.1}, {0.5, 6.6, 6.6}},
	{{0, 25.75, 0}, {0.001, 1.03, 0.1}, {0.5, 27.5, 27.5}},
	{{0, 25.75, 0}, {0.001, 1.03, 0.1}, {0.5, 27.5, 27.5}},
};

struct channel {
	double level[LEVELS];
	gboolean on;
	gboolean ocp;
	gboolean ocp_tripped;
	gboolean ovp_tripped;
};

struct e36312a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	int selected; /* from 0 */
	double settled_s;
	struct channel channels[CHANNELS];
};

static void apply(struct e36312a *supply)
{
	const struct channel *channel = &supply->channels[0];
	world_set_supply(supply->world, supply->site, channel->level[LEVEL_VOLT],
	                 channel->level[LEVEL_CURRENT], channel->on);
	supply->settled_s = world_now_s(supply->world) + SETTLE_S;
}

/* The second and third channel have no load: full voltage, no current. */
static void measure(struct e36312a *supply, int index, double *volt, double *ampere,
                    gboolean *limiting)
{
	const struct channel *channel = &supply->channels[index];
	*volt = channel->on ? channel->level[LEVEL_VOLT] : 0.0;
	*ampere = 0.0;
	*limiting = FALSE;
	if (index == 0)
		world_supply_measure(supply->world, supply->site, volt, ampere, limiting);
}

/* Protection acts by itself; it shows when somebody looks. */
static void check_protection(struct e36312a *supply)
{
	for (int i = 0; i < CHANNELS; i++) {
		struct channel *channel = &supply->channels[i];
		double volt = 0.0;
		double ampere = 0.0;
		gboolean limiting = FALSE;

		if (!channel->on)
			continue;
		if (channel->level[LEVEL_VOLT] > channel->level[LEVEL_OVP])
			channel->ovp_tripped = TRUE;
		if (channel->ocp) {
			measure(supply, i, &volt, &ampere, &limiting);
			channel->ocp_tripped = limiting;
		}
		if (channel->ovp_tripped || channel->ocp_tripped) {
			channel->on = FALSE;
			apply(supply);
		}
	}
}

/* The channels a command is for: its list, or the selected one. */
static gboolean take_channels(struct scpi_call *call, guint32 *mask)
{
	struct e36312a *supply = scpi_instrument(call);
	*mask = 2u << supply->selected;
	if (scpi_parameters_left(call) > 0 && !scpi_take_channels(call, 1, CHANNELS, mask))
		return FALSE;
	return scpi_end(call);
}

/* Lowest and highest value that all channels of the mask take. */
static struct range common_range(enum level level, guint32 mask)
{
	struct range range = {0, G_MAXDOUBLE, 0};
	for (int i = 0; i < CHANNELS; i++) {
		if (!(mask & (2u << i)))
			continue;
		range.min = MAX(range.min, ranges[i][level].min);
		range.max = MIN(range.max, ranges[i][level].max);
		range.reset = ranges[i][level].reset;
	}
	return range;
}

/* The list follows the value whose range depends on it: look at it first. */
static gboolean peek_mask(struct scpi_call *call, guint32 *mask)
{
	struct e36312a *supply = scpi_instrument(call);
	struct scpi_call ahead = *call;
	struct scpi_span value;

	*mask = 2u << supply->selected;
	if (!scpi_take_any(&ahead, &value)) {
		call->error = ahead.error;
		return FALSE;
	}
	struct scpi_span list = scpi_peek(&ahead);
	int error = list.len > 0 ? scpi_channels(list, 1, CHANNELS, mask) : 0;
	if (error)
		scpi_error(call, error, NULL);
	return error == 0;
}

static void run_level(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	enum level level = (enum level)scpi_tag(call);
	guint32 mask = 0;
	double value = 0.0;

	if (!peek_mask(call, &mask))
		return;
	struct range range = common_range(level, mask);
	const char *unit = level == LEVEL_CURRENT ? "A" : "V";
	if (!scpi_take_number(call, unit, range.min, range.max, range.reset, &value) ||
	    !take_channels(call, &mask))
		return;
	for (int i = 0; i < CHANNELS; i++) {
		if (mask & (2u << i))
			supply->channels[i].level[level] = value;
	}
	apply(supply);
	check_protection(supply);
}

static void run_level_query(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	enum level level = (enum level)scpi_tag(call);
	struct scpi_span word = scpi_peek(call);
	gboolean min = word.len > 0 && scpi_mnemonic("MINimum", word);
	gboolean max = word.len > 0 && scpi_mnemonic("MAXimum", word);
	guint32 mask = 0;

	if ((min || max) && !scpi_take_any(call, &word))
		return;
	if (!take_channels(call, &mask))
		return;
	for (int i = 0; i < CHANNELS; i++) {
		const struct range *range = &ranges[i][level];
		double value = min   ? range->min
		               : max ? range->max
		                     : supply->channels[i].level[level];
		if (mask & (2u << i))
			scpi_reply_exp(call, value, 8, 2, TRUE);
	}
}

enum measured { MEASURED_VOLT, MEASURED_CURRENT };

static void run_measure(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	guint32 mask = 0;

	if (!take_channels(call, &mask))
		return;
	world_sleep_s(supply->world, MEASURE_S);
	for (int i = 0; i < CHANNELS; i++) {
		double volt = 0.0;
		double ampere = 0.0;
		gboolean limiting = FALSE;
		if (!(mask & (2u << i)))
			continue;
		measure(supply, i, &volt, &ampere, &limiting);
		scpi_reply_exp(call, scpi_tag(call) == MEASURED_VOLT ? volt : ampere, 8, 2, TRUE);
	}
}

enum flag { FLAG_ON, FLAG_OCP, FLAG_OCP_TRIPPED, FLAG_OVP_TRIPPED };

static gboolean *flag_of(struct channel *channel, int flag)
{
	switch ((enum flag)flag) {
	case FLAG_ON:
		return &channel->on;
	case FLAG_OCP:
		return &channel->ocp;
	case FLAG_OCP_TRIPPED:
		return &channel->ocp_tripped;
	case FLAG_OVP_TRIPPED:
		return &channel->ovp_tripped;
	}
	g_return_val_if_reached(NULL);
}

static void run_flag(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	gboolean value = FALSE;
	guint32 mask = 0;

	if (!scpi_take_bool(call, &value) || !take_channels(call, &mask))
		return;
	for (int i = 0; i < CHANNELS; i++) {
		struct channel *channel = &supply->channels[i];
		if (!(mask & (2u << i)))
			continue;
		if (scpi_tag(call) == FLAG_ON && value &&
		    (channel->ovp_tripped || channel->ocp_tripped))
			scpi_error(call, -221, "protection tripped");
		else
			*flag_of(channel, scpi_tag(call)) = value;
	}
	if (scpi_tag(call) == FLAG_ON)
		apply(supply);
}

static void run_flag_query(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	guint32 mask = 0;

	if (!take_channels(call, &mask))
		return;
	for (int i = 0; i < CHANNELS; i++) {
		if (mask & (2u << i))
			scpi_reply_bool(call, *flag_of(&supply->channels[i], scpi_tag(call)));
	}
}

static void run_protection_clear(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	guint32 mask = 0;

	if (!take_channels(call, &mask))
		return;
	for (int i = 0; i < CHANNELS; i++) {
		if (!(mask & (2u << i)))
			continue;
		supply->channels[i].ocp_tripped = FALSE;
		supply->channels[i].ovp_tripped = FALSE;
	}
}

static void run_select(struct scpi_call *call)
{
	static const char *const names[] = {"CH1", "CH2", "CH3", NULL};
	struct e36312a *supply = scpi_instrument(call);
	int index = 0;
	if (scpi_take_choice(call, names, &index) && scpi_end(call))
		supply->selected = index;
}

static void run_select_number(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	int number = 0;
	if (scpi_take_int(call, 1, CHANNELS, &number) && scpi_end(call))
		supply->selected = number - 1;
}

enum select_form { SELECT_NAME, SELECT_NUMBER };

static void run_select_query(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	g_autofree char *name = g_strdup_printf("CH%d", supply->selected + 1);
	if (!scpi_end(call))
		return;
	if (scpi_tag(call) == SELECT_NAME)
		scpi_reply_raw(call, name);
	else
		scpi_reply_signed(call, supply->selected + 1);
}

/* Low two bits: 1 constant current, 2 constant voltage, 0 output off. */
static void run_regulation(struct scpi_call *call)
{
	struct e36312a *supply = scpi_instrument(call);
	int number = 0;
	double volt = 0.0;
	double ampere = 0.0;
	gboolean limiting = FALSE;

	if (!scpi_suffix_in(call, 0, 1, 1, CHANNELS, &number) || !scpi_end(call))
		return;
	measure(supply, number - 1, &volt, &ampere, &limiting);
	scpi_reply_signed(call, !supply->channels[number - 1].on ? 0 : limiting ? 1 : 2);
}

/* Remote and local states, beeper, display: nothing here depends on them. */
static void run_accepted(struct scpi_call *call)
{
	struct scpi_span value;
	if (scpi_parameters_left(call) > 0)
		scpi_take_any(call, &value);
	scpi_end(call);
}

#define LEVEL_TREE "[:LEVel][:IMMediate][:AMPLitude]"

static const struct scpi_row rows[] = {
	{"[SOURce:]VOLTage" LEVEL_TREE, run_level, LEVEL_VOLT},
	{"[SOURce:]VOLTage" LEVEL_TREE "?", run_level_query, LEVEL_VOLT},
	{"[SOURce:]CURRent" LEVEL_TREE, run_level, LEVEL_CURRENT},
	{"[SOURce:]CURRent" LEVEL_TREE "?", run_level_query, LEVEL_CURRENT},
	{"[SOURce:]VOLTage:PROTection[:LEVel]", run_level, LEVEL_OVP},
	{"[SOURce:]VOLTage:PROTection[:LEVel]?", run_level_query, LEVEL_OVP},
	{"[SOURce:]VOLTage:PROTection:TRIPped?", run_flag_query, FLAG_OVP_TRIPPED},
	{"[SOURce:]VOLTage:PROTection:CLEar", run_protection_clear, 0},
	{"[SOURce:]CURRent:PROTection:STATe", run_flag, FLAG_OCP},
	{"[SOURce:]CURRent:PROTection:STATe?", run_flag_query, FLAG_OCP},
	{"[SOURce:]CURRent:PROTection:TRIPped?", run_flag_query, FLAG_OCP_TRIPPED},
	{"[SOURce:]CURRent:PROTection:CLEar", run_protection_clear, 0},
	{"OUTPut[:STATe]", run_flag, FLAG_ON},
	{"OUTPut[:STATe]?", run_flag_query, FLAG_ON},
	{"OUTPut:PROTection:CLEar", run_protection_clear, 0},
	{"MEASure[:SCALar][:VOLTage][:DC]?", run_measure, MEASURED_VOLT},
	{"MEASure[:SCALar]:CURRent[:DC]?", run_measure, MEASURED_CURRENT},
	{"INSTrument[:SELect]", run_select, 0},
	{"INSTrument[:SELect]?", run_select_query, SELECT_NAME},
	{"INSTrument:NSELect", run_select_number, 0},
	{"INSTrument:NSELect?", run_select_query, SELECT_NUMBER},
	{"STATus:QUEStionable:INSTrument:ISUMmary#:CONDition?", run_regulation, 0},
	{"SYSTem:REMote", run_accepted, 0},
	{"SYSTem:LOCal", run_accepted, 0},
	{"SYSTem:RWLock", run_accepted, 0},
	{"SYSTem:BEEPer[:IMMediate]", run_accepted, 0},
	{"DISPlay[:WINDow][:STATe]", run_accepted, 0},
};

static void reset(void *instrument)
{
	struct e36312a *supply = instrument;
	supply->selected = 0;
	for (int i = 0; i < CHANNELS; i++) {
		supply->channels[i] = (struct channel){0};
		for (int level = 0; level < LEVELS; level++)
			supply->channels[i].level[level] = ranges[i][level].reset;
	}
	apply(supply);
}

static gboolean busy(void *instrument)
{
	struct e36312a *supply = instrument;
	return world_now_s(supply->world) < supply->settled_s;
}

static void wait(void *instrument)
{
	struct e36312a *supply = instrument;
	double left_s = supply->settled_s - world_now_s(supply->world);
	if (left_s > 0)
		world_sleep_s(supply->world, left_s);
}

static void message_end(void *instrument, struct scpi_device *device)
{
	check_protection(instrument);
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 20,
	.plus_sign = TRUE,
	.completion = SCPI_OPC_WAITS,
	.busy = busy,
	.wait = wait,
	.reset = reset,
	.message_end = message_end,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct e36312a *supply = g_new0(struct e36312a, 1);
	g_autofree char *serial = sim_serial("MY590", site);
	g_autofree char *idn =
		g_strdup_printf("Keysight Technologies,E36312A,%s,1.0.4-1.0.0-1.00", serial);

	supply->world = world;
	supply->site = site;
	supply->device = scpi_device_new(&model, idn, supply, faults);
	reset(supply);
	return supply->device;
}

static void destroy(void *device)
{
	struct e36312a *supply = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(supply);
}

const struct sim_kind sim_supply = {
	.name = "supply",
	.model = "e36312a",
	.what = "Keysight E36312A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
