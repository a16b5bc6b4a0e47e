/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_bristol.h"

#include "bench/random.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Bristol 871A on the common port of the switch: the strongest line of the light, and the power of
 * all of it. Commands as public drivers use them; from memory: power units, what it is after a
 * reset, how many digits, how long a measurement takes, below which power the signal is low or
 * none. A telnet server greets at once; this one with the reply to the first message, for the bench
 * speaks when spoken to. Not there: triggers, calibration (nothing drifts), the binary stream.
 */
#define LINES_MAX      64
#define MEASURE_S      0.02
#define LOW_W          1e-6  /* -30 dBm */
#define NONE_W         1e-8  /* -50 dBm */
#define SHIFT_SIGMA_M  5e-14 /* its wavelength error, */
#define REPEAT_SIGMA_M 1e-14 /* and of one measurement against the other */
#define GAIN_SIGMA_DB  0.3
#define AIR_INDEX      1.000268

enum condition {
	ALREADY_READ = 1 << 0,
	SIGNAL_LOW = 1 << 7,
	SIGNAL_NONE = 1 << 8,
};

enum setting_row { MEDIUM, UNIT, METHOD, STEP_DEGC, STEP_MIN };
static const struct setting setting_rows[] = {
	[MEDIUM] = {.header = "SENSe:MEDium",
                    .kind = SETTING_CHOICE,
                    .words = "VACuum AIR",
                    .fallback = 1},
	[UNIT] = {.header = "UNIT:POWer", .kind = SETTING_CHOICE, .words = "DBM MW", .fallback = 1},
	[METHOD] = {.header = "SENSe:CALIbration:METHod",
                    .kind = SETTING_CHOICE,
                    .words = "OFF TIMe TEMPerature"},
	[STEP_DEGC] = {.header = "SENSe:CALIbration:TEMPerature",
                       .kind = SETTING_INT,
                       .min = 1,
                       .max = 50,
                       .fallback = 5},
	[STEP_MIN] = {.header = "SENSe:CALIbration:TIMer",
                      .kind = SETTING_INT,
                      .min = 5,
                      .max = 1440,
                      .fallback = 30},
};

struct bristol {
	struct world *world;
	guint site;
	struct scpi_device *device;
	struct random_stream noise;
	double shift_m, gain; /* its errors */
	double wavelength_m;  /* as measured last; 0: no light */
	double power_w;
	guint condition;
	guint index;
};

static gboolean chosen(const struct bristol *meter, enum setting_row row, int word)
{
	return (int)settings_number(scpi_device_settings(meter->device), row, 0) == word;
}

static void take(struct bristol *meter)
{
	struct world_line lines[LINES_MAX];
	guint n = world_spectrum(meter->world, meter->site, lines, LINES_MAX);
	double power_w = 0;

	for (guint i = 0; i < n; i++)
		power_w += lines[i].power_w;
	world_sleep_s(meter->world, MEASURE_S);
	meter->index++;
	meter->power_w = power_w * meter->gain;
	meter->condition = meter->power_w < LOW_W ? SIGNAL_LOW : 0;
	meter->wavelength_m = 0;
	if (meter->power_w < NONE_W) {
		meter->condition |= SIGNAL_NONE;
		return;
	}
	meter->wavelength_m = lines[0].wavelength_m + meter->shift_m +
	                      REPEAT_SIGMA_M * random_normal(&meter->noise);
	if (chosen(meter, MEDIUM, 1))
		meter->wavelength_m /= AIR_INDEX;
}

static void reply_wavelength(struct scpi_call *call, const struct bristol *meter)
{
	scpi_reply_fixed(call, meter->wavelength_m * 1e9, meter->wavelength_m > 0 ? 6 : 1);
}

static void reply_power(struct scpi_call *call, const struct bristol *meter)
{
	if (chosen(meter, UNIT, 1))
		scpi_reply_fixed(call, meter->power_w * 1e3, 6);
	else
		scpi_reply_fixed(call, 10 * log10(fmax(meter->power_w, 1e-12) / 1e-3), 3);
}

/* With a measurement of its own, or the last one's. */
enum access { MEASURE, FETCH };

static gboolean begin(struct scpi_call *call)
{
	struct bristol *meter = scpi_instrument(call);
	if (!scpi_end(call))
		return FALSE;
	if (scpi_tag(call) == MEASURE)
		take(meter);
	else
		meter->condition |= ALREADY_READ;
	return TRUE;
}

static void run_wavelength(struct scpi_call *call)
{
	if (begin(call))
		reply_wavelength(call, scpi_instrument(call));
}

static void run_power(struct scpi_call *call)
{
	if (begin(call))
		reply_power(call, scpi_instrument(call));
}

static void run_all(struct scpi_call *call)
{
	const struct bristol *meter = scpi_instrument(call);
	if (!begin(call))
		return;
	scpi_reply_int(call, meter->index);
	scpi_reply_int(call, meter->condition);
	reply_wavelength(call, meter);
	reply_power(call, meter);
}

static void run_calibrate(struct scpi_call *call)
{
	scpi_end(call);
}

static const struct scpi_row rows[] = {
	{"MEASure:SCALar:WAVelength?", run_wavelength, MEASURE},
	{"FETCh:SCALar:WAVelength?", run_wavelength, FETCH},
	{"MEASure:SCALar:POWer?", run_power, MEASURE},
	{"FETCh:SCALar:POWer?", run_power, FETCH},
	{"READ:ALL?", run_all, MEASURE},
	{"MEASure:ALL?", run_all, MEASURE},
	{"FETCh:ALL?", run_all, FETCH},
	{"SENSe:CALIbration", run_calibrate, 0},
};

static guint questionable(void *instrument)
{
	const struct bristol *meter = instrument;
	return meter->condition;
}

static void reset(void *instrument)
{
	struct bristol *meter = instrument;
	settings_reset(scpi_device_settings(meter->device));
	meter->wavelength_m = meter->power_w = 0;
	meter->condition = 0;
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 8,
	.exponent_digits = 2,
};

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 10,
	.completion = SCPI_OPC_ONE,
	.reset = reset,
	.questionable = questionable,
	.settings = &settings_model,
};

/* --- telnet ------------------------------------------------------------------------------------
 */

struct session {
	struct scpi_device *device;
	gboolean greeted;
};

static void *session_new(void *device)
{
	struct session *session = g_new0(struct session, 1);
	session->device = device;
	return session;
}

static gboolean session_message(void *data, const char *bytes, gsize len, GByteArray *reply)
{
	static const char banner[] = "\r\nWelcome to the\r\nBristol Instruments 871 Series "
				     "Laser Wavelength Meter\r\n\r\n";
	struct session *session = data;
	g_autoptr(GByteArray) answer = g_byte_array_new();

	if (!session->greeted)
		g_byte_array_append(reply, (const guint8 *)banner, sizeof banner - 1);
	session->greeted = TRUE;
	scpi_device_execute(session->device, bytes, len, answer);
	if (answer->len > 0) {
		g_byte_array_append(reply, answer->data, answer->len - 1);
		g_byte_array_append(reply, (const guint8 *)"\r\n", 2);
	}
	return TRUE;
}

static const struct server_ops ops = {
	.session_new = session_new,
	.message = session_message,
	.session_free = g_free,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct bristol *meter = g_new0(struct bristol, 1);
	g_autofree char *serial = sim_serial("", site);
	g_autofree char *idn =
		g_strdup_printf("BRISTOL WAVELENGTH METER, 871A-NIR, %s, 1.2.0", serial);

	meter->world = world;
	meter->site = site;
	random_init(&meter->noise, world_seed(world), idn);
	meter->shift_m = SHIFT_SIGMA_M * random_bounded(&meter->noise, 1, 3);
	meter->gain = pow(10, GAIN_SIGMA_DB * random_bounded(&meter->noise, 1, 3) / 10);
	meter->device = scpi_device_new(&model, idn, meter, faults);
	reset(meter);
	return meter->device;
}

static void destroy(void *device)
{
	struct bristol *meter = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(meter);
}

const struct sim_kind sim_bristol = {
	.name = "wavelength_meter",
	.model = "bristol-871",
	.what = "Bristol 871A",
	.ops = &ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
	.behind_switch = TRUE,
};
