/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_power_meter.h"

#include "bench/power_logging.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Keysight N7744A: N77xx Series Programming Guide 9018-02434. Four meters in slots 1 to 4. Not
 * there: triggers (kept, without effect), MinMax logging. From memory: the state after a preset
 * (1550 nm, dBm, 100 ms, continuous), how long zeroing takes, what *OPT? lists.
 */
#define SLOTS            4
#define OVERHEAD_S       0.005
#define ZERO_S           3.0
#define ZERO_LIGHT_W     1e-9 /* more than this is light: zeroing fails */
#define SIGNAL_M         1310e-9
#define OVERLOAD_DB      3.0

enum setting_row {
	WAVELENGTH, AVERAGING, RANGE, RANGE_AUTO, GAIN_AUTO, CORRECTION, REFERENCE_STATE,
	REFERENCE_DISPLAY, TRIGGER_INPUT, TRIGGER_OUTPUT, TRIGGER_CONFIGURATION,
};

#define SLOT "SENSe#[:CHANnel#]:"

static const struct setting setting_rows[] = {
	[WAVELENGTH] = {SLOT "POWer:WAVelength", SETTING_NUMBER, "M", 1250e-9, 1625e-9, 1550e-9, NULL, 1, SLOTS, NULL},
	[AVERAGING] = {SLOT "POWer:ATIMe", SETTING_NUMBER, "S", 1e-6, 10, 0.1, NULL, 1, SLOTS, NULL},
	[RANGE] = {SLOT "POWer:RANGe[:UPPer]", SETTING_NUMBER, "DBM", -30, 10, 10, NULL, 1, SLOTS, NULL},
	[RANGE_AUTO] = {SLOT "POWer:RANGe:AUTO", SETTING_BOOL, NULL, 0, 1, 1, NULL, 1, SLOTS, NULL},
	[GAIN_AUTO] = {SLOT "POWer:GAIN:AUTO", SETTING_BOOL, NULL, 0, 1, 1, NULL, 1, SLOTS, NULL},
	[CORRECTION] = {SLOT "CORRection[:LOSS[:INPut[:MAGNitude]]]", SETTING_NUMBER, "DB", -200, 200, 0, NULL, 1, SLOTS, NULL},
	[REFERENCE_STATE] = {SLOT "POWer:REFerence:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1, SLOTS, NULL},
	[REFERENCE_DISPLAY] = {SLOT "POWer:REFerence:DISPlay", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1, SLOTS, NULL},
	[TRIGGER_INPUT] = {"TRIGger#[:CHANnel#]:INPut", SETTING_CHOICE, NULL, 0, 0, 0, "IGNore SMEasure CMEasure MMEasure", 1, SLOTS, NULL},
	[TRIGGER_OUTPUT] = {"TRIGger#[:CHANnel#]:OUTPut", SETTING_CHOICE, NULL, 0, 0, 0, "DISabled AVGover MEASure", 1, SLOTS, NULL},
	[TRIGGER_CONFIGURATION] = {"TRIGger:CONFiguration", SETTING_CHOICE, NULL, 0, 0, 1, "DISabled DEFault PASSthrough LOOPback", 0, 0, NULL},
};

struct slot {
	gboolean in_watt;
	gboolean continuous;
	gboolean triggered; /* a single measurement was started and is not fetched yet */
	gboolean has_value;
	double started_s;   /* of the averaging that runs */
	double ready_s;     /* of the single measurement */
	double value_w;     /* the latest, as measured */
	double reference_dbm;
	gboolean zero_failed;
	struct power_logging *logging;
};

struct n7744a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	double zeroed_s; /* when zeroing ends or ended */
	struct slot slots[SLOTS];
};

static double setting(const struct n7744a *meter, enum setting_row row, int slot)
{
	return settings_number(scpi_device_settings(meter->device), row, slot);
}

static double now_s(const struct n7744a *meter)
{
	return world_now_s(meter->world);
}

/* InGaAs answers 0.45 dB less at 1310 nm than at 1550 nm: a wrong wavelength reads wrong. */
static double take_sample(struct n7744a *meter, int slot, double averaging_s)
{
	double offset_m = setting(meter, WAVELENGTH, slot) - SIGNAL_M;
	double wrong_db = -0.45 * offset_m / 240e-9 + setting(meter, CORRECTION, slot);
	double watt = world_meter_read_w(meter->world, meter->site, (guint)slot - 1, averaging_s);
	return watt * pow(10, wrong_db / 10);
}

static void sample(struct n7744a *meter, int slot)
{
	struct slot *state = &meter->slots[slot - 1];
	state->value_w = take_sample(meter, slot, setting(meter, AVERAGING, slot));
	state->has_value = TRUE;
	state->triggered = FALSE;
	state->started_s = now_s(meter);
}

/* Brings the value up to what the running measurement has finished by now. */
static void refresh(struct n7744a *meter, int slot)
{
	struct slot *state = &meter->slots[slot - 1];
	double now = now_s(meter);

	if (state->continuous && now - state->started_s >= setting(meter, AVERAGING, slot))
		sample(meter, slot);
	else if (state->triggered && now >= state->ready_s)
		sample(meter, slot);
}

/* -303 for a slot that the N7744A has not, -114 for one that no mainframe has. */
static gboolean take_slot(struct scpi_call *call, int *slot)
{
	int number = scpi_suffix(call, 0, 1);
	if (number < 1 || number > SLOTS) {
		scpi_error(call, number > SLOTS && number <= 8 ? -303 : -114, NULL);
		return FALSE;
	}
	*slot = number;
	return TRUE;
}

static gboolean may_measure(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	if (now_s(meter) < meter->zeroed_s) {
		scpi_error(call, -616, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean may_measure_slot(struct scpi_call *call, int slot)
{
	struct n7744a *meter = scpi_instrument(call);
	if (power_logging_running(meter->slots[slot - 1].logging, now_s(meter))) {
		scpi_error(call, -284, NULL);
		return FALSE;
	}
	return may_measure(call);
}

/* Overload in a fixed range, and nothing measured yet, are told in the value and in the queue. */
static double checked_w(struct scpi_call *call, int slot)
{
	struct n7744a *meter = scpi_instrument(call);
	const struct slot *state = &meter->slots[slot - 1];
	double range_dbm = setting(meter, RANGE_AUTO, slot) != 0 ? 10 : setting(meter, RANGE, slot);

	if (!state->has_value) {
		scpi_error(call, -231, "StatValNYetAcc");
		return NAN;
	}
	if (state->value_w > 1e-3 * pow(10, (range_dbm + OVERLOAD_DB) / 10)) {
		scpi_error(call, -231, "StatRangeTooLow");
		return INFINITY;
	}
	return state->value_w;
}

static void reply_power(struct scpi_call *call, int slot)
{
	struct n7744a *meter = scpi_instrument(call);
	const struct slot *state = &meter->slots[slot - 1];
	double value = checked_w(call, slot);

	if (!state->in_watt && value <= 0) {
		scpi_error(call, -261, NULL);
		value = NAN;
	}
	if (!state->in_watt && isfinite(value)) {
		value = 10 * log10(value / 1e-3);
		if (setting(meter, REFERENCE_STATE, slot) != 0)
			value -= state->reference_dbm;
	} else if (isfinite(value) && setting(meter, REFERENCE_STATE, slot) != 0) {
		value /= 1e-3 * pow(10, state->reference_dbm / 10);
	}
	scpi_reply_exp(call, value, 8, 2, TRUE);
}

/* Runs a single measurement of the slots from first to last, all at the same time. */
static void measure_slots(struct n7744a *meter, int first, int last)
{
	double longest_s = 0.0;

	for (int slot = first; slot <= last; slot++) {
		if (!meter->slots[slot - 1].continuous)
			longest_s = MAX(longest_s, setting(meter, AVERAGING, slot));
	}
	if (longest_s > 0)
		world_sleep_s(meter->world, longest_s + OVERHEAD_S);
	for (int slot = first; slot <= last; slot++) {
		if (meter->slots[slot - 1].continuous)
			refresh(meter, slot);
		else
			sample(meter, slot);
	}
}

enum reading { READING_READ, READING_FETCH };

static void run_power(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_end(call) || !may_measure_slot(call, slot))
		return;
	if (scpi_tag(call) == READING_READ)
		measure_slots(meter, slot, slot);
	else
		refresh(meter, slot);
	reply_power(call, slot);
}

static gboolean measure_all(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);

	if (!scpi_end(call))
		return FALSE;
	for (int slot = 1; slot <= SLOTS; slot++) {
		if (!may_measure_slot(call, slot))
			return FALSE;
	}
	if (scpi_tag(call) == READING_READ)
		measure_slots(meter, 1, SLOTS);
	for (int slot = 1; slot <= SLOTS; slot++)
		refresh(meter, slot);
	return TRUE;
}

/* What has no value is 9.91E37 or 9.9E37 here as well. */
static float block_value(double watt)
{
	return isnan(watt) ? 9.91e37f : isinf(watt) ? 9.9e37f : (float)watt;
}

static void run_all(struct scpi_call *call)
{
	guint8 block[SLOTS * 4];

	if (!measure_all(call))
		return;
	for (int slot = 1; slot <= SLOTS; slot++) {
		float value = block_value(checked_w(call, slot));
		guint32 bits = 0;
		memcpy(&bits, &value, sizeof(bits));
		bits = GUINT32_TO_LE(bits);
		memcpy(block + 4 * (slot - 1), &bits, sizeof(bits));
	}
	scpi_reply_block(call, block, sizeof(block));
}

static void run_all_csv(struct scpi_call *call)
{
	if (!measure_all(call))
		return;
	for (int slot = 1; slot <= SLOTS; slot++)
		scpi_reply_exp(call, checked_w(call, slot), 8, 2, TRUE);
}

/* Pairs of slot and channel. */
static void run_all_map(struct scpi_call *call)
{
	guint16 block[SLOTS * 2];

	if (!scpi_end(call))
		return;
	for (int i = 0; i < SLOTS; i++) {
		block[2 * i] = GUINT16_TO_LE((guint16)(i + 1));
		block[2 * i + 1] = GUINT16_TO_LE(1);
	}
	scpi_reply_block(call, block, sizeof(block));
}

static void run_unit(struct scpi_call *call)
{
	static const char *const words[] = {"DBM", "W", "Watt", "0", "1", NULL};
	struct n7744a *meter = scpi_instrument(call);
	int index = 0;
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_take_choice(call, words, &index) || !scpi_end(call))
		return;
	meter->slots[slot - 1].in_watt = index == 1 || index == 2 || index == 4;
}

static void run_unit_query(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;
	if (take_slot(call, &slot) && scpi_end(call))
		scpi_reply_signed(call, meter->slots[slot - 1].in_watt);
}

/* With the comma at the end that the real one sends. */
static void run_unit_all(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!scpi_end(call))
		return;
	for (int i = 0; i < SLOTS; i++)
		g_string_append_printf(text, "%d,", meter->slots[i].in_watt);
	scpi_reply_raw(call, text->str);
}

static void run_continuous(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	gboolean on = FALSE;
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_take_bool(call, &on) || !scpi_end(call))
		return;
	struct slot *state = &meter->slots[slot - 1];
	state->continuous = on;
	state->triggered = FALSE;
	state->started_s = now_s(meter);
}

static void run_continuous_query(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;
	if (take_slot(call, &slot) && scpi_end(call))
		scpi_reply_bool(call, meter->slots[slot - 1].continuous);
}

static void run_initiate(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_end(call) || !may_measure_slot(call, slot))
		return;
	struct slot *state = &meter->slots[slot - 1];
	if (state->continuous) {
		scpi_error(call, -213, NULL);
		return;
	}
	state->triggered = TRUE;
	state->has_value = FALSE;
	state->ready_s = now_s(meter) + setting(meter, AVERAGING, slot) + OVERHEAD_S;
}

static void run_reference(struct scpi_call *call)
{
	static const char *const words[] = {"TOREF", "TOMODule", NULL};
	struct n7744a *meter = scpi_instrument(call);
	double dbm = 0.0;
	int index = 0;
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_take_choice(call, words, &index) ||
		!scpi_take_number(call, "DBM", -200, 200, 0, &dbm) || !scpi_end(call))
		return;
	meter->slots[slot - 1].reference_dbm = dbm;
}

static void run_reference_query(struct scpi_call *call)
{
	static const char *const words[] = {"TOREF", "TOMODule", NULL};
	struct n7744a *meter = scpi_instrument(call);
	int index = 0;
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_take_choice(call, words, &index) || !scpi_end(call))
		return;
	scpi_reply_exp(call, meter->slots[slot - 1].reference_dbm, 8, 3, TRUE);
}

/* Zeroing wants darkness; what it found is asked for afterwards. */
static void zero(struct n7744a *meter, int slot)
{
	double dark_w = world_meter_read_w(meter->world, meter->site, (guint)slot - 1, 1.0);
	meter->slots[slot - 1].zero_failed = fabs(dark_w) > ZERO_LIGHT_W;
	meter->zeroed_s = now_s(meter) + ZERO_S;
}

static void run_zero(struct scpi_call *call)
{
	int slot = 0;
	if (take_slot(call, &slot) && scpi_end(call) && may_measure_slot(call, slot))
		zero(scpi_instrument(call), slot);
}

static void run_zero_all(struct scpi_call *call)
{
	if (!scpi_end(call) || !may_measure(call))
		return;
	for (int slot = 1; slot <= SLOTS; slot++)
		zero(scpi_instrument(call), slot);
}

static void run_zero_query(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;
	if (take_slot(call, &slot) && scpi_end(call) && may_measure(call))
		scpi_reply_signed(call, meter->slots[slot - 1].zero_failed);
}

/* One hexadecimal digit per channel, written as a decimal number. */
static void run_zero_all_query(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	gint64 result = 0;

	if (!scpi_end(call) || !may_measure(call))
		return;
	for (int i = 0; i < SLOTS; i++)
		result |= (gint64)meter->slots[i].zero_failed << (4 * i);
	scpi_reply_signed(call, result);
}

static void reset(void *instrument)
{
	struct n7744a *meter = instrument;

	settings_reset(scpi_device_settings(meter->device));
	for (int i = 0; i < SLOTS; i++) {
		struct slot *state = &meter->slots[i];
		power_logging_stop(state->logging);
		state->in_watt = FALSE;
		state->continuous = TRUE;
		state->triggered = FALSE;
		state->has_value = FALSE;
		state->reference_dbm = 0;
		state->started_s = now_s(meter);
	}
}

static void run_preset(struct scpi_call *call)
{
	if (scpi_end(call))
		reset(scpi_instrument(call));
}

enum condition { CONDITION_OPERATION, CONDITION_QUESTIONABLE };

/* Operation bit 3 zeroing; questionable bit 1 zeroing failed. */
static void run_condition(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;

	if (!take_slot(call, &slot) || !scpi_end(call))
		return;
	if (scpi_tag(call) == CONDITION_OPERATION)
		scpi_reply_signed(call, now_s(meter) < meter->zeroed_s ? 8 : 0);
	else
		scpi_reply_signed(call, meter->slots[slot - 1].zero_failed ? 2 : 0);
}

/* --- logging ----------------------------------------------------------------------------------- */

static double logging_sample(void *data, guint slot, double averaging_s)
{
	struct n7744a *meter = data;
	double watt = take_sample(meter, (int)slot, averaging_s);
	if (meter->slots[slot - 1].in_watt)
		return watt;
	return watt > 0 ? 10 * log10(watt / 1e-3) : NAN;
}

static void run_logging(struct scpi_call *call)
{
	struct n7744a *meter = scpi_instrument(call);
	int slot = 0;
	if (take_slot(call, &slot))
		power_logging_run(meter->slots[slot - 1].logging,
		        (enum power_logging_command)scpi_tag(call), call, now_s(meter));
}

#define POWER "[:CHANnel#][:SCALar]:POWer"

static const struct scpi_row rows[] = {
	{"READ:POWer:ALL?",                            run_all,              READING_READ          },
	{"FETCh:POWer:ALL?",                           run_all,              READING_FETCH         },
	{"READ:POWer:ALL:CSV?",                        run_all_csv,          READING_READ          },
	{"FETCh:POWer:ALL:CSV?",                       run_all_csv,          READING_FETCH         },
	{"READ:POWer:ALL:CONFig?",                     run_all_map,          0                     },
	{"FETCh:POWer:ALL:CONFig?",                    run_all_map,          0                     },
	{"READ#" POWER "[:DC]?",                       run_power,            READING_READ          },
	{"FETCh#" POWER "[:DC]?",                      run_power,            READING_FETCH         },
	{"SENSe:POWer:UNIT:ALL:CSV?",                  run_unit_all,         0                     },
	{SLOT "POWer:UNIT",                            run_unit,             0                     },
	{SLOT "POWer:UNIT?",                           run_unit_query,       0                     },
	{SLOT "POWer:REFerence",                       run_reference,        0                     },
	{SLOT "POWer:REFerence?",                      run_reference_query,  0                     },
	{"INITiate#[:CHANnel#]:CONTinuous",            run_continuous,       0                     },
	{"INITiate#[:CHANnel#]:CONTinuous?",           run_continuous_query, 0                     },
	{"INITiate#[:CHANnel#][:IMMediate]",           run_initiate,         0                     },
	{SLOT "CORRection:COLLect:ZERO",               run_zero,             0                     },
	{SLOT "CORRection:COLLect:ZERO?",              run_zero_query,       0                     },
	{SLOT "CORRection:COLLect:ZERO:ALL",           run_zero_all,         0                     },
	{SLOT "CORRection:COLLect:ZERO:ALL?",          run_zero_all_query,   0                     },
	{SLOT "FUNCtion:PARameter:LOGGing",            run_logging,          POWER_LOGGING_LOGGING },
	{SLOT "FUNCtion:PARameter:LOGGing?",           run_logging,          POWER_LOGGING_ASK     },
	{SLOT "FUNCtion:PARameter:STABility",          run_logging,          POWER_LOGGING_STABILITY},
	{SLOT "FUNCtion:STATe",                        run_logging,          POWER_LOGGING_STATE   },
	{SLOT "FUNCtion:STATe?",                       run_logging,          POWER_LOGGING_STATUS  },
	{SLOT "FUNCtion:RESult?",                      run_logging,          POWER_LOGGING_RESULT  },
	{"CONFigure:MEASurement:SETTing:PRESet",       run_preset,           0                     },
	{"SYSTem:PRESet",                              run_preset,           0                     },
	{"STATus#:OPERation:CONDition?",               run_condition,        CONDITION_OPERATION   },
	{"STATus#:QUEStionable:CONDition?",            run_condition,        CONDITION_QUESTIONABLE},
};

/* Averaging times and ranges snap to a list: 1, 2, 5 of each decade, and steps of 10 dB. */
static double snapped_time(double seconds)
{
	static const double steps[] = {1, 2, 5, 10};
	double decade = pow(10, floor(log10(seconds) + 1e-9));
	double best = decade;
	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (fabs(steps[i] * decade - seconds) < fabs(best - seconds))
			best = steps[i] * decade;
	}
	return best;
}

static void changed(void *instrument, guint row, int slot)
{
	struct n7744a *meter = instrument;
	struct settings *settings = scpi_device_settings(meter->device);

	if (row == AVERAGING)
		settings_put(settings, row, slot, snapped_time(settings_number(settings, row, slot)));
	if (row == RANGE) {
		double range = 10 * ceil(settings_number(settings, row, slot) / 10 - 1e-9);
		settings_put(settings, row, slot, range);
		settings_put(settings, RANGE_AUTO, slot, 0);
	}
	if (row <= CORRECTION) {
		meter->slots[slot - 1].has_value = FALSE;
		meter->slots[slot - 1].started_s = now_s(meter);
	}
}

static gboolean busy(void *instrument)
{
	struct n7744a *meter = instrument;
	double now = now_s(meter);

	if (now < meter->zeroed_s)
		return TRUE;
	for (int i = 0; i < SLOTS; i++) {
		const struct slot *state = &meter->slots[i];
		if ((state->triggered && now < state->ready_s) || power_logging_running(state->logging, now))
			return TRUE;
	}
	return FALSE;
}

static guint operation(void *instrument)
{
	struct n7744a *meter = instrument;
	return now_s(meter) < meter->zeroed_s ? 8 : 0;
}

static void options(struct scpi_call *call)
{
	scpi_reply_raw(call, "N7744A-001,N7744A-001,N7744A-001,N7744A-001");
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 8,
	.exponent_digits = 3,
	.plus = TRUE,
	.wrong_place = -303,
	.changed = changed,
};

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.plus_sign = TRUE,
	.drops_output = TRUE,
	.completion = SCPI_OPC_POLLED,
	.busy = busy,
	.reset = reset,
	.operation = operation,
	.options = options,
	.settings = &settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct n7744a *meter = g_new0(struct n7744a, 1);
	g_autofree char *serial = sim_serial("DE502", site);
	g_autofree char *idn = g_strdup_printf("Keysight Technologies,N7744A,%s,1.210", serial);

	meter->world = world;
	meter->site = site;
	meter->device = scpi_device_new(&model, idn, meter, faults);
	for (guint i = 0; i < SLOTS; i++)
		meter->slots[i].logging = power_logging_new(world, logging_sample, meter, i + 1);
	reset(meter);
	return meter->device;
}

static void destroy(void *device)
{
	struct n7744a *meter = scpi_device_instrument(device);
	scpi_device_free(device);
	for (guint i = 0; i < SLOTS; i++)
		power_logging_free(meter->slots[i].logging);
	g_free(meter);
}

const struct sim_kind sim_power_meter = {
	.name = "power_meter",
	.what = "Keysight N7744A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
