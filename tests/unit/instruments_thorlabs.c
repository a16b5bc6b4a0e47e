/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/power_meter.h"

#include "base/clock.h"
#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

#include <math.h>

/*
 * The driver against a script of exact messages, each in a packet. "> TEXT" must come now, "< TEXT"
 * is answered; "silent" answers nothing more until the driver has gone. The end is null.
 */
#define OK           "> SYST:ERR?", "< 0,\"No error\""
#define FAULT(entry) "> SYST:ERR?", "< " entry, OK
#define IDENTITY     "< Thorlabs,PM103E,M00891042,1.4.0"
#define SETTINGS(unit, loss)                                                                       \
	"> ABOR", "> SENS:POW:UNIT W", OK, "> SENS:POW:UNIT?", "< " unit, "> SENS:CORR 0", OK,     \
		"> SENS:CORR?", "< " loss
#define START                                                                                      \
	"> *CLS", "> *IDN?", IDENTITY, SETTINGS("W", "0.000000E+00"), "> SENS:POW:RANG:AUTO 1",    \
		OK, "> SENS:AVER?", "< 10"
#define MEASURE "> ABOR", "> CONF:POW", "> INIT", "> FETC:STAT?"

static const struct instrument_config config = {
	.name = "opm1",
	.class = INSTRUMENT_POWER_METER,
	.driver = "thorlabs-power-meter",
};

struct rig {
	const char *const *lines;
	gsize at;
	char *mismatch; /* first; owned */
	struct peer peer;
	struct instrument *instrument;
	struct bounds bounds;
};

static gboolean receive(int fd, char *message, gsize size)
{
	guint8 header[4];
	if (recv(fd, header, 4, MSG_WAITALL) != 4)
		return FALSE;
	gsize len = (gsize)header[2] | (gsize)header[3] << 8;
	if (header[0] != 0xCA || header[1] != 0 || len < 1 || len >= size ||
	    recv(fd, message, len, MSG_WAITALL) != (gssize)len || message[len - 1] != '\n')
		return FALSE;
	message[len - 1] = '\0';
	return TRUE;
}

static void answer(int fd, const char *text)
{
	gsize len = strlen(text) + 1;
	guint8 header[4] = {0xCA, 0, (guint8)(len & 0xFF), (guint8)(len >> 8)};
	peer_send(fd, header, 4);
	peer_send(fd, text, len - 1);
	peer_send(fd, "\n", 1);
}

static void serve(int fd, int connection, gpointer data)
{
	struct rig *rig = data;
	char message[300] = "";
	const char *line;
	for (; !rig->mismatch && (line = rig->lines[rig->at]); rig->at++) {
		if (line[0] == 's') {
			rig->at++;
			peer_hold(fd);
			return;
		}
		if (line[0] == '<') {
			answer(fd, line + 2);
			continue;
		}
		gboolean came = receive(fd, message, sizeof message);
		if (!came || strcmp(message, line + 2) != 0)
			rig->mismatch =
				g_strdup_printf("line %u: expected \"%s\", %s \"%s\"",
			                        (guint)rig->at, line + 2,
			                        came ? "got" : "the driver went after", message);
		if (!came)
			return;
	}
	if (!rig->mismatch && receive(fd, message, sizeof message))
		rig->mismatch = g_strdup_printf("after the end came \"%s\"", message);
}

static gboolean rig_open(struct rig *rig, const char *const *lines, GError **error)
{
	struct instrument_config own = config;
	*rig = (struct rig){.lines = lines, .bounds = {deadline_in_s(20), NULL}};
	peer_start(&rig->peer, serve, rig);
	own.resource = rig->peer.resource;
	rig->instrument = instrument_open(&own, &rig->bounds, error);
	return rig->instrument != NULL;
}

static void rig_close(struct rig *rig)
{
	instrument_close(rig->instrument);
	peer_stop(&rig->peer);
	g_assert_cmpstr(rig->mismatch, ==, NULL);
	g_assert_cmpstr(rig->lines[rig->at], ==, NULL);
}

static void rig_start(struct rig *rig, const char *const *lines)
{
	g_autoptr(GError) error = NULL;
	rig_open(rig, lines, &error);
	g_assert_no_error(error);
}

static void expect_error(gboolean ok, GError **error, enum station_error code, const char *part)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, (int)code);
	if (!strstr((*error)->message, part))
		g_error("\"%s\" is not in \"%s\"", part, (*error)->message);
	g_clear_error(error);
}

static void test_open(void)
{
	static const char *const lines[] = {START, "> *IDN?", IDENTITY, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, lines);
	g_assert_cmpstr(instrument_identity(rig.instrument)->model, ==, "PM103E");
	g_assert_cmpuint(instrument_channels(rig.instrument), ==, 1);
	g_assert_true(instrument_identify(rig.instrument, &rig.bounds, &error));
	rig_close(&rig);
}

/* In dBm, or with a loss that somebody stored, it would read wrong without a word. */
static void test_open_refused(void)
{
	static const char *const dbm[] =
		{"> *CLS", "> *IDN?",          IDENTITY, "> ABOR", "> SENS:POW:UNIT W",
	         OK,       "> SENS:POW:UNIT?", "< DBM",  NULL};
	static const char *const lossy[] = {"> *CLS", "> *IDN?", IDENTITY,
	                                    SETTINGS("W", "3.000000E+00"), NULL};
	static const char *const other[] = {"> *CLS", "> *IDN?", "< Thorlabs,PM400,P1,1.0", NULL};
	static const struct {
		const char *const *lines;
		const char *part;
	} rows[] = {{dbm, "DBM"}, {lossy, "loss"}, {other, "PM400"}};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct rig rig;
		g_autoptr(GError) error = NULL;
		expect_error(rig_open(&rig, rows[i].lines, &error), &error,
		             STATION_ERROR_INSTRUMENT, rows[i].part);
		rig_close(&rig);
	}
}

static void test_settings(void)
{
	static const char *const lines[] = {
		START,
		"> SENS:CORR:WAV 1296", /* LR4: 1295.56 nm, whole nanometres */
		OK,
		"> SENS:CORR:WAV?",
		"< 1296",
		"> SENS:CORR:WAV 1310",
		OK,
		"> SENS:CORR:WAV?",
		"< 1550",
		"> SENS:CORR:WAV 1310",
		FAULT("-222,\"Data out of range\""),
		"> SENS:AVER 200",
		OK,
		"> SENS:AVER?",
		"< 200",
		"> SENS:AVER 200",
		OK,
		"> SENS:AVER?",
		"< 10",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, lines);
	struct instrument *meter = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	g_assert_true(power_meter_set_wavelength(meter, 1, 1295.56e-9, bounds, &error));
	expect_error(power_meter_set_wavelength(meter, 1, 1310e-9, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "opm1: set wavelength: ");
	expect_error(power_meter_set_wavelength(meter, 1, 1310e-9, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-222");
	g_assert_true(power_meter_set_averaging_s(meter, 1, 0.2, bounds, &error));
	expect_error(power_meter_set_averaging_s(meter, 1, 0.2, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "averaging time");
	/* none of these may reach the wire */
	expect_error(power_meter_set_wavelength(meter, 2, 1310e-9, bounds, &error), &error,
	             STATION_ERROR_RANGE, "no channel 2");
	expect_error(power_meter_set_wavelength(meter, 1, 1310, bounds, &error), &error,
	             STATION_ERROR_RANGE, "1310 m");
	rig_close(&rig);
}

/* Nothing is fetched before it is there: FETC? would block the meter. */
static void test_read(void)
{
	static const char *const lines[] = {
		START,          MEASURE, "< 0",     "> FETC:STAT?",    "< 0",
		"> FETC:STAT?", "< 1",   "> FETC?", "< 6.73e-4",       OK,
		MEASURE,        "< 1",   "> FETC?", "< -2.000000E-10", OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w = 7;
	rig_start(&rig, lines);
	g_assert_true(power_meter_read_w(rig.instrument, 1, &power_w, &rig.bounds, &error));
	g_assert_cmpfloat(power_w, ==, 6.73e-4);
	g_assert_true(power_meter_read_all_w(rig.instrument, &power_w, 1, &rig.bounds, &error));
	g_assert_cmpfloat(power_w, ==, -2e-10);
	rig_close(&rig);
}

static void test_no_value(void)
{
	static const char *const replies[] = {"< INF",    "< -INF",    "< NAN",
	                                      "< 9.9E37", "< 9.91E37", "< 3.4E25"};
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		const char *const lines[] = {START,      MEASURE,    "< 1",   "> FETC?",
		                             replies[i], OK,         MEASURE, "< 1",
		                             "> FETC?",  replies[i], OK,      NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		double power_w = 7;
		rig_start(&rig, lines);
		expect_error(power_meter_read_w(rig.instrument, 1, &power_w, &rig.bounds, &error),
		             &error, STATION_ERROR_DATA, "opm1: read power: channel 1");
		g_assert_cmpfloat(power_w, ==, 7);
		g_assert_true(
			power_meter_read_all_w(rig.instrument, &power_w, 1, &rig.bounds, &error));
		g_assert_true(isnan(power_w));
		rig_close(&rig);
	}
}

static void test_bad_readings(void)
{
	static const char *const fault[] = {START,     MEASURE,  "< 1",
	                                    "> FETC?", "< 1e-3", FAULT("-310,\"System error\""),
	                                    NULL};
	static const char *const word[] = {START, MEASURE, "< 1", "> FETC?", "< 1e-3 W", NULL};
	static const char *const state[] = {START, MEASURE, "< ready", NULL};
	static const struct {
		const char *const *lines;
		enum station_error code;
		const char *part;
	} rows[] = {
		{fault, STATION_ERROR_INSTRUMENT, "-310"},
		{word, STATION_ERROR_PROTOCOL, "FETC?"},
		{state, STATION_ERROR_PROTOCOL, "FETC:STAT?"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct rig rig;
		g_autoptr(GError) error = NULL;
		double power_w = 7;
		rig_start(&rig, rows[i].lines);
		expect_error(power_meter_read_w(rig.instrument, 1, &power_w, &rig.bounds, &error),
		             &error, rows[i].code, rows[i].part);
		g_assert_cmpfloat(power_w, ==, 7);
		rig_close(&rig);
	}
}

/* What it does not take it does not answer; then the next reading recovers the session first. */
static void test_silent(void)
{
	static const char *const lines[] = {
		START,   MEASURE, "silent",  "> *IDN?",  IDENTITY, OK,   "> *CLS",
		MEASURE, "< 1",   "> FETC?", "< 1.0e-3", OK,       NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w = 7;
	rig_start(&rig, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.1);
	expect_error(power_meter_read_w(rig.instrument, 1, &power_w, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "opm1: read power: FETC:STAT?");
	g_assert_cmpfloat(power_w, ==, 7);
	g_assert_true(power_meter_read_w(rig.instrument, 1, &power_w, &rig.bounds, &error));
	g_assert_cmpfloat(power_w, ==, 1e-3);
	rig_close(&rig);
}

static void test_zero(void)
{
	static const char *const lines[] = {
		START,
		MEASURE,
		"< 1",
		"> FETC?",
		"< 3.0e-10",
		OK,
		"> SENS:CORR:COLL:ZERO",
		OK,
		"> SENS:CORR:COLL:ZERO:STAT?",
		"< 1",
		"> SENS:CORR:COLL:ZERO:STAT?",
		"< 0",
		OK,
		/* with light it is not even tried */
		MEASURE,
		"< 1",
		"> FETC?",
		"< 3.0e-5",
		OK,
		/* nor over range */
		MEASURE,
		"< 1",
		"> FETC?",
		"< INF",
		OK,
		/* refused by the meter */
		MEASURE,
		"< 1",
		"> FETC?",
		"< 3.0e-10",
		OK,
		"> SENS:CORR:COLL:ZERO",
		FAULT("-200,\"Execution error\""),
		"> SENS:CORR:COLL:ZERO:ABOR",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, lines);
	g_assert_true(power_meter_zero(rig.instrument, &rig.bounds, &error));
	for (int i = 0; i < 2; i++)
		expect_error(power_meter_zero(rig.instrument, &rig.bounds, &error), &error,
		             STATION_ERROR_INSTRUMENT, "light on channels 1");
	expect_error(power_meter_zero(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-200");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	clock_set_scale(10000);
	g_test_add_func("/power_meter/pm103e/open", test_open);
	g_test_add_func("/power_meter/pm103e/open_refused", test_open_refused);
	g_test_add_func("/power_meter/pm103e/settings", test_settings);
	g_test_add_func("/power_meter/pm103e/read", test_read);
	g_test_add_func("/power_meter/pm103e/no_value", test_no_value);
	g_test_add_func("/power_meter/pm103e/bad_readings", test_bad_readings);
	g_test_add_func("/power_meter/pm103e/silent", test_silent);
	g_test_add_func("/power_meter/pm103e/zero", test_zero);
	return g_test_run();
}
