/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/path.h"

#include "base/unit.h"

#include <math.h>
#include <stdlib.h>

/* The true glass of the sites: losses by lane, arm and wavelength. */

#define SITES 40

static const struct world_model *model_of(guint site)
{
	static const char *const names[] = {"dr4", "fr4", "lr4-6", "lr4-10", "sr4"};

	return world_model_find(names[site % G_N_ELEMENTS(names)]);
}

/* What comes out of the arms together is less than what goes in, at any wavelength. */
static void test_conservation(void)
{
	for (guint site = 0; site < SITES; site++) {
		const struct world_model *model = model_of(site);
		struct path path;
		path_init(&path, 3, site, model);
		for (guint lane = 0; lane < WORLD_LANES; lane++) {
			double wavelength_m = model->wavelength_m[lane] + (site - 20.0) * 0.3e-9;
			double sum = 0;
			for (guint port = 0; port < WORLD_METER_PORTS; port++)
				sum += unit_ratio_from_db(
					-path_meter_db(&path, port, lane, wavelength_m));
			for (guint channel = 0; channel < 2 * WORLD_LANES; channel++)
				sum += unit_ratio_from_db(
					-path_scope_db(&path, channel, lane, wavelength_m));
			g_assert_cmpfloat(sum, <, 0.9);
			g_assert_cmpfloat(sum, >, 0.1);
		}
	}
}

/* Each lane comes to its own outputs, in the band of its type and with the loss of its elements. */
static void test_losses(void)
{
	static const struct {
		const char *model;
		double meter_db, scope_db, spool_db, receive_db; /* at the lane's wavelength */
	} rows[] = {
		{"dr4", 7.55, 5.35, 5.47 + 0.175, 0.35},  {"fr4", 9.40, 6.60, 6.72 + 0.70, 1.60},
		{"lr4-6", 9.40, 6.60, 6.72 + 2.10, 1.60}, {"lr4-10", 9.40, 6.60, 6.72 + 3.50, 1.60},
		{"sr4", 7.95, 6.05, 6.25 + 0.30, 0.45},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct world_model *model = world_model_find(rows[i].model);
		/* the spool of WDM loses more at short wavelengths */
		double spool_off_db = model->wdm ? 0.45 : 0.25;
		struct path path;
		path_init(&path, 3, (guint)i, model);
		for (guint lane = 0; lane < WORLD_LANES; lane++) {
			double at_m = model->wavelength_m[lane];
			double meter_db = path_meter_db(&path, lane, lane, at_m);
			double scope_db = path_scope_db(&path, lane, lane, at_m);
			double spool_db = path_scope_db(&path, 4 + lane, lane, at_m);
			double receive_db = path_receive_db(&path, lane, lane, at_m);
			g_assert_cmpfloat_with_epsilon(meter_db, rows[i].meter_db, 0.5);
			g_assert_cmpfloat_with_epsilon(scope_db, rows[i].scope_db, 0.5);
			g_assert_cmpfloat_with_epsilon(spool_db, rows[i].spool_db,
			                               0.35 + spool_off_db);
			g_assert_cmpfloat_with_epsilon(receive_db, rows[i].receive_db, 0.5);
			g_test_message("%s lane %u: meter %.2f, scope %.2f, spool %.2f, "
			               "receive %.2f dB",
			               model->name, lane + 1, meter_db, scope_db, spool_db,
			               receive_db);
			if (model->wdm)
				g_assert_cmpfloat_with_epsilon(path_meter_db(&path, 4, lane, at_m),
				                               17.65, 0.3);
			else
				g_assert_true(isinf(path_meter_db(&path, 4, lane, at_m)));
		}
		g_assert_cmpfloat(path.fibre.length_m, ==, model->reach_m);
	}
}

static double least_isolation_db(const struct path *path, const struct world_model *model,
                                 double off_m, guint apart)
{
	double least_db = INFINITY;

	for (guint out = 0; out < WORLD_LANES; out++) {
		double own_db = path_meter_db(path, out, out, model->wavelength_m[out]);
		for (guint lane = 0; lane < WORLD_LANES; lane++) {
			if ((guint)abs((int)lane - (int)out) != apart)
				continue;
			double other_db =
				path_meter_db(path, out, lane, model->wavelength_m[lane] + off_m);
			least_db = fmin(least_db, other_db - own_db);
		}
	}
	return least_db;
}

/* Neighbours come through 28 to 32 dB down anywhere in their own band, the others 40 dB. */
static void test_isolation(void)
{
	const struct world_model *model = world_model_find("fr4");

	for (guint site = 0; site < SITES; site++) {
		struct path path;
		path_init(&path, 5, site, model);
		for (double off_m = -6.5e-9; off_m <= 6.5e-9; off_m += 1.3e-9) {
			double next_db = least_isolation_db(&path, model, off_m, 1);
			g_assert_cmpfloat(next_db, >=, 27.7);
			g_assert_cmpfloat(next_db, <=, 32.3);
			g_assert_cmpfloat(least_isolation_db(&path, model, off_m, 2), >=, 39.7);
		}
	}
}

/* Flat to 0.3 dB over +-6.5 nm, then steep, without a jump. */
static void test_passband(void)
{
	const struct world_model *model = world_model_find("lr4-6");
	struct path path;

	path_init(&path, 9, 2, model);
	const struct demux *demux = &path.demux[WORLD_DEMUX_OWN][PATH_SCOPE];
	for (guint out = 0; out < WORLD_LANES; out++) {
		double least_db = INFINITY, most_db = 0, before_db = NAN;
		for (double off_m = -14e-9; off_m <= 14e-9; off_m += 0.05e-9) {
			double db = demux_output_db(demux, out, model->wavelength_m[out] + off_m);
			if (fabs(off_m) <= 6.5e-9) {
				least_db = fmin(least_db, db);
				most_db = fmax(most_db, db);
			}
			if (!isnan(before_db))
				g_assert_cmpfloat(fabs(db - before_db), <, 0.3);
			before_db = db;
		}
		g_assert_cmpfloat_with_epsilon(least_db, 1.2, 0.3);
		g_assert_cmpfloat(most_db - least_db, >, 0.1);
		g_assert_cmpfloat(most_db - least_db, <=, 0.3);
	}
}

/* Site and seed decide, not the order of calls; parallel sites of any type differ by elements. */
static void test_draws(void)
{
	struct path a, b, c;

	path_init(&a, 1, 0, world_model_find("fr4"));
	path_init(&b, 1, 0, world_model_find("fr4"));
	path_init(&c, 1, 1, world_model_find("fr4"));
	g_assert_cmpmem(&a, sizeof a, &b, sizeof b);
	g_assert_cmpfloat(a.leg_db[0], !=, c.leg_db[0]);
	g_assert_cmpfloat(a.demux[0][0].loss_db[1], !=, a.demux[0][1].loss_db[1]);
	/* one cord, one tap */
	g_assert_cmpfloat(a.leg_db[0], ==, a.leg_db[3]);
	g_assert_cmpfloat(fabs(unit_db_from_ratio(a.lamp_gain)), <=, 0.02);
}

/* A model of two lanes has a demultiplexer of two. */
static void test_two_lanes(void)
{
	struct world_model model = *world_model_find("fr4");
	struct path path;

	model.n_lanes = 2;
	model.n_host_lanes = 4;
	path_init(&path, 1, 0, &model);
	g_assert_cmpfloat(path_meter_db(&path, 1, 1, 1291e-9), <, 10);
	g_assert_true(isinf(path_meter_db(&path, 2, 1, 1291e-9)));
	g_assert_true(isinf(path_receive_db(&path, 3, 3, 1331e-9)));
	g_assert_cmpint(world_model_media_lane(&model, 3), ==, 1);
	g_assert_cmpint(world_model_media_lane(&model, 4), ==, -1);
	g_assert_cmpfloat(world_model_host_rate_bd(&model), ==, 26.5625e9);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bench/path/conservation", test_conservation);
	g_test_add_func("/bench/path/losses", test_losses);
	g_test_add_func("/bench/path/isolation", test_isolation);
	g_test_add_func("/bench/path/passband", test_passband);
	g_test_add_func("/bench/path/draws", test_draws);
	g_test_add_func("/bench/path/two-lanes", test_two_lanes);
	return g_test_run();
}
