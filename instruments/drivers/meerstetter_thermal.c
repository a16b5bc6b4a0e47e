/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Meerstetter TEC controllers, which drive a plate. On a serial line the resource string says
 * ?baud=57600.
 * Source: the maker's pyMeCom for frames and the numbers of parameters. From memory: what the
 * values of 104 and 2010 mean, that 100, 102 and 103 are those of the TEC family too, the range of
 * temperatures (each unit has its own limits besides), the speed of the serial line.
 *
 * The unit's own "temperature is stable" (1200) is not used: by which window and time it judges are
 * settings that the source does not name.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/drivers/mecom.h"
#include "instruments/scpi/scpi.h"
#include "instruments/thermal.h"

#include <math.h>
#include <string.h>

static const struct link_settings settings = {
	.framing = LINK_FRAMING_LINE,
	.write_end = LINK_END_CR,
	.read_end = LINK_END_CR,
	.stall_s = 2,
};

/*
 * No identity to recover by: a late answer is known by its sequence number. No command clears
 * errors but a reset, which nobody asked for.
 */
static const struct scpi_dialect dialect = {
	.name = "MeCom",
	.link = &settings,
	.opc = SCPI_OPC_ABSENT,
};

static const struct thermal_facts facts = {
	.means = THERMAL_PLATE,
	.keeps_soak = FALSE,
	.degc_min = -40,
	.degc_max = 125,
	.degc_resolution = 0.01,
	.window_min_degc = 0.01,
	.window_max_degc = 10,
	.soak_max_s = 9999,
};

static const struct instrument_model models[] = {
	{"TEC-1091", 0, 2, EVIDENCE_TESTED_SIM, {.thermal = &facts}},
	{"TEC-1089", 0, 2, EVIDENCE_UNTESTED, {.thermal = &facts}},
	{"TEC-1090", 0, 2, EVIDENCE_UNTESTED, {.thermal = &facts}},
	{"TEC-1122", 0, 2, EVIDENCE_UNTESTED, {.thermal = &facts}},
	{"TEC-1123", 0, 2, EVIDENCE_UNTESTED, {.thermal = &facts}},
	{"TEC-1161", 0, 2, EVIDENCE_UNTESTED, {.thermal = &facts}},
};

/* Numbers of parameters; of the whole unit unless they belong to an instance. */
enum id {
	DEVICE_TYPE = 100,
	SERIAL_NUMBER = 102,
	FIRMWARE = 103,
	DEVICE_STATUS = 104,
	ERROR_NUMBER = 105,
	OBJECT_DEGC = 1000, /* of an instance */
	OUTPUT = 2010,      /* of an instance: 0 off, 1 on; others are not ours */
	TARGET_DEGC = 3000, /* of an instance */
};

enum { STATUS_ERROR = 3 };
enum { WHOLE_UNIT = 1 }; /* the instance of what there is once */
enum { INSTANCES_MAX = 4 };

struct state {
	guint8 address;
	guint8 instance;
	guint16 sequence; /* of the last request */
	struct thermal_watch watch;
};

static gboolean take_parameter(const struct instrument *thermal, const char *key, gint64 min,
                               gint64 max, guint8 *value, GError **error)
{
	const char *text = instrument_parameter(thermal, key);
	gint64 number = *value;
	if (text && !number_parse_int(text, min, max, &number, NULL)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: \"%s\" is not %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
		                  key, text, min, max);
		return FALSE;
	}
	*value = (guint8)number;
	return TRUE;
}

static gboolean prepare(struct instrument *thermal, GError **error)
{
	struct state *state = g_new0(struct state, 1);
	thermal->state = state;
	state->instance = 1;
	thermal_watch_init(&state->watch);
	return take_parameter(thermal, "address", 0, 255, &state->address, error) &&
	       take_parameter(thermal, "instance", 1, INSTANCES_MAX, &state->instance, error);
}

/* ---- parameters ---- */

static gboolean exchange(struct instrument *thermal, const char *payload, enum mecom_kind kind,
                         struct mecom_reply *reply, const struct bounds *bounds, GError **error)
{
	struct state *state = thermal->state;
	g_autofree char *request = mecom_request(state->address, ++state->sequence, payload);
	g_autofree char *answer = NULL;
	struct bounds inner = bounds_within(bounds, thermal->model->answer_s);
	g_autoptr(GError) cause = NULL;
	if (!scpi_query_string(thermal->scpi, &answer, &inner, error, "%s", request))
		return FALSE;
	if (mecom_parse(answer, request, reply, &cause) && reply->kind != kind)
		station_error_set(&cause, STATION_ERROR_PROTOCOL, "an answer of another kind");
	if (!cause)
		return TRUE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_PROTOCOL))
		link_mark_dirty(scpi_link(thermal->scpi));
	g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s: ", request);
	return FALSE;
}

static gboolean get(struct instrument *thermal, enum id id, guint8 instance, guint32 *bits,
                    const struct bounds *bounds, GError **error)
{
	struct mecom_reply reply;
	g_autofree char *payload = mecom_payload_get((guint16)id, instance);
	if (!exchange(thermal, payload, MECOM_VALUE, &reply, bounds, error))
		return FALSE;
	*bits = reply.bits;
	return TRUE;
}

static gboolean set(struct instrument *thermal, enum id id, guint32 bits,
                    const struct bounds *bounds, GError **error)
{
	const struct state *state = thermal->state;
	struct mecom_reply reply;
	g_autofree char *payload = mecom_payload_set((guint16)id, state->instance, bits);
	return exchange(thermal, payload, MECOM_DONE, &reply, bounds, error);
}

static gboolean get_int(struct instrument *thermal, enum id id, guint8 instance, gint32 *value,
                        const struct bounds *bounds, GError **error)
{
	guint32 bits = 0;
	if (!get(thermal, id, instance, &bits, bounds, error))
		return FALSE;
	*value = mecom_to_int(bits);
	return TRUE;
}

static gboolean get_degc(struct instrument *thermal, enum id id, double *degc,
                         const struct bounds *bounds, GError **error)
{
	const struct state *state = thermal->state;
	guint32 bits = 0;
	if (!get(thermal, id, state->instance, &bits, bounds, error))
		return FALSE;
	double value = mecom_to_float(bits);
	if (!isfinite(value)) {
		station_error_set(error, STATION_ERROR_DATA, "parameter %d: no valid temperature",
		                  (int)id);
		return FALSE;
	}
	*degc = value;
	return TRUE;
}

/* ---- who it is ---- */

static gboolean identify(struct instrument *thermal, struct scpi_identity *identity,
                         const struct bounds *bounds, GError **error)
{
	gint32 type = 0, serial = 0, firmware = 0;
	if (!get_int(thermal, DEVICE_TYPE, WHOLE_UNIT, &type, bounds, error) ||
	    !get_int(thermal, SERIAL_NUMBER, WHOLE_UNIT, &serial, bounds, error) ||
	    !get_int(thermal, FIRMWARE, WHOLE_UNIT, &firmware, bounds, error))
		return FALSE;
	*identity = (struct scpi_identity){.maker = "Meerstetter"};
	g_snprintf(identity->model, sizeof identity->model, "TEC-%d", type);
	g_snprintf(identity->serial, sizeof identity->serial, "%d", serial);
	/* hundredths: 310 is 3.10 */
	g_snprintf(identity->firmware, sizeof identity->firmware, "%d.%02d", firmware / 100,
	           ABS(firmware % 100));
	return TRUE;
}

static gboolean check_faults(struct instrument *thermal, const struct bounds *bounds,
                             GError **error)
{
	gint32 status = 0, number = 0;
	if (!get_int(thermal, DEVICE_STATUS, WHOLE_UNIT, &status, bounds, error))
		return FALSE;
	if (status != STATUS_ERROR)
		return TRUE;
	if (!get_int(thermal, ERROR_NUMBER, WHOLE_UNIT, &number, bounds, error))
		return FALSE;
	station_error_set(error, STATION_ERROR_INSTRUMENT, "the controller is in error %d", number);
	return FALSE;
}

/* ---- the class ---- */

static gboolean set_window(struct instrument *thermal, double window_degc, double soak_s,
                           const struct bounds *bounds, GError **error)
{
	struct state *state = thermal->state;
	thermal_watch_set_window(&state->watch, window_degc, soak_s);
	return TRUE;
}

static gboolean set_degc(struct instrument *thermal, double degc, const struct bounds *bounds,
                         GError **error)
{
	struct state *state = thermal->state;
	double got = NAN;
	if (!set(thermal, TARGET_DEGC, mecom_from_float((float)degc), bounds, error) ||
	    !get_degc(thermal, TARGET_DEGC, &got, bounds, error))
		return FALSE;
	/* what is read back is near, not equal: 1.0 may come as 0.99976 */
	if (fabs(got - degc) > facts.degc_resolution / 2) {
		station_error_set(error, STATION_ERROR_INSTRUMENT,
		                  "temperature set to %.3f, but the instrument says %.3f", degc,
		                  got);
		return FALSE;
	}
	thermal_watch_set_target(&state->watch, degc);
	return check_faults(thermal, bounds, error);
}

static gboolean set_output(struct instrument *thermal, gboolean on, const struct bounds *bounds,
                           GError **error)
{
	struct state *state = thermal->state;
	gint32 got = -1;
	thermal_watch_restart(&state->watch);
	if (!set(thermal, OUTPUT, on ? 1 : 0, bounds, error) ||
	    !get_int(thermal, OUTPUT, state->instance, &got, bounds, error))
		return FALSE;
	if (got == (on ? 1 : 0))
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "output switched %s, but the instrument says %d", on ? "on" : "off", got);
	return FALSE;
}

static gboolean start_output(struct instrument *thermal, const struct bounds *bounds,
                             GError **error)
{
	return set_output(thermal, TRUE, bounds, error) && check_faults(thermal, bounds, error);
}

static gboolean stop_output(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	return set_output(thermal, FALSE, bounds, error);
}

static gboolean read_degc(struct instrument *thermal, double *degc, const struct bounds *bounds,
                          GError **error)
{
	return get_degc(thermal, OBJECT_DEGC, degc, bounds, error);
}

static gboolean at_temperature(struct instrument *thermal, gboolean *settled,
                               const struct bounds *bounds, GError **error)
{
	struct state *state = thermal->state;
	gint32 output = 0;
	double degc = NAN;
	if (!check_faults(thermal, bounds, error) ||
	    !get_int(thermal, OUTPUT, state->instance, &output, bounds, error) ||
	    !get_degc(thermal, OBJECT_DEGC, &degc, bounds, error))
		return FALSE;
	if (output != 1)
		thermal_watch_restart(&state->watch);
	*settled = output == 1 && thermal_watch_look(&state->watch, clock_now_s(), degc);
	return TRUE;
}

static const struct thermal_ops ops = {
	.set_window = set_window,
	.set_degc = set_degc,
	.start = start_output,
	.stop = stop_output,
	.read_degc = read_degc,
	.at_temperature = at_temperature,
};

static const char *const makers[] = {"Meerstetter", NULL};
static const char *const parameters[] = {"address", "instance", NULL};

const struct instrument_driver meerstetter_thermal_driver = {
	.name = "meerstetter-thermal",
	.class = INSTRUMENT_THERMAL,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 10,
	.parameters = parameters,
	.thermal = &ops,
	.prepare = prepare,
	.identify = identify,
	.start = check_faults,
	.safe_state = stop_output,
};
