/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/module.h"

#include "tests/unit/fixtures_module_bed.h"

#include <math.h>
#include <string.h>

static void test_identity(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	const struct cmis_identity *id;

	g_assert_null(module_identity(bench->module));
	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_true(module_identify(bench->module, &fake->bounds, &error));
	id = module_identity(bench->module);
	g_assert_cmpstr(id->vendor_name, ==, "VIRTUAL BENCH");
	g_assert_cmpstr(id->part_number, ==, "VB-QDD-DR4-500");
	g_assert_cmpstr(id->serial_number, ==, "S1");
	g_assert_cmpstr(id->revision, ==, "A1");
	g_assert_cmpstr(id->date_code, ==, "260131");
	g_assert_cmpstr(id->connector_name, ==, "MPO 1x12");
	g_assert_cmpuint(id->cmis_major, ==, 5);
	g_assert_cmpuint(id->cmis_minor, ==, 2);
	g_assert_cmpuint(id->firmware_major, ==, 1);
	g_assert_cmpuint(id->firmware_minor, ==, 4);
	g_assert_cmpuint(id->power_class, ==, 6);
	g_assert_cmpfloat(id->max_power_w, ==, 9);
	g_assert_cmpfloat_with_epsilon(id->wavelength_m, 1310e-9, 1e-15);
	g_assert_true(id->rx_power_is_average);
	g_assert_cmpuint(id->n_applications, ==, 2);
	g_assert_cmpstr(id->applications[0].host_name, ==, "400GAUI-8");
	g_assert_cmpstr(id->applications[0].media_name, ==, "400GBASE-DR4");
	g_assert_cmpuint(id->applications[1].media_lane_options, ==, 0x0F);
	g_assert_true(cmis_identity_find(id, 0x0D, 0x14) == &id->applications[1]);
	g_assert_null(cmis_identity_find(id, 0x0D, 0x1C));
	g_assert_true(module_check_checksums(bench->module, &fake->bounds, &error));
	g_assert_no_error(error);
	for (guint page = 0; page < 3; page++) {
		fake->pages[page][50] ^= 0x10;
		g_assert_false(module_check_checksums(bench->module, &fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
		g_clear_error(&error);
		fake->pages[page][50] ^= 0x10;
	}
}

/* Applications 9 to 15, an empty place in the list, and a list without an end mark. */
static void test_long_list(struct bench *bench, gconstpointer data)
{
	static const guint8 entry[4] = {0x11, 0x1C, 0x84, 0x01};
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	const struct cmis_identity *id;

	for (guint i = 0; i < 8; i++)
		memcpy(fake->lower + 86 + 4 * i, entry, 4);
	fake->lower[86] = 0;
	memcpy(fake->pages[1] + 223 - 128, entry, 4);
	fake->pages[1][227 - 128] = 0xFF;
	memcpy(fake->pages[1] + 231 - 128, entry, 4);
	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_true(module_identify(bench->module, &fake->bounds, &error));
	id = module_identity(bench->module);
	g_assert_cmpuint(id->n_applications, ==, 8);
	g_assert_cmpuint(id->applications[0].number, ==, 2);
	g_assert_cmpuint(id->applications[7].number, ==, 9);
}

/* What the signals took is kept: the station's own pulse, and the module's answer to its end. */
static void test_wake_times(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	struct module_wake_times times;

	fake->address_nacks = 12; /* more than one look; it is in MgmtInit */
	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
	times = module_wake_times(bench->module);
	g_assert_cmpfloat(times.reset_pulse_s, >=, 1e-3);
	g_assert_cmpfloat(times.mgmt_init_s, >=, 12 * 0.005);
	g_assert_cmpfloat(times.low_power_s, >=, times.mgmt_init_s);
	fake->present = FALSE;
	g_assert_false(module_reset(bench->module, &fake->bounds, &error));
	times = module_wake_times(bench->module);
	g_assert_true(isnan(times.reset_pulse_s) && isnan(times.mgmt_init_s));
}

static void test_whole_pages(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	fake->lower[1] = 0x53;
	fake->pages[1][251 - 128] = 2;
	fake->read_limit = 128;
	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_true(module_identify(bench->module, &fake->bounds, &error));
	fake->transfers = 0;
	fake->pages[1][255 - 128] = fake_sum(fake->pages[1], 130, 254);
	g_assert_true(module_check_checksums(bench->module, &fake->bounds, &error));
	g_assert_cmpuint(fake->transfers, ==, 9);
	/* The limit is forgotten with the module. */
	fake->read_limit = 8;
	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
}

static void test_bring_up(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	struct module_times times = {-1, -1};
	enum cmis_path_state states[8];
	gsize held;
	gsize raised;

	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_true(fake->reset_l && fake->lp_mode && !fake->mod_sel_l);
	g_assert_true(module_identify(bench->module, &fake->bounds, &error));
	g_string_truncate(fake->log, 0);
	g_assert_true(module_bring_up(bench->module, 1, &times, &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_false(fake->lp_mode);
	g_assert_cmpfloat(times.power_up_s, >=, 0);
	g_assert_cmpfloat(times.path_init_s, >=, 0);
	g_assert_cmpuint(module_host_lanes(bench->module), ==, 0xFF);
	g_assert_cmpuint(module_media_lanes(bench->module), ==, 4);
	held = (gsize)(strstr(fake->log->str, "10h:128=FF ") - fake->log->str);
	raised = (gsize)(strstr(fake->log->str, "00h:26=00 ") - fake->log->str);
	g_assert_cmpuint(held, <, raised);
	assert_logged(bench, "10h:145=10 10h:146=10 10h:147=10 10h:148=10 "
	                     "10h:149=10 10h:150=10 10h:151=10 10h:152=10 10h:143=FF ");
	g_assert_true(cmis_path_states_read(fake->memory, states, &fake->bounds, &error));
	for (guint i = 0; i < 8; i++)
		g_assert_cmpint(states[i], ==, CMIS_PATH_ACTIVATED);
	/* Again, with another application on its four places. */
	g_string_truncate(fake->log, 0);
	g_assert_true(module_bring_up(bench->module, 2, NULL, &fake->bounds, &error));
	assert_logged(bench, "10h:145=20 10h:146=20 10h:147=24 10h:148=24 "
	                     "10h:149=28 10h:150=28 10h:151=2C 10h:152=2C 10h:143=FF ");
	g_assert_cmpuint(module_media_lanes(bench->module), ==, 4);
	g_assert_true(module_deactivate(bench->module, &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_true(fake->lp_mode);
	g_assert_cmpuint(fake->pages[0x10][130 - 128], ==, 0xFF);
	g_assert_cmpuint(fake->lower[3] >> 1, ==, CMIS_MODULE_LOW_POWER);
	g_assert_cmpuint(module_media_lanes(bench->module), ==, 0);
}

static void test_power_up_fails(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	struct bounds brief;

	fake->present = FALSE;
	g_assert_false(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_error(&error);
	fake->present = TRUE;
	fake->address_nacks = 40; /* slow to wake, within the time */
	g_assert_true(module_power_up(bench->module, &fake->bounds, &error));
	fake->address_nacks = G_MAXUINT;
	g_assert_false(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	brief = bounds_within(&fake->bounds, 0.002);
	clock_set_scale(1);
	g_assert_false(module_power_up(bench->module, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	clock_set_scale(1000);
	fake->address_nacks = 0;
	fake->broken = TRUE;
	g_assert_false(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	fake->broken = FALSE;
	g_free(fake->base.form);
	fake->base.form = g_strdup("QSFP28");
	g_assert_false(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
}

static void break_stuck_state(struct fake *fake)
{
	fake->stuck_state = TRUE;
}

static void break_fault(struct fake *fake)
{
	fake->to_fault = TRUE;
	fake->lower[41] = 1;
}

static void break_path(struct fake *fake)
{
	fake->stuck_path = TRUE;
}

static void break_config(struct fake *fake)
{
	fake->config_result = 3;
}

static void break_config_hangs(struct fake *fake)
{
	fake->config_result = 12;
}

static void break_writes(struct fake *fake)
{
	fake->ignores_writes = TRUE;
}

static void break_cmis3(struct fake *fake)
{
	fake->lower[1] = 0x30;
}

static void break_flat(struct fake *fake)
{
	fake->lower[2] = 0x80;
}

static void break_lanes(struct fake *fake)
{
	fake->lower[89] = 0x02; /* may start at lane 2 only, where eight lanes have no place */
}

static void test_bring_up_fails(struct bench *unused, gconstpointer data)
{
	static const struct {
		void (*hurt)(struct fake *fake);
		guint application;
		enum station_error code;
		const char *says;
	} rows[] = {
		{break_stuck_state, 1, STATION_ERROR_MODULE, "still ModuleLowPwr"},
		{break_fault, 1, STATION_ERROR_MODULE, "TEC runaway"},
		{break_path, 1, STATION_ERROR_MODULE, "still DPInit"},
		{break_config, 1, STATION_ERROR_MODULE, "ConfigRejectedInvalidAppSel"},
		{break_config_hangs, 1, STATION_ERROR_MODULE, "ConfigInProgress"},
		{break_writes, 1, STATION_ERROR_MODULE, "reads 00h after FFh"},
		{break_cmis3, 1, STATION_ERROR_MODULE, "CMIS 3.0; before 4.0"},
		{break_flat, 1, STATION_ERROR_MODULE, "flat memory"},
		{break_lanes, 1, STATION_ERROR_MODULE, "no place"},
		{NULL, 3, STATION_ERROR_UNSUPPORTED, "no application 3"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct bench bench = {0};
		g_autoptr(GError) error = NULL;

		set_up(&bench, NULL);
		/* A module that keeps its promises but for one is not to be waited for long. */
		g_assert_true(module_power_up(bench.module, &bench.fake->bounds, &error));
		if (rows[i].hurt)
			rows[i].hurt(bench.fake);
		g_assert_false(module_bring_up(bench.module, rows[i].application, NULL,
		                               &bench.fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
		g_clear_error(&error);
		g_assert_true(module_identify(bench.module, &bench.fake->bounds, &error));
		g_assert_false(module_bring_up(bench.module, rows[i].application, NULL,
		                               &bench.fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_assert_cmpuint(module_media_lanes(bench.module), ==, 0);
		tear_down(&bench, NULL);
	}
}

static void test_cancel(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	struct bounds bounds = {fake->bounds.deadline, cancellable};

	g_assert_true(module_power_up(bench->module, &bounds, &error));
	g_assert_true(module_identify(bench->module, &bounds, &error));
	g_cancellable_cancel(cancellable);
	g_assert_false(module_bring_up(bench->module, 1, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
}

static void test_monitors(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	struct module_monitors m;
	g_autoptr(GError) error = NULL;

	g_assert_false(module_read_monitors(bench->module, &m, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	fake->pages[1][160 - 128] = 0x06; /* no laser current */
	bring_up(bench, 1);
	fake->pages[0x11][154 - 128] = 0x27;
	fake->pages[0x11][155 - 128] = 0x10; /* 1 mW */
	fake->pages[0x11][193 - 128] = 0x01; /* 0.1 uW on lane 4 */
	g_assert_true(module_read_monitors(bench->module, &m, &fake->bounds, &error));
	g_assert_cmpuint(m.n_lanes, ==, 4);
	g_assert_cmpfloat(m.temperature_degc, ==, 40);
	g_assert_cmpfloat_with_epsilon(m.vcc_v, 3.3, 1e-9);
	g_assert_cmpfloat_with_epsilon(m.tx_power_w[0], 1e-3, 1e-12);
	g_assert_cmpfloat(m.tx_power_w[1], ==, 0);
	g_assert_cmpfloat_with_epsilon(m.rx_power_w[3], 1e-7, 1e-15);
	g_assert_true(isnan(m.tx_bias_a[0]));
	g_assert_true(isnan(m.tx_power_w[4]));
	g_assert_true(m.rx_power_is_average);
}

static void test_flags(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	struct module_flags flags;
	g_autoptr(GError) error = NULL;

	bring_up(bench, 1);
	fake->lower[8] = 0x01;
	fake->lower[9] = 0xA5;
	for (guint byte = 134; byte <= 153; byte++)
		fake->pages[0x11][byte - 128] = (guint8)byte;
	g_assert_true(module_read_flags(bench->module, &flags, &fake->bounds, &error));
	g_assert_cmpuint(flags.module, ==, 0x01);
	g_assert_cmpuint(flags.temp_vcc, ==, 0xA5);
	g_assert_cmpuint(flags.state_changed, ==, 134);
	g_assert_cmpuint(flags.tx_failure, ==, 135);
	g_assert_cmpuint(flags.tx_los, ==, 136);
	g_assert_cmpuint(flags.tx_cdr_lol, ==, 137);
	g_assert_cmpuint(flags.tx_power[0], ==, 139);
	g_assert_cmpuint(flags.tx_bias[3], ==, 146);
	g_assert_cmpuint(flags.rx_los, ==, 147);
	g_assert_cmpuint(flags.rx_cdr_lol, ==, 148);
	g_assert_cmpuint(flags.rx_power[3], ==, 152);
	g_assert_true(module_read_flags(bench->module, &flags, &fake->bounds, &error));
	g_assert_cmpuint(flags.rx_los, ==, 0);
}

static void test_pattern(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	guint8 *diag = fake->pages[0x13];
	g_autoptr(GError) error = NULL;

	g_assert_false(
		module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	bring_up(bench, 1);
	diag[153 - 128] = 0xFF;
	diag[158 - 128] = 0x22;
	g_assert_true(module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_assert_cmpuint(diag[152 - 128], ==, 0x0F);
	g_assert_cmpuint(diag[153 - 128], ==, 0xF0);
	g_assert_cmpmem(diag + 156 - 128, 4, "\xCC\xCC\x22\x00", 4);
	g_assert_true(
		module_set_pattern(bench->module, CMIS_PATTERN_PRBS13Q, &fake->bounds, &error));
	g_assert_cmpmem(diag + 156 - 128, 4, "\x66\x66\x22\x00", 4);
	assert_logged(bench, "13h:152=00 13h:156=66 13h:157=66 13h:158=22 13h:159=00 13h:152=0F ");
	g_assert_true(module_pattern_off(bench->module, &fake->bounds, &error));
	g_assert_cmpuint(diag[152 - 128], ==, 0);
	g_assert_no_error(error);
	g_assert_false(
		module_set_pattern(bench->module, CMIS_PATTERN_PRBS9Q, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	fake->ignores_writes = TRUE;
	g_assert_false(
		module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	fake->ignores_writes = FALSE;
	fake->pages[1][142 - 128] = 0;
	cmis_memory_invalidate(module_memory(bench->module));
	g_assert_false(
		module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
}

static void test_tx_disable(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	bring_up(bench, 1);
	g_assert_true(module_set_tx_disable(bench->module, 0x05, &fake->bounds, &error));
	g_assert_cmpuint(fake->pages[0x10][130 - 128], ==, 0x05);
	fake->pages[1][155 - 128] = 0;
	cmis_memory_invalidate(module_memory(bench->module));
	g_assert_false(module_set_tx_disable(bench->module, 0x05, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	/* Without the switch the data paths alone take the light away. */
	g_assert_true(module_deactivate(bench->module, &fake->bounds, &error));
}

static void test_password(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	bring_up(bench, 1);
	g_assert_false(module_password_used(bench->module));
	g_assert_true(module_enter_password(bench->module, 0xA5C3F01E, &fake->bounds, &error));
	g_assert_true(fake->unlocked);
	g_assert_true(module_password_used(bench->module));
	g_assert_true(module_password_entered(bench->module));
	g_assert_true(module_reset(bench->module, &fake->bounds, &error));
	g_assert_true(module_password_used(bench->module));
	g_assert_false(module_password_entered(bench->module));
	fake->data_nack = TRUE;
	g_assert_false(module_enter_password(bench->module, 0xA5C3F01E, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_null(strstr(error->message, "A5C3"));
	g_assert_null(strstr(error->message, "a5c3"));
	g_assert_true(module_safe(bench->module, &fake->bounds, NULL));
	g_assert_true(!fake->reset_l && fake->lp_mode && fake->mod_sel_l);
}

static void test_durations(void)
{
	static const double limits_s[16] = {
		1e-3, 5e-3, 10e-3, 50e-3, 0.1, 0.5, 1, 5, 10, 60, 300, 600, 3000, 3600, 3600, 3600,
	};

	for (guint code = 0; code < 16; code++)
		g_assert_cmpfloat(cmis_duration_s(code), ==, limits_s[code]);
	g_assert_cmpstr(cmis_module_state_name(3), ==, "ModuleReady");
	g_assert_cmpstr(cmis_path_state_name(4), ==, "DPActivated");
	g_assert_cmpstr(cmis_path_state_name(0), ==, "reserved");
	g_assert_cmpstr(cmis_config_status_name(12), ==, "ConfigInProgress");
	g_assert_cmpstr(cmis_pattern_name(CMIS_PATTERN_SSPRQ), ==, "SSPRQ");
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/module/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	add("identity", test_identity);
	add("long-list", test_long_list);
	add("wake-times", test_wake_times);
	add("whole-pages", test_whole_pages);
	add("bring-up", test_bring_up);
	add("power-up-fails", test_power_up_fails);
	add("bring-up-fails", test_bring_up_fails);
	add("cancel", test_cancel);
	add("monitors", test_monitors);
	add("flags", test_flags);
	add("pattern", test_pattern);
	add("tx-disable", test_tx_disable);
	add("password", test_password);
	g_test_add_func("/fixtures/module/durations", test_durations);
	return g_test_run();
}
