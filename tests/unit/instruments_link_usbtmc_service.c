/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/usbtmc_bed.h"

/* Requests for service on the interrupt pipe and without one, and the trigger message. */

enum { FINE = -1 };

struct row {
	const char *name;
	gboolean has_interrupt;
	guint idle_polls;
	guint8 packets[3][2]; /* on the interrupt pipe; all zero: no more */
	gboolean while_waiting;
	double seconds;
	int code;
	guint8 status;
};

static const double patient_s = 20, brief_s = 0.05;

static const struct row rows[] = {
	{"before", TRUE, 1, {{0x81, 0x60}}, FALSE, 20, FINE, 0x60},
	{"while", TRUE, 1, {{0x81, 0x60}}, TRUE, 20, FINE, 0x60},
	{"behind-others",
         TRUE,
         1,
         {{0x85, 0x60}, {0x01, 0x60}, {0x81, 0x60}},
         TRUE,
         20,
         FINE,
         0x60},
	{"spurious", TRUE, 2, {{0x81, 0x20}, {0x81, 0x00}, {0x81, 0x60}}, TRUE, 20, FINE, 0x60},
	{"only-spurious", TRUE, 99, {{0x81, 0x20}}, TRUE, 0.05, STATION_ERROR_TIMEOUT, 0},
	{"level", TRUE, 0, {{0}}, FALSE, 20, FINE, 0x60},
	{"never", TRUE, 99, {{0}}, FALSE, 0.05, STATION_ERROR_TIMEOUT, 0},
	{"polled", FALSE, 3, {{0}}, FALSE, 20, FINE, 0x60},
	{"polled-never", FALSE, 9999, {{0}}, FALSE, 0.05, STATION_ERROR_TIMEOUT, 0},
};

struct bench {
	struct device device;
	struct bus bus;
	const struct row *row;
	struct link *link;
};

static void bench_start(struct bench *bench, const struct row *row)
{
	device_init(&bench->device);
	bench->row = row;
	bench->device.has_interrupt = row->has_interrupt;
	bench->device.only_answers = TRUE;
	bench->device.status = 0x60;
	bench->device.idle_polls = row->idle_polls;
	bench->device.triggers = TRUE;
	bus_start(&bench->bus, &bench->device);
	bench->link = bed_open();
}

static void bench_stop(struct bench *bench)
{
	bed_assert_answer(bench->link, "ECHO? on", "on");
	link_close(bench->link);
	bus_stop(&bench->bus);
}

static gpointer push_packets(gpointer data)
{
	struct bench *bench = data;
	if (bench->row->while_waiting)
		g_usleep(10000);
	for (gsize i = 0; i < G_N_ELEMENTS(bench->row->packets) && bench->row->packets[i][0]; i++) {
		g_mutex_lock(&bench->bus.lock);
		memcpy(bench->device.interrupt[bench->device.n_interrupt++], bench->row->packets[i],
		       2);
		g_mutex_unlock(&bench->bus.lock);
		g_usleep(1000);
	}
	return NULL;
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	struct bench bench;
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	if (bus_missing())
		return;
	bench_start(&bench, row);
	if (!row->while_waiting)
		push_packets(&bench);
	GThread *thread = row->while_waiting ? g_thread_new("push", push_packets, &bench) : NULL;
	struct bounds bounds = {deadline_in_s(row->seconds), NULL};
	gboolean ok = link_await_service(bench.link, &status, &bounds, &error);
	if (thread)
		g_thread_join(thread);
	if (row->code == FINE)
		g_assert_no_error(error);
	else
		g_assert_error(error, STATION_ERROR, row->code);
	g_assert_true(ok == (row->code == FINE));
	g_assert_cmphex(status, ==, row->status);
	g_assert_false(link_is_dirty(bench.link));
	bench_stop(&bench);
}

static const struct row quiet = {"", TRUE, 99, {{0}}, FALSE, 20, FINE, 0};

struct fault_row {
	const char *name;
	enum device_step step;
	int fault;
	int code;
};

static const struct fault_row fault_rows[] = {
	{"status-refused", STEP_STATUS, -EPIPE, STATION_ERROR_PROTOCOL},
	{"unplugged-at-status", STEP_STATUS, -ENODEV, STATION_ERROR_IO},
	{"unplugged-at-answer", STEP_INTERRUPT, -ENODEV, STATION_ERROR_IO},
	{"pipe-stalls", STEP_INTERRUPT, -EPIPE, STATION_ERROR_PROTOCOL},
};

static void test_fault(gconstpointer data)
{
	const struct fault_row *row = data;
	struct bench bench;
	struct bounds bounds = {deadline_in_s(patient_s), NULL};
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	if (bus_missing())
		return;
	bench_start(&bench, &quiet);
	bench.device.comes_back = TRUE;
	bed_fault(&bench.bus, row->step, row->fault, 1);
	g_assert_false(link_await_service(bench.link, &status, &bounds, &error));
	g_assert_error(error, STATION_ERROR, row->code);
	g_clear_error(&error);
	g_assert_true(link_clear(bench.link, &bounds, &error));
	g_assert_no_error(error);
	bench_stop(&bench);
}

/* One that came on the pipe before a device clear is gone. */
static void test_cleared(void)
{
	static const struct row row = {"", TRUE, 99, {{0x81, 0x60}}, FALSE, 20, FINE, 0};
	struct bench bench;
	struct bounds bounds = {deadline_in_s(patient_s), NULL};
	struct bounds brief = {deadline_in_s(brief_s), NULL};
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	if (bus_missing())
		return;
	bench_start(&bench, &row);
	g_assert_false(link_await_service(bench.link, &status, &brief, NULL));
	push_packets(&bench);
	link_clear(bench.link, &bounds, &error);
	g_assert_no_error(error);
	brief = (struct bounds){deadline_in_s(brief_s), NULL};
	g_assert_false(link_await_service(bench.link, &status, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	bench_stop(&bench);
}

/* Between the byte that is asked for and its answer: kept for who asks next. */
static void test_not_swallowed(void)
{
	struct bench bench;
	struct bounds bounds = {deadline_in_s(patient_s), NULL};
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	if (bus_missing())
		return;
	bench_start(&bench, &quiet);
	bench.device.only_answers = FALSE; /* one comes with each answer */
	link_status_byte(bench.link, &status, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmphex(status, ==, 0x60);
	bench_stop(&bench);
}

static void test_trigger(void)
{
	struct bench bench;
	struct bounds bounds = {deadline_in_s(patient_s), NULL};
	g_autoptr(GError) error = NULL;
	if (bus_missing())
		return;
	bench_start(&bench, &quiet);
	bed_assert_answer(bench.link, "ECHO? a", "a");
	for (int i = 0; i < 2; i++) {
		link_trigger(bench.link, &bounds, &error);
		g_assert_no_error(error);
	}
	g_assert_cmpint(bench.device.n_trigger, ==, 2);
	g_assert_cmpint(bench.device.n_out_of_line, ==, 0);
	bench_stop(&bench);
}

/* Nothing is sent to a device that does not take it, and the link stays clean. */
static void test_no_trigger(void)
{
	struct device device;
	struct bus bus;
	struct bounds bounds = {deadline_in_s(patient_s), NULL};
	g_autoptr(GError) error = NULL;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	g_assert_false(link_trigger(link, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_assert_false(link_is_dirty(link));
	bed_assert_answer(link, "ECHO? on", "on");
	link_close(link);
	bus_stop(&bus);
}

int main(int argc, char **argv)
{
	bus_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/link/usbtmc-service/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(fault_rows); i++) {
		g_autofree char *path =
			g_strdup_printf("/link/usbtmc-service/%s", fault_rows[i].name);
		g_test_add_data_func(path, &fault_rows[i], test_fault);
	}
	g_test_add_func("/link/usbtmc-service/cleared", test_cleared);
	g_test_add_func("/link/usbtmc-service/not-swallowed", test_not_swallowed);
	g_test_add_func("/link/usbtmc-service/trigger", test_trigger);
	g_test_add_func("/link/usbtmc-service/no-trigger", test_no_trigger);
	return g_test_run();
}
