/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_mp2110a.h"

#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Anritsu MP2110A with one optical channel, A. It is set up by hand, for 53.125 GBd and whatever
 * pattern is there; commands as public drivers use them. From memory: *IDN?, times, items 1 and 2
 * of a result, the texts of reasons. Not there: error detector, jitter, masks, screen pictures.
 */
#define SAMPLE_S   2.0
#define EQUALISE_S 5.0
#define DARK_W     5e-6

enum item { TDECQ, OOMA, OER, POWER, LINEARITY, CEQ, ITEMS };
/* As DISPlay:ADD names them. */
static const char *const item_names[ITEMS] = {
	[TDECQ] = "TDECQ",        [OOMA] = "OOMA:DBM",       [OER] = "OER",
	[POWER] = "AVEPower:DBM", [LINEARITY] = "LINearity", [CEQ] = "CEQ",
};

enum setting_row { INPUT, LOSS, EQUALISER, COEFFICIENT };
static const struct setting setting_rows[] = {
	[INPUT] = {"SCOPe:INPut:CHA", SETTING_BOOL, NULL, 0, 1, 0},
	[LOSS] = {"SCOPe:INPut:ATTenuation:CHA", SETTING_NUMBER, NULL, 0, 30, 0},
	[EQUALISER] = {"SCOPe:CONFigure:MEASure:PAM:TEQualizer:DISPlay:CHA", SETTING_BOOL, NULL, 0,
                       1, 0},
	[COEFFICIENT] = {"SCOPe:CONFigure:MEASure:PAM:TDECQ:NCOefficient", SETTING_NUMBER, NULL, 0,
                         1, 0},
};

struct mp2110a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	gboolean shown[ITEMS];
	gboolean sampling;
	double ready_s;
	gboolean has_result; /* of a run that has ended */
	enum world_scope_status status;
	struct world_scope_result result;
	double average_w;
};

static double setting(const struct mp2110a *scope, enum setting_row row)
{
	return settings_number(scpi_device_settings(scope->device), row, 0);
}

/* A run that is over by now leaves its results. */
static void refresh(struct mp2110a *scope)
{
	if (!scope->sampling || world_now_s(scope->world) < scope->ready_s)
		return;
	scope->sampling = FALSE;
	scope->has_result = setting(scope, INPUT) != 0;
	scope->average_w = world_scope_average_w(scope->world, scope->site);
	scope->status = world_scope_tdecq(scope->world, scope->site, 8191, &scope->result);
	if (scope->status == WORLD_SCOPE_NO_LOCK)
		scope->status = world_scope_tdecq(scope->world, scope->site, 65535, &scope->result);
}

static void run_sampling(struct scpi_call *call)
{
	static const char *const states[] = {"RUN", "HOLD", NULL};
	struct mp2110a *scope = scpi_instrument(call);
	struct scpi_span rest;
	int state = 0;

	if (!scpi_take_choice(call, states, &state))
		return;
	while (scpi_parameters_left(call) > 0)
		scpi_take_any(call, &rest);
	refresh(scope);
	scope->sampling = state == 0;
	scope->has_result = scope->has_result && state != 0;
	scope->ready_s = world_now_s(scope->world) + SAMPLE_S +
	                 (setting(scope, EQUALISER) != 0 ? EQUALISE_S : 0);
}

static void run_sampling_query(struct scpi_call *call)
{
	struct mp2110a *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	refresh(scope);
	scpi_reply_raw(call, scope->sampling ? "RUN" : "HOLD");
}

static void run_items_clear(struct scpi_call *call)
{
	struct mp2110a *scope = scpi_instrument(call);
	if (scpi_end(call))
		memset(scope->shown, 0, sizeof scope->shown);
}

static void run_item_add(struct scpi_call *call)
{
	struct mp2110a *scope = scpi_instrument(call);
	static const char *const channels[] = {"CHA", NULL};
	struct scpi_span name;
	int channel = 0;

	if (!scpi_take_choice(call, channels, &channel) || !scpi_take_any(call, &name) ||
	    !scpi_end(call))
		return;
	for (guint i = 0; i < ITEMS; i++) {
		if (name.len == strlen(item_names[i]) &&
		    g_ascii_strncasecmp(name.p, item_names[i], name.len) == 0) {
			scope->shown[i] = TRUE;
			return;
		}
	}
	scpi_error(call, -224, "item");
}

/* Null when the item has a value. */
static const char *reason(struct mp2110a *scope, enum item item)
{
	refresh(scope);
	if (!scope->shown[item] || !scope->has_result)
		return "Not measured";
	if (item == POWER)
		return scope->average_w > DARK_W ? NULL : "Signal level too low";
	if (scope->average_w <= DARK_W || scope->status == WORLD_SCOPE_NO_SIGNAL)
		return "No signal";
	if (scope->status == WORLD_SCOPE_NO_LOCK)
		return "Pattern not found";
	if (item == TDECQ && setting(scope, EQUALISER) == 0)
		return "Equalizer is off";
	return NULL;
}

static double value_of(const struct mp2110a *scope, enum item item)
{
	double loss_db = setting(scope, LOSS);
	switch (item) {
	case TDECQ:
		return scope->result.tdecq_db;
	case OOMA:
		return 10 * log10(scope->result.oma_w / 1e-3) + loss_db;
	case OER:
		return scope->result.er_db;
	case POWER:
		return 10 * log10(scope->average_w / 1e-3) + loss_db;
	case LINEARITY:
		return scope->result.rlm;
	default:
		return scope->result.ceq_db;
	}
}

/* Present, average, deviation, minimum, maximum: of one run they are the same. */
static void run_fetch(struct scpi_call *call)
{
	struct mp2110a *scope = scpi_instrument(call);
	enum item item = (enum item)scpi_tag(call);

	if (!scpi_end(call))
		return;
	gboolean there = !reason(scope, item) && isfinite(value_of(scope, item));
	for (guint i = 0; i < 5; i++) {
		if (there)
			scpi_reply_fixed(call, i == 2 ? 0 : value_of(scope, item), 3);
		else
			scpi_reply_raw(call, "N/A");
	}
}

static void run_reason(struct scpi_call *call)
{
	struct mp2110a *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	enum item item = (enum item)scpi_tag(call);
	const char *text = reason(scope, item);
	if (!text && !isfinite(value_of(scope, item)))
		text = "Eye closed";
	scpi_reply_quoted(call, text ? text : "");
}

#define RESULT(name, item)                                                                         \
	{"SCOPe:FETCh:AMPLitude:" name ":CHA?", run_fetch, item},                                  \
	{                                                                                          \
		"SCOPe:FETCh:AMPLitude:" name ":CURRent:REASon:CHA?", run_reason, item             \
	}

static const struct scpi_row rows[] = {
	{"SCOPe:SAMPling:STATus:ALL", run_sampling, 0},
	{"SCOPe:SAMPling:STATus:ALL?", run_sampling_query, 0},
	{"SCOPe:CONFigure:MEASure:DISPlay:ADELete:ALL", run_items_clear, 0},
	{"SCOPe:CONFigure:MEASure:DISPlay:ADD", run_item_add, 0},
	RESULT("TEQualizer:TDECQ", TDECQ),
	RESULT("TDECQ", TDECQ),
	RESULT("OOMA:DBM", OOMA),
	RESULT("OER", OER),
	RESULT("AVEPower:DBM", POWER),
	RESULT("LINearity", LINEARITY),
	RESULT("CEQ", CEQ),
};

static void reset(void *instrument)
{
	struct mp2110a *scope = instrument;
	settings_reset(scpi_device_settings(scope->device));
	memset(scope->shown, 0, sizeof scope->shown);
	scope->sampling = scope->has_result = FALSE;
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 2,
	.exponent_digits = 2,
};

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.completion = SCPI_OPC_ONE,
	.reset = reset,
	.settings = &settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct mp2110a *scope = g_new0(struct mp2110a, 1);
	g_autofree char *serial = sim_serial("62", site);
	g_autofree char *idn = g_strdup_printf("ANRITSU,MP2110A,%s,6.00.00", serial);

	scope->world = world;
	scope->site = site;
	scope->device = scpi_device_new(&model, idn, scope, faults);
	reset(scope);
	return scope->device;
}

static void destroy(void *device)
{
	struct mp2110a *scope = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(scope);
}

const struct sim_kind sim_mp2110a = {
	.name = "scope",
	.model = "mp2110a",
	.what = "Anritsu MP2110A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
	.behind_switch = TRUE,
};
