/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "instruments/attenuator.h"
#include "instruments/bert.h"
#include "instruments/optical_switch.h"
#include "instruments/power_meter.h"
#include "instruments/scope.h"
#include "station/engine/path_work.h"

#include <math.h>

#define SETTLE_S 0.1

double path_calibration_average_dbm(double oma_dbm, double er_db)
{
	double er = unit_ratio_from_db(er_db);

	return oma_dbm + unit_db_from_ratio((er + 1.0) / (2.0 * (er - 1.0)));
}

/* --- the light of the receive path ------------------------------------------------------------ */

gboolean path_work_darken(const struct path_work *work, const struct bounds *bounds, GError **error)
{
	struct instrument *attenuator = work->by_class[INSTRUMENT_ATTENUATOR];
	struct instrument *bert = work->by_class[INSTRUMENT_BERT];
	const struct config_site *site = work->site;
	guint channels[CONFIG_LANES_MAX];

	for (guint i = 0; i < site->n_lanes; i++)
		channels[i] = site->lanes[i].attenuator_channel;
	gboolean ok = attenuator_close_several(attenuator, channels, site->n_lanes, bounds, error);
	for (guint i = 0; i < site->n_lanes; i++)
		ok = bert_set_output(bert, site->lanes[i].ppg_channel, FALSE, bounds,
		                     ok ? error : NULL) &&
		     ok;
	return ok;
}

static gboolean generators_on(struct path_work *work, GError **error)
{
	struct bounds bounds = bounds_within(work->bounds, PATH_WORK_READ_LIMIT_S);
	struct instrument *attenuator = work->by_class[INSTRUMENT_ATTENUATOR];
	struct bert_setup setup = {
		.output_symbol_rate_bd = work->type->symbol_rate_bd,
		.input_symbol_rate_bd = work->type->symbol_rate_bd,
		.pattern = BERT_PATTERN_PRBS31Q,
	};
	struct attenuator_setting settings[CONFIG_LANES_MAX];

	if (!path_work_darken(work, &bounds, error))
		return FALSE;
	for (guint i = 0; i < work->site->n_lanes; i++)
		settings[i] = (struct attenuator_setting){work->site->lanes[i].attenuator_channel,
		                                          attenuator_max_db(attenuator)};
	return attenuator_set_several(attenuator, settings, work->site->n_lanes, &bounds, error) &&
	       bert_configure(work->by_class[INSTRUMENT_BERT], &setup, &bounds, error) &&
	       bert_set_global_output(work->by_class[INSTRUMENT_BERT], TRUE, &bounds, error);
}

/* --- readings --------------------------------------------------------------------------------- */

/* A loss of this size is no reading of the path: it ends the calibration before the other lanes
 * are connected for nothing. */
static gboolean believable(const struct path_work *work, int lane, enum path_loss_kind kind,
                           double loss_db, GError **error)
{
	if (loss_db >= 0 && loss_db <= PATH_LOSS_MOST_DB)
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "site %d, lane %d, %s: %s (a loss of %.1f dB)", work->site->site, lane,
	                  path_loss_kind_name(kind),
	                  loss_db < 0 ? "more light arrives than was sent: look at the power that "
	                                "the configuration says"
	                              : "next to no light arrives: is it the right fibre, and is "
	                                "the source on?",
	                  loss_db);
	return FALSE;
}

static gboolean read_meter(struct path_work *work, const struct config_lane *path,
                           enum path_loss_kind kind, guint channel, double sent_dbm,
                           double *loss_db, GError **error)
{
	struct instrument *meter = work->by_class[INSTRUMENT_POWER_METER];
	struct bounds bounds = bounds_within(work->bounds, PATH_WORK_READ_LIMIT_S);
	double power_w;

	if (!power_meter_set_wavelength(meter, channel, work->type->wavelength_m[path->lane - 1],
	                                &bounds, error) ||
	    !power_meter_read_w(meter, channel, &power_w, &bounds, error))
		return FALSE;
	/* darkness reads its noise, which may be below zero */
	*loss_db = sent_dbm - unit_dbm_from_watt(fmax(power_w, 1e-15));
	return believable(work, path->lane, kind, *loss_db, error);
}

/* Average power of light that need not carry a pattern. */
static gboolean scope_light_w(struct path_work *work, int lane, double *power_w,
                              const struct bounds *bounds, GError **error)
{
	return scope_measure_light_w(work->by_class[INSTRUMENT_SCOPE], work->site->scope_channel,
	                             work->type->wavelength_m[lane - 1], power_w, bounds, error);
}

static gboolean read_scope(struct path_work *work, const struct config_lane *path,
                           enum path_loss_kind kind, guint channel, double *loss_db, GError **error)
{
	struct bounds bounds = bounds_within(work->bounds, PATH_WORK_READ_LIMIT_S);
	double power_w;

	if (!optical_switch_route(work->by_class[INSTRUMENT_OPTICAL_SWITCH],
	                          work->site->switch_module, channel, &bounds, error) ||
	    !scope_light_w(work, path->lane, &power_w, &bounds, error))
		return FALSE;
	*loss_db = work->source->power_dbm - unit_dbm_from_watt(fmax(power_w, 1e-15));
	return believable(work, path->lane, kind, *loss_db, error);
}

/* Each kind's readings of a lane, by connection. */
struct readings {
	double db[PATH_LOSS_KINDS][PATH_CALIBRATION_MAX];
	gboolean has[PATH_LOSS_KINDS];
};

static gboolean read_transmit(struct path_work *work, const struct config_lane *path, guint i,
                              struct readings *readings, GError **error)
{
	double sent_dbm = work->source->power_dbm;
	guint total = work->site->total_meter_channel;

	readings->has[PATH_LOSS_METER] = readings->has[PATH_LOSS_SCOPE] = TRUE;
	readings->has[PATH_LOSS_FIBRE] = path->fibre_channel != 0;
	readings->has[PATH_LOSS_TOTAL] = total != 0;
	return read_meter(work, path, PATH_LOSS_METER, path->meter_channel, sent_dbm,
	                  &readings->db[PATH_LOSS_METER][i], error) &&
	       (!total || read_meter(work, path, PATH_LOSS_TOTAL, total, sent_dbm,
	                             &readings->db[PATH_LOSS_TOTAL][i], error)) &&
	       read_scope(work, path, PATH_LOSS_SCOPE, path->switch_channel,
	                  &readings->db[PATH_LOSS_SCOPE][i], error) &&
	       (!path->fibre_channel || read_scope(work, path, PATH_LOSS_FIBRE, path->fibre_channel,
	                                           &readings->db[PATH_LOSS_FIBRE][i], error));
}

/* The shutter is open only while the fibre is on the meter. */
static gboolean read_receive(struct path_work *work, const struct config_lane *path, guint i,
                             struct readings *readings, GError **error)
{
	struct instrument *attenuator = work->by_class[INSTRUMENT_ATTENUATOR];
	double sent_dbm =
		path_calibration_average_dbm(path->reference_oma_dbm, path->reference_er_db);
	double *loss_db = &readings->db[PATH_LOSS_RX][i];
	struct bounds bounds = bounds_within(work->bounds, PATH_WORK_READ_LIMIT_S);

	readings->has[PATH_LOSS_RX] = TRUE;
	if (!attenuator_open_shutter(attenuator, path->attenuator_channel, TRUE, &bounds, error) ||
	    !clock_sleep_s(SETTLE_S, &bounds, error) ||
	    !read_meter(work, path, PATH_LOSS_RX, work->site->probe_channel,
	                sent_dbm - work->site->probe_loss_db, loss_db, error))
		return FALSE;
	return attenuator_open_shutter(attenuator, path->attenuator_channel, FALSE, &bounds, error);
}

static gboolean receive_on(struct path_work *work, const struct config_lane *path, GError **error)
{
	struct instrument *attenuator = work->by_class[INSTRUMENT_ATTENUATOR];
	struct bounds bounds = bounds_within(work->bounds, PATH_WORK_READ_LIMIT_S);

	return attenuator_set_wavelength(attenuator, path->attenuator_channel,
	                                 work->type->wavelength_m[path->lane - 1], &bounds,
	                                 error) &&
	       attenuator_set_db(attenuator, path->attenuator_channel, 0.0, &bounds, error) &&
	       bert_set_output(work->by_class[INSTRUMENT_BERT], path->ppg_channel, TRUE, &bounds,
	                       error);
}

/* --- lane after lane -------------------------------------------------------------------------- */

static double others_db(const struct path_work *work, enum path_loss_kind kind)
{
	const struct config_source *source = work->source;
	gboolean by_scope = kind == PATH_LOSS_SCOPE || kind == PATH_LOSS_FIBRE;
	const char *name = work->site->uses[by_scope ? INSTRUMENT_SCOPE : INSTRUMENT_POWER_METER];
	double instrument_db = config_instrument(work->how->config, name)->uncertainty;
	double source_db = kind == PATH_LOSS_RX ? 0.0 : source->uncertainty_db;
	double ripple_db = kind == PATH_LOSS_TOTAL ? 0.0 : work->site->passband_ripple_db;

	return hypot(hypot(source_db, instrument_db),
	             hypot(hypot(source->connector_db, source->drift_db), ripple_db));
}

/* Connection after connection of one lane, and what remains of them. */
static gboolean measure_lane(struct path_work *work, enum path_connection what,
                             struct path_loss_lane *lane, GError **error)
{
	const struct config_lane *path = config_lane(work->site, lane->lane);
	guint n = work->how->reconnections;
	struct readings readings = {0};

	for (guint i = 0; i < n; i++, work->done++) {
		if (!path_work_connect(work, what, lane->lane, i, error))
			return FALSE;
		if (what == PATH_CONNECT_SOURCE ? !read_transmit(work, path, i, &readings, error)
		                                : !read_receive(work, path, i, &readings, error))
			return FALSE;
	}
	for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++)
		if (readings.has[kind])
			lane->paths[kind] =
				path_loss_mean(readings.db[kind], n, others_db(work, kind));
	return TRUE;
}

static gboolean measure_receive(struct path_work *work, struct path_loss *loss, GError **error)
{
	struct instrument *bert = work->by_class[INSTRUMENT_BERT];

	if (!generators_on(work, error))
		return FALSE;
	for (guint i = 0; i < loss->n_lanes; i++) {
		const struct config_lane *path = config_lane(work->site, loss->lanes[i].lane);
		struct bounds bounds = bounds_within(work->bounds, PATH_WORK_READ_LIMIT_S);

		if (!receive_on(work, path, error) ||
		    !measure_lane(work, PATH_CONNECT_PROBE, &loss->lanes[i], error) ||
		    !bert_set_output(bert, path->ppg_channel, FALSE, &bounds, error))
			return FALSE;
	}
	return TRUE;
}

/* First all transmit fibres, then the receive ones: the probe may be on the channel that has the
 * light before the demultiplexer. */
gboolean path_work_measure(struct path_work *work, struct path_loss *loss, GError **error)
{
	for (guint i = 0; i < work->type->n_lanes; i++) {
		loss->lanes[i].lane = (int)i + 1;
		loss->lanes[i].wavelength_m = work->type->wavelength_m[i];
		loss->n_lanes++;
		if (!measure_lane(work, PATH_CONNECT_SOURCE, &loss->lanes[i], error))
			return FALSE;
	}
	path_work_disconnect(work, PATH_CONNECT_SOURCE);
	if (work->site->probe_channel && !measure_receive(work, loss, error))
		return FALSE;
	path_work_tell(work, "measured");
	return TRUE;
}
