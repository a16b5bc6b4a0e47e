/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config_load.h"

#include <math.h>

/* A source without light, or with more than a power meter takes, is a wrong unit. */
#define SOURCE_LEAST_DBM (-30.0)
#define SOURCE_MOST_DBM  13.0

/* Defaults from what such connectors and paths are known for [M]. */
#define CONNECTOR_DB 0.10
#define DRIFT_DB     0.04
#define VALID_DAYS   30

static gboolean in_range(const struct yaml_node *map, const char *key, double value, double least,
                         double most, const char *unit, GError **error)
{
	if (value >= least && value <= most)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s is %g to %g %s", key, least, most, unit);
	return FALSE;
}

static gboolean load_source(struct config_source *source, const struct yaml_node *map,
                            GError **error)
{
	const char *serial, *due;

	if (!yaml_string(map, "serial", &serial, error) ||
	    !yaml_quantity(map, "power", "dBm", &source->power_dbm, error) ||
	    !in_range(map, "power", source->power_dbm, SOURCE_LEAST_DBM, SOURCE_MOST_DBM, "dBm",
	              error) ||
	    !yaml_quantity(map, "uncertainty", "dB", &source->uncertainty_db, error) ||
	    !in_range(map, "uncertainty", source->uncertainty_db, 0, 3, "dB", error) ||
	    !yaml_quantity_or(map, "connector", "dB", &source->connector_db, CONNECTOR_DB, error) ||
	    !in_range(map, "connector", source->connector_db, 0, 3, "dB", error) ||
	    !yaml_quantity_or(map, "drift", "dB", &source->drift_db, DRIFT_DB, error) ||
	    !in_range(map, "drift", source->drift_db, 0, 3, "dB", error) ||
	    !yaml_string_or(map, "calibration_due", &due, NULL, error) ||
	    !config_check_date(map, due, error))
		return FALSE;
	source->serial = g_strdup(serial);
	source->calibration_due = g_strdup(due);
	return yaml_done(map, error);
}

gboolean config_load_source(struct config *config, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *map;
	gint64 days;

	if (!yaml_map_or(root, "reference_source", &map, error) ||
	    !yaml_int_or(root, "path_loss_days", 1, 3650, &days, VALID_DAYS, error))
		return FALSE;
	config->path_loss_days = (int)days;
	if (!map)
		return TRUE;
	config->source = g_new0(struct config_source, 1);
	return load_source(config->source, map, error);
}

static gboolean load_probe(struct config_site *site, const struct yaml_node *map, GError **error)
{
	gint64 channel;

	if (!yaml_int_or(map, "probe_channel", 1, 64, &channel, 0, error) ||
	    !yaml_quantity_or(map, "probe_loss", "dB", &site->probe_loss_db, 0.0, error))
		return FALSE;
	site->probe_channel = (guint)channel;
	if (site->probe_channel || !yaml_find(map, "probe_loss"))
		return in_range(map, "probe_loss", site->probe_loss_db, 0, 30, "dB", error);
	yaml_error(yaml_find(map, "probe_loss"), error, "probe_loss without a probe_channel");
	return FALSE;
}

gboolean config_load_calibration(struct config *config, struct config_site *site,
                                 const struct yaml_node *map, GError **error)
{
	const char *name;

	if (!yaml_string_or(map, "path_loss", &name, NULL, error) ||
	    !config_load_command(map, "reference", &site->reference, error) ||
	    !load_probe(site, map, error) ||
	    !yaml_quantity_or(map, "passband_ripple", "dB", &site->passband_ripple_db, 0.0,
	                      error) ||
	    !in_range(map, "passband_ripple", site->passband_ripple_db, 0, 3, "dB", error))
		return FALSE;
	if (!site->wdm && yaml_find(map, "passband_ripple")) {
		yaml_error(yaml_find(map, "passband_ripple"), error,
		           "passband_ripple is of a wdm site; this one is parallel");
		return FALSE;
	}
	site->path_loss_path = name ? config_beside(config->path, name) : NULL;
	return TRUE;
}

gboolean config_load_loss(const struct config_site *site, const struct yaml_node *map,
                          const char *key, double *loss_db, GError **error)
{
	return site->path_loss_path ? yaml_quantity_or(map, key, "dB", loss_db, NAN, error)
	                            : yaml_quantity(map, key, "dB", loss_db, error);
}

/* --- measured losses -------------------------------------------------------------------------- */

/* FALSE when the file has none for this path. */
static gboolean take_value(const struct path_loss *loss, int lane, enum path_loss_kind kind,
                           double *loss_db, double *uncertainty_db)
{
	const struct path_loss_value *value = path_loss_find(loss, lane, kind);

	if (!value)
		return FALSE;
	*loss_db = value->loss_db;
	*uncertainty_db = fmax(*uncertainty_db, value->uncertainty_db);
	return TRUE;
}

/* What the configuration says; NAN when it says nothing. */
static double said_db(const struct config_site *site, const struct config_lane *lane)
{
	return isnan(lane->path_uncertainty_db) ? site->path_uncertainty_db
	                                        : lane->path_uncertainty_db;
}

/* A loss that is still the configuration's has its uncertainty too. fmax leaves a NaN aside. */
static void take_lane(const struct config_site *site, struct config_lane *lane,
                      const struct path_loss *loss)
{
	double uncertainty_db = NAN;
	guint n = 0;

	n += take_value(loss, lane->lane, PATH_LOSS_METER, &lane->meter_loss_db, &uncertainty_db);
	n += take_value(loss, lane->lane, PATH_LOSS_SCOPE, &lane->scope_loss_db, &uncertainty_db);
	n += take_value(loss, lane->lane, PATH_LOSS_RX, &lane->rx_loss_db, &uncertainty_db);
	n += !lane->fibre_channel ||
	     take_value(loss, lane->lane, PATH_LOSS_FIBRE, &lane->fibre_loss_db, &uncertainty_db);
	if (n < 4)
		uncertainty_db = fmax(uncertainty_db, said_db(site, lane));
	lane->path_uncertainty_db = uncertainty_db;
}

/* One loss for the light of all lanes: the mean of theirs. How far they lie apart is part of its
 * uncertainty, which must not be above that of the lanes: config_path_uncertainty_db knows no
 * other. */
static void take_total(struct config_site *site, const struct path_loss *loss)
{
	double least_db = NAN, most_db = NAN, sum_db = 0.0, uncertainty_db = NAN;
	guint n = 0;

	for (guint i = 0; i < site->n_lanes; i++) {
		const struct path_loss_value *value =
			path_loss_find(loss, site->lanes[i].lane, PATH_LOSS_TOTAL);

		if (!value)
			continue;
		n++;
		sum_db += value->loss_db;
		least_db = fmin(least_db, value->loss_db);
		most_db = fmax(most_db, value->loss_db);
		uncertainty_db = fmax(uncertainty_db, value->uncertainty_db);
	}
	if (!n || !site->total_meter_channel)
		return;
	site->total_loss_db = sum_db / n;
	uncertainty_db = hypot(uncertainty_db, most_db - least_db);
	for (guint i = 0; i < site->n_lanes; i++)
		site->lanes[i].path_uncertainty_db =
			fmax(said_db(site, &site->lanes[i]), uncertainty_db);
}

/* The key of a lane's loss that nobody gives, or null. */
static const char *missing_key(const struct config_lane *lane)
{
	if (isnan(lane->meter_loss_db))
		return "meter_loss";
	if (isnan(lane->scope_loss_db))
		return "scope_loss";
	if (lane->fibre_channel && isnan(lane->fibre_loss_db))
		return "fibre_loss";
	return isnan(lane->rx_loss_db) ? "rx_loss" : NULL;
}

static gboolean require_losses(const struct config_site *site, const struct yaml_node *map,
                               GError **error)
{
	const struct yaml_node *where = yaml_find(map, "path_loss");

	for (guint i = 0; i < site->n_lanes; i++) {
		const char *key = missing_key(&site->lanes[i]);

		if (!key)
			continue;
		yaml_error(where, error, "lane %d has no %s, neither here nor in %s",
		           site->lanes[i].lane, key, site->path_loss_path);
		return FALSE;
	}
	if (!site->total_meter_channel || !isnan(site->total_loss_db))
		return TRUE;
	yaml_error(where, error, "site %d has no total_loss, neither here nor in %s", site->site,
	           site->path_loss_path);
	return FALSE;
}

gboolean config_take_losses(const struct config *config, struct config_site *site,
                            const struct yaml_node *map, GError **error)
{
	if (!site->path_loss_path)
		return TRUE;
	if (g_file_test(site->path_loss_path, G_FILE_TEST_EXISTS)) {
		site->path_loss = path_loss_load(site->path_loss_path, site->site, error);
		if (!site->path_loss)
			return FALSE;
		for (guint i = 0; i < site->n_lanes; i++)
			take_lane(site, &site->lanes[i], site->path_loss);
		take_total(site, site->path_loss);
	} else if (!config->uncalibrated) {
		yaml_error(yaml_find(map, "path_loss"), error,
		           "%s is not there; \"station check --path-loss %d\" measures the losses "
		           "and writes it",
		           site->path_loss_path, site->site);
		return FALSE;
	}
	return config->uncalibrated || require_losses(site, map, error);
}
