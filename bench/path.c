/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/path.h"

#include "base/unit.h"

#include <math.h>

#define ELEMENT_SIGMA_DB    0.03
#define INSTRUMENT_SIGMA_DB 0.03
#define LAMP_DB             0.02
#define TAP_DB              10.2 /* a tenth, and what the tap itself loses */
#define TAP_THROUGH_DB      0.6

/* What the elements lose that are a site's by its fibre. Figures from memory of product sheets. */
struct recipe {
	double leg_db;
	double arm_db[PATH_ARMS]; /* of the coupler */
	double splices_db;        /* at both ends of the spool */
	double switch_db;
	double attenuator_db;
	double source_oma_dbm;
};

static const struct recipe parallel = {.leg_db = 0.35,
                                       .arm_db = {7.20, 4.20, 4.20},
                                       .splices_db = 0.12,
                                       .switch_db = 0.80,
                                       .attenuator_db = 1.60,
                                       .source_oma_dbm = 4.5};
static const struct recipe multimode = {.leg_db = 0.45,
                                        .arm_db = {7.50, 4.50, 4.50},
                                        .splices_db = 0.20,
                                        .switch_db = 1.10,
                                        .attenuator_db = 2.00,
                                        .source_oma_dbm = 6.5};
static const struct recipe wdm = {.leg_db = 0.25,
                                  .arm_db = {7.20, 4.20, 4.20},
                                  .splices_db = 0.12,
                                  .switch_db = 0.80,
                                  .attenuator_db = 1.60,
                                  .source_oma_dbm = 8.0};

static const double cwdm_m[WORLD_LANES] = {1271e-9, 1291e-9, 1311e-9, 1331e-9};
static const double lwdm_m[WORLD_LANES] = {1295.56e-9, 1300.05e-9, 1304.58e-9, 1309.14e-9};

static double element_db(struct random_stream *s, double nominal_db)
{
	return nominal_db + random_bounded(s, ELEMENT_SIGMA_DB, 2.5);
}

static double instrument_gain(struct random_stream *s)
{
	return unit_ratio_from_db(random_bounded(s, INSTRUMENT_SIGMA_DB, 2.5));
}

static void draw_lanes(struct path *path, const struct recipe *recipe, struct random_stream *s)
{
	double source_w = unit_watt_from_dbm(recipe->source_oma_dbm);

	path->scope_gain = instrument_gain(s);
	for (guint i = 0; i < WORLD_LANES; i++) {
		path->leg_db[i] = element_db(s, recipe->leg_db);
		path->arm_db[PATH_METER][i] = element_db(s, recipe->arm_db[PATH_METER]);
		path->arm_db[PATH_SCOPE][i] = element_db(s, recipe->arm_db[PATH_SCOPE]);
		path->arm_db[PATH_SCOPE][i] += element_db(s, recipe->switch_db);
		path->attenuator_db[i] = element_db(s, recipe->attenuator_db);
		path->receive_db[i] = element_db(s, recipe->leg_db);
		path->source_oma_w[i] = source_w * instrument_gain(s);
		path->meter_gain[i] = instrument_gain(s);
		path->monitor_gain[i] = instrument_gain(s);
		path->attenuator_slope[i] = 1 + random_bounded(s, 0.001, 2);
		path->attenuator_phase[i] = random_uniform(s, 0, 2 * G_PI);
		path->tx_lane[i] = path->rx_lane[i] = i;
	}
	for (guint i = 0; i < WORLD_LANES; i++) {
		path->arm_db[PATH_SPOOL][i] = element_db(s, recipe->arm_db[PATH_SPOOL]);
		path->arm_db[PATH_SPOOL][i] += element_db(s, recipe->splices_db);
		path->arm_db[PATH_SPOOL][i] += element_db(s, recipe->switch_db);
	}
}

/* One cord, one coupler and one tap for all; a demultiplexer at the end of each arm. */
static void draw_wdm(struct path *path, const struct world_model *model, struct random_stream *s)
{
	path->tap_db = path->arm_db[PATH_METER][0] + element_db(s, TAP_DB);
	for (guint i = 0; i < WORLD_LANES; i++) {
		path->leg_db[i] = path->leg_db[0];
		path->receive_db[i] = path->receive_db[0];
		path->arm_db[PATH_METER][i] += TAP_THROUGH_DB;
	}
	demux_init(&path->mux, model->wavelength_m, model->n_lanes, s);
	for (guint arm = 0; arm < PATH_ARMS; arm++) {
		demux_init(&path->demux[WORLD_DEMUX_OWN][arm], model->wavelength_m, model->n_lanes,
		           s);
		demux_init(&path->demux[WORLD_DEMUX_CWDM][arm], cwdm_m, WORLD_LANES, s);
		demux_init(&path->demux[WORLD_DEMUX_LWDM][arm], lwdm_m, WORLD_LANES, s);
	}
}

void path_init(struct path *path, guint64 seed, guint number, const struct world_model *model)
{
	struct random_stream lanes, more;
	g_autofree char *lanes_name = g_strdup_printf("site %u", number);
	g_autofree char *more_name = g_strdup_printf("path %u", number);

	random_init(&lanes, seed, lanes_name);
	random_init(&more, seed, more_name);
	*path = (struct path){.wdm = model->wdm, .multimode = model->multimode};
	draw_lanes(path, model->wdm ? &wdm : model->multimode ? &multimode : &parallel, &lanes);
	for (guint i = WORLD_LANES; i < WORLD_METER_PORTS; i++)
		path->meter_gain[i] = instrument_gain(&more);
	path->lamp_gain = unit_ratio_from_db(random_uniform(&more, -LAMP_DB, LAMP_DB));
	if (model->wdm)
		draw_wdm(path, model, &more);
	path_fibre(&path->fibre, model);
}

/* From the module's connector to what comes out of an arm at index `out`. */
static double arm_db(const struct path *path, enum path_arm arm, guint out, guint lane,
                     double wavelength_m)
{
	double db = path->leg_db[out] + path->arm_db[arm][out] + path->tx_age_db[out];

	if (!path->wdm)
		return path->tx_lane[out] == lane ? db : INFINITY;
	const struct demux *demux = &path->demux[path->grid][arm];
	guint filter = path->tx_lane[out];
	return filter < demux->n ? db + demux_output_db(demux, filter, wavelength_m) : INFINITY;
}

double path_meter_db(const struct path *path, guint port, guint lane, double wavelength_m)
{
	if (port < WORLD_LANES)
		return arm_db(path, PATH_METER, port, lane, wavelength_m);
	return path->wdm ? path->leg_db[0] + path->tap_db : INFINITY;
}

double path_scope_db(const struct path *path, guint channel, guint lane, double wavelength_m)
{
	if (channel < WORLD_LANES)
		return arm_db(path, PATH_SCOPE, channel, lane, wavelength_m);
	return arm_db(path, PATH_SPOOL, channel - WORLD_LANES, lane, wavelength_m) +
	       fibre_loss_db(&path->fibre, wavelength_m);
}

double path_receive_db(const struct path *path, guint output, guint lane, double wavelength_m)
{
	guint into = path->rx_lane[output];
	double db = path->receive_db[into] + path->rx_age_db[into];

	if (!path->wdm)
		return into == lane ? db : INFINITY;
	if (output != lane || into >= path->mux.n)
		return INFINITY;
	return db + demux_output_db(&path->mux, into, wavelength_m);
}

void path_fibre(struct fibre *fibre, const struct world_model *model)
{
	fibre_default(fibre);
	if (model->multimode)
		fibre_multimode(fibre);
	fibre->length_m = model->reach_m;
}
