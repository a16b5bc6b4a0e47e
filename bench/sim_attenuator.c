/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_attenuator.h"

#include "bench/mover.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>

/*
 * Keysight N7764A, at sites with multimode fibre N7768A: N77xx Series Programming Guide 9018-02434.
 * Four attenuators, each over two slots and named by the odd one. Power control adjusts when it is
 * set and switched on, it does not follow drift. Not there: the wavelength offset table; both take
 * the wavelengths of the other. From memory: the state after a preset, the speed's default, the
 * settling time.
 */
#define WAVELENGTH_MIN_M 800e-9
#define WAVELENGTH_MAX_M 1640e-9

#define LANES    4
#define ATT_MAX  45.0
#define SETTLE_S 0.05
#define ZERO_S   3.0

enum setting_row {
	WAVELENGTH,
	SPEED,
	OFFSET,
	POWER_ON,
	CONTROL,
	UNIT,
	MONITOR_OFFSET,
	AVERAGING,
	TABLE_STATE,
	DISPLAY_OFFSET,
};

static const struct setting setting_rows[] = {
	[WAVELENGTH] = {"INPut#[:CHANnel#]:WAVelength", SETTING_NUMBER, "M", WAVELENGTH_MIN_M,
                        WAVELENGTH_MAX_M, 1550e-9, NULL, 1, 7, NULL},
	[SPEED] = {"INPut#[:CHANnel#]:ATTenuation:SPEed", SETTING_NUMBER, NULL, 0.1, 1000, 1000,
                   NULL, 1, 7, NULL},
	[OFFSET] = {"INPut#[:CHANnel#]:OFFSet", SETTING_NUMBER, "DB", -200, 200, 0, NULL, 1, 7,
                    NULL},
	[POWER_ON] = {"OUTPut#[:CHANnel#][:STATe]:APOWeron", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1,
                      7, NULL},
	[CONTROL] = {"OUTPut#[:CHANnel#]:POWer:CONTRol[:STATe]", SETTING_BOOL, NULL, 0, 1, 0, NULL,
                     1, 7, NULL},
	[UNIT] = {"OUTPut#[:CHANnel#]:POWer:UNit", SETTING_CHOICE, NULL, 0, 0, 0, "DBM Watt 0 1", 1,
                  7, NULL},
	[MONITOR_OFFSET] = {"OUTPut#[:CHANnel#]:POWer:OFFSet", SETTING_NUMBER, "DB", -200, 200, 0,
                            NULL, 1, 7, NULL},
	[AVERAGING] = {"OUTPut#[:CHANnel#]:ATIMe", SETTING_NUMBER, "S", 0.002, 1, 0.1, NULL, 1, 7,
                       NULL},
	[TABLE_STATE] = {"CONFigure#:OFFSet:WAVelength:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1,
                         7, NULL},
	[DISPLAY_OFFSET] = {"DISPlay#:OFFSet", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1, 7, NULL},
};

struct lane {
	struct n7764a *owner;
	guint index;
	double filter_db;  /* attenuation without offset, as told */
	double reached_db; /* where the filter was before the last order */
	gboolean open;
	double target_dbm;
	gboolean zero_failed;
	struct mover *mover;
};

struct n7764a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	double zeroed_s;
	struct lane lanes[LANES];
};

static double setting(const struct n7764a *voa, enum setting_row row, guint lane)
{
	return settings_number(scpi_device_settings(voa->device), row, (int)(2 * lane + 1));
}

static void arrive(void *owner, struct move move)
{
	const struct lane *lane = owner;
	world_set_attenuator(lane->owner->world, lane->owner->site, lane->index, move.value,
	                     move.number);
}

/* Closing is immediate; opening and changes of attenuation go at the set speed. */
static void go(struct lane *lane, double filter_db, gboolean open)
{
	double speed = setting(lane->owner, SPEED, lane->index);
	double distance_db = fabs(filter_db - lane->filter_db);
	double seconds = SETTLE_S + distance_db / speed;

	if (open && !lane->open)
		seconds = SETTLE_S + (ATT_MAX - filter_db) / speed;
	if (!open)
		seconds = 0;
	lane->filter_db = filter_db;
	lane->open = open;
	mover_go(lane->mover, seconds, (struct move){.value = filter_db, .number = open});
}

/* Attenuators have odd numbers; the even slot belongs to the one before it. */
static struct lane *take_lane(struct scpi_call *call)
{
	struct n7764a *voa = scpi_instrument(call);
	int slot = scpi_suffix(call, 0, 1);

	if (slot < 1 || slot > 2 * LANES) {
		scpi_error(call, -114, NULL);
		return NULL;
	}
	if (slot % 2 == 0) {
		scpi_error(call, -303, NULL);
		return NULL;
	}
	return &voa->lanes[slot / 2];
}

static gboolean take_attenuation(struct scpi_call *call, const struct lane *lane, double *filter_db)
{
	double offset_db = setting(lane->owner, OFFSET, lane->index);
	double value_db = 0.0;

	if (!scpi_take_number(call, "DB", offset_db, ATT_MAX + offset_db, offset_db, &value_db))
		return FALSE;
	*filter_db = CLAMP(value_db - offset_db, 0, ATT_MAX);
	return TRUE;
}

static void run_attenuation(struct scpi_call *call)
{
	struct lane *lane = take_lane(call);
	double filter_db = 0.0;

	if (lane && take_attenuation(call, lane, &filter_db) && scpi_end(call))
		go(lane, filter_db, lane->open);
}

static void run_attenuation_query(struct scpi_call *call)
{
	struct lane *lane = take_lane(call);
	if (!lane)
		return;
	double filter_db = lane->filter_db;
	if (scpi_parameters_left(call) > 0 && !take_attenuation(call, lane, &filter_db))
		return;
	if (scpi_end(call))
		scpi_reply_exp(call, filter_db + setting(lane->owner, OFFSET, lane->index), 8, 3,
		               TRUE);
}

static void run_attenuation_all(struct scpi_call *call)
{
	struct n7764a *voa = scpi_instrument(call);
	double value_db = 0.0;

	if (!scpi_take_number(call, "DB", 0, ATT_MAX, 0, &value_db) || !scpi_end(call))
		return;
	for (guint i = 0; i < LANES; i++)
		go(&voa->lanes[i], CLAMP(value_db - setting(voa, OFFSET, i), 0, ATT_MAX),
		   voa->lanes[i].open);
}

static void run_wavelength_all(struct scpi_call *call)
{
	double wavelength_m = 0.0;

	if (!scpi_take_number(call, "M", WAVELENGTH_MIN_M, WAVELENGTH_MAX_M, 1550e-9,
	                      &wavelength_m) ||
	    !scpi_end(call))
		return;
	for (int i = 0; i < LANES; i++)
		settings_put(scpi_settings(call), WAVELENGTH, 2 * i + 1, wavelength_m);
}

/* The present attenuation becomes the zero of the display. */
static void run_offset_display(struct scpi_call *call)
{
	struct lane *lane = take_lane(call);
	if (lane && scpi_end(call))
		settings_put(scpi_settings(call), OFFSET, (int)(2 * lane->index + 1),
		             -lane->filter_db);
}

/* There is no power meter slot in this model to take an offset from. */
static void run_offset_power(struct scpi_call *call)
{
	scpi_error(call, -301, NULL);
}

static void run_shutter(struct scpi_call *call)
{
	struct lane *lane = take_lane(call);
	gboolean open = FALSE;
	if (lane && scpi_take_bool(call, &open) && scpi_end(call))
		go(lane, lane->filter_db, open);
}

static void run_shutter_query(struct scpi_call *call)
{
	const struct lane *lane = take_lane(call);
	if (lane && scpi_end(call))
		scpi_reply_bool(call, lane->open);
}

static void run_shutter_all(struct scpi_call *call)
{
	struct n7764a *voa = scpi_instrument(call);
	gboolean open = FALSE;

	if (!scpi_take_bool(call, &open) || !scpi_end(call))
		return;
	for (guint i = 0; i < LANES; i++)
		go(&voa->lanes[i], voa->lanes[i].filter_db, open);
}

static double monitor_w(const struct lane *lane)
{
	const struct n7764a *voa = lane->owner;
	double offset_db = setting(voa, MONITOR_OFFSET, lane->index);
	return world_attenuator_output_w(voa->world, voa->site, lane->index) *
	       pow(10, offset_db / 10);
}

/* Moves the filter by what the output lacks; -221 when that is beyond its range. */
static void control_power(struct scpi_call *call, struct lane *lane)
{
	double now_w = monitor_w(lane);
	if (now_w <= 0) {
		scpi_error(call, -231, "no light");
		return;
	}
	double filter_db = lane->filter_db + 10 * log10(now_w / 1e-3) - lane->target_dbm;
	if (filter_db < 0 || filter_db > ATT_MAX)
		scpi_error(call, -221, "StatParmOutOfRange");
	else
		go(lane, filter_db, lane->open);
}

static void run_power(struct scpi_call *call)
{
	struct lane *lane = take_lane(call);
	double dbm = 0.0;

	if (!lane || !scpi_take_number(call, "DBM", -80, 30, 0, &dbm) || !scpi_end(call))
		return;
	lane->target_dbm = dbm;
	control_power(call, lane);
}

static void run_power_query(struct scpi_call *call)
{
	const struct lane *lane = take_lane(call);
	if (lane && scpi_end(call))
		scpi_reply_exp(call, lane->target_dbm, 8, 3, TRUE);
}

enum reading { READING_READ, READING_FETCH };

static void run_monitor(struct scpi_call *call)
{
	const struct lane *lane = take_lane(call);
	if (!lane || !scpi_end(call))
		return;
	struct n7764a *voa = lane->owner;
	if (scpi_tag(call) == READING_READ)
		world_sleep_s(voa->world, setting(voa, AVERAGING, lane->index));
	double watt = monitor_w(lane);
	/* Rows 1 and 3 of the choice are watts. */
	if ((int)setting(voa, UNIT, lane->index) % 2 == 1) {
		scpi_reply_exp(call, watt, 8, 2, TRUE);
		return;
	}
	if (watt <= 0)
		scpi_error(call, -261, NULL);
	scpi_reply_exp(call, watt > 0 ? 10 * log10(watt / 1e-3) : NAN, 8, 2, TRUE);
}

/* Zeroing closes all shutters. */
static void run_zero(struct scpi_call *call)
{
	struct n7764a *voa = scpi_instrument(call);
	if (!take_lane(call) || !scpi_end(call))
		return;
	for (guint i = 0; i < LANES; i++)
		go(&voa->lanes[i], voa->lanes[i].filter_db, FALSE);
	voa->zeroed_s = world_now_s(voa->world) + ZERO_S;
}

static void run_zero_query(struct scpi_call *call)
{
	const struct lane *lane = take_lane(call);
	if (lane && scpi_end(call))
		scpi_reply_signed(call, lane->zero_failed);
}

/* Bit 3 zeroing, 4 shutter open, 5 offset on. */
static void run_condition(struct scpi_call *call)
{
	const struct lane *lane = take_lane(call);
	if (!lane || !scpi_end(call))
		return;
	const struct n7764a *voa = lane->owner;
	int bits = world_now_s(voa->world) < voa->zeroed_s ? 0x08 : 0;
	bits |= lane->open ? 0x10 : 0;
	bits |= setting(voa, OFFSET, lane->index) != 0 ? 0x20 : 0;
	scpi_reply_signed(call, bits);
}

static void reset(void *instrument)
{
	struct n7764a *voa = instrument;
	settings_reset(scpi_device_settings(voa->device));
	for (guint i = 0; i < LANES; i++) {
		voa->lanes[i].target_dbm = 0;
		go(&voa->lanes[i], 0, FALSE);
	}
}

static void run_preset(struct scpi_call *call)
{
	if (scpi_end(call))
		reset(scpi_instrument(call));
}

static const struct scpi_row rows[] = {
	{"INPut:ATTenuation:ALL", run_attenuation_all, 0},
	{"INPut:WAVelength:ALL", run_wavelength_all, 0},
	{"INPut#[:CHANnel#]:ATTenuation", run_attenuation, 0},
	{"INPut#[:CHANnel#]:ATTenuation?", run_attenuation_query, 0},
	{"INPut#[:CHANnel#]:OFFSet:DISPlay", run_offset_display, 0},
	{"INPut#[:CHANnel#]:OFFSet:POWermeter", run_offset_power, 0},
	{"OUTPut:STATe:ALL", run_shutter_all, 0},
	{"OUTPut#[:CHANnel#][:STATe]", run_shutter, 0},
	{"OUTPut#[:CHANnel#][:STATe]?", run_shutter_query, 0},
	{"OUTPut#[:CHANnel#]:POWer", run_power, 0},
	{"OUTPut#[:CHANnel#]:POWer?", run_power_query, 0},
	{"OUTPut#[:CHANnel#]:CORRection:COLLection:ZERO", run_zero, 0},
	{"OUTPut#[:CHANnel#]:CORRection:COLLection:ZERO?", run_zero_query, 0},
	{"READ#[:CHANnel#]:POWer[:DC]?", run_monitor, READING_READ},
	{"FETCh#[:CHANnel#]:POWer[:DC]?", run_monitor, READING_FETCH},
	{"STATus#:OPERation:CONDition?", run_condition, 0},
	{"CONFigure:MEASurement:SETTing:PRESet", run_preset, 0},
	{"SYSTem:PRESet", run_preset, 0},
};

static gboolean busy(void *instrument)
{
	struct n7764a *voa = instrument;
	for (guint i = 0; i < LANES; i++) {
		if (mover_moving(voa->lanes[i].mover))
			return TRUE;
	}
	return world_now_s(voa->world) < voa->zeroed_s;
}

static void options(struct scpi_call *call)
{
	scpi_reply_raw(call, "N7764A-001, ,N7764A-001, ,N7764A-001, ,N7764A-001, ");
}

/* The display's offset comes on with an offset that is not zero. */
static void changed(void *instrument, guint row, int place)
{
	struct n7764a *voa = instrument;
	struct settings *settings = scpi_device_settings(voa->device);
	if (row == OFFSET)
		settings_put(settings, DISPLAY_OFFSET, place,
		             settings_number(settings, row, place) != 0);
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 8,
	.exponent_digits = 3,
	.plus = TRUE,
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
	.options = options,
	.settings = &settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct n7764a *voa = g_new0(struct n7764a, 1);
	g_autofree char *serial = sim_serial("DE503", site);
	gboolean multimode = world_site_model(world, site)->multimode;
	g_autofree char *idn = g_strdup_printf("Keysight Technologies,%s,%s,1.210",
	                                       multimode ? "N7768A" : "N7764A", serial);

	voa->world = world;
	voa->site = site;
	voa->device = scpi_device_new(&model, idn, voa, faults);
	for (guint i = 0; i < LANES; i++) {
		voa->lanes[i].owner = voa;
		voa->lanes[i].index = i;
		voa->lanes[i].mover = mover_new(world, arrive, &voa->lanes[i]);
	}
	return voa->device;
}

static void destroy(void *device)
{
	struct n7764a *voa = scpi_device_instrument(device);
	scpi_device_free(device);
	for (guint i = 0; i < LANES; i++)
		mover_free(voa->lanes[i].mover);
	g_free(voa);
}

const struct sim_kind sim_attenuator = {
	.name = "attenuator",
	.model = "n7764a",
	.what = "Keysight N7764A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
