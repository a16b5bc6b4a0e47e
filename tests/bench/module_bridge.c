/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/module_bridge_bed.h"

/* Fixtures behind bridges on USB: the driver, libusb, and a model of the bridge with a module. */

/* --- a whole fixture -------------------------------------------------------------------------- */

static void read_pages(struct fixture *fix)
{
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	const guint8 half = 128, selector = 127;
	guint8 low[128], page[128], whole[256], shown = 0xFF;

	for (guint8 i = 0; i < 3; i++) {
		const guint8 select[] = {127, i};

		fixture_i2c_write(fix, 0x50, select, 2, NULL, &bounds, &error);
		g_assert_no_error(error);
		fixture_i2c_xfer(fix, 0x50, &selector, 1, &shown, 1, NULL, &bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(shown, ==, i);
		fixture_i2c_xfer(fix, 0x50, &half, 1, page, sizeof page, NULL, &bounds, &error);
		g_assert_no_error(error);
		if (i == 0)
			g_assert_cmphex(page[0], ==, 0x18);
	}
	fixture_i2c_xfer(fix, 0x50, (const guint8 *)"", 1, whole, 256, NULL, &bounds, &error);
	g_assert_no_error(error);
	/* a module's pointer stays in its half */
	g_assert_cmpmem(whole, 3, whole + 128, 3);
	/* the pointer, then a read without a write */
	fixture_i2c_write(fix, 0x50, (const guint8 *)"", 1, NULL, &bounds, &error);
	g_assert_no_error(error);
	fixture_i2c_read(fix, 0x50, low, sizeof low, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(low, 3, whole, 3);
}

static void look_around(struct bed *bed, struct fixture *fix)
{
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	struct hid_model *interrupts = bed->second ? bed->second : bed->model;
	guint line = bed->second ? 2 : 4;
	gboolean on = FALSE;

	fixture_module_present(fix, &on, &bounds, &error);
	g_assert_no_error(error);
	g_assert_true(on);
	for (guint low = 0; low < 2; low++) {
		hid_bus_lock(&bed->bus);
		interrupts->outside = low ? interrupts->outside & ~(1u << line)
		                          : interrupts->outside | 1u << line;
		hid_lines_moved(interrupts);
		hid_bus_unlock(&bed->bus);
		fixture_interrupt(fix, &on, &bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpint(on, ==, low);
	}
}

/* What stays to be seen when the kernel's driver has it again. */
static void assert_back(struct bed *bed)
{
	for (guint i = 0; i < 1000 && !hid_bus_has_driver(&bed->bus, bed->model); i++)
		g_usleep(1000);
	g_assert_true(hid_bus_has_driver(&bed->bus, bed->model));
}

static void test_fixture(gconstpointer kind)
{
	struct bed bed;
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	struct fixture *fix;

	if (hid_bus_missing())
		return;
	bed_start(&bed, GPOINTER_TO_UINT(kind));
	g_assert_true(hid_bus_has_driver(&bed.bus, bed.model));
	fix = bed_open(&bed, &error);
	g_assert_no_error(error);
	g_assert_false(hid_bus_has_driver(&bed.bus, bed.model));
	/* becoming outputs, lines have not left the levels of their resistors, which are the safe
	 */
	g_assert_cmpstr(bed.model->edges->str, ==, "");
	g_assert_cmpuint(bed.model->outputs, ==, 7);
	g_assert_cmpuint(bed.model->open_drain & 7, ==, 0);
	fixture_select(fix, TRUE, &bounds, &error);
	fixture_set_reset(fix, FALSE, &bounds, &error);
	fixture_set_low_power(fix, FALSE, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(bed.model->edges->str, ==, "2- 0+ 1- ");
	bed_pass_time(&bed);
	read_pages(fix);
	look_around(&bed, fix);
	fixture_safe(fix, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(bed.model->levels & 7, ==, 6);
	fixture_close(fix);
	assert_back(&bed);
	/* whoever comes next finds outputs, and does not move them before their levels are known */
	g_string_truncate(bed.model->edges, 0);
	fix = bed_open(&bed, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(bed.model->edges->str, ==, "");
	fixture_close(fix);
	bed_stop(&bed);
}

/* No edges: levels are looked at, and waiting ends. */
static void test_wait(gconstpointer kind)
{
	struct bed bed;
	struct bounds brief;
	g_autoptr(GError) error = NULL;
	struct fixture *fix;
	guint happened = 0;

	if (hid_bus_missing())
		return;
	bed_start(&bed, GPOINTER_TO_UINT(kind));
	fix = bed_open_ready(&bed);
	brief = within(0.08);
	g_assert_false(fixture_wait(fix, FIXTURE_EVENT_PRESENCE | FIXTURE_EVENT_INTERRUPT,
	                            &happened, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	fixture_close(fix);
	bed_stop(&bed);
}

/* --- what goes wrong -------------------------------------------------------------------------- */

struct wrong {
	enum hid_fault fault;
	enum hid_i2c trouble;
	guint after; /* so many reports go well before */
	enum station_error code;
	enum fixture_nack nack;
	const char *says;
	double limit_s; /* the caller's; 0: a long one */
};

/* A write of a pointer and a read of 100 bytes. */
static const struct wrong of_both[] = {
	{HID_GOOD, HID_I2C_NACK_ADDRESS, 0, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS,
         "no acknowledge of its address"},
	{HID_GOOD, HID_I2C_NEVER, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "still busy after 500 ms"},
	{HID_GOOD, HID_I2C_NEVER, 0, STATION_ERROR_TIMEOUT, FIXTURE_NACK_NONE, "", 0.05},
	{HID_SILENT, HID_I2C_OK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "wait for a report: no answer in 1 s"},
	{HID_SILENT, HID_I2C_OK, 1, STATION_ERROR_TIMEOUT, FIXTURE_NACK_NONE, "", 0.05},
	{HID_SILENT, HID_I2C_OK, 4, STATION_ERROR_TIMEOUT, FIXTURE_NACK_NONE, "", 0.05},
	{HID_LATE, HID_I2C_OK, 0, STATION_ERROR_TIMEOUT, FIXTURE_NACK_NONE, "", 0.05},
	{HID_STALL_OUT, HID_I2C_OK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "send a report: refused with a stall"},
	{HID_STALL_OUT, HID_I2C_OK, 2, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "send a report: refused with a stall"},
	{HID_STALL_IN, HID_I2C_OK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "wait for a report: refused with a stall"},
	{HID_SHORT, HID_I2C_OK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE, ""},
	{HID_SHORT, HID_I2C_OK, 3, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE, ""},
	{HID_EMPTY, HID_I2C_OK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE, ""},
	{HID_WRONG_ID, HID_I2C_OK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE, "in place of"},
	{HID_WRONG_ID, HID_I2C_OK, 4, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE, "in place of"},
};

static const struct wrong of_cp2112[] = {
	{HID_GOOD, HID_I2C_NACK_DATA, 0, STATION_ERROR_MODULE, FIXTURE_NACK_DATA,
         "no acknowledge of a data byte"},
	{HID_GOOD, HID_I2C_STUCK, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "the I2C bus is held low"},
	{HID_GOOD, HID_I2C_HELD, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "the I2C bus is held low"},
	{HID_GOOD, HID_I2C_TAKEN, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "another master took the I2C bus"},
	{HID_GOOD, HID_I2C_CUT, 0, STATION_ERROR_MODULE, FIXTURE_NACK_NONE, "the read broke off"},
	{HID_LONG_COUNT, HID_I2C_OK, 3, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "a report with 62 bytes in place of up to"},
};

static const struct wrong of_mcp2221[] = {
	{HID_GOOD, HID_I2C_NACK_DATA, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE, ""},
	{HID_GOOD, HID_I2C_HELD, 0, STATION_ERROR_MODULE, FIXTURE_NACK_NONE,
         "held the clock for too long"},
	{HID_GOOD, HID_I2C_TAKEN, 0, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "the I2C bus is held low"},
	{HID_GOOD, HID_I2C_CUT, 0, STATION_ERROR_MODULE, FIXTURE_NACK_NONE,
         "held the clock for too long"},
	{HID_LONG_COUNT, HID_I2C_OK, 5, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE,
         "62 bytes, where up to"},
};

static struct i2c_bus *open_bus(struct bed *bed, struct bridge **bridge)
{
	const struct bridge_wanted wanted = {"main", bed->kind, bed_serial, NULL};
	g_autoptr(GError) error = NULL;
	struct i2c_bus *bus;

	*bridge = bridge_new(&wanted, 100e3);
	bus = bridge_bus_open(*bridge, &error);
	g_assert_no_error(error);
	return bus;
}

static gboolean transfer(struct i2c_bus *bus, const guint8 *out, gsize n_out, guint8 *in,
                         gsize n_in, enum fixture_nack *nack, double limit_s, GError **error)
{
	struct bounds bounds = within(limit_s ? limit_s : 20);
	gboolean ok;

	*nack = FIXTURE_NACK_NONE;
	if (!bus->ops->lock(bus, &bounds, error))
		return FALSE;
	ok = bus->ops->transfer(bus, 0x50, out, n_out, in, n_in, nack, &bounds, error);
	bus->ops->unlock(bus);
	return ok;
}

/* It ends in time and as told, and what follows goes well. */
static void try_wrong(struct bed *bed, struct i2c_bus *bus, const struct wrong *wrong)
{
	gint64 start_us = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;
	enum fixture_nack nack;
	guint8 data[100] = {0};

	bed_fault(bed, wrong->fault, wrong->after, 1);
	bed_trouble(bed, wrong->trouble, wrong->trouble != HID_I2C_OK);
	g_assert_false(transfer(bus, (const guint8 *)"", 1, data, sizeof data, &nack,
	                        wrong->limit_s, &error));
	g_assert_nonnull(error);
	if (!g_error_matches(error, STATION_ERROR, (int)wrong->code))
		g_error("fault %d, trouble %d: %s", wrong->fault, wrong->trouble, error->message);
	g_assert_cmpint(nack, ==, wrong->nack);
	assert_says(error, wrong->code == STATION_ERROR_MODULE ? "module: " : "bridge \"main\" (");
	assert_says(error, wrong->says);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
	g_clear_error(&error);
	bed_trouble(bed, HID_I2C_OK, 0);
	bed_fault(bed, HID_GOOD, 0, 0);
	transfer(bus, (const guint8 *)"", 1, data, sizeof data, &nack, 0, &error);
	g_assert_no_error(error);
	g_assert_cmphex(data[0], ==, 0x18);
}

static void test_wrong(gconstpointer kind)
{
	const struct wrong *own = GPOINTER_TO_UINT(kind) == BRIDGE_CP2112 ? of_cp2112 : of_mcp2221;
	guint n_own = GPOINTER_TO_UINT(kind) == BRIDGE_CP2112 ? G_N_ELEMENTS(of_cp2112)
	                                                      : G_N_ELEMENTS(of_mcp2221);
	struct bridge *bridge;
	struct i2c_bus *bus;
	struct bed bed;

	if (hid_bus_missing())
		return;
	bed_start(&bed, GPOINTER_TO_UINT(kind));
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, TRUE);
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, FALSE);
	bed_pass_time(&bed);
	bus = open_bus(&bed, &bridge);
	for (guint i = 0; i < G_N_ELEMENTS(of_both); i++)
		try_wrong(&bed, bus, &of_both[i]);
	for (guint i = 0; i < n_own; i++)
		try_wrong(&bed, bus, &own[i]);
	bus->ops->close(bus);
	bridge_free(bridge);
	bed_stop(&bed);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void assert_refused(struct bed *bed, enum station_error code, const char *says)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fix = bed_open(bed, &error);

	g_assert_null(fix);
	g_assert_error(error, STATION_ERROR, (int)code);
	assert_says(error, says);
}

static void test_opening(void)
{
	struct bed bed;
	struct hid_model *twin;

	if (hid_bus_missing())
		return;
	bed_start(&bed, BRIDGE_CP2112);
	hid_bus_occupy(&bed.bus, bed.model, TRUE);
	assert_refused(&bed, STATION_ERROR_IO, "in use by another program or another site");
	hid_bus_occupy(&bed.bus, bed.model, FALSE);
	bed_write_file(&bed, "  main: {model: CP2112, serial_number: 00FFFFFF}\n",
	               "chip: main, line: 4");
	assert_refused(&bed, STATION_ERROR_IO,
	               "not plugged in, but serial number 00A1B2C3 at port");
	bed_write_file(&bed, "  main: {model: MCP2221A}\n", "chip: gpiochip0, line: 4");
	assert_refused(&bed, STATION_ERROR_IO, "not plugged in: no device 04d8:00dd on USB");
	bed_write_file(&bed, "  main: {model: CP2112}\n", "chip: main, line: 8");
	assert_refused(&bed, STATION_ERROR_CONFIG, "pin IntL: a CP2112 has no line 8");
	bed_write_file(&bed, "  main: {model: CP2112}\n", "chip: main, line: 4, pull: up");
	assert_refused(&bed, STATION_ERROR_CONFIG, "no resistors that can be switched on");
	bed_write_file(&bed, "  main: {model: CP2112}\n", "chip: main, line: GPIO.3");
	assert_refused(&bed, STATION_ERROR_CONFIG, "line 3 is another pin already");
	bed_write_file(&bed, "  main: {model: CP2112}\n", "chip: main, line: 4");
	/* two that fit */
	twin = bed_model(BRIDGE_CP2112, NULL);
	hid_bus_plug(&bed.bus, twin);
	assert_refused(&bed, STATION_ERROR_CONFIG, "2 of them fit");
	bed_write_file(&bed, "  main: {model: CP2112, port: 7-1}\n", "chip: main, line: 4");
	assert_refused(&bed, STATION_ERROR_IO, "without a serial number at port");
	hid_bus_unplug(&bed.bus, twin);
	/* what it is */
	hid_bus_lock(&bed.bus);
	cp2112_state(bed.model)->revision = 1;
	hid_bus_unlock(&bed.bus);
	bed_write_file(&bed, "  main: {model: CP2112}\n", "chip: main, line: 4");
	assert_refused(&bed, STATION_ERROR_UNSUPPORTED, "revision 1 makes no repeated starts");
	hid_bus_lock(&bed.bus);
	cp2112_state(bed.model)->revision = 2;
	hid_bus_unlock(&bed.bus);
	bed_fault(&bed, HID_STALL_SET, 0, 1);
	assert_refused(&bed, STATION_ERROR_FIXTURE, "set a report: refused with a stall");
	bed_fault(&bed, HID_STALL_GET, 0, 1);
	assert_refused(&bed, STATION_ERROR_FIXTURE, "ask for a report: refused with a stall");
	bed_fault(&bed, HID_SHORT_GET, 0, 1);
	assert_refused(&bed, STATION_ERROR_FIXTURE, "ask for a report: 1 bytes of 3");
	bed_fault(&bed, HID_UNPLUG, 0, 1);
	assert_refused(&bed, STATION_ERROR_IO, "unplugged");
	hid_model_free(twin);
	bed_stop(&bed);
}

/* What one transfer can carry; longer ones are refused before anything is sent. */
static void test_lengths(gconstpointer kind)
{
	struct bridge *bridge;
	struct i2c_bus *bus;
	struct bed bed;
	enum fixture_nack nack;
	guint8 out[256] = {0}, in[256];
	g_autoptr(GError) error = NULL;
	guint n_before;

	if (hid_bus_missing())
		return;
	bed_start(&bed, GPOINTER_TO_UINT(kind));
	bus = open_bus(&bed, &bridge);
	n_before = bed.n_transfers;
	if (bed.kind == BRIDGE_CP2112) {
		g_assert_cmpuint(bus->write_limit, ==, 61);
		g_assert_false(transfer(bus, out, 62, NULL, 0, &nack, 0, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
		assert_says(error, "a CP2112 writes up to 61 (16 before a read)");
		g_clear_error(&error);
		g_assert_false(transfer(bus, out, 17, in, 1, &nack, 0, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
		g_clear_error(&error);
	}
	g_assert_cmpuint(bed.n_transfers, ==, n_before);
	/* the module takes 8 bytes at a time; that it says so shows that they came */
	bed.model->i2c = bed_transfer;
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, TRUE);
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, FALSE);
	bed_pass_time(&bed);
	g_assert_false(transfer(bus, out, bed.kind == BRIDGE_CP2112 ? 61 : 200, NULL, 0, &nack, 0,
	                        &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpint(nack, ==, FIXTURE_NACK_DATA);
	g_clear_error(&error);
	g_assert_true(transfer(bus, out, 1, in, sizeof in, &nack, 0, &error));
	g_assert_no_error(error);
	g_assert_cmphex(in[0], ==, 0x18);
	g_assert_cmphex(in[128], ==, 0x18); /* the pointer stays in its half */
	bus->ops->close(bus);
	bridge_free(bridge);
	bed_stop(&bed);
}

/* --- pulling out ------------------------------------------------------------------------------ */

/* In the middle of a transfer; the error names it, and the next unit finds it again. */
static void test_unplugged(gconstpointer kind)
{
	struct bed bed;
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	struct fixture *fix;
	guint epoch;

	if (hid_bus_missing())
		return;
	bed_start(&bed, GPOINTER_TO_UINT(kind));
	fix = bed_open_ready(&bed);
	epoch = fixture_epoch(fix);
	is_identified(fix, &error);
	bed_fault(&bed, HID_UNPLUG, bed.kind == BRIDGE_CP2112 ? 1 : 3, 1);
	g_assert_false(is_identified(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_false(station_error_is_units_fault(error));
	assert_says(error, "bridge \"main\" (");
	assert_says(error, "unplugged");
	g_clear_error(&error);
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	hid_bus_unplug(&bed.bus, bed.model);
	g_assert_false(is_identified(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	assert_says(error, "not plugged in");
	g_clear_error(&error);
	/* it comes back without its outputs: they become safe, and the module is set up anew */
	bed_power(&bed);
	g_string_truncate(bed.model->edges, 0);
	hid_bus_plug(&bed.bus, bed.model);
	g_assert_false(is_identified(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	assert_says(error, "in reset or not selected");
	g_clear_error(&error);
	g_assert_cmpstr(bed.model->edges->str, ==, "");
	g_assert_cmpuint(bed.model->outputs, ==, 7);
	fixture_select(fix, TRUE, &bounds, &error);
	fixture_set_reset(fix, FALSE, &bounds, &error);
	g_assert_no_error(error);
	bed_pass_time(&bed);
	is_identified(fix, &error);
	g_assert_no_error(error);
	/* pulled out and put in again between two requests */
	hid_bus_unplug(&bed.bus, bed.model);
	bed_power(&bed);
	hid_bus_plug(&bed.bus, bed.model);
	g_assert_false(is_identified(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_true(fixture_safe(fix, &bounds, &error));
	g_assert_no_error(error);
	fixture_close(fix);
	bed_stop(&bed);
}

static gpointer cancel_soon(gpointer cancellable)
{
	g_usleep(20000);
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_cancelled(gconstpointer kind)
{
	struct bed bed;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(20), cancellable};
	g_autoptr(GError) error = NULL;
	struct fixture *fix;
	GThread *thread;
	guint8 byte;

	if (hid_bus_missing())
		return;
	bed_start(&bed, GPOINTER_TO_UINT(kind));
	fix = bed_open_ready(&bed);
	bed_trouble(&bed, HID_I2C_NEVER, 1);
	thread = g_thread_new("cancel", cancel_soon, cancellable);
	g_assert_false(fixture_i2c_read(fix, 0x50, &byte, 1, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	g_thread_join(thread);
	is_identified(fix, &error);
	g_assert_no_error(error);
	fixture_close(fix);
	bed_stop(&bed);
}

/* A bus that is held low is told, also when cancelling does not free it; and when it does later. */
static void test_stuck(void)
{
	struct bed bed;
	g_autoptr(GError) error = NULL;
	struct fixture *fix;

	if (hid_bus_missing())
		return;
	bed_start(&bed, BRIDGE_MCP2221A);
	fix = bed_open_ready(&bed);
	bed_trouble(&bed, HID_I2C_STUCK, 1);
	for (guint i = 0; i < 3; i++) {
		g_assert_false(is_identified(fix, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		assert_says(error, "the I2C bus is held low (SCL)");
		g_clear_error(&error);
	}
	hid_bus_lock(&bed.bus);
	mcp2221_state(bed.model)->is_stuck = mcp2221_state(bed.model)->low = FALSE;
	hid_bus_unlock(&bed.bus);
	is_identified(fix, &error);
	g_assert_no_error(error);
	/* a module that is busy does not take the pointer */
	hid_bus_lock(&bed.bus);
	bed.model->n_early = 1;
	hid_bus_unlock(&bed.bus);
	g_assert_false(is_identified(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	is_identified(fix, &error);
	g_assert_no_error(error);
	fixture_close(fix);
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		GTestDataFunc test;
	} tests[] = {
		{"fixture", test_fixture},     {"wait", test_wait},
		{"wrong", test_wrong},         {"lengths", test_lengths},
		{"unplugged", test_unplugged}, {"cancelled", test_cancelled},
	};

	hid_bus_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint kind = 0; kind < BRIDGE_MODELS; kind++)
		for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
			g_autofree char *path =
				g_strdup_printf("/bridge/%s/%s", bridge_facts(kind)->model,
			                        tests[i].name);

			g_test_add_data_func(path, GUINT_TO_POINTER(kind), tests[i].test);
		}
	g_test_add_func("/bridge/opening", test_opening);
	g_test_add_func("/bridge/stuck", test_stuck);
	return g_test_run();
}
