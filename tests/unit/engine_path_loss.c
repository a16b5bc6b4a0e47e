/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/path_loss.h"

#include "base/error.h"
#include "station/engine/path_calibration.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* A folder of its own, removed with all that is in it. */
static char *folder_new(void)
{
	return g_dir_make_tmp("path-loss-XXXXXX", NULL);
}

static void folder_done(char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_unlink(path);
	}
	g_dir_close(dir);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
}

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static gboolean is_there(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void expect_error(const GError *error, enum station_error code, const char *part)
{
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, part))
		g_error("\"%s\" does not say \"%s\"", error->message, part);
}

/* Two lanes, all paths measured. */
static struct path_loss *made(void)
{
	struct path_loss *loss = g_new0(struct path_loss, 1);

	loss->site = 2;
	loss->date = g_strdup("2026-11-22");
	loss->due = g_strdup("2026-12-22");
	loss->source_serial = g_strdup("RS \"7\" \\ \tM\303\274ller");
	loss->source_power_dbm = -1.5;
	loss->source_uncertainty_db = 0.06;
	loss->n_lanes = 2;
	for (guint i = 0; i < loss->n_lanes; i++) {
		loss->lanes[i].lane = (int)i + 1;
		loss->lanes[i].wavelength_m = 1271e-9 + 20e-9 * i;
		for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++)
			loss->lanes[i].paths[kind] =
				(struct path_loss_value){5, 1.0 + i + 3.0 * kind, 0.02,
			                                 0.1 + 0.01 * kind + 0.1 * i};
	}
	return loss;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static void test_mean(void)
{
	static const double readings_db[] = {7.4, 7.5, 7.6, 7.5, 7.5};
	struct path_loss_value value = path_loss_mean(readings_db, 5, 0.12);

	g_assert_cmpuint(value.reconnections, ==, 5);
	g_assert_cmpfloat_with_epsilon(value.loss_db, 7.5, 1e-12);
	/* squares 0.01 + 0.01 over 4 */
	g_assert_cmpfloat_with_epsilon(value.scatter_db, 0.0707107, 1e-6);
	/* 2 x 0.0707 / sqrt(5) = 0.0632, with 0.12 */
	g_assert_cmpfloat_with_epsilon(value.uncertainty_db, 0.1356466, 1e-6);
	/* Pave of OMA 0 dBm at 6 dB: (3.981 + 1) / (2 x 2.981) */
	g_assert_cmpfloat_with_epsilon(path_calibration_average_dbm(0, 6), -0.78080, 1e-4);
}

static void test_doubts(void)
{
	static const struct {
		double loss_db, scatter_db, before_db; /* of lane 2's fibre */
		const char *says;                      /* null: none */
		gboolean hopeless;
	} rows[] = {
		{8, 0.02, 8, NULL, FALSE},
		{8, 0.30, 7, NULL, FALSE},
		{8, 0.31, 8, "lane 2, fibre: the reconnections scatter by 0.31 dB", FALSE},
		{8, 0.02, 6.9, "lane 2, fibre: +1.10 dB since", FALSE},
		{8, 0.02, 9.2, "lane 2, fibre: -1.20 dB since", FALSE},
		{-0.1, 0.02, 0.1, "lane 2, fibre: a loss of -0.10 dB", TRUE},
		{30.1, 0.02, 30, "lane 2, fibre: a loss of 30.10 dB", TRUE},
		{NAN, 0.02, 8, "lane 2, fibre: a loss of nan dB", TRUE},
		{8, NAN, 8, "lane 2, fibre: the reconnections scatter", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(path_loss) now = made();
		g_autoptr(path_loss) before = made();
		gboolean hopeless;

		now->lanes[1].paths[PATH_LOSS_FIBRE].loss_db = rows[i].loss_db;
		now->lanes[1].paths[PATH_LOSS_FIBRE].scatter_db = rows[i].scatter_db;
		before->lanes[1].paths[PATH_LOSS_FIBRE].loss_db = rows[i].before_db;
		g_autoptr(GPtrArray) doubts = path_loss_doubts(now, before, &hopeless);
		g_assert_cmpuint(doubts->len, ==, rows[i].says ? 1 : 0);
		g_assert_cmpint(hopeless, ==, rows[i].hopeless);
		if (rows[i].says)
			g_assert_nonnull(strstr(g_ptr_array_index(doubts, 0), rows[i].says));
	}
	/* what has not been measured cannot be compared */
	g_autoptr(path_loss) now = made();
	g_autoptr(path_loss) before = made();
	gboolean hopeless;
	before->lanes[0].paths[PATH_LOSS_RX].loss_db = 0;
	before->lanes[0].paths[PATH_LOSS_RX].reconnections = 0;
	g_autoptr(GPtrArray) doubts = path_loss_doubts(now, before, &hopeless);
	g_assert_cmpuint(doubts->len, ==, 0);
	g_autoptr(GPtrArray) first = path_loss_doubts(now, NULL, &hopeless);
	g_assert_cmpuint(first->len, ==, 0);
}

static void test_age(void)
{
	static const struct {
		const char *today;
		enum path_loss_age age;
	} rows[] = {
		{"2026-11-22", PATH_LOSS_VALID},   {"2026-12-07", PATH_LOSS_VALID},
		{"2026-12-08", PATH_LOSS_ENDING},  {"2026-12-22", PATH_LOSS_ENDING},
		{"2026-12-23", PATH_LOSS_EXPIRED}, {"2027-01-01", PATH_LOSS_EXPIRED},
	};
	g_autoptr(path_loss) loss = made();
	g_autofree char *leap = path_loss_date_after("2028-02-28", 2);
	g_autofree char *today = path_loss_today();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(path_loss_age(loss, rows[i].today), ==, rows[i].age);
	g_assert_cmpstr(leap, ==, "2028-03-01");
	g_assert_null(path_loss_date_after("2028-02-30", 2));
	g_assert_null(path_loss_date_after("soon", 2));
	g_assert_cmpuint(strlen(today), ==, 10);
}

/* --- the file --------------------------------------------------------------------------------- */

static void test_round_trip(void)
{
	char *folder = folder_new();
	g_autofree char *path = g_build_filename(folder, "paths.yaml", NULL);
	g_autoptr(path_loss) loss = made();
	GError *error = NULL;
	char *kept = NULL;

	loss->lanes[1].paths[PATH_LOSS_TOTAL].reconnections = 0;
	g_assert_true(path_loss_write(loss, path, &kept, &error));
	g_assert_no_error(error);
	g_assert_null(kept);
	g_autoptr(path_loss) back = path_loss_load(path, 2, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(back->source_serial, ==, loss->source_serial);
	g_assert_cmpstr(back->date, ==, "2026-11-22");
	g_assert_cmpstr(back->due, ==, "2026-12-22");
	g_assert_cmpfloat(back->source_power_dbm, ==, -1.5);
	g_assert_cmpstr(back->path, ==, path);
	g_assert_cmpuint(strlen(back->sha256), ==, 64);
	g_assert_cmpuint(back->n_lanes, ==, 2);
	g_assert_cmpfloat_with_epsilon(back->lanes[1].wavelength_m, 1291e-9, 1e-15);
	for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++) {
		const struct path_loss_value *was = &loss->lanes[0].paths[kind];
		const struct path_loss_value *is = path_loss_find(back, 1, kind);
		g_assert_cmpfloat_with_epsilon(is->loss_db, was->loss_db, 1e-9);
		g_assert_cmpfloat_with_epsilon(is->uncertainty_db, was->uncertainty_db, 1e-9);
		g_assert_cmpfloat_with_epsilon(is->scatter_db, was->scatter_db, 1e-9);
		g_assert_cmpuint(is->reconnections, ==, 5);
	}
	g_assert_null(path_loss_find(back, 2, PATH_LOSS_TOTAL));
	g_assert_null(path_loss_find(back, 3, PATH_LOSS_METER));
	folder_done(folder);
}

/* What was there stays beside it, each under its own date. */
static void test_kept(void)
{
	static const char *const names[] = {"paths-2026-11-22.yaml", "paths-2026-11-22-2.yaml",
	                                    "paths-2026-11-22-3.yaml"};
	char *folder = folder_new();
	g_autofree char *path = g_build_filename(folder, "paths.yaml", NULL);
	GError *error = NULL;

	for (guint i = 0; i < 4; i++) {
		g_autoptr(path_loss) loss = made();
		g_autofree char *kept = NULL;
		loss->lanes[0].paths[PATH_LOSS_METER].loss_db = 10 + i;
		g_assert_true(path_loss_write(loss, path, &kept, &error));
		g_assert_no_error(error);
		if (i) {
			g_assert_true(g_str_has_suffix(kept, names[i - 1]));
			g_autoptr(path_loss) old = path_loss_load(kept, 2, &error);
			g_assert_no_error(error);
			g_assert_cmpfloat(path_loss_find(old, 1, PATH_LOSS_METER)->loss_db, ==,
			                  9 + i);
		}
	}
	/* one that cannot be read is kept as well */
	put(folder, "paths.yaml", "scribble");
	g_autoptr(path_loss) loss = made();
	g_assert_true(path_loss_write(loss, path, NULL, &error));
	g_assert_true(is_there(folder, "paths-unread.yaml"));
	/* what could not be read again is not written, and nothing is touched */
	loss->lanes[0].paths[PATH_LOSS_METER].loss_db = NAN;
	g_assert_false(path_loss_write(loss, path, NULL, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_autoptr(path_loss) left = path_loss_load(path, 2, &error);
	g_assert_no_error(error);
	g_assert_false(is_there(folder, "paths-2026-11-22-4.yaml"));
	/* no such folder */
	g_autoptr(path_loss) good = made();
	g_assert_false(path_loss_write(good, "/nonexistent/folder/paths.yaml", NULL, &error));
	expect_error(error, STATION_ERROR_STORAGE, "/nonexistent/folder");
	g_clear_error(&error);
	folder_done(folder);
}

static void test_refused(void)
{
	static const struct {
		const char *a, *b, *says;
	} rows[] = {
		{"site: 2", "site: 3", "path losses of site 3, not of site 2"},
		{"due: 2026-12-22", "due: 2026-13-22", "\"2026-13-22\" is not a date"},
		{"date: 2026-11-22", "date: today", "\"today\" is not a date"},
		/* such a one would never have expired */
		{"due: 2026-12-22", "due: 2026-W51-2", "\"2026-W51-2\" is not a date"},
		{"lane: 2", "lane: 1", "lane 1 is there twice"},
		{"lane: 2", "lane: 9", "lane"},
		{"loss: 1.0000 dB", "loss: -0.1 dB", "loss is 0 to 30 dB"},
		{"loss: 1.0000 dB", "loss: 31 dB", "loss is 0 to 30 dB"},
		{"loss: 1.0000 dB", "loss: 1", "loss"},
		{"reconnections: 5", "reconnections: 1", "reconnections"},
		{"uncertainty: 0.1000 dB", "uncertainty: -1 dB", "uncertainty is 0 to 10 dB"},
		{"    rx:", "    receive:", "receive"},
	};
	g_autoptr(path_loss) loss = made();
	g_autofree char *good = path_loss_text(loss);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *folder = folder_new();
		g_autofree char *path = g_build_filename(folder, "paths.yaml", NULL);
		g_auto(GStrv) parts = g_strsplit(good, rows[i].a, 2);
		g_autofree char *text = g_strjoinv(rows[i].b, parts);
		g_autoptr(GError) error = NULL;

		g_assert_nonnull(parts[1]);
		put(folder, "paths.yaml", text);
		g_assert_null(path_loss_load(path, 2, &error));
		expect_error(error, STATION_ERROR_CONFIG, rows[i].says);
		g_assert_nonnull(strstr(error->message, "paths.yaml:"));
		folder_done(folder);
	}
}

/* --- in the configuration --------------------------------------------------------------------- */

#define LOSSES "meter_loss: 7 dB, scope_loss: 5 dB, fibre_loss: 6 dB, rx_loss: 2 dB, "
#define LANE(number, losses)                                                                       \
	"      - {lane: " number                                                                   \
	", meter_channel: 1, switch_channel: 1, fibre_channel: 5, " losses                         \
	"attenuator_channel: 1, reference_oma: 4 dBm, reference_er: 6 dB, ppg_channel: 1, "        \
	"ed_channels: [1]}\n"

/* `more` are keys of the site. */
static char *config_text(const char *more, const char *lanes)
{
	return g_strdup_printf("station: S\n"
	                       "path_loss_days: 10\n"
	                       "reference_source: {serial: RS, power: 0 dBm, uncertainty: 0.05 dB, "
	                       "calibration_due: 2099-01-01}\n"
	                       "instruments: []\n"
	                       "sites:\n"
	                       "  - site: 2\n"
	                       "    form_factor: QSFP-DD\n"
	                       "    medium: wdm\n"
	                       "    fibre: {kind: SMF, length: 2 km}\n"
	                       "    fixture: controller:127.0.0.1:1\n"
	                       "    uses: []\n"
	                       "    scope_channel: 1\n"
	                       "    supply_channel: 1\n"
	                       "    switch_module: 1\n"
	                       "    path_uncertainty: 0.3 dB\n"
	                       "%s"
	                       "    lanes:\n%s"
	                       "products: []\n",
	                       more, lanes);
}

static struct config *load(const char *folder, const char *text, gboolean uncalibrated,
                           GError **error)
{
	g_autofree char *path = g_build_filename(folder, "station.yaml", NULL);

	put(folder, "station.yaml", text);
	return uncalibrated ? config_load_uncalibrated(path, error) : config_load(path, error);
}

static void test_takes_the_place(void)
{
	char *folder = folder_new();
	g_autofree char *path = g_build_filename(folder, "paths.yaml", NULL);
	g_autoptr(path_loss) loss = made();
	GError *error = NULL;

	/* lane 1 has no losses of its own; lane 2's are others; lane 3 is in no file */
	g_autofree char *text = config_text("    path_loss: paths.yaml\n    total_channel: 5\n",
	                                    LANE("1", "") LANE("2", LOSSES) LANE("3", LOSSES));
	loss->lanes[1].paths[PATH_LOSS_RX].reconnections = 0;
	loss->lanes[1].paths[PATH_LOSS_TOTAL].loss_db = 10.02; /* lane 1: 10 */
	g_assert_true(path_loss_write(loss, path, NULL, &error));
	g_autoptr(config) config = load(folder, text, FALSE, &error);
	g_assert_no_error(error);
	const struct config_site *site = config_site(config, 2);
	const struct config_lane *lanes = site->lanes;

	g_assert_cmpfloat(lanes[0].meter_loss_db, ==, 1);
	g_assert_cmpfloat(lanes[0].scope_loss_db, ==, 4);
	g_assert_cmpfloat(lanes[0].fibre_loss_db, ==, 7);
	g_assert_cmpfloat(lanes[0].rx_loss_db, ==, 13);
	g_assert_cmpfloat(lanes[1].meter_loss_db, ==, 2);
	g_assert_cmpfloat(lanes[1].rx_loss_db, ==, 2);
	g_assert_cmpfloat(lanes[2].meter_loss_db, ==, 7);
	g_assert_cmpfloat_with_epsilon(site->total_loss_db, 10.01, 1e-9);
	/* the greatest of a lane's, or that of the total: 0.23 joined with 0.02 between the lanes
	 */
	g_assert_cmpfloat_with_epsilon(config_path_uncertainty_db(site, 1), hypot(0.23, 0.02),
	                               1e-9);
	/* where a loss is the configuration's, its uncertainty is too */
	g_assert_cmpfloat(config_path_uncertainty_db(site, 2), ==, 0.3);
	g_assert_cmpfloat(config_path_uncertainty_db(site, 3), ==, 0.3);
	g_assert_cmpfloat(config_path_uncertainty_db(site, 0), ==, 0.3);
	g_assert_cmpstr(site->path_loss->sha256, !=, "");
	g_assert_cmpint(config->path_loss_days, ==, 10);
	g_assert_cmpfloat(config->source->connector_db, ==, 0.10);
	folder_done(folder);
}

static void test_missing(void)
{
	static const struct {
		const char *more, *lanes;
		gboolean file; /* is there */
		const char *says;
	} rows[] = {
		{"", LANE("1", ""), FALSE, "meter_loss"},
		{"    path_loss: paths.yaml\n", LANE("1", LOSSES), FALSE,
	         "paths.yaml is not there; \"station check --path-loss 2\""},
		{"    path_loss: paths.yaml\n", LANE("3", ""), TRUE,
	         "lane 3 has no meter_loss, neither here nor in"},
		{"    path_loss: paths.yaml\n", LANE("3", "meter_loss: 1 dB, scope_loss: 2 dB, "),
	         TRUE, "lane 3 has no fibre_loss, neither"},
		{"    path_loss: paths.yaml\n    total_channel: 5\n", LANE("3", LOSSES), TRUE,
	         "site 2 has no total_loss, neither"},
		{"    probe_loss: 1 dB\n", LANE("1", LOSSES), FALSE, "without a probe_channel"},
		{"    passband_ripple: 4 dB\n", LANE("1", LOSSES), FALSE, "passband_ripple is 0"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *folder = folder_new();
		g_autofree char *path = g_build_filename(folder, "paths.yaml", NULL);
		g_autofree char *text = config_text(rows[i].more, rows[i].lanes);
		g_autoptr(path_loss) loss = made();
		g_autoptr(GError) error = NULL;

		/* lane 3's total is nobody's */
		loss->lanes[0].lane = 4;
		loss->lanes[1].lane = 5;
		if (rows[i].file)
			g_assert_true(path_loss_write(loss, path, NULL, NULL));
		g_assert_null(load(folder, text, FALSE, &error));
		expect_error(error, STATION_ERROR_CONFIG, rows[i].says);
		/* to be calibrated it need not be there */
		if (strstr(rows[i].more, "path_loss")) {
			g_autoptr(config) config = load(folder, text, TRUE, NULL);
			g_assert_nonnull(config);
		}
		folder_done(folder);
	}
}

static void test_expired(void)
{
	char *folder = folder_new();
	g_autofree char *path = g_build_filename(folder, "paths.yaml", NULL);
	g_autofree char *text = config_text("    path_loss: paths.yaml\n", LANE("1", ""));
	g_autoptr(path_loss) loss = made();
	GError *error = NULL;

	for (guint i = 0; i < 2; i++) {
		g_free(loss->due);
		loss->due = i ? g_strdup("2099-01-01") : g_strdup("2026-01-01");
		g_assert_true(path_loss_write(loss, path, NULL, &error));
		g_autoptr(config) config = load(folder, text, FALSE, &error);
		g_assert_no_error(error);
		if (i)
			g_assert_null(config_path_expired(config));
		else
			g_assert_cmpint(config_path_expired(config)->site, ==, 2);
	}
	folder_done(folder);
}

/* --- the procedure ---------------------------------------------------------------------------- */

/* What it needs is looked for before anything is touched. */
static void test_needs(void)
{
	static const struct {
		const char *a, *b, *says;
	} rows[] = {
		{"reference_source: {serial: RS, power: 0 dBm, uncertainty: 0.05 dB, "
	         "calibration_due: 2099-01-01}\n",
	         "", "there is no reference_source"},
		{"station: S", "station: T", "no product fits site 2"},
	};
	struct bounds bounds = {deadline_in_s(20), NULL};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *folder = folder_new();
		g_autofree char *good = config_text("", LANE("1", LOSSES));
		g_auto(GStrv) parts = g_strsplit(good, rows[i].a, 2);
		g_autofree char *text = g_strjoinv(rows[i].b, parts);
		g_autoptr(GError) error = NULL;
		g_autoptr(config) config = load(folder, text, TRUE, &error);
		g_assert_no_error(error);
		struct pool *pool = pool_new(config);
		struct path_calibration how = {.config = config,
		                               .site = config_site(config, 2),
		                               .pool = pool,
		                               .reconnections = 2};

		g_assert_null(path_calibration_run(&how, &bounds, &error));
		expect_error(error, STATION_ERROR_CONFIG, rows[i].says);
		pool_free(pool);
		folder_done(folder);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/path-loss/mean", test_mean);
	g_test_add_func("/path-loss/doubts", test_doubts);
	g_test_add_func("/path-loss/age", test_age);
	g_test_add_func("/path-loss/round-trip", test_round_trip);
	g_test_add_func("/path-loss/kept", test_kept);
	g_test_add_func("/path-loss/refused", test_refused);
	g_test_add_func("/path-loss/takes-the-place", test_takes_the_place);
	g_test_add_func("/path-loss/missing", test_missing);
	g_test_add_func("/path-loss/expired", test_expired);
	g_test_add_func("/path-loss/needs", test_needs);
	return g_test_run();
}
