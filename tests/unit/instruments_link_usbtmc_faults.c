/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "tests/unit/usbtmc_bed.h"

/*
 * What a USBTMC link does with a device that fails: an error or the right answer, within the
 * bounds, and the right answer to the next question.
 */

enum { FOREVER = G_MAXINT };
#ifdef TESTS_IN_KERNEL
/* given back, the device is asked by the kernel's own driver, which waits 5 s for a silent one */
static const double limit_s = 12;
#else
static const double limit_s = 5;
#endif

/* How a call ended: 0 well, else the error's code + 1. */
static int how(gboolean ok, GError *error)
{
	int code = ok ? 0 : error->code + 1;
	g_assert_true(ok || error->domain == STATION_ERROR);
	g_clear_error(&error);
	return code;
}

/* A query whose answer, if there is one, must be as expected. */
static int ask(struct link *link, const char *query, const char *expected,
               const struct bounds *bounds)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	gboolean ok = link_query(link, query, reply, 4000, bounds, &error);

	if (ok)
		g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
	else
		g_assert_cmpuint(reply->len, ==, 0);
	g_assert_false(ok && link_is_dirty(link));
	return how(ok, error);
}

/* ---- a fault at each step ---- */

struct step_row {
	enum device_step step;
	gboolean after_in;  /* strikes when an answer that did not come is given up */
	gboolean after_out; /* the same of a command */
	int stalled;        /* how the call ends then; -1: as it likes */
};

#define ENDS(code) (STATION_ERROR_##code + 1)

static const struct step_row step_rows[] = {
	{STEP_STRING, .stalled = ENDS(IO)},
	{STEP_CAPABILITIES},
	{STEP_REMOTE},
	{STEP_CLEAR},
	{STEP_CHECK_CLEAR},
	{STEP_CLEAR, .after_in = TRUE},
	{STEP_CHECK_CLEAR, .after_in = TRUE},
	{STEP_ABORT_IN, .after_in = TRUE},
	{STEP_CHECK_ABORT_IN, .after_in = TRUE},
	{STEP_ABORT_OUT, .after_out = TRUE},
	{STEP_CHECK_ABORT_OUT, .after_out = TRUE},
	{STEP_STATUS, .stalled = ENDS(PROTOCOL)},
	{STEP_INTERRUPT, .stalled = ENDS(PROTOCOL)},
	{STEP_OUT, .stalled = ENDS(PROTOCOL)},
	{STEP_REQUEST, .stalled = ENDS(PROTOCOL)},
	{STEP_IN, .stalled = ENDS(PROTOCOL)},
	{STEP_IN_REST, .stalled = ENDS(PROTOCOL)},
};

/* Leaves the device with a transfer that was given up. */
static void give_up(struct bus *bus, struct link *link, enum device_step step)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	const struct bounds bounds = {deadline_in_s(60), cancellable};

	bus->device->on_silence = cancellable;
	bed_fault(bus, step, -EAGAIN, FOREVER);
	g_assert_cmpint(ask(link, "ECHO? stale", "", &bounds), ==, ENDS(CANCELLED));
	bed_fault(bus, STEP_NONE, 0, 0);
	bus->device->on_silence = NULL;
	bus->device->pending = 2;
}

/* Goes on until something fails; link may be opened by it. */
static int go(const struct step_row *row, struct link **link, const struct bounds *bounds)
{
	g_autofree char *expected = g_strnfill(100, 'x');
	GError *error = NULL;
	guint8 status;

	if (!*link) {
		*link = link_open(bed_resource, &link_settings_scpi, NULL, bounds, &error);
		if (!*link)
			return how(FALSE, error);
	}
	if ((row->after_in || row->after_out) && !link_clear(*link, bounds, &error))
		return how(FALSE, error);
	if ((row->step == STEP_STATUS || row->step == STEP_INTERRUPT) &&
	    !link_status_byte(*link, &status, bounds, &error))
		return how(FALSE, error);
	return ask(*link, "TEXT? 100", expected, bounds);
}

static void assert_found_again(struct bus *bus, struct link *link)
{
	const struct bounds bounds = {deadline_in_s(10), NULL};
	GError *error = NULL;

	bus_unplug(bus);
	g_assert_true(!link || !link_clear(link, &bounds, &error));
	if (link)
		g_assert_cmpint(how(FALSE, error), ==, ENDS(IO));
	bus_plug(bus);
	if (link && !link_is_dirty(link))
		link_mark_dirty(link);
}

static void run_step(const struct step_row *row, int fault)
{
	struct device device;
	struct bus bus;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	const struct bounds bounds = {deadline_in_s(60), cancellable};
	struct link *link = NULL;

	device_init(&device);
	device.has_interrupt = row->step == STEP_INTERRUPT;
	bus_start(&bus, &device);
	if (row->after_in || row->after_out) {
		link = bed_open();
		give_up(&bus, link, row->after_in ? STEP_IN : STEP_OUT);
	}
	device.on_silence = cancellable;
	bed_fault(&bus, row->step, fault, fault == -EAGAIN ? FOREVER : 1);
	gint64 start_us = g_get_monotonic_time();
	int end = go(row, &link, &bounds);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, limit_s * G_USEC_PER_SEC);
	g_assert_cmpint(device.n_struck, >, 0);
	if (fault == -EPIPE)
		g_assert_cmpint(end, ==, row->stalled);
	else if (fault == -ENODEV && row->step != STEP_STRING)
		g_assert_cmpint(end, ==, ENDS(IO));
	else if (fault == -EAGAIN)
		g_assert_cmpint(end, ==, ENDS(CANCELLED));
	bed_fault(&bus, STEP_NONE, 0, 0);
	device.on_silence = NULL;
	if (fault == -ENODEV)
		assert_found_again(&bus, link);
	if (!link)
		link = bed_open();
	bed_assert_answer(link, "ECHO? next", "next");
	link_close(link);
	bus_assert_unclaimed(&bus);
	bus_stop(&bus);
}

static void test_steps(gconstpointer data)
{
	if (bus_missing())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(step_rows); i++)
		run_step(&step_rows[i], GPOINTER_TO_INT(data));
}

/* ---- answers that are wrong ---- */

static const struct {
	enum device_garble garble;
	int end; /* 0: the right answer */
	double limit_s;
} answer_rows[] = {
	{GARBLE_TAG, ENDS(PROTOCOL), 10},
	{GARBLE_TAG_INVERSE, ENDS(PROTOCOL), 10},
	{GARBLE_ID, ENDS(PROTOCOL), 10},
	{GARBLE_ASKED, ENDS(PROTOCOL), 10},
	{GARBLE_BEYOND, ENDS(PROTOCOL), 10},
	{GARBLE_NO_END, ENDS(TIMEOUT), 0.05},
	{GARBLE_NOTHING, ENDS(PROTOCOL), 10},
	{GARBLE_BABBLE, 0, 10},
	{GARBLE_EMPTY, 0, 10},
	{GARBLE_EMPTIES, ENDS(PROTOCOL), 10},
	{GARBLE_NO_SHORT, 0, 10},
	{GARBLE_PADDING, 0, 10},
};

static void test_answers(void)
{
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	for (gsize i = 0; i < G_N_ELEMENTS(answer_rows); i++) {
		bed_assert_answer(link, "ECHO? before", "before");
		const struct bounds bounds = {deadline_in_s(answer_rows[i].limit_s), NULL};
		gint64 start_us = g_get_monotonic_time();
		bed_garble(&bus, answer_rows[i].garble, 0);
		g_assert_cmpint(ask(link, "ECHO? value", "value", &bounds), ==, answer_rows[i].end);
		g_assert_cmpint(g_get_monotonic_time() - start_us, <, limit_s * G_USEC_PER_SEC);
		bed_garble(&bus, GARBLE_NONE, 0);
		/* whether all of it came in time is not known; what is left makes an error */
		if (answer_rows[i].garble == GARBLE_BABBLE)
			link_mark_dirty(link);
		bed_assert_answer(link, "ECHO? after", "after");
	}
	link_close(link);
	bus_stop(&bus);
}

static void test_too_long(void)
{
	const struct bounds bounds = {deadline_in_s(10), NULL};
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	g_assert_cmpint(ask(link, "TEXT? 4001", "", &bounds), ==, ENDS(PROTOCOL));
	g_assert_cmpint(ask(link, "BLOCK? 4001", "", &bounds), ==, ENDS(PROTOCOL));
	bed_assert_answer(link, "ECHO? next", "next");
	link_close(link);
	bus_stop(&bus);
}

/* The transfer ends after each of its bytes: three packets, of which the last 3 bytes are padding.
 */
static void test_cuts(void)
{
	enum { LEN = 12 + 21, PADDED = 36 };
	g_autofree char *expected = g_strnfill(20, 'x');
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	device.packet = 16;
	bus_start(&bus, &device);
	struct link *link = bed_open();
	for (gsize at = 0; at < PADDED; at++) {
		/* without a single byte there is silence */
		const struct bounds bounds = {deadline_in_s(at == 0 ? 0.05 : 10), NULL};
		bed_garble(&bus, GARBLE_CUT, at);
		g_assert_cmpint(ask(link, "TEXT? 20", expected, &bounds), ==,
		                at == 0    ? ENDS(TIMEOUT)
		                : at < LEN ? ENDS(PROTOCOL)
		                           : 0);
		bed_garble(&bus, GARBLE_NONE, 0);
		bed_assert_answer(link, "ECHO? next", "next");
	}
	link_close(link);
	bus_stop(&bus);
}

/* ---- deadlines, and what recovery needs ---- */

/* A late answer is never the next one's, whether the device knows how to be cleared or not. */
static void test_stale(void)
{
	static const enum device_step ignorant[] = {STEP_NONE, STEP_ABORT_IN, STEP_CLEAR};
	if (bus_missing())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(ignorant); i++) {
		struct device device;
		struct bus bus;
		device_init(&device);
		bus_start(&bus, &device);
		struct link *link = bed_open();
		give_up(&bus, link, STEP_IN);
		device.n_abort_in = 0;
		bed_fault(&bus, ignorant[i], -EPIPE, FOREVER);
		bed_assert_answer(link, "ECHO? next", "next");
		g_assert_cmpint(device.n_reset, ==, ignorant[i] == STEP_CLEAR);
		g_assert_cmpint(device.n_abort_in, ==, ignorant[i] != STEP_ABORT_IN);
		link_close(link);
		bus_stop(&bus);
	}
}

static void test_deadline(void)
{
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	bed_fault(&bus, STEP_IN, -EAGAIN, FOREVER);
	const struct bounds bounds = {deadline_in_s(0.05), NULL};
	gint64 start_us = g_get_monotonic_time();
	g_assert_cmpint(ask(link, "ECHO? stale", "", &bounds), ==, ENDS(TIMEOUT));
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, limit_s * G_USEC_PER_SEC);
	bed_fault(&bus, STEP_NONE, 0, 0);
	bed_assert_answer(link, "ECHO? next", "next");
	link_close(link);
	bus_stop(&bus);
}

/* Within an answer the silence allowed is shorter than the deadline. */
static void test_silence_inside(void)
{
	struct link_settings settings = link_settings_scpi;
	const struct bounds bounds = {deadline_in_s(60), NULL};
	struct device device;
	struct bus bus;
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	if (bus_missing())
		return;
	device_init(&device);
	device.garble = GARBLE_NO_END;
	bus_start(&bus, &device);
	settings.stall_s = 0.05;
	struct link *link = link_open(bed_resource, &settings, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_false(link_query(link, "ECHO? half", reply, 100, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmpstr(error->message, ==,
	                "the answer stopped after 5 bytes, before its end mark");
	link_close(link);
	bus_stop(&bus);
}

static void test_unplugged_words(void)
{
	const struct bounds bounds = {deadline_in_s(10), NULL};
	struct device device;
	struct bus bus;
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	bed_fault(&bus, STEP_IN, -ENODEV, 1);
	g_assert_false(link_query(link, "ECHO? a", reply, 100, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_cmpstr(error->message, ==, "answer: unplugged");
	link_close(link);
	bus_stop(&bus);
}

/* A stalled pipe stays so until its halt is cleared. */
static void test_halt(void)
{
	const struct bounds bounds = {deadline_in_s(10), NULL};
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	int before = device.n_halt_out;
	bed_fault(&bus, STEP_IN, -EPIPE, 1);
	g_assert_cmpint(ask(link, "ECHO? a", "a", &bounds), ==, ENDS(PROTOCOL));
	g_assert_true(link_clear(link, &bounds, NULL));
	g_assert_cmpint(device.n_halt_in, ==, 1);
	g_assert_cmpint(device.n_halt_out, ==, before + 1);
	link_close(link);
	bus_stop(&bus);
}

/* A clear that never ends ends with its deadline, and the link stays dirty. */
static void test_clear_bounded(void)
{
	struct device device;
	struct bus bus;
	g_autoptr(GError) error = NULL;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	device.pending = FOREVER;
	const struct bounds bounds = {deadline_in_s(0.05), NULL};
	gint64 start_us = g_get_monotonic_time();
	g_assert_false(link_clear(link, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, limit_s * G_USEC_PER_SEC);
	g_assert_true(link_is_dirty(link));
	device.pending = 0;
	bed_assert_answer(link, "ECHO? next", "next");
	link_close(link);
	bus_stop(&bus);
}

int main(int argc, char **argv)
{
	bus_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_data_func("/link/usbtmc/silence", GINT_TO_POINTER(-EAGAIN), test_steps);
	g_test_add_data_func("/link/usbtmc/stall", GINT_TO_POINTER(-EPIPE), test_steps);
	g_test_add_data_func("/link/usbtmc/unplugged", GINT_TO_POINTER(-ENODEV), test_steps);
	g_test_add_func("/link/usbtmc/answers", test_answers);
	g_test_add_func("/link/usbtmc/cuts", test_cuts);
	g_test_add_func("/link/usbtmc/stale", test_stale);
	g_test_add_func("/link/usbtmc/deadline", test_deadline);
	g_test_add_func("/link/usbtmc/too-long", test_too_long);
	g_test_add_func("/link/usbtmc/silence-inside", test_silence_inside);
	g_test_add_func("/link/usbtmc/unplugged-words", test_unplugged_words);
	g_test_add_func("/link/usbtmc/halt", test_halt);
	g_test_add_func("/link/usbtmc/clear-bounded", test_clear_bounded);
	return g_test_run();
}
