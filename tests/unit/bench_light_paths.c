/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/model_set.h"
#include "tests/unit/bench_light_bed.h"

/* Light through the sites of every model: meter, scope, spectrum, receivers. */

/* Every model: what leaves the module comes to meter and scope, less what the path takes. */
static void test_every_model(void)
{
	for (gsize k = 0; k < G_N_ELEMENTS(light_models); k++) {
		struct bed bed;
		bed_init(&bed, light_models[k]);
		gboolean wdm = bed.model->wdm;
		double total_w = 0;
		for (guint i = 0; i < WORLD_LANES; i++) {
			double module_dbm = tx_dbm(&bed, i);
			total_w += unit_watt_from_dbm(module_dbm);
			g_assert_cmpfloat(module_dbm, >, -4);
			g_assert_cmpfloat(module_dbm, <, 6);
			double meter_db = module_dbm - port_dbm(&bed, i);
			double scope_db = module_dbm - scope_dbm(&bed, (int)i);
			double spool_db = module_dbm - scope_dbm(&bed, 4 + (int)i);
			g_assert_cmpfloat_with_epsilon(meter_db, wdm ? 9.4 : 7.8, 0.6);
			g_assert_cmpfloat_with_epsilon(scope_db, wdm ? 6.6 : 5.8, 0.8);
			g_assert_cmpfloat(spool_db, >, scope_db + 0.1);
			g_assert_cmpfloat(spool_db, <,
			                  scope_db + 0.6 + bed.model->reach_m * 0.4e-3);
		}
		if (wdm)
			g_assert_cmpfloat_with_epsilon(unit_dbm_from_watt(total_w) -
			                                       port_dbm(&bed, 4),
			                               17.7, 0.4);
		else
			g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 4, 1.0), <, 1e-9);
		bed_done(&bed);
	}
}

/* Every model: the reference transmitters reach the most OMA that its type has to bear. */
static void test_overload(void)
{
	static const double most_oma_dbm[] = {2.2, 3.7, 4.4, 4.4, 3.5, 2.2};

	for (gsize k = 0; k < G_N_ELEMENTS(light_models); k++) {
		struct bed bed;
		bed_init(&bed, light_models[k]);
		for (guint i = 0; i < WORLD_LANES; i++) {
			/* ER of 6 dB: OMA is 0.78 dB over the average */
			double oma_dbm = rx_dbm(&bed, i) + 0.78;
			g_test_message("%s lane %u: most OMA %.2f dBm", light_models[k], i + 1,
			               oma_dbm);
			g_assert_cmpfloat(oma_dbm, >, most_oma_dbm[k]);
			g_assert_cmpfloat(oma_dbm, <, most_oma_dbm[k] + 1.6);
			world_set_attenuator(bed.world, 0, i, 0, FALSE);
			g_assert_true(isinf(rx_dbm(&bed, i)));
		}
		bed_done(&bed);
	}
}

/* On WDM a dark lane's port still has its neighbours, 28 dB and more down. */
static void test_neighbours(void)
{
	struct bed bed;

	bed_init(&bed, "fr4");
	double lit_dbm = port_dbm(&bed, 1), first_dbm = port_dbm(&bed, 0);
	light_lanes(&bed, 0xD);
	double dark_dbm = port_dbm(&bed, 1);
	g_assert_cmpfloat(lit_dbm - dark_dbm, >, 22);
	g_assert_cmpfloat(lit_dbm - dark_dbm, <, 32);
	g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 0), first_dbm, 0.02);
	light_lanes(&bed, 0x8); /* two away */
	g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 3) - port_dbm(&bed, 1), 40, 1);
	light_lanes(&bed, 0);
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 1, 1.0), <, 1e-9);
	bed_done(&bed);
	/* in parallel fibre there are none */
	bed_init(&bed, "dr4");
	light_lanes(&bed, 0xD);
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 1, 1.0), <, 1e-9);
	bed_done(&bed);
}

/* The scope's waveform has the neighbours' mean light, so that it agrees with the average. */
static void test_scope(void)
{
	static const char *const models[] = {"fr4", "sr4"};
	struct world_scope_request request = {
		.n_symbols = 8191,
		.samples_per_symbol = 4,
		.symbol_rate_bd = 53.125e9,
		.bandwidth_hz = 26.5625e9,
		.passes = 4,
	};
	g_autofree float *wave = g_new0(float, 8191 * 4);

	for (gsize k = 0; k < G_N_ELEMENTS(models); k++) {
		struct bed bed;
		struct world_scope_result result;
		bed_init(&bed, models[k]);
		for (int channel = 2; channel < 8; channel += 4) {
			world_set_switch(bed.world, 0, channel);
			g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==,
			                WORLD_SCOPE_OK);
			double sum = 0;
			for (gsize i = 0; i < 8191 * 4; i++)
				sum += wave[i];
			double average_w = world_scope_average_w(bed.world, 0);
			g_assert_cmpfloat_with_epsilon(sum / (8191 * 4) / average_w, 1, 5e-3);
			g_assert_cmpint(world_scope_tdecq(bed.world, 0, 8191, &result), ==,
			                WORLD_SCOPE_OK);
			g_assert_cmpfloat_with_epsilon(result.avg_w / average_w, 1, 1e-2);
			double ratio = result.levels_w[3] / result.levels_w[0];
			g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(ratio), result.er_db,
			                               0.15);
			g_test_message("%s channel %d: ER %.2f dB, TDECQ %.2f dB", models[k],
			               channel + 1, result.er_db, result.tdecq_db);
		}
		bed_done(&bed);
	}
}

/* The lines: a laser's mode first, its neighbours through the demultiplexer last. */
static void test_spectrum(void)
{
	struct world_line lines[32];
	struct bed bed;

	bed_init(&bed, "fr4");
	for (int lane = 0; lane < WORLD_LANES; lane++) {
		world_set_switch(bed.world, 0, lane);
		guint n = world_spectrum(bed.world, 0, lines, 32);
		g_assert_cmpuint(n, >=, 9);
		double sum_w = 0;
		for (guint i = 0; i < n; i++) {
			sum_w += lines[i].power_w;
			if (i > 0)
				g_assert_cmpfloat(lines[i].power_w, <=, lines[i - 1].power_w);
			double below_db = unit_db_from_ratio(lines[0].power_w / lines[i].power_w);
			double away_m = fabs(lines[i].wavelength_m - lines[0].wavelength_m);
			g_assert_true(below_db > 24 || i == 0);
			g_assert_true(away_m < 2e-9 || away_m > 15e-9);
		}
		g_assert_cmpfloat_with_epsilon(lines[0].wavelength_m, bed.model->wavelength_m[lane],
		                               6.5e-9);
		g_assert_cmpfloat_with_epsilon(sum_w / world_scope_average_w(bed.world, 0), 1,
		                               0.03);
	}
	world_set_switch(bed.world, 0, -1);
	g_assert_cmpuint(world_spectrum(bed.world, 0, lines, 32), ==, 0);
	bed_done(&bed);

	bed_init(&bed, "sr4");
	world_set_switch(bed.world, 0, 1);
	guint n = world_spectrum(bed.world, 0, lines, 32);
	double sum_w = 0, mean_m = 0, square = 0;
	for (guint i = 0; i < n; i++) {
		sum_w += lines[i].power_w;
		mean_m += lines[i].power_w * lines[i].wavelength_m;
	}
	mean_m /= sum_w;
	for (guint i = 0; i < n; i++)
		square += lines[i].power_w / sum_w * pow(lines[i].wavelength_m - mean_m, 2);
	g_assert_cmpuint(n, >=, 3);
	g_assert_cmpfloat_with_epsilon(mean_m, 855e-9, 10e-9);
	g_assert_cmpfloat(sqrt(square), >, 0.2e-9);
	g_assert_cmpfloat(sqrt(square), <, 0.6e-9);
	g_assert_cmpuint(world_spectrum(bed.world, 0, lines, 2), ==, 2);
	bed_done(&bed);
}

static guint64 host_bits(struct bed *bed, guint host_lane)
{
	guint64 bits, errors;
	gboolean locked;

	world_count_errors(bed->world, 0, host_lane, 0.01, &bits, &errors, &locked);
	return bits;
}

/* Eight host lanes of half the rate, or four; each follows its own media lane. */
static void test_host_lanes(void)
{
	struct bed bed;

	bed_init(&bed, "fr4");
	for (guint i = 0; i < WORLD_LANES; i++)
		world_set_attenuator(bed.world, 0, i, 5, i != 2);
	for (guint host = 0; host < 8; host++)
		g_assert_cmpuint(host_bits(&bed, host), ==, host / 2 == 2 ? 0 : 531250000);
	bed_done(&bed);
	bed_init(&bed, "sr4");
	for (guint i = 0; i < WORLD_LANES; i++)
		world_set_attenuator(bed.world, 0, i, 5, i != 2);
	for (guint host = 0; host < 8; host++)
		g_assert_cmpuint(host_bits(&bed, host), ==, host == 2 || host > 3 ? 0 : 1062500000);
	bed_done(&bed);
}

/* A unit of two lanes, of a model from a file, in its own site and in one for four. */
static void test_two_lanes(void)
{
	static const char text[] =
		"models:\n"
		"  - name: dr2\n"
		"    like: dr4\n"
		"    part_number: VB-QDD-DR2\n"
		"    type: 200GBASE-DR2\n"
		"    lanes: 2\n"
		"    host_lanes: 4\n"
		"    applications:\n"
		"      - {host_id: 0x0f, media_id: 0x17, host_lanes: 4, media_lanes: 2, "
		"starts: 0x01, media_starts: 0x01}\n";
	g_autoptr(model_set) set = model_set_new();
	struct world_truth truth = {0};
	struct bed bed;

	g_assert_true(model_set_load_text(set, text, "text", NULL));
	bed_init_model(&bed, model_set_find(set, "dr2", NULL));
	g_assert_cmpfloat(port_dbm(&bed, 1), >, -15);
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 2, 1.0), <, 1e-9);
	g_assert_cmpuint(host_bits(&bed, 3), ==, 531250000);
	g_assert_cmpuint(host_bits(&bed, 4), ==, 0);
	g_assert_true(isinf(rx_dbm(&bed, 2)));
	world_truth(bed.world, world_unit(bed.world, 0), &truth);
	for (guint i = 0; truth.why[i]; i++)
		g_assert_null(strstr(truth.why[i], "lane 3"));
	world_truth_clear(&truth);
	bed_done(&bed);

	bed.world = world_new(1, 4, 1e-3);
	g_assert_true(
		world_declare_model(bed.world, "TWO", model_set_find(set, "dr2", NULL), "", NULL));
	g_assert_true(world_insert(bed.world, 0, "TWO", NULL, NULL));
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bench/light-paths/every-model", test_every_model);
	g_test_add_func("/bench/light-paths/overload", test_overload);
	g_test_add_func("/bench/light-paths/neighbours", test_neighbours);
	g_test_add_func("/bench/light-paths/scope", test_scope);
	g_test_add_func("/bench/light-paths/spectrum", test_spectrum);
	g_test_add_func("/bench/light-paths/host-lanes", test_host_lanes);
	g_test_add_func("/bench/light-paths/two-lanes", test_two_lanes);
	return g_test_run();
}
