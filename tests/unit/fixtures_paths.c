/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/module.h"

#include "tests/unit/fixtures_fake.h"

#include <string.h>

/* Several data paths in one module, each by itself while the others run. */

struct bench {
	struct fake *fake;
	struct module *module;
};

static void bring_up(struct bench *bench, guint application)
{
	const struct bounds *bounds = &bench->fake->bounds;
	g_autoptr(GError) error = NULL;

	bench->module = module_new(&bench->fake->base);
	module_power_up(bench->module, bounds, &error);
	g_assert_no_error(error);
	module_identify(bench->module, bounds, &error);
	g_assert_no_error(error);
	module_bring_up(bench->module, application, NULL, bounds, &error);
	g_assert_no_error(error);
}

/* Two host lanes to a media lane: application 2 of the fake is four times 100G. */
static void set_up(struct bench *bench, gconstpointer data)
{
	bench->fake = fake_new();
	fake_fill(bench->fake);
	bring_up(bench, 2);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
	module_free(bench->module);
	fake_free(bench->fake);
}

static void assert_states(struct bench *bench, const char *states)
{
	enum cmis_path_state now[8];
	g_autoptr(GError) error = NULL;

	g_assert_true(
		cmis_path_states_read(bench->fake->memory, now, &bench->fake->bounds, &error));
	for (guint i = 0; i < 8; i++)
		g_assert_cmpint(now[i], ==, states[i] - '0');
}

/* Places by host and media lane assignment. */
static const struct {
	struct cmis_application app; /* lanes and options only */
	guint n;
	struct cmis_path paths[4];
} places[] = {
	{{.host_lanes = 8, .media_lanes = 4, .host_lane_options = 0x01, .media_lane_options = 0x01},
         1,
         {{0, 1, 0xFF, 1, 0x0F}}},
	{{.host_lanes = 2, .media_lanes = 1, .host_lane_options = 0x55, .media_lane_options = 0x0F},
         4,
         {{0, 1, 0x03, 1, 0x01},
          {2, 3, 0x0C, 2, 0x02},
          {4, 5, 0x30, 3, 0x04},
          {6, 7, 0xC0, 4, 0x08}}},
	{{.host_lanes = 2, .media_lanes = 2, .host_lane_options = 0x05, .media_lane_options = 0x05},
         2,
         {{0, 1, 0x03, 1, 0x03}, {2, 3, 0x0C, 3, 0x0C}}},
	{{.host_lanes = 1, .media_lanes = 1, .host_lane_options = 0x0F, .media_lane_options = 0x0F},
         4,
         {{0, 1, 0x01, 1, 0x01},
          {1, 2, 0x02, 2, 0x02},
          {2, 3, 0x04, 3, 0x04},
          {3, 4, 0x08, 4, 0x08}}},
	/* the media side begins elsewhere */
	{{.host_lanes = 4, .media_lanes = 1, .host_lane_options = 0x11, .media_lane_options = 0x0A},
         2,
         {{0, 1, 0x0F, 2, 0x02}, {4, 5, 0xF0, 4, 0x08}}},
	/* places that overlap are taken once, and fewer media lanes mean fewer paths */
	{{.host_lanes = 4, .media_lanes = 2, .host_lane_options = 0xFF, .media_lane_options = 0x01},
         1,
         {{0, 1, 0x0F, 1, 0x03}}},
	/* nothing said about media lanes: side by side */
	{{.host_lanes = 4, .media_lanes = 2, .host_lane_options = 0x11},
         2,
         {{0, 1, 0x0F, 1, 0x03}, {4, 5, 0xF0, 3, 0x0C}}},
	{{.host_lanes = 8, .media_lanes = 4, .host_lane_options = 0x02}, 0, {{0}}},
	{{.host_lanes = 0, .media_lanes = 0, .host_lane_options = 0xFF}, 0, {{0}}},
};

static void test_places(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		struct cmis_path paths[CMIS_MAX_LANES] = {0};
		guint n = cmis_place_paths(&places[i].app, paths);

		g_test_message("row %u", i);
		g_assert_cmpuint(n, ==, places[i].n);
		for (guint k = 0; k < n; k++) {
			g_assert_cmpuint(paths[k].id, ==, places[i].paths[k].id);
			g_assert_cmpuint(paths[k].first_host_lane, ==,
			                 places[i].paths[k].first_host_lane);
			g_assert_cmpuint(paths[k].host_lanes, ==, places[i].paths[k].host_lanes);
			g_assert_cmpuint(paths[k].first_media_lane, ==,
			                 places[i].paths[k].first_media_lane);
			g_assert_cmpuint(paths[k].media_lanes, ==, places[i].paths[k].media_lanes);
		}
	}
}

static void test_find(struct bench *bench, gconstpointer data)
{
	g_assert_cmpuint(module_find_application(bench->module, 0x11, 0x1C), ==, 1);
	g_assert_cmpuint(module_find_application(bench->module, 0x0D, 0x14), ==, 2);
	g_assert_cmpuint(module_find_application(bench->module, 0x0D, 0x1C), ==, 0);
	module_safe(bench->module, &bench->fake->bounds, NULL);
	g_assert_cmpuint(module_find_application(bench->module, 0x11, 0x1C), ==, 0);
}

static void test_made(struct bench *bench, gconstpointer data)
{
	guint n = 0;
	const struct cmis_path *paths = module_paths(bench->module, &n);

	g_assert_cmpuint(n, ==, 4);
	g_assert_cmpuint(paths[2].id, ==, 4);
	g_assert_cmpuint(paths[2].host_lanes, ==, 0x30);
	g_assert_cmpuint(paths[2].media_lanes, ==, 0x04);
	g_assert_cmpuint(module_host_lanes(bench->module), ==, 0xFF);
	g_assert_cmpuint(module_media_lanes(bench->module), ==, 4);
	g_assert_cmpuint(module_media_lane_mask(bench->module), ==, 0x0F);
	assert_states(bench, "44444444");
	module_safe(bench->module, &bench->fake->bounds, NULL);
	module_paths(bench->module, &n);
	g_assert_cmpuint(n, ==, 0);
	g_assert_cmpuint(module_media_lanes(bench->module), ==, 0);
}

static void test_one_dark(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	const struct bounds *bounds = &fake->bounds;
	g_autoptr(GError) error = NULL;

	module_path_set_tx_disable(bench->module, 1, TRUE, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(fake->pages[0x10][130 - 128], ==, 0x02);
	assert_states(bench, "44774444");
	module_path_set_tx_disable(bench->module, 3, TRUE, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(fake->pages[0x10][130 - 128], ==, 0x0A);
	assert_states(bench, "44774477");
	module_path_wait_activated(bench->module, 0, bounds, &error);
	g_assert_no_error(error);
	g_assert_false(module_path_wait_activated(bench->module, 1, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	g_assert_false(module_wait_activated(bench->module, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	module_path_set_tx_disable(bench->module, 1, FALSE, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(fake->pages[0x10][130 - 128], ==, 0x08);
	assert_states(bench, "44444477");
	module_path_set_tx_disable(bench->module, 3, FALSE, bounds, &error);
	g_assert_no_error(error);
	module_wait_activated(bench->module, bounds, &error);
	g_assert_no_error(error);
	fake->pages[1][155 - 128] = 0;
	cmis_memory_invalidate(module_memory(bench->module));
	g_assert_false(module_path_set_tx_disable(bench->module, 1, TRUE, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
}

static void test_one_down(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	const struct bounds *bounds = &fake->bounds;
	g_autoptr(GError) error = NULL;

	module_path_deinit(bench->module, 2, TRUE, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(fake->pages[0x10][0], ==, 0x30);
	assert_states(bench, "44441144");
	module_path_deinit(bench->module, 0, TRUE, bounds, &error);
	g_assert_no_error(error);
	assert_states(bench, "11441144");
	module_path_deinit(bench->module, 2, FALSE, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(fake->pages[0x10][0], ==, 0x03);
	assert_states(bench, "11444444");
	fake->stuck_path = TRUE;
	g_assert_false(module_path_deinit(bench->module, 0, FALSE, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, "data path at host lane 1 up: "));
	g_clear_error(&error);
	fake->ignores_writes = TRUE;
	g_assert_false(module_path_deinit(bench->module, 1, TRUE, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
}

static void test_no_such_path(struct bench *bench, gconstpointer data)
{
	const struct bounds *bounds = &bench->fake->bounds;
	gsize logged = bench->fake->log->len;
	g_autoptr(GError) error = NULL;

	g_assert_false(module_path_deinit(bench->module, 4, TRUE, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(module_path_set_tx_disable(bench->module, 4, TRUE, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(module_path_wait_activated(bench->module, 4, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_assert_cmpuint(bench->fake->log->len, ==, logged);
}

/* Generator and monitors follow the media lanes, wherever the paths have them. */
static void test_lanes_follow(void)
{
	struct bench bench = {.fake = fake_new()};
	struct fake *fake = bench.fake;
	struct module_monitors monitors = {0};
	g_autoptr(GError) error = NULL;

	fake_fill_osfp(fake);
	fake->lower[90] =
		0x4D; /* 200GAUI-2, two lanes each side, lanes 3 and 4 of the fibre only */
	fake->lower[92] = 0x22;
	fake->lower[93] = 0x01;
	fake->pages[1][177 - 128] = 0x04;
	bring_up(&bench, 2);
	g_assert_cmpuint(module_host_lanes(bench.module), ==, 0x03);
	g_assert_cmpuint(module_media_lane_mask(bench.module), ==, 0x0C);
	g_assert_cmpuint(module_media_lanes(bench.module), ==, 2);
	/* What is left of the module stays down. */
	g_assert_cmpuint(fake->pages[0x10][0], ==, 0x0C);
	module_set_pattern(bench.module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(fake->pages[0x13][152 - 128], ==, 0x0C);
	g_assert_cmpmem(fake->pages[0x13] + 156 - 128, 2, "\x00\xCC", 2);
	module_read_monitors(bench.module, &monitors, &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(monitors.n_lanes, ==, 4);
	tear_down(&bench, NULL);
}

/* One lane's amplitude, everything else as it was, and the paths keep running. */
static void test_amplitude(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	const struct bounds *bounds = &fake->bounds;
	guint8 *active = &fake->pages[0x11][214 - 128];
	guint8 before[17], codes[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 17; i++)
		before[i] = active[i] = (guint8)(0x10 + i);
	module_rx_amplitudes(bench->module, codes, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(codes, 8, "\2\2\2\2\2\2\2\2", 8);
	g_string_truncate(fake->log, 0);
	module_set_rx_amplitude(bench->module, 0x20, 3, bounds, &error);
	g_assert_no_error(error);
	module_rx_amplitudes(bench->module, codes, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(codes, 8, "\2\2\2\2\2\3\2\2", 8);
	g_assert_cmpmem(active, 17, before, 17);
	g_assert_nonnull(strstr(fake->log->str, "10h:145=21 "));
	g_assert_nonnull(strstr(fake->log->str, "10h:144=FF "));
	g_assert_null(strstr(fake->log->str, "10h:143="));
	assert_states(bench, "44444444");
	module_set_rx_amplitude(bench->module, 0xFF, 0, bounds, &error);
	g_assert_no_error(error);
	module_rx_amplitudes(bench->module, codes, bounds, &error);
	g_assert_cmpmem(codes, 8, "\0\0\0\0\0\0\0\0", 8);
}

static void assert_amplitude_refused(struct bench *bench, guint code, int kind, const char *words)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(
		module_set_rx_amplitude(bench->module, 0xFF, code, &bench->fake->bounds, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, STATION_ERROR, kind);
	g_assert_nonnull(strstr(error->message, words));
}

static void test_amplitude_refused(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	gsize logged = fake->log->len;
	g_autoptr(GError) error = NULL;
	guint8 codes[CMIS_MAX_LANES];

	assert_amplitude_refused(bench, 4, STATION_ERROR_UNSUPPORTED, "does not offer");
	assert_amplitude_refused(bench, 2, STATION_ERROR_UNSUPPORTED, "does not offer");
	fake->lower[2] |= 0x40;
	cmis_memory_invalidate(module_memory(bench->module));
	assert_amplitude_refused(bench, 1, STATION_ERROR_UNSUPPORTED, "while its data paths run");
	fake->lower[2] = 0;
	fake->pages[1][162 - 128] = 0;
	cmis_memory_invalidate(module_memory(bench->module));
	assert_amplitude_refused(bench, 1, STATION_ERROR_UNSUPPORTED, "does not advertise");
	g_assert_false(module_rx_amplitudes(bench->module, codes, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	g_assert_null(strstr(fake->log->str + logged, "10h:"));
	fake->pages[1][162 - 128] = 0x04;
	cmis_memory_invalidate(module_memory(bench->module));
	fake->config_result = 5;
	assert_amplitude_refused(bench, 1, STATION_ERROR_MODULE, "configuration of host lane 1");
	fake->config_result = 1;
	g_assert_true(module_set_rx_amplitude(bench->module, 0xFF, 3, &fake->bounds, &error));
	fake->ignores_writes = TRUE;
	assert_amplitude_refused(bench, 1, STATION_ERROR_MODULE, "code 3 in place of 1");
	module_safe(bench->module, &fake->bounds, NULL);
	assert_amplitude_refused(bench, 1, STATION_ERROR_INTERNAL, "no application");
}

/* Which power the receiver's monitor and its LOS look at is advertised, each for itself. */
static void test_receiver_kind(void)
{
	for (guint bits = 0; bits < 4; bits++) {
		struct bench bench = {.fake = fake_new()};
		struct module_monitors monitors = {0};
		g_autoptr(GError) error = NULL;

		fake_fill(bench.fake);
		bench.fake->pages[1][151 - 128] = (guint8)(bits << 3);
		bring_up(&bench, 1);
		module_read_monitors(bench.module, &monitors, &bench.fake->bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpint(monitors.rx_los_is_average, ==, bits & 1);
		g_assert_cmpint(monitors.rx_power_is_average, ==, bits >> 1);
		tear_down(&bench, NULL);
	}
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/paths/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/paths/places", test_places);
	add("find", test_find);
	add("made", test_made);
	add("one-dark", test_one_dark);
	add("one-down", test_one_down);
	add("no-such-path", test_no_such_path);
	add("amplitude", test_amplitude);
	add("amplitude-refused", test_amplitude_refused);
	g_test_add_func("/fixtures/paths/lanes-follow", test_lanes_follow);
	g_test_add_func("/fixtures/paths/receiver-kind", test_receiver_kind);
	return g_test_run();
}
