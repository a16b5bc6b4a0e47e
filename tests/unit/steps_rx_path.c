/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/attenuator.h"
#include "instruments/driver.h"
#include "station/engine/run.h"
#include "station/steps/rx_path.h"

#include <math.h>
#include <string.h>

/*
 * A step on a site of two lanes that has no instrument: whatever touches one ends the program, so
 * what is refused here is refused before anything moves.
 */
struct bed {
	struct step_context ctx;
	struct run run;
	struct product_files files;
	struct optical_type type;
	struct config_site site;
	char name[16];
};

static void bed_init(struct bed *bed, double damage_dbm)
{
	memset(bed, 0, sizeof *bed);
	g_strlcpy(bed->name, "400GBASE-XR4", sizeof bed->name);
	bed->type.name = bed->name;
	bed->type.n_lanes = 2;
	bed->type.rx_damage_dbm = damage_dbm;
	bed->site.n_lanes = 2;
	bed->site.path_uncertainty_db = 0.3;
	for (int i = 0; i < 2; i++)
		bed->site.lanes[i] = (struct config_lane){
			.lane = i + 1,
			.path_uncertainty_db = NAN,
			.attenuator_channel = 1 + (guint)i,
			.rx_loss_db = 2.0,
			.reference_oma_dbm = 8.0,
			.reference_er_db = 6.0,
		};
	bed->files.type = &bed->type;
	bed->run.files = &bed->files;
	bed->run.site = &bed->site;
	bed->ctx.run = &bed->run;
}

/* (ER + 1) / (2 (ER - 1)) of 6 dB: 3.981 */
#define AVERAGE_OVER_OMA_DB (-0.7808)

static void test_average(void)
{
	struct bed bed;

	bed_init(&bed, 5.0);
	g_assert_cmpfloat_with_epsilon(rx_path_average_from_oma_dbm(&bed.ctx, 1, 2.0),
	                               2.0 + AVERAGE_OVER_OMA_DB, 1e-4);
	g_assert_cmpfloat_with_epsilon(rx_path_oma_from_average_dbm(&bed.ctx, 1, 2.0),
	                               2.0 - AVERAGE_OVER_OMA_DB, 1e-4);
	g_assert_cmpfloat_with_epsilon(rx_path_max_oma_dbm(&bed.ctx, 2), 6.0, 1e-12);
}

static void test_ceiling(void)
{
	struct optical_type type = {.rx_damage_dbm = 4.5};

	g_assert_cmpfloat(rx_path_ceiling_dbm(&type, 1.0), ==, 3.5);
	type.rx_damage_dbm = NAN;
	g_assert_cmpfloat(rx_path_ceiling_dbm(&type, 1.0), ==, RX_PATH_UNKNOWN_DBM);
}

static void test_may_reach(void)
{
	char name[] = "400GBASE-XR4";
	struct optical_type type = {.name = name, .rx_damage_dbm = 4.5};
	g_autoptr(GError) error = NULL;

	g_assert_true(rx_path_may_reach(&type, 3, 3.5, NAN, 1.0, NULL));
	g_assert_true(rx_path_may_reach(&type, 3, 3.2, 0.3, 1.0, NULL));
	g_assert_false(rx_path_may_reach(&type, 3, 3.21, 0.3, 1.0, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_cmpstr(error->message, ==,
	                "lane 3: up to 3.51 dBm average would reach the receiver; 400GBASE-XR4 "
	                "may be damaged at 4.50 dBm, and 1.00 dB are kept from that");
	g_clear_error(&error);
	/* a power that is no number is not borne */
	g_assert_false(rx_path_may_reach(&type, 3, NAN, 0.3, 1.0, &error));
	g_clear_error(&error);
	type.rx_damage_dbm = NAN;
	g_assert_true(rx_path_may_reach(&type, 3, -5.0, NAN, 1.0, NULL));
	g_assert_false(rx_path_may_reach(&type, 3, -4.9, NAN, 1.0, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_nonnull(strstr(error->message, "does not say what it bears"));
}

/* 3.5 dBm average less 0.3 dB of uncertainty are 3.98 dBm OMA; the path could give 6. */
static void test_refused_before_moving(void)
{
	g_autoptr(GError) error = NULL;
	struct bed bed;

	bed_init(&bed, 4.5);
	g_assert_cmpfloat_with_epsilon(rx_path_most_oma_dbm(&bed.ctx, 1), 3.2 - AVERAGE_OVER_OMA_DB,
	                               1e-4);
	g_assert_false(rx_path_set_oma(&bed.ctx, 2, 4.1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_true(g_str_has_prefix(error->message, "lane 2: up to 3.62 dBm average"));
	g_clear_error(&error);
	g_assert_false(rx_path_set_all_power(&bed.ctx, 3.3, TRUE, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_false(rx_path_set_all_oma(&bed.ctx, 6.1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	/* the first lane may have it, the second not */
	g_assert_false(rx_path_set_omas(&bed.ctx, (const double[]){3.0, 4.1}, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_true(g_str_has_prefix(error->message, "lane 2: up to 3.62 dBm average"));
	g_clear_error(&error);
	g_assert_false(rx_path_set_omas(&bed.ctx, (const double[]){3.0, 6.1}, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	/* the uncertainty of a lane of its own */
	bed.site.lanes[0].path_uncertainty_db = 1.0;
	g_assert_cmpfloat_with_epsilon(rx_path_most_oma_dbm(&bed.ctx, 1), 2.5 - AVERAGE_OVER_OMA_DB,
	                               1e-4);
	/* nothing known */
	bed.type.rx_damage_dbm = NAN;
	g_assert_false(rx_path_set_oma(&bed.ctx, 2, -4.0, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
}

/* --- an attenuator that writes down what it is asked for ------------------------------------- */

static gboolean note_settings(struct instrument *attenuator,
                              const struct attenuator_setting *settings, guint n,
                              const struct bounds *bounds, GError **error)
{
	(void)bounds;
	(void)error;
	g_string_append(attenuator->state, "set");
	for (guint i = 0; i < n; i++)
		g_string_append_printf(attenuator->state, " %u:%.1f", settings[i].channel,
		                       settings[i].attenuation_db);
	g_string_append(attenuator->state, "; ");
	return TRUE;
}

static gboolean note_open(struct instrument *attenuator, const guint *channels, guint n,
                          const struct bounds *bounds, GError **error)
{
	(void)bounds;
	(void)error;
	g_string_append(attenuator->state, "open");
	for (guint i = 0; i < n; i++)
		g_string_append_printf(attenuator->state, " %u", channels[i]);
	g_string_append(attenuator->state, "; ");
	return TRUE;
}

/* All lanes are set in one go, and opened in one go after that; one lane leaves the other alone. */
static void test_together(void)
{
	static const struct attenuator_ops ops = {
		.set_attenuations = note_settings,
		.open_shutters = note_open,
	};
	static const struct attenuator_facts facts = {.attenuation_max_db = 45.0};
	const struct instrument_driver driver = {.class = INSTRUMENT_ATTENUATOR,
	                                         .attenuator = &ops};
	const struct instrument_model model = {.model = "N", .n_channels = 4, .attenuator = &facts};
	g_autoptr(GString) log = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	char name[] = "voa";
	struct instrument attenuator = {.name = name,
	                                .driver = &driver,
	                                .model = &model,
	                                .state = log};
	struct bed bed;

	bed_init(&bed, 5.0);
	bed.site.lanes[1].attenuator_channel = 4;
	bed.ctx.instruments[INSTRUMENT_ATTENUATOR] = &attenuator;
	rx_path_set_omas(&bed.ctx, (const double[]){0.0, -3.5}, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(log->str, ==, "set 1:6.0 4:9.5; open 1 4; ");
	g_string_truncate(log, 0);
	rx_path_set_all_oma(&bed.ctx, -4.0, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(log->str, ==, "set 1:10.0 4:10.0; open 1 4; ");
	g_string_truncate(log, 0);
	rx_path_set_all_power(&bed.ctx, -4.0 + AVERAGE_OVER_OMA_DB, TRUE, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(log->str, ==, "set 1:10.0 4:10.0; open 1 4; ");
	g_string_truncate(log, 0);
	rx_path_set_oma(&bed.ctx, 2, -4.0, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(log->str, ==, "set 4:10.0; open 4; ");
	g_string_truncate(log, 0);
	/* more than the attenuator can do in the second lane */
	g_assert_false(rx_path_set_omas(&bed.ctx, (const double[]){0.0, -39.5}, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_cmpstr(log->str, ==, "");
}

static void test_weak_path(void)
{
	struct bed bed;

	bed_init(&bed, 9.0);
	g_assert_cmpfloat_with_epsilon(rx_path_most_oma_dbm(&bed.ctx, 1), 6.0, 1e-12);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/rx-path/average", test_average);
	g_test_add_func("/rx-path/ceiling", test_ceiling);
	g_test_add_func("/rx-path/may-reach", test_may_reach);
	g_test_add_func("/rx-path/refused-before-moving", test_refused_before_moving);
	g_test_add_func("/rx-path/together", test_together);
	g_test_add_func("/rx-path/weak-path", test_weak_path);
	return g_test_run();
}
