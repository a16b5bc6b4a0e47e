/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_power_meter.h"

#include "bench/power_logging.h"
#include "bench/power_meter_setup.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Keysight N7745A: N77xx Series Programming Guide 9018-02434. Eight meters in slots 1 to 8, of
 * which the first have a fibre. Not there: triggers (kept, without effect), MinMax logging. From
 * memory: the state after a preset (1550 nm, dBm, 100 ms, continuous), how long zeroing takes, what
 * *OPT? lists, the range of wavelengths.
 */
#define OVERHEAD_S   0.005
#define ZERO_S       3.0
#define ZERO_LIGHT_W 1e-9   /* more than this is light: zeroing fails */
#define DARK_W       10e-12 /* noise of a port without a fibre, in 0.1 s */
#define OVERLOAD_DB  3.0

static double setting(const struct n7745a *meter, enum power_meter_setting_row row, int slot)
{
	return settings_number(scpi_device_settings(meter->device), row, slot);
}

double power_meter_now_s(const struct n7745a *meter)
{
	return world_now_s(meter->world);
}

static double read_w(struct n7745a *meter, int slot, double averaging_s)
{
	guint port = (guint)slot - 1;
	if (port < WORLD_METER_PORTS)
		return world_meter_read_w(meter->world, meter->site, port, averaging_s);
	return DARK_W * sqrt(0.1 / averaging_s) * random_normal(&meter->dark);
}

/* InGaAs answers 0.45 dB less at 1310 nm than at 1550 nm: a wrong wavelength reads wrong. */
static double wrong_wavelength_db(const struct n7745a *meter, int slot)
{
	guint port = (guint)slot - 1;
	if (port >= WORLD_METER_PORTS)
		return 0;
	double true_m = world_meter_wavelength_m(meter->world, meter->site, port);
	return -0.45 * (setting(meter, WAVELENGTH, slot) - true_m) / 240e-9;
}

static double take_sample(struct n7745a *meter, int slot, double averaging_s)
{
	double wrong_db = wrong_wavelength_db(meter, slot) + setting(meter, CORRECTION, slot);
	return read_w(meter, slot, averaging_s) * pow(10, wrong_db / 10);
}

static void sample(struct n7745a *meter, int slot)
{
	struct slot *state = &meter->slots[slot - 1];
	state->value_w = take_sample(meter, slot, setting(meter, AVERAGING, slot));
	state->has_value = TRUE;
	state->triggered = FALSE;
	state->started_s = power_meter_now_s(meter);
}

/* Brings the value up to what the running measurement has finished by now. */
static void refresh(struct n7745a *meter, int slot)
{
	struct slot *state = &meter->slots[slot - 1];
	double now = power_meter_now_s(meter);

	if (state->continuous && now - state->started_s >= setting(meter, AVERAGING, slot))
		sample(meter, slot);
	else if (state->triggered && now >= state->ready_s)
		sample(meter, slot);
}

gboolean power_meter_take_slot(struct scpi_call *call, int *slot)
{
	return scpi_suffix_in(call, 0, 1, 1, SLOTS, slot);
}

static gboolean may_measure(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	if (power_meter_now_s(meter) < meter->zeroed_s) {
		scpi_error(call, -616, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean may_measure_slot(struct scpi_call *call, int slot)
{
	struct n7745a *meter = scpi_instrument(call);
	if (power_logging_running(meter->slots[slot - 1].logging, power_meter_now_s(meter))) {
		scpi_error(call, -284, NULL);
		return FALSE;
	}
	return may_measure(call);
}

/* Overload in a fixed range, and nothing measured yet, are told in the value and in the queue. */
static double checked_w(struct scpi_call *call, int slot)
{
	struct n7745a *meter = scpi_instrument(call);
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
	struct n7745a *meter = scpi_instrument(call);
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
static void measure_slots(struct n7745a *meter, int first, int last)
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
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_end(call) || !may_measure_slot(call, slot))
		return;
	if (scpi_tag(call) == READING_READ)
		measure_slots(meter, slot, slot);
	else
		refresh(meter, slot);
	reply_power(call, slot);
}

static gboolean measure_all(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);

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

static void run_initiate(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_end(call) || !may_measure_slot(call, slot))
		return;
	struct slot *state = &meter->slots[slot - 1];
	if (state->continuous) {
		scpi_error(call, -213, NULL);
		return;
	}
	state->triggered = TRUE;
	state->has_value = FALSE;
	state->ready_s = power_meter_now_s(meter) + setting(meter, AVERAGING, slot) + OVERHEAD_S;
}

/* Zeroing wants darkness; what it found is asked for afterwards. */
static void zero(struct n7745a *meter, int slot)
{
	double dark_w = read_w(meter, slot, 1.0);
	meter->slots[slot - 1].zero_failed = fabs(dark_w) > ZERO_LIGHT_W;
	meter->zeroed_s = power_meter_now_s(meter) + ZERO_S;
}

static void run_zero(struct scpi_call *call)
{
	int slot = 0;
	if (power_meter_take_slot(call, &slot) && scpi_end(call) && may_measure_slot(call, slot))
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
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;
	if (power_meter_take_slot(call, &slot) && scpi_end(call) && may_measure(call))
		scpi_reply_signed(call, meter->slots[slot - 1].zero_failed);
}

/* One hexadecimal digit per channel, written as a decimal number. */
static void run_zero_all_query(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	gint64 result = 0;

	if (!scpi_end(call) || !may_measure(call))
		return;
	for (int i = 0; i < SLOTS; i++)
		result |= (gint64)meter->slots[i].zero_failed << (4 * i);
	scpi_reply_signed(call, result);
}

static void reset(void *instrument)
{
	struct n7745a *meter = instrument;

	settings_reset(scpi_device_settings(meter->device));
	for (int i = 0; i < SLOTS; i++) {
		struct slot *state = &meter->slots[i];
		power_logging_stop(state->logging);
		state->in_watt = FALSE;
		state->continuous = TRUE;
		state->triggered = FALSE;
		state->has_value = FALSE;
		state->reference_dbm = 0;
		state->started_s = power_meter_now_s(meter);
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
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_end(call))
		return;
	if (scpi_tag(call) == CONDITION_OPERATION)
		scpi_reply_signed(call, power_meter_now_s(meter) < meter->zeroed_s ? 8 : 0);
	else
		scpi_reply_signed(call, meter->slots[slot - 1].zero_failed ? 2 : 0);
}

/* --- logging -----------------------------------------------------------------------------------
 */

static double logging_sample(void *data, guint slot, double averaging_s)
{
	struct n7745a *meter = data;
	double watt = take_sample(meter, (int)slot, averaging_s);
	if (meter->slots[slot - 1].in_watt)
		return watt;
	return watt > 0 ? 10 * log10(watt / 1e-3) : NAN;
}

static void run_logging(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;
	if (power_meter_take_slot(call, &slot))
		power_logging_run(meter->slots[slot - 1].logging,
		                  (enum power_logging_command)scpi_tag(call), call,
		                  power_meter_now_s(meter));
}

#define POWER "[:CHANnel#][:SCALar]:POWer"

static const struct scpi_row rows[] = {
	{"READ:POWer:ALL?", run_all, READING_READ},
	{"FETCh:POWer:ALL?", run_all, READING_FETCH},
	{"READ:POWer:ALL:CSV?", run_all_csv, READING_READ},
	{"FETCh:POWer:ALL:CSV?", run_all_csv, READING_FETCH},
	{"READ:POWer:ALL:CONFig?", run_all_map, 0},
	{"FETCh:POWer:ALL:CONFig?", run_all_map, 0},
	{"READ#" POWER "[:DC]?", run_power, READING_READ},
	{"FETCh#" POWER "[:DC]?", run_power, READING_FETCH},
	{"SENSe:POWer:UNIT:ALL:CSV?", power_meter_run_unit_all, 0},
	{SLOT "POWer:UNIT", power_meter_run_unit, 0},
	{SLOT "POWer:UNIT?", power_meter_run_unit_query, 0},
	{SLOT "POWer:REFerence", power_meter_run_reference, 0},
	{SLOT "POWer:REFerence?", power_meter_run_reference_query, 0},
	{"INITiate#[:CHANnel#]:CONTinuous", power_meter_run_continuous, 0},
	{"INITiate#[:CHANnel#]:CONTinuous?", power_meter_run_continuous_query, 0},
	{"INITiate#[:CHANnel#][:IMMediate]", run_initiate, 0},
	{SLOT "CORRection:COLLect:ZERO", run_zero, 0},
	{SLOT "CORRection:COLLect:ZERO?", run_zero_query, 0},
	{SLOT "CORRection:COLLect:ZERO:ALL", run_zero_all, 0},
	{SLOT "CORRection:COLLect:ZERO:ALL?", run_zero_all_query, 0},
	{SLOT "FUNCtion:PARameter:LOGGing", run_logging, POWER_LOGGING_LOGGING},
	{SLOT "FUNCtion:PARameter:LOGGing?", run_logging, POWER_LOGGING_ASK},
	{SLOT "FUNCtion:PARameter:STABility", run_logging, POWER_LOGGING_STABILITY},
	{SLOT "FUNCtion:STATe", run_logging, POWER_LOGGING_STATE},
	{SLOT "FUNCtion:STATe?", run_logging, POWER_LOGGING_STATUS},
	{SLOT "FUNCtion:RESult?", run_logging, POWER_LOGGING_RESULT},
	{"CONFigure:MEASurement:SETTing:PRESet", run_preset, 0},
	{"SYSTem:PRESet", run_preset, 0},
	{"STATus#:OPERation:CONDition?", run_condition, CONDITION_OPERATION},
	{"STATus#:QUEStionable:CONDition?", run_condition, CONDITION_QUESTIONABLE},
};

static gboolean busy(void *instrument)
{
	struct n7745a *meter = instrument;
	double now = power_meter_now_s(meter);

	if (now < meter->zeroed_s)
		return TRUE;
	for (int i = 0; i < SLOTS; i++) {
		const struct slot *state = &meter->slots[i];
		if ((state->triggered && now < state->ready_s) ||
		    power_logging_running(state->logging, now))
			return TRUE;
	}
	return FALSE;
}

static guint operation(void *instrument)
{
	struct n7745a *meter = instrument;
	return power_meter_now_s(meter) < meter->zeroed_s ? 8 : 0;
}

static void options(struct scpi_call *call)
{
	scpi_reply_raw(call, "N7745A-001,N7745A-001,N7745A-001,N7745A-001,"
	                     "N7745A-001,N7745A-001,N7745A-001,N7745A-001");
}

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
	.settings = &power_meter_settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct n7745a *meter = g_new0(struct n7745a, 1);
	g_autofree char *serial = sim_serial("DE502", site);
	g_autofree char *idn = g_strdup_printf("Keysight Technologies,N7745A,%s,1.210", serial);

	meter->world = world;
	meter->site = site;
	g_autofree char *dark = g_strdup_printf("power meter %u dark", site);
	random_init(&meter->dark, world_seed(world), dark);
	meter->device = scpi_device_new(&model, idn, meter, faults);
	for (guint i = 0; i < SLOTS; i++)
		meter->slots[i].logging = power_logging_new(world, logging_sample, meter, i + 1);
	reset(meter);
	return meter->device;
}

static void destroy(void *device)
{
	struct n7745a *meter = scpi_device_instrument(device);
	scpi_device_free(device);
	for (guint i = 0; i < SLOTS; i++)
		power_logging_free(meter->slots[i].logging);
	g_free(meter);
}

const struct sim_kind sim_power_meter = {
	.name = "power_meter",
	.model = "n7745a",
	.what = "Keysight N7745A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
