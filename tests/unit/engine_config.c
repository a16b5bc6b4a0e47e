/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* The shipped example, with every port filled in and a folder of empty data files beside it. */
struct place {
	char *folder, *path, *text;
};

static char *replace_all(const char *text, const char *a, const char *b)
{
	g_auto(GStrv) parts = g_strsplit(text, a, -1);

	return g_strjoinv(b, parts);
}

static void place_init(struct place *place)
{
	static const char *const tokens[] = {"@power_meter1@", "@attenuator1@",
	                                     "@scope1@",       "@bert1@",
	                                     "@supply1@",      "@switch1@",
	                                     "@thermal1@",     "@fixture1@",
	                                     "@control@",      "@wavelength_meter1@",
	                                     "@time_scale@"};
	static const char *const files[] = {"400g.yaml", "400gbase-dr4.csv", "400g.csv",
	                                    "calibrate.csv", "vb-qdd-dr4.yaml"};
	g_autofree char *source = g_build_filename(g_getenv("STATION_SRC"), "station/examples",
	                                           "virtual-bench.yaml.in", NULL);

	place->folder = g_dir_make_tmp("config-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, "station.yaml", NULL);
	g_assert_true(g_file_get_contents(source, &place->text, NULL, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
		char *next = replace_all(place->text, tokens[i], "5025");
		g_free(place->text);
		place->text = next;
	}
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(place->folder, files[i], NULL);
		g_assert_true(g_file_set_contents(path, "", 0, NULL));
	}
}

static void place_done(struct place *place)
{
	GDir *dir = g_dir_open(place->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(place->folder, name, NULL);
		g_unlink(path);
	}
	g_dir_close(dir);
	g_rmdir(place->folder);
	g_free(place->folder);
	g_free(place->path);
	g_free(place->text);
}

static struct config *load_with(struct place *place, const char *a, const char *b, GError **error)
{
	g_autofree char *text = a ? replace_all(place->text, a, b) : g_strdup(place->text);

	if (a)
		g_assert_cmpstr(text, !=, place->text);
	g_assert_true(g_file_set_contents(place->path, text, -1, NULL));
	return config_load(place->path, error);
}

static void test_example(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(config) config = load_with(&place, NULL, NULL, &error);
	g_assert_no_error(error);
	const struct config_site *site = config_site(config, 1);
	const struct config_lane *lane = config_lane(site, 3);

	g_assert_cmpstr(config->station_id, ==, "virtual-1");
	g_assert_cmpfloat(config->time_scale, ==, 5025);
	g_assert_cmpuint(config->virtual_bench_port, ==, 5025);
	g_assert_cmpuint(site->n_lanes, ==, 4);
	g_assert_cmpstr(site->form_factor, ==, "QSFP-DD");
	g_assert_false(site->wdm);
	g_assert_cmpint(site->fibre, ==, TYPE_SMF);
	g_assert_cmpfloat(site->fibre_m, ==, 500);
	g_assert_cmpuint(site->total_meter_channel, ==, 0);
	g_assert_true(isnan(site->total_loss_db));
	g_assert_cmpuint(lane->ed_channels[0], ==, 5);
	g_assert_cmpuint(lane->ed_channels[1], ==, 6);
	g_assert_cmpfloat(lane->scope_loss_db, ==, 5.35);
	g_assert_cmpuint(lane->fibre_channel, ==, 7);
	g_assert_cmpfloat(lane->fibre_loss_db, ==, 5.65);
	g_assert_cmpfloat(lane->reference_oma_dbm, ==, 4.5);
	g_assert_cmpstr(site->uses[INSTRUMENT_SCOPE], ==, "scope1");
	g_assert_cmpfloat(config_instrument(config, "meter1")->uncertainty, ==, 0.12);
	g_assert_true(isnan(config_instrument(config, "bert1")->uncertainty));
	g_assert_null(config_expired(config));
	g_assert_nonnull(config_product(config, "VB-QDD-DR4-500"));
	g_assert_cmpuint(config->operator_policy->retests, ==, 1);
	g_assert_true(g_str_has_prefix(config->store_path, place.folder));
	place_done(&place);
}

/* A bench is on this machine, or there is none. */
static void test_virtual_bench(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(config) config = load_with(&place, "bench: 127.0.0.1", "bench: 10.0.0.1", &error);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "not the control port of a bench"));
	g_assert_null(config);
	g_clear_error(&error);
	place_done(&place);
}

/* Whether a unit can be measured at a site. */
static void test_fit(void)
{
	static const struct {
		const char *a, *b, *says; /* null: it fits */
	} rows[] = {
		{"station: virtual-1", "station: v", NULL},
		{"length: 500 m", "length: 520 m", NULL},
		{"length: 500 m", "length: 530 m",
	         "its fibre has 530 m, TDECQ of 400GBASE-DR4 "
	         "wants 500 m"},
		{"form_factor: QSFP-DD\n    medium", "form_factor: OSFP\n    medium",
	         "its socket is for OSFP, not for QSFP-DD"},
		{"medium: parallel", "medium: wdm", "its light paths are wdm"},
		{"kind: SMF", "kind: MMF", "its fibres are MMF, those of 400GBASE-DR4 SMF"},
		{"type: 400GBASE-DR4", "type: 800GBASE-DR8", "it has no light path for lane 5"},
		{"type: 400GBASE-DR4", "type: 400GBASE-FR4", "its light paths are parallel"},
		{"type: 400GBASE-DR4", "type: 400GBASE-SR4", "its fibres are SMF"},
	};
	struct place place;

	place_init(&place);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		GError *error = NULL;
		g_autoptr(config) config = load_with(&place, rows[i].a, rows[i].b, &error);
		g_autofree char *misfit = NULL;

		g_assert_no_error(error);
		misfit = config_misfit(config_site(config, 1),
		                       config_product(config, "VB-QDD-DR4-500"));
		if (!rows[i].says)
			g_assert_null(misfit);
		else if (!misfit || !strstr(misfit, rows[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, misfit, rows[i].says);
	}
	place_done(&place);
}

/* Lanes on one fibre: what only such a site has, and whose uncertainty counts. */
static void test_wdm(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autofree char *text = replace_all(place.text, "{lane: 2,",
	                                    "{lane: 2, demux_isolation: 28 dB, path_uncertainty: "
	                                    "0.08 dB,");
	g_free(place.text);
	place.text = g_steal_pointer(&text);
	g_autoptr(config) config =
		load_with(&place, "medium: parallel",
	                  "medium: wdm\n    total_channel: 5\n    total_loss: 1.5 dB", &error);
	g_assert_no_error(error);
	const struct config_site *site = config_site(config, 1);

	g_assert_true(site->wdm);
	g_assert_cmpuint(site->total_meter_channel, ==, 5);
	g_assert_cmpfloat(site->total_loss_db, ==, 1.5);
	g_assert_cmpfloat(config_lane(site, 2)->demux_isolation_db, ==, 28);
	g_assert_true(isnan(config_lane(site, 1)->demux_isolation_db));
	g_assert_cmpfloat(config_path_uncertainty_db(site, 1), ==, 0.10);
	g_assert_cmpfloat(config_path_uncertainty_db(site, 2), ==, 0.08);
	g_assert_cmpfloat(config_path_uncertainty_db(site, 0), ==, 0.10);
	place_done(&place);
}

/* A lane without the fibre says so: no channel, and no loss that could be taken for one. */
static void test_no_fibre(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(config) config =
		load_with(&place, "fibre_channel: 7, fibre_loss: 5.65 dB,\n         ", "", &error);
	g_assert_no_error(error);
	const struct config_site *site = config_site(config, 1);

	g_assert_cmpuint(config_lane(site, 3)->fibre_channel, ==, 0);
	g_assert_true(isnan(config_lane(site, 3)->fibre_loss_db));
	g_assert_cmpuint(config_lane(site, 4)->fibre_channel, ==, 8);
	place_done(&place);
}

static void test_expired(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(config) config =
		load_with(&place,
	                  "::SOCKET\n    calibration_due: 2099-12-31\n    uncertainty: 0.15 dB",
	                  "::SOCKET\n    calibration_due: 2020-01-01\n    uncertainty: 0.15 dB",
	                  &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config_expired(config)->config.name, ==, "scope1");
	place_done(&place);
}

/* Which instrument it has to be, when the configuration says so. */
static void test_expected(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(config) config = load_with(&place, "  - name: meter1\n",
	                                     "  - name: meter1\n    serial: \"007\"\n"
	                                     "    model: N7745A\n    firmware: \"1.0\"\n",
	                                     &error);
	g_assert_no_error(error);
	const struct config_instrument *item = config_instrument(config, "meter1");
	g_assert_cmpstr(item->serial, ==, "007");
	g_assert_cmpstr(item->model, ==, "N7745A");
	g_assert_cmpstr(item->firmware, ==, "1.0");
	g_assert_null(config_instrument(config, "scope1")->serial);
	place_done(&place);
}

static void test_refused(void)
{
	static const struct {
		const char *a, *b, *says;
	} bad[] = {
		{"station: virtual-1", "statoin: virtual-1", "station"},
		{"meter_loss: 7.55 dB", "meter_loss: 7.55", "meter_loss"},
		{"meter_loss: 7.55 dB", "meter_loss: 7.55 dBm", "meter_loss"},
		{"fibre_channel: 5, ", "", "fibre_channel"},
		{", fibre_loss: 5.65 dB", "", "fibre_loss"},
		{"fibre_channel: 6", "fibre_channel: 2", "is the switch_channel too"},
		{"fibre_channel: 6", "fibre_channel: 0", "fibre_channel"},
		{"lane: 2,", "lane: 1,", "lane 1 is there twice"},
		{"uses: [meter1,", "uses: [metre1,", "no instrument \"metre1\""},
		{"uses: [meter1,", "uses: [meter1, meter1,", "both a power-meter"},
		{"driver: keysight-scope", "driver: keysight-scop", "keysight-scope"},
		{"class: scope", "class: supply", "uncertainty: expected a voltage"},
		{"name: attenuator1", "name: meter1", "there twice"},
		{"2099-12-31", "31.12.2099", "is not a date"},
		{"2099-12-31", "2099-W53-4", "is not a date"},
		{"station.db\n", "station.db\noperator: {retest: 2}\n",
	         "did you mean \"retests\"?"},
		{"limits: [400gbase-dr4.csv", "limits: [400gbase-xx4.csv", "400gbase-xx4.csv"},
		{"plan: 400g.yaml", "plan: absent.yaml", "absent.yaml"},
		{"ed_channels: [1, 2]", "ed_channels: []", "one or two channels"},
		{"reference_er: 6 dB", "reference_er: 0 dB", "reference_er must be above 0"},
		{"time_scale: 5025", "time_scale: 0", "above 0"},
		{"time_scale: 5025", "time_scale: nan", "time_scale"},
		{"store: station.db", "store: station.db\nstore: other.db", "store"},
		{"    scope_channel: 1\n", "    scope_channel: 1\n    color: red\n", "color"},
		{"  - site: 1\n", "  - site: 0\n", "site"},
		{"form_factor: QSFP-DD\n    medium", "form_factor: QSFP\n    medium",
	         "\"QSFP-DD\" or \"OSFP\""},
		{"form_factor: QSFP-DD\n    plan", "form_factor: QSFP\n    plan",
	         "\"QSFP-DD\" or \"OSFP\""},
		{"medium: parallel", "medium: air", "\"parallel\" or \"wdm\""},
		{"kind: SMF", "kind: POF", "\"SMF\" or \"MMF\""},
		{"kind: SMF, length: 500 m", "kind: SMF", "site 1 has no length"},
		{"medium: parallel", "medium: parallel\n    total_channel: 5", "wdm site"},
		{"medium: parallel", "medium: wdm\n    total_channel: 5", "total_loss"},
		{"{lane: 1,", "{lane: 1, demux_isolation: 28 dB,", "wdm site"},
		{"type: 400GBASE-DR4", "type: 400GBASE-DR3", "types/400gbase-dr3.yaml is neither"},
		{"type: 400GBASE-DR4", "type: 400Gbase-DR4", "is of type \"400GBASE-DR4\""},
		{"edition: 802.3bs", "edition: 802.3bs\n    lanes: 4", "lanes"},
	};
	struct place place;

	place_init(&place);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;
		struct config *config = load_with(&place, bad[i].a, bad[i].b, &error);

		g_assert_null(config);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, bad[i].says) ||
		    !strstr(error->message, "station.yaml:"))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        bad[i].says);
		g_clear_error(&error);
	}
	place_done(&place);
}

static void test_factory(void)
{
	struct place place;
	GError *error = NULL;
	g_autoptr(config) plain = NULL;
	g_autoptr(config) told = NULL;

	place_init(&place);
	plain = load_with(&place, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_null(plain->factory->location);
	g_assert_cmpint(report_factory_process(plain->factory, "final"), ==, -1);
	told = load_with(&place, "station.db\n",
	                 "station.db\nfactory: {location: Hall 3, processes: {final: 50}}\n",
	                 &error);
	g_assert_no_error(error);
	g_assert_cmpstr(told->factory->location, ==, "Hall 3");
	g_assert_null(told->factory->purpose);
	g_assert_cmpint(report_factory_process(told->factory, "final"), ==, 50);
	g_assert_cmpint(report_factory_process(told->factory, "calibrate"), ==, -1);
	g_assert_null(load_with(&place, "station.db\n",
	                        "station.db\nfactory: {processes: {final: x}}\n", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	place_done(&place);
}

/* A board file's name is beside the configuration's; a controller's address is what it is. */
static void test_board_file(void)
{
	static const struct {
		const char *fixture, *beside, *after;
	} rows[] = {
		{"board:file=socket.yaml", "board:file=", "socket.yaml"},
		{"board:file=/etc/socket.yaml", NULL, "board:file=/etc/socket.yaml"},
		{"controller:/dev/ttyACM0", NULL, "controller:/dev/ttyACM0"},
	};
	struct place place;

	place_init(&place);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct config *config =
			load_with(&place, "controller:127.0.0.1:5025", rows[i].fixture, &error);
		g_autofree char *path = g_build_filename(place.folder, rows[i].after, NULL);
		g_autofree char *expected = rows[i].beside ? g_strconcat(rows[i].beside, path, NULL)
		                                           : g_strdup(rows[i].after);

		g_assert_no_error(error);
		g_assert_cmpstr(config_site(config, 1)->fixture, ==, expected);
		config_free(config);
	}
	place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/config/virtual-bench", test_virtual_bench);
	g_test_add_func("/config/example", test_example);
	g_test_add_func("/config/fit", test_fit);
	g_test_add_func("/config/wdm", test_wdm);
	g_test_add_func("/config/no-fibre", test_no_fibre);
	g_test_add_func("/config/expired", test_expired);
	g_test_add_func("/config/expected", test_expected);
	g_test_add_func("/config/factory", test_factory);
	g_test_add_func("/config/refused", test_refused);
	g_test_add_func("/engine/config/board-file", test_board_file);
	return g_test_run();
}
