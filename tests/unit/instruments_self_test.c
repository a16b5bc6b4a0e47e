/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/instrument.h"
#include "tests/unit/instruments_link_peer.h"

/* What a meter answers to the questions about itself. */
struct meter {
	const char *options, *self_test;
	struct peer peer;
	struct instrument *instrument;
	struct bounds bounds;
};

static void serve(int fd, int connection, gpointer data)
{
	const struct meter *meter = data;
	char line[256];

	while (peer_line(fd, line, sizeof line)) {
		const char *reply = "+0,\"No error\"\n";

		if (strcmp(line, "*IDN?") == 0)
			reply = "Keysight Technologies,N7745A,DE1,1.0\n";
		else if (strcmp(line, "*OPT?") == 0)
			reply = meter->options;
		else if (strcmp(line, "*TST?") == 0)
			reply = meter->self_test;
		else if (!strchr(line, '?'))
			continue;
		else if (!strstr(line, "SYST:ERR?"))
			reply = "1\n";
		peer_send(fd, reply, strlen(reply));
	}
}

static void meter_start(struct meter *meter)
{
	GError *error = NULL;

	meter->bounds.deadline = deadline_in_s(20);
	peer_start(&meter->peer, serve, meter);
	const struct instrument_config config = {
		.name = "opm1",
		.class = INSTRUMENT_POWER_METER,
		.driver = "keysight-power-meter",
		.resource = meter->peer.resource,
		.exclusive = TRUE, /* a raw socket has no lock */
	};
	meter->instrument = instrument_open(&config, &meter->bounds, &error);
	g_assert_no_error(error);
}

static void meter_stop(struct meter *meter)
{
	instrument_close(meter->instrument);
	peer_stop(&meter->peer);
}

static void test_options(void)
{
	struct meter meter = {.options = "N7752A-002, ,N7752A-001, \n", .self_test = "0\n"};
	GError *error = NULL;

	meter_start(&meter);
	g_assert_null(instrument_identity(meter.instrument)->options);
	for (guint i = 0; i < 2; i++) {
		instrument_read_options(meter.instrument, &meter.bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(instrument_identity(meter.instrument)->options, ==,
		                "N7752A-002, ,N7752A-001,");
	}
	meter_stop(&meter);
}

static void test_self_test(void)
{
	static const struct {
		const char *reply;
		gboolean passes;
		enum station_error code;
		const char *says;
	} rows[] = {
		{"0\n", TRUE},
		{"+0\n", TRUE},
		{"4\n", FALSE, STATION_ERROR_INSTRUMENT,
	         "opm1: self-test: Keysight Technologies N7745A, serial DE1, found itself faulty: "
	         "*TST? gave 4"},
		{"-2147483648\n", FALSE, STATION_ERROR_INSTRUMENT, "gave -2147483648"},
		{"passed\n", FALSE, STATION_ERROR_PROTOCOL, "opm1: self-test: *TST?"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct meter meter = {.options = "\n", .self_test = rows[i].reply};
		GError *error = NULL;

		meter_start(&meter);
		g_assert_true(instrument_has_self_test(meter.instrument));
		gboolean ok = instrument_self_test(meter.instrument, &meter.bounds, &error);
		g_assert_cmpint(ok, ==, rows[i].passes);
		if (ok) {
			g_assert_no_error(error);
		} else {
			g_assert_error(error, STATION_ERROR, (int)rows[i].code);
			if (!strstr(error->message, rows[i].says))
				g_error("\"%s\" does not say \"%s\"", error->message, rows[i].says);
		}
		g_clear_error(&error);
		meter_stop(&meter);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/self-test/options", test_options);
	g_test_add_func("/self-test/result", test_self_test);
	return g_test_run();
}
