/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/thermal.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

/*
 * The driver against exact frames. A line is the address, sequence number and payload of what must
 * come, then of what is answered; signs, checksums and CR are put around by the peer here. Answers
 * "silent": none, until the driver connects anew; "=...": that text as it stands.
 */
struct mecom_line {
	const char *request;
	const char *answer; /* null: the request's checksum, done */
};

struct mecom_rig {
	const struct mecom_line *lines;
	gsize at;
	char *mismatch;
	struct peer peer;
	struct instrument *instrument;
	struct bounds bounds;
};

static const struct instrument_config config = {
	.name = "plate1",
	.class = INSTRUMENT_THERMAL,
	.driver = "meerstetter-thermal",
};

static guint sum_of(const char *text)
{
	guint sum = 0;
	for (; *text; text++) {
		for (guint mask = 0x80; mask; mask >>= 1) {
			gboolean bit = ((guint8)*text & mask) != 0;
			gboolean top = (sum & 0x8000) != 0;
			sum = (sum << 1 & 0xffff) ^ (bit != top ? 0x1021 : 0);
		}
	}
	return sum;
}

static char *frame_of(char sign, const char *text)
{
	g_autofree char *bare = g_strdup_printf("%c%s", sign, text);
	return g_strdup_printf("%s%04X\r", bare, sum_of(bare));
}

static char *answer_to(const struct mecom_line *line)
{
	g_autofree char *asked = g_strdup_printf("#%s", line->request);
	if (!line->answer)
		return g_strdup_printf("!%.6s%04X\r", line->request, sum_of(asked));
	if (line->answer[0] == '=')
		return g_strdup_printf("%s\r", line->answer + 1);
	g_autofree char *head = g_strdup_printf("%.6s%s", line->request, line->answer);
	return frame_of('!', head);
}

static gboolean expect_frame(struct mecom_rig *rig, int fd)
{
	g_autofree char *expected = frame_of('#', rig->lines[rig->at].request);
	g_autofree char *got = g_malloc0(strlen(expected) + 1);
	for (gsize i = 0; i < strlen(expected); i++) {
		if (recv(fd, &got[i], 1, 0) != 1)
			break;
	}
	if (strcmp(got, expected) == 0)
		return TRUE;
	rig->mismatch = g_strdup_printf("line %u: expected \"%s\", got \"%s\"", (guint)rig->at,
	                                expected, got);
	return FALSE;
}

static void serve(int fd, int connection, gpointer data)
{
	struct mecom_rig *rig = data;
	char extra;
	while (!rig->mismatch && rig->lines[rig->at].request) {
		if (!expect_frame(rig, fd))
			return;
		const struct mecom_line *line = &rig->lines[rig->at++];
		if (line->answer && strcmp(line->answer, "silent") == 0) {
			peer_hold(fd);
			return;
		}
		g_autofree char *answer = answer_to(line);
		peer_send(fd, answer, strlen(answer));
		/* after what is wrong the driver hangs up */
		if (line->answer && line->answer[0] == '=') {
			peer_hold(fd);
			return;
		}
	}
	if (!rig->mismatch && recv(fd, &extra, 1, 0) == 1)
		rig->mismatch = g_strdup_printf("connection %d: more after the end", connection);
}

static gboolean mecom_open(struct mecom_rig *rig, struct instrument_config with,
                           const struct mecom_line *lines, GError **error)
{
	*rig = (struct mecom_rig){.lines = lines};
	peer_start(&rig->peer, serve, rig);
	rig->bounds.deadline = deadline_in_s(20);
	with.resource = rig->peer.resource;
	rig->instrument = instrument_open(&with, &rig->bounds, error);
	return rig->instrument != NULL;
}

static void mecom_start(struct mecom_rig *rig, const struct mecom_line *lines)
{
	g_autoptr(GError) error = NULL;
	gboolean ok = mecom_open(rig, config, lines, &error);
	if (!ok)
		g_test_message("script: %s", rig->mismatch);
	g_assert_no_error(error);
}

static void mecom_close(struct mecom_rig *rig)
{
	instrument_close(rig->instrument);
	peer_stop(&rig->peer);
	g_assert_cmpstr(rig->mismatch, ==, NULL);
	g_assert_cmpstr(rig->lines[rig->at].request, ==, NULL);
}

#define READY(sequence)                                                                            \
	{                                                                                          \
		sequence "?VR006801", "00000001"                                                   \
	}
/* type 1091 = 0x443, serial number 17, firmware 3.10, ready */
#define IDENTITY                                                                                   \
	{"000001?VR006401", "00000443"}, {"000002?VR006601", "00000011"},                          \
	{                                                                                          \
		"000003?VR006701", "00000136"                                                      \
	}
#define START IDENTITY, READY("000004")
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static void test_identity(void)
{
	static const struct mecom_line lines[] = {START, END};
	struct mecom_rig rig;
	mecom_start(&rig, lines);
	const struct instrument_identity *identity = instrument_identity(rig.instrument);
	g_assert_cmpstr(identity->maker, ==, "Meerstetter");
	g_assert_cmpstr(identity->model, ==, "TEC-1091");
	g_assert_cmpstr(identity->serial, ==, "17");
	g_assert_cmpstr(identity->firmware, ==, "3.10");
	mecom_close(&rig);
}

static void test_set(void)
{
	static const struct mecom_line lines[] = {
		START,
		{"000005VS0BB801428C0000", NULL}, /* 70.0 */
		{"000006?VR0BB801", "428BFFFF"},  /* 69.99999 */
		READY("000007"),
		{"000008VS07DA0100000001", NULL},
		{"000009?VR07DA01", "00000001"},
		READY("00000A"),
		{"00000B?VR03E801", "42840000"}, /* 66.0 */
		{"00000CVS07DA0100000000", NULL},
		{"00000D?VR07DA01", "00000000"},
		END,
	};
	struct mecom_rig rig;
	g_autoptr(GError) error = NULL;
	double degc = 0;
	mecom_start(&rig, lines);
	g_assert_true(thermal_set_window(rig.instrument, 1, 0, &rig.bounds, &error));
	g_assert_true(thermal_set_degc(rig.instrument, 70, &rig.bounds, &error));
	g_assert_true(thermal_start(rig.instrument, &rig.bounds, &error));
	g_assert_true(thermal_read_degc(rig.instrument, &degc, &rig.bounds, &error));
	g_assert_cmpfloat(degc, ==, 66);
	g_assert_true(thermal_stop(rig.instrument, &rig.bounds, &error));
	g_assert_no_error(error);
	mecom_close(&rig);
}

#define LOOK(status, output, present, degc)                                                        \
	{status "?VR006801", "00000002"}, {output "?VR07DA01", "00000001"},                        \
	{                                                                                          \
		present "?VR03E801", degc                                                          \
	}

/* Not before it is inside the window, and not while the output is off. */
static void test_at_temperature(void)
{
	static const struct mecom_line lines[] = {
		START,
		{"000005VS0BB80141C80000", NULL},
		{"000006?VR0BB801", "41C80000"},
		READY("000007"),
		LOOK("000008", "000009", "00000A", "41D80000"), /* 27.0 */
		LOOK("00000B", "00000C", "00000D", "41CC0000"), /* 25.5 */
		{"00000E?VR006801", "00000001"},
		{"00000F?VR07DA01", "00000000"},
		{"000010?VR03E801", "41CC0000"},
		END,
	};
	struct mecom_rig rig;
	g_autoptr(GError) error = NULL;
	static const gboolean expected[] = {FALSE, TRUE, FALSE};
	mecom_start(&rig, lines);
	g_assert_true(thermal_set_window(rig.instrument, 1, 0, &rig.bounds, &error));
	g_assert_true(thermal_set_degc(rig.instrument, 25, &rig.bounds, &error));
	for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
		gboolean settled = !expected[i];
		g_assert_true(
			thermal_at_temperature(rig.instrument, &settled, &rig.bounds, &error));
		g_assert_cmpint(settled, ==, expected[i]);
	}
	mecom_close(&rig);
}

static void test_faults(void)
{
	static const struct mecom_line lines[] = {
		START,
		{"000005?VR03E801", "7FC00000"}, /* NaN */
		{"000006VS0BB80142C80000", "+07"},
		{"000007VS0BB80142480000", NULL}, /* 50.0 */
		{"000008?VR0BB801", "41C80000"},
		{"000009?VR006801", "00000003"},
		{"00000A?VR006901", "00000021"},
		{"00000BVS07DA0100000000", NULL},
		{"00000C?VR07DA01", "00000002"},
		END,
	};
	struct mecom_rig rig;
	g_autoptr(GError) error = NULL;
	double degc = 7;
	gboolean settled = TRUE;
	mecom_start(&rig, lines);
	struct instrument *plate = rig.instrument;
	expect_error(thermal_read_degc(plate, &degc, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "plate1: read temperature: ");
	g_assert_cmpfloat(degc, ==, 7);
	expect_error(thermal_set_degc(plate, 100, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "value out of range");
	expect_error(thermal_set_degc(plate, 50, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "temperature set to 50.000");
	expect_error(thermal_at_temperature(plate, &settled, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "in error 33");
	expect_error(instrument_safe_state(plate, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "plate1: safe state: output switched off");
	expect_error(thermal_set_degc(plate, 126, &rig.bounds, &error), &error, STATION_ERROR_RANGE,
	             "126");
	mecom_close(&rig);
}

/* What answers another request, or nothing in time, makes a new connection; no value of it. */
static void test_stale(void)
{
	static const struct mecom_line lines[] = {
		START,
		{"000005?VR03E801", "=!00000341C800005982"}, /* of sequence number 3 */
		{"000006?VR03E801", "silent"},
		{"000007?VR03E801", "42840000"},
		END,
	};
	struct mecom_rig rig;
	g_autoptr(GError) error = NULL;
	double degc = 7;
	mecom_start(&rig, lines);
	expect_error(thermal_read_degc(rig.instrument, &degc, &rig.bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "sequence number");
	struct bounds soon = {.deadline = deadline_in_s(0.2)};
	expect_error(thermal_read_degc(rig.instrument, &degc, &soon, &error), &error,
	             STATION_ERROR_TIMEOUT, "");
	g_assert_cmpfloat(degc, ==, 7);
	g_assert_true(thermal_read_degc(rig.instrument, &degc, &rig.bounds, &error));
	g_assert_cmpfloat(degc, ==, 66);
	mecom_close(&rig);
}

static void test_parameters(void)
{
	static const struct instrument_parameter there[] = {{"address", "5"}, {"instance", "2"}};
	static const struct instrument_parameter nowhere = {"address", "256"};
	static const struct mecom_line lines[] = {
		{"050001?VR006401", "00000462"}, /* 1122 */
		{"050002?VR006601", "00000011"},
		{"050003?VR006701", "00000136"},
		{"050004?VR006801", "00000001"},
		{"050005?VR03E802", "41C80000"},
		END,
	};
	static const struct mecom_line unknown[] = {
		{"000001?VR006401", "00000007"},
		{"000002?VR006601", "00000011"},
		{"000003?VR006701", "00000136"},
		END,
	};
	struct instrument_config with = config;
	struct mecom_rig rig;
	g_autoptr(GError) error = NULL;
	double degc = 0;
	with.parameters = there;
	with.n_parameters = 2;
	g_assert_true(mecom_open(&rig, with, lines, &error));
	g_assert_true(thermal_read_degc(rig.instrument, &degc, &rig.bounds, &error));
	mecom_close(&rig);
	with.parameters = &nowhere;
	with.n_parameters = 1;
	expect_error(instrument_config_check(&with, &error), &error, STATION_ERROR_CONFIG,
	             "plate1: address: \"256\" is not 0 to 255");
	expect_error(mecom_open(&rig, config, unknown, &error), &error, STATION_ERROR_INSTRUMENT,
	             "a \"TEC-7\" of \"Meerstetter\" answers");
	mecom_close(&rig);
}

/* ---- window and soak that the station keeps ---- */

static void test_watch(void)
{
	struct thermal_watch watch;
	thermal_watch_init(&watch);
	thermal_watch_set_window(&watch, 1, 30);
	g_assert_false(thermal_watch_look(&watch, 0, 25)); /* no target yet */
	thermal_watch_set_target(&watch, 25);
	g_assert_false(thermal_watch_look(&watch, 100, 24));
	g_assert_false(thermal_watch_look(&watch, 129.9, 26));
	g_assert_true(thermal_watch_look(&watch, 130, 25));
	/* the same once more changes nothing */
	thermal_watch_set_target(&watch, 25);
	thermal_watch_set_window(&watch, 1, 30);
	g_assert_true(thermal_watch_look(&watch, 131, 25));
	/* out, no number, another target, another window: each begins anew */
	g_assert_false(thermal_watch_look(&watch, 140, 26.1));
	g_assert_false(thermal_watch_look(&watch, 150, 25));
	g_assert_false(thermal_watch_look(&watch, 175, NAN));
	g_assert_false(thermal_watch_look(&watch, 185, 25));
	g_assert_true(thermal_watch_look(&watch, 215, 25));
	thermal_watch_set_target(&watch, 25.5);
	g_assert_false(thermal_watch_look(&watch, 216, 25));
	thermal_watch_set_window(&watch, 2, 0);
	g_assert_true(thermal_watch_look(&watch, 217, 25));
	thermal_watch_set_window(&watch, 2, 1);
	g_assert_false(thermal_watch_look(&watch, 218, 25));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/thermal/watch", test_watch);
	g_test_add_func("/thermal/tec/identity", test_identity);
	g_test_add_func("/thermal/tec/set", test_set);
	g_test_add_func("/thermal/tec/at_temperature", test_at_temperature);
	g_test_add_func("/thermal/tec/faults", test_faults);
	g_test_add_func("/thermal/tec/stale", test_stale);
	g_test_add_func("/thermal/tec/parameters", test_parameters);
	return run_scripts();
}
