/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

/*
 * DD-100: commands end with CR, and answers are several lines. What is expected and what is
 * answered stand in turn, null for no answer; null for what is expected ends a connection.
 */
struct exchange {
	const char *command;
	const char *answer;
};

struct desk {
	const struct exchange *script;
	gsize at;
	gboolean wrong;
};

static const struct instrument_config config = {
	.name = "voa1",
	.class = INSTRUMENT_ATTENUATOR,
	.driver = "oz-attenuator",
};

#define DONE          "Done\r\n\r\n"
#define CONFIGURATION "CD\r\nDEVICE:DD-100\r\nIL:0.80\r\nMAX ATTEN:60.80\r\n" DONE
#define AT(db)        "DPos:1234\r\nATTEN:" db "\r\n" DONE
/* open: who is it, twice for two lines, home, and shut */
#define START                                                                                      \
	{"CD", CONFIGURATION}, {"CD", CONFIGURATION}, {"H", DONE},                                 \
		{"A60.80", "Pos:12000\r\n" DONE},                                                  \
	{                                                                                          \
		"D", AT("60.80")                                                                   \
	}
#define HANG_UP                                                                                    \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static gboolean take_command(int fd, char *command, gsize size)
{
	for (gsize i = 0; i < size; i++) {
		if (recv(fd, &command[i], 1, 0) != 1)
			return FALSE;
		if (command[i] == '\r') {
			command[i] = '\0';
			return TRUE;
		}
	}
	return FALSE;
}

static void serve(int fd, int connection, gpointer data)
{
	struct desk *desk = data;
	char command[64];
	while (!desk->wrong && take_command(fd, command, sizeof command)) {
		const struct exchange *next = &desk->script[desk->at];
		if (g_strcmp0(command, next->command) != 0) {
			g_printerr("expected %s, got %s\n", next->command, command);
			desk->wrong = TRUE;
			return;
		}
		desk->at++;
		if (next->answer)
			peer_send(fd, next->answer, strlen(next->answer));
	}
}

struct bench {
	struct desk desk;
	struct peer peer;
	struct bounds bounds;
	struct instrument *voa;
};

static gboolean start(struct bench *bench, const struct exchange *script,
                      const struct instrument_parameter *parameters, gsize n, GError **error)
{
	*bench = (struct bench){.desk = {.script = script}};
	struct instrument_config here = config;
	peer_start(&bench->peer, serve, &bench->desk);
	bench->bounds.deadline = deadline_in_s(20);
	here.resource = bench->peer.resource;
	here.parameters = parameters;
	here.n_parameters = n;
	bench->voa = instrument_open(&here, &bench->bounds, error);
	return bench->voa != NULL;
}

static void end(struct bench *bench)
{
	instrument_close(bench->voa);
	peer_stop(&bench->peer);
	g_assert_false(bench->desk.wrong);
	g_assert_cmpstr(bench->desk.script[bench->desk.at].command, ==, NULL);
}

static void test_attenuation(void)
{
	static const struct exchange script[] = {
		START,
		/* nothing moves while it is closed */
		{"A13.30", "A13.30\r\nPos:2500\r\n" DONE},
		{"D", AT("13.29")},
		{"A5.80", "Pos:1000\r\n" DONE},
		{"D", AT("5.80")},
		{"D", AT("5.80")},
		{"A60.80", "Pos:12000\r\n" DONE},
		{"D", AT("60.80")},
		HANG_UP,
	};
	struct bench bench;
	g_autoptr(GError) error = NULL;
	double db = NAN;
	start(&bench, script, NULL, 0, &error);
	g_assert_no_error(error);
	const struct bounds *bounds = &bench.bounds;
	g_assert_cmpfloat_with_epsilon(attenuator_max_db(bench.voa), 60, 1e-9);
	g_assert_cmpfloat_with_epsilon(attenuator_closed_db(bench.voa), 60, 1e-9);
	g_assert_true(attenuator_set_db(bench.voa, 1, 12.5, bounds, &error));
	g_assert_true(attenuator_get_db(bench.voa, 1, &db, bounds, &error));
	g_assert_cmpfloat(db, ==, 12.5);
	g_assert_true(attenuator_open_shutter(bench.voa, 1, TRUE, bounds, &error));
	g_assert_true(attenuator_open_shutter(bench.voa, 1, TRUE, bounds, &error));
	g_assert_true(attenuator_set_db(bench.voa, 1, 5, bounds, &error));
	g_assert_true(attenuator_get_db(bench.voa, 1, &db, bounds, &error));
	g_assert_cmpfloat_with_epsilon(db, 5, 1e-9);
	g_assert_true(attenuator_open_shutter(bench.voa, 1, FALSE, bounds, &error));
	g_assert_true(attenuator_set_wavelength(bench.voa, 1, 1310e-9, bounds, &error));
	expect_error(attenuator_set_wavelength(bench.voa, 1, 850e-9, bounds, &error), &error,
	             STATION_ERROR_RANGE, "wavelength");
	expect_error(attenuator_set_db(bench.voa, 1, 60.1, bounds, &error), &error,
	             STATION_ERROR_RANGE, "0 to 60 dB");
	end(&bench);
}

/* What people say of it, which it does not. */
static void test_identity(void)
{
	static const struct exchange script[] = {
		START,
		{"CD", CONFIGURATION},
		{"CD", CONFIGURATION},
		{"CD", "IL:0.90\r\nMAX ATTEN:60.80\r\n" DONE},
		{"CD", "IL:0.90\r\nMAX ATTEN:60.80\r\n" DONE},
		HANG_UP,
	};
	static const struct instrument_parameter said[] = {{"model", "DA-100"},
	                                                   {"serial", "112233-01"}};
	struct bench bench;
	g_autoptr(GError) error = NULL;
	start(&bench, script, said, 2, &error);
	g_assert_no_error(error);
	const struct instrument_identity *identity = instrument_identity(bench.voa);
	g_assert_cmpstr(identity->maker, ==, "OZ Optics");
	g_assert_cmpstr(identity->model, ==, "DA-100");
	g_assert_cmpstr(identity->serial, ==, "112233-01");
	g_assert_cmpstr(identity->firmware, ==, "");
	g_assert_true(instrument_identify(bench.voa, &bench.bounds, &error));
	expect_error(instrument_identify(bench.voa, &bench.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "now an attenuator with IL 0.90");
	end(&bench);
}

static void test_refused(void)
{
	static const struct exchange script[] = {
		START,
		{"A10.80", "Error-2: out of range\r\n\r\n"},
		{"A10.80", "Pos:2000\r\n" DONE},
		{"D", AT("20.80")},
		HANG_UP,
	};
	struct bench bench;
	g_autoptr(GError) error = NULL;
	start(&bench, script, NULL, 0, &error);
	g_assert_no_error(error);
	const struct bounds *bounds = &bench.bounds;
	g_assert_true(attenuator_set_db(bench.voa, 1, 10, bounds, &error));
	expect_error(attenuator_open_shutter(bench.voa, 1, TRUE, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "voa1: open shutter: A10.80: Error-2: out of range");
	expect_error(attenuator_open_shutter(bench.voa, 1, TRUE, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "attenuation set to 10.00, but the instrument says");
	end(&bench);
}

/* An answer to another command is none, and what follows looks for the way back. */
static void test_stray_answer(void)
{
	static const struct exchange script[] = {
		START,
		{"A0.80", "Pos:0\r\n" DONE},
		{"D", AT("0.80")},
		{"D", "Pos:7\r\n" DONE},
		/* the first answer after the failure is a late one */
		{"CD", AT("33.80")},
		{"CD", CONFIGURATION},
		{"D", AT("0.80")},
		HANG_UP,
	};
	struct bench bench;
	g_autoptr(GError) error = NULL;
	double db = 7;
	start(&bench, script, NULL, 0, &error);
	g_assert_no_error(error);
	const struct bounds *bounds = &bench.bounds;
	g_assert_true(attenuator_set_db(bench.voa, 1, 0, bounds, &error));
	g_assert_true(attenuator_open_shutter(bench.voa, 1, TRUE, bounds, &error));
	expect_error(attenuator_get_db(bench.voa, 1, &db, bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "D: no line \"ATTEN:\"");
	g_assert_cmpfloat(db, ==, 7);
	g_assert_true(attenuator_get_db(bench.voa, 1, &db, bounds, &error));
	g_assert_cmpfloat_with_epsilon(db, 0, 1e-9);
	end(&bench);
}

static void test_timeout(void)
{
	static const struct exchange script[] = {
		START,
		{"A0.80", NULL},
		{"CD", CONFIGURATION},
		{"A60.80", "Pos:12000\r\n" DONE},
		{"D", AT("60.80")},
		HANG_UP,
	};
	struct bench bench;
	g_autoptr(GError) error = NULL;
	start(&bench, script, NULL, 0, &error);
	g_assert_no_error(error);
	struct bounds brief = bounds_within(&bench.bounds, 0.1);
	g_assert_true(attenuator_set_db(bench.voa, 1, 0, &brief, &error));
	expect_error(attenuator_open_shutter(bench.voa, 1, TRUE, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "voa1: open shutter: A0.80");
	instrument_safe_state(bench.voa, &bench.bounds, &error);
	g_assert_no_error(error);
	end(&bench);
}

static void test_not_one(void)
{
	static const struct exchange no_range[] = {{"CD", "IL:3\r\n" DONE},
	                                           {"CD", "IL:3\r\nMAX ATTEN:2\r\n" DONE},
	                                           HANG_UP};
	static const struct exchange refuses[] = {{"CD", "Error-1: unknown\r\n\r\n"}, HANG_UP};
	static const struct exchange other[] = {{"CD", CONFIGURATION},
	                                        {"CD", CONFIGURATION},
	                                        HANG_UP};
	static const struct instrument_parameter said = {"model", "DD-200"};
	static const struct {
		const struct exchange *script;
		const char *part;
		enum station_error code;
	} rows[] = {
		{no_range, "CD: not a range of attenuation", STATION_ERROR_PROTOCOL},
		{refuses, "CD: Error-1: unknown", STATION_ERROR_INSTRUMENT},
		{other, "the driver oz-attenuator knows DD-100", STATION_ERROR_INSTRUMENT},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct bench bench;
		g_autoptr(GError) error = NULL;
		expect_error(start(&bench, rows[i].script, &said, rows[i].script == other, &error),
		             &error, rows[i].code, rows[i].part);
		end(&bench);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/attenuator/dd100/attenuation", test_attenuation);
	g_test_add_func("/attenuator/dd100/identity", test_identity);
	g_test_add_func("/attenuator/dd100/refused", test_refused);
	g_test_add_func("/attenuator/dd100/stray_answer", test_stray_answer);
	g_test_add_func("/attenuator/dd100/timeout", test_timeout);
	g_test_add_func("/attenuator/dd100/not_one", test_not_one);
	return run_scripts();
}
