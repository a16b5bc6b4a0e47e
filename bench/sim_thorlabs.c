/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_thorlabs.h"

#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Thorlabs PM103E on Ethernet: SCPI in packets, one meter with an InGaAs sensor on the site's
 * first port. PM100D on USB: the same messages without packets. What it does not take is answered
 * by nothing. From memory: the offset that zeroing takes away and how long that takes, ranges of
 * wavelength and averaging, the sensor, that a packet counter begins with each message. Not there:
 * scope mode, the fast stream, the hang-up after 30 s.
 */
#define PORT       0
#define SAMPLE_S   1e-3
#define OVERHEAD_S 0.002
#define ZERO_S     2.0
#define OFFSET_W   0.3e-9
#define LARGEST_W  20e-3
#define OVERLOAD   1.1 /* of a fixed range */

enum { FIRST = 0xCA, CONTINUED = 0xCB, HEADER = 4, PART_MAX = 1436 };

struct pm103e {
	struct world *world;
	guint site;
	struct scpi_device *device;
	gboolean in_dbm;
	gboolean running;   /* initiated, not ready yet */
	gboolean has_value; /* of the last measurement */
	double ready_s;
	double value_w;
	double zeroed_s; /* when zeroing ends or ended */
	gboolean zeroing;
	double offset_w;
};

/* ---- settings ---- */

enum row { WAVELENGTH, SAMPLES, LOSS, RANGE, RANGE_AUTO };

static const struct setting setting_rows[] = {
	[WAVELENGTH] = {"SENSe:CORRection:WAVelength", SETTING_INT, NULL, 800, 1700, 1550},
	[SAMPLES] = {"SENSe:AVERage[:COUNt]", SETTING_INT, NULL, 1, 100000, 1},
	[LOSS] = {"SENSe:CORRection[:LOSS[:INPut[:MAGNitude]]]", SETTING_NUMBER, NULL, -60, 60, 0},
	[RANGE] = {"SENSe:POWer[:DC]:RANGe[:UPPer]", SETTING_NUMBER, NULL, 20e-9, LARGEST_W,
                   LARGEST_W},
	[RANGE_AUTO] = {"SENSe:POWer[:DC]:RANGe:AUTO", SETTING_BOOL, NULL, 0, 1, 1},
};

/* A range by hand ends auto range. */
static void changed(void *instrument, guint setting, int place)
{
	struct pm103e *meter = instrument;
	if (setting == RANGE)
		settings_put(scpi_device_settings(meter->device), RANGE_AUTO, 0, 0);
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 6,
	.exponent_digits = 2,
	.changed = changed,
};

static double setting(const struct pm103e *meter, enum row row)
{
	return settings_number(scpi_device_settings(meter->device), row, 0);
}

/* ---- measuring ---- */

static double now_s(const struct pm103e *meter)
{
	return world_now_s(meter->world);
}

static double light_w(struct pm103e *meter)
{
	double true_nm = world_meter_wavelength_m(meter->world, meter->site, PORT) * 1e9;
	/* InGaAs answers 0.45 dB less at 1310 nm than at 1550 nm: a wrong wavelength reads wrong.
	 */
	double wrong_db = -0.45 * (setting(meter, WAVELENGTH) - true_nm) / 240;
	double averaging_s = setting(meter, SAMPLES) * SAMPLE_S;
	double power_w = world_meter_read_w(meter->world, meter->site, PORT, averaging_s);
	return (power_w + OFFSET_W) * pow(10, wrong_db / 10);
}

static void refresh(struct pm103e *meter)
{
	if (meter->zeroing && now_s(meter) >= meter->zeroed_s) {
		meter->offset_w = light_w(meter);
		meter->zeroing = FALSE;
	}
	if (meter->running && now_s(meter) >= meter->ready_s) {
		meter->value_w =
			(light_w(meter) - meter->offset_w) * pow(10, setting(meter, LOSS) / 10);
		meter->has_value = TRUE;
		meter->running = FALSE;
	}
}

static void begin(struct pm103e *meter)
{
	meter->running = TRUE;
	meter->has_value = FALSE;
	meter->ready_s = now_s(meter) + setting(meter, SAMPLES) * SAMPLE_S + OVERHEAD_S;
}

static void run_abort(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	if (scpi_end(call))
		meter->running = FALSE;
}

static void run_configure(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	meter->running = FALSE;
	meter->has_value = FALSE;
}

static void run_initiate(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	refresh(meter);
	if (!scpi_end(call))
		return;
	if (meter->running || meter->zeroing)
		scpi_error(call, -213, NULL);
	else
		begin(meter);
}

static void run_ready(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	refresh(meter);
	if (scpi_end(call))
		scpi_reply_bool(call, meter->has_value);
}

static double shown(const struct pm103e *meter)
{
	double range_w = setting(meter, RANGE_AUTO) != 0 ? LARGEST_W : setting(meter, RANGE);
	if (meter->value_w > range_w * OVERLOAD)
		return INFINITY;
	if (!meter->in_dbm)
		return meter->value_w;
	return meter->value_w > 0 ? 10 * log10(meter->value_w / 1e-3) : NAN;
}

enum fetching { FETCHING, READING };

/* Blocks until there is a reading. */
static void run_fetch(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	if (scpi_tag(call) == READING && !meter->zeroing)
		begin(meter);
	refresh(meter);
	if (meter->running)
		world_sleep_s(meter->world, meter->ready_s - now_s(meter));
	refresh(meter);
	if (meter->has_value)
		scpi_reply_exp(call, shown(meter), 8, 2, FALSE);
	else
		scpi_error(call, -230, NULL);
}

/* ---- unit, zero, sensor ---- */

static const char *const unit_words[] = {"W", "DBM", NULL};

static void run_unit(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	int index = 0;
	if (scpi_take_choice(call, unit_words, &index) && scpi_end(call))
		meter->in_dbm = index == 1;
}

static void run_unit_query(struct scpi_call *call)
{
	const struct pm103e *meter = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_raw(call, unit_words[meter->in_dbm]);
}

/* Whatever is there becomes zero, light or not. */
static void run_zero(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	meter->running = FALSE;
	meter->has_value = FALSE;
	meter->zeroing = TRUE;
	meter->zeroed_s = now_s(meter) + ZERO_S;
}

static void run_zero_abort(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	refresh(meter);
	if (scpi_end(call))
		meter->zeroing = FALSE;
}

static void run_zero_state(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	refresh(meter);
	if (scpi_end(call))
		scpi_reply_bool(call, meter->zeroing);
}

static void run_zero_magnitude(struct scpi_call *call)
{
	struct pm103e *meter = scpi_instrument(call);
	refresh(meter);
	if (scpi_end(call))
		scpi_reply_exp(call, meter->offset_w, 8, 2, FALSE);
}

static void run_sensor(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	scpi_reply_quoted(call, "S155C");
	scpi_reply_quoted(call, "21060232");
	scpi_reply_quoted(call, "2-JUN-2026");
	scpi_reply_int(call, 1);
	scpi_reply_int(call, 2);
	scpi_reply_int(call, 1 | 1 << 2 | 1 << 8); /* auto range, wavelength, zeroing */
}

static const struct scpi_row rows[] = {
	{"ABORt", run_abort, 0},
	{"CONFigure[:SCALar][:POWer]", run_configure, 0},
	{"INITiate[:IMMediate]", run_initiate, 0},
	{"FETCh:STATe?", run_ready, 0},
	{"FETCh?", run_fetch, FETCHING},
	{"READ?", run_fetch, READING},
	{"MEASure[:SCALar][:POWer]?", run_fetch, READING},
	{"SENSe:POWer[:DC]:UNIT", run_unit, 0},
	{"SENSe:POWer[:DC]:UNIT?", run_unit_query, 0},
	{"SENSe:CORRection:COLLect:ZERO[:INITiate]", run_zero, 0},
	{"SENSe:CORRection:COLLect:ZERO:ABORt", run_zero_abort, 0},
	{"SENSe:CORRection:COLLect:ZERO:STATe?", run_zero_state, 0},
	{"SENSe:CORRection:COLLect:ZERO:MAGNitude?", run_zero_magnitude, 0},
	{"SYSTem:SENSor:IDN?", run_sensor, 0},
};

/* Wavelength and loss are kept in the instrument; *RST is no power cycle. */
static void reset(void *instrument)
{
	struct pm103e *meter = instrument;
	settings_reset(scpi_device_settings(meter->device));
	meter->in_dbm = FALSE;
	meter->running = FALSE;
	meter->has_value = FALSE;
	meter->zeroing = FALSE;
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.completion = SCPI_OPC_ONE,
	.reset = reset,
	.settings = &settings_model,
};

/* ---- packets ---- */

static gsize word_at(const char *data)
{
	return (gsize)(guint8)data[0] | (gsize)(guint8)data[1] << 8;
}

/* What stands before a first packet goes with it; what breaks off a message ends it. */
static gsize frame(void *session, const char *data, gsize len)
{
	const char *begin = memchr(data, FIRST, len);
	gsize at = begin ? (gsize)(begin - data) : len;
	if (len - at < HEADER)
		return 0;
	gsize left = word_at(data + at + 2);
	gsize part = MIN(left, PART_MAX);
	while (at + HEADER + part <= len) {
		at += HEADER + part;
		left -= part;
		if (left == 0 || (at < len && (guint8)data[at] != CONTINUED))
			return at;
		if (len - at < HEADER)
			return 0;
		part = MIN(word_at(data + at + 2), left);
		if (part == 0)
			return at;
	}
	return 0;
}

static void unwrap(GByteArray *text, const char *data, gsize len)
{
	const char *begin = memchr(data, FIRST, len);
	gsize at = begin ? (gsize)(begin - data) : len;
	while (at + HEADER <= len) {
		gsize part = MIN(MIN(word_at(data + at + 2), PART_MAX), len - at - HEADER);
		g_byte_array_append(text, (const guint8 *)data + at + HEADER, (guint)part);
		at += HEADER + part;
	}
}

static void wrap(GByteArray *reply, const GByteArray *text)
{
	guint8 count = 0;
	for (gsize at = 0; at < text->len; count++) {
		gsize part = MIN(text->len - at, PART_MAX);
		gsize told = at == 0 ? text->len : part;
		const guint8 header[HEADER] = {at == 0 ? FIRST : CONTINUED, count,
		                               (guint8)(told & 0xFF), (guint8)(told >> 8)};
		g_byte_array_append(reply, header, HEADER);
		g_byte_array_append(reply, text->data + at, (guint)part);
		at += part;
	}
}

static void *session_new(void *device)
{
	return device;
}

static gboolean session_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	g_autoptr(GByteArray) text = g_byte_array_new();
	g_autoptr(GByteArray) answer = g_byte_array_new();
	unwrap(text, data, len);
	scpi_device_execute(session, (const char *)text->data, text->len, answer);
	wrap(reply, answer);
	return TRUE;
}

static gboolean plain_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	scpi_device_execute(session, data, len, reply);
	return TRUE;
}

static void session_free(void *session)
{
}

static const struct server_ops ops = {
	.session_new = session_new,
	.frame = frame,
	.message = session_message,
	.session_free = session_free,
};

static const struct server_ops plain_ops = {
	.session_new = session_new,
	.message = plain_message,
	.session_free = session_free,
};

/* ---- */

static void *create_model(const char *name, const char *serial, struct world *world, guint site,
                          struct faults *faults)
{
	struct pm103e *meter = g_new0(struct pm103e, 1);
	g_autofree char *idn = g_strdup_printf("Thorlabs,%s,%s,1.4.0", name, serial);

	meter->world = world;
	meter->site = site;
	meter->device = scpi_device_new(&model, idn, meter, faults);
	reset(meter);
	return meter->device;
}

static void *create(struct world *world, guint site, struct faults *faults)
{
	g_autofree char *serial = sim_serial("M", site);
	return create_model("PM103E", serial, world, site, faults);
}

static void *create_pm100d(struct world *world, guint site, struct faults *faults)
{
	g_autofree char *serial = sim_serial("P", site);
	return create_model("PM100D", serial, world, site, faults);
}

static void destroy(void *device)
{
	struct pm103e *meter = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(meter);
}

const struct sim_kind sim_thorlabs = {
	.name = "power_meter",
	.model = "pm103e",
	.what = "Thorlabs PM103E",
	.ops = &ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};

const struct sim_kind sim_pm100d = {
	.name = "power_meter",
	.model = "pm100d",
	.what = "Thorlabs PM100D",
	.ops = &plain_ops,
	.create = create_pm100d,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
