/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/path_calibration.h"

#include "base/error.h"
#include "fixtures/fixture.h"
#include "station/engine/guard.h"
#include "station/engine/loader.h"
#include "station/engine/path_work.h"
#include "station/engine/run.h"

#include <math.h>

#define COMMAND_LIMIT_S 60.0
#define TAKE_LIMIT_S    90.0
#define SAFE_LIMIT_S    30.0

/* The first three are for the transmit paths; the first two are measured with. */
static const enum instrument_class classes[PATH_WORK_CLASSES] = {
	INSTRUMENT_POWER_METER, INSTRUMENT_SCOPE, INSTRUMENT_OPTICAL_SWITCH,
	INSTRUMENT_ATTENUATOR,  INSTRUMENT_BERT,
};

const char *path_connection_name(enum path_connection what)
{
	return what == PATH_CONNECT_SOURCE ? "source" : "probe";
}

/* --- what is needed --------------------------------------------------------------------------- */

/* Paths have no type of their own: wavelengths and rate are those of what is built there. */
static const struct optical_type *type_of(const struct config *config,
                                          const struct config_site *site)
{
	for (guint i = 0; i < config->products->len; i++) {
		const struct config_product *product = g_ptr_array_index(config->products, i);
		g_autofree char *misfit = config_misfit(site, product);

		if (!misfit)
			return product->optics;
	}
	return NULL;
}

static gboolean need_instruments(struct path_work *work, GError **error)
{
	const struct config *config = work->how->config;
	/* without a probe nothing of the receive path is used */
	guint n = work->site->probe_channel ? PATH_WORK_CLASSES : 3;

	for (guint i = 0; i < n; i++) {
		const char *name = work->site->uses[classes[i]];
		const struct config_instrument *item =
			name ? config_instrument(config, name) : NULL;

		if (!item) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "%s: site %d has no %s, which its path losses are "
			                  "calibrated with",
			                  config->path, work->site->site,
			                  instrument_class_name(classes[i]));
			return FALSE;
		}
		if (i < 2 && isnan(item->uncertainty)) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "%s: %s has no uncertainty, which that of the path "
			                  "losses is made from",
			                  config->path, name);
			return FALSE;
		}
		work->names[work->n_names++] = name;
	}
	return TRUE;
}

static gboolean prepare(struct path_work *work, GError **error)
{
	const struct config *config = work->how->config;

	if (!work->source) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: there is no reference_source to calibrate path losses with",
		                  config->path);
		return FALSE;
	}
	work->type = type_of(config, work->site);
	if (!work->type || !work->site->n_lanes) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: no product fits site %d, so the wavelengths of its lanes "
		                  "are not known",
		                  config->path, work->site->site);
		return FALSE;
	}
	work->total = work->type->n_lanes * work->how->reconnections *
	              (work->site->probe_channel ? 2 : 1);
	return need_instruments(work, error);
}

/* A receiver at the end of the fibre would get all that the reference transmitter gives. */
static gboolean require_empty(const struct path_work *work, GError **error)
{
	struct bounds bounds = bounds_within(work->bounds, SAFE_LIMIT_S);
	g_autoptr(fixture) fixture = NULL;
	gboolean present = TRUE;

	if (!exclusive_take_fixture(pool_exclusive(work->how->pool), work->site->site,
	                            work->site->fixture, error))
		return FALSE;
	fixture = fixture_open(work->site->fixture, &bounds, error);
	if (!fixture || !fixture_module_present(fixture, &present, &bounds, error)) {
		g_prefix_error(error, "fixture of site %d: ", work->site->site);
		return FALSE;
	}
	if (present)
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "a module is in site %d: take it out, its receivers could get "
		                  "more light than they bear",
		                  work->site->site);
	return !present;
}

static gboolean take(struct path_work *work, const struct bounds *bounds, GError **error)
{
	if (!pool_take(work->how->pool, work->names, work->n_names, work->taken, bounds, error))
		return FALSE;
	for (guint i = 0; i < work->n_names; i++)
		work->by_class[classes[i]] = work->taken[i];
	return TRUE;
}

/* --- connecting ------------------------------------------------------------------------------- */

static char *request_text(const struct path_work *work, enum path_connection what, int lane,
                          guint again)
{
	const char *meter = work->site->uses[INSTRUMENT_POWER_METER];
	g_autofree char *count = again ? g_strdup_printf(" again, connection %u of %u", again + 1,
	                                                 work->how->reconnections)
	                               : g_strdup("");

	if (what == PATH_CONNECT_PROBE)
		return g_strdup_printf("site %d: put the receive fibre of lane %d on channel %u of "
		                       "%s%s",
		                       work->site->site, lane, work->site->probe_channel, meter,
		                       count);
	return g_strdup_printf("site %d: put the source %s (%.2f dBm, %.1f nm) on the transmit "
	                       "fibre %s lane %d%s",
	                       work->site->site, work->source->serial, work->source->power_dbm,
	                       work->type->wavelength_m[lane - 1] * 1e9,
	                       work->site->wdm ? "for" : "of", lane, count);
}

void path_work_tell(struct path_work *work, const char *text)
{
	double passed_s = (double)(g_get_monotonic_time() - work->start_us) * 1e-6;
	double left_s = work->done ? passed_s / work->done * (work->total - work->done) : NAN;

	work->how->progress(text, work->done, work->total, left_s, work->how->data);
}

gboolean path_work_connect(struct path_work *work, enum path_connection what, int lane, guint again,
                           GError **error)
{
	g_autofree char *text = request_text(work, what, lane, again);
	struct bounds bounds =
		bounds_within(work->bounds, work->site->reference
	                                            ? COMMAND_LIMIT_S
	                                            : work->how->config->insert_limit_s);

	path_work_tell(work, text);
	*(what == PATH_CONNECT_SOURCE ? &work->source_on : &work->probe_on) = TRUE;
	return work->site->reference ? loader_reference(work->site, path_connection_name(what),
	                                                lane, &bounds, error)
	                             : work->how->ask(text, &bounds, work->how->data, error);
}

static void note_failure(struct path_work *work, const char *what, GError *failure)
{
	g_autofree char *text =
		g_strdup_printf("site %d: %s: %s", work->site->site, what, failure->message);

	work->how->note(text, work->how->data);
	g_error_free(failure);
}

void path_work_disconnect(struct path_work *work, enum path_connection what)
{
	gboolean *on = what == PATH_CONNECT_SOURCE ? &work->source_on : &work->probe_on;
	struct bounds bounds = {deadline_in_s(SAFE_LIMIT_S), NULL};
	GError *failure = NULL;

	if (!*on)
		return;
	*on = FALSE;
	if (!work->site->reference) {
		g_autofree char *text =
			g_strdup_printf(what == PATH_CONNECT_SOURCE
		                                ? "site %d: take the source away"
		                                : "site %d: put the receive fibres back",
		                        work->site->site);
		work->how->note(text, work->how->data);
	} else if (!loader_reference(work->site, path_connection_name(what), 0, &bounds,
	                             &failure)) {
		note_failure(work, "reference", failure);
	}
}

/* With sessions that can be trusted; where one cannot be had, all that can be reached is made safe.
 */
static void make_safe(struct path_work *work)
{
	const struct guard_site safe = {.site = work->site->site};
	struct bounds bounds = {deadline_in_s(TAKE_LIMIT_S), NULL};
	GError *failure = NULL;
	gboolean ok = TRUE;

	if (work->site->probe_channel) {
		ok = take(work, &bounds, &failure);
		if (ok) {
			bounds.deadline = deadline_in_s(SAFE_LIMIT_S);
			ok = path_work_darken(work, &bounds, &failure);
			pool_give(work->how->pool, work->names, work->n_names, !ok);
		}
	}
	if (!ok) {
		note_failure(work, "light off", failure);
		bounds.deadline = deadline_in_s(TAKE_LIMIT_S);
		pool_safe_state(work->how->pool, NULL, &bounds);
	}
	guard_tell(pool_guard(work->how->pool), &safe);
	path_work_disconnect(work, PATH_CONNECT_PROBE);
	path_work_disconnect(work, PATH_CONNECT_SOURCE);
}

struct path_loss *path_calibration_run(const struct path_calibration *how,
                                       const struct bounds *bounds, GError **error)
{
	struct path_work work = {.how = how,
	                         .site = how->site,
	                         .source = how->config->source,
	                         .bounds = bounds,
	                         .start_us = g_get_monotonic_time()};
	struct bounds begin = bounds_within(bounds, TAKE_LIMIT_S);
	const struct guard_site lit = {
		.site = how->site->site,
		.classes = 1u << INSTRUMENT_BERT | 1u << INSTRUMENT_ATTENUATOR,
	};
	g_autoptr(path_loss) loss = g_new0(struct path_loss, 1);
	g_autoptr(GError) local = NULL;
	gboolean ok;

	g_return_val_if_fail(how->reconnections >= PATH_CALIBRATION_MIN &&
	                             how->reconnections <= PATH_CALIBRATION_MAX,
	                     NULL);
	if (!prepare(&work, error) || !require_empty(&work, error) || !take(&work, &begin, error))
		return NULL;
	guard_tell(pool_guard(how->pool), &lit);
	ok = path_work_measure(&work, loss, &local);
	pool_give(how->pool, work.names, work.n_names, run_session_broken(local));
	make_safe(&work);
	if (!ok) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	loss->site = how->site->site;
	loss->date = path_loss_today();
	loss->due = path_loss_date_after(loss->date, how->config->path_loss_days);
	loss->source_serial = g_strdup(work.source->serial);
	loss->source_power_dbm = work.source->power_dbm;
	loss->source_uncertainty_db = work.source->uncertainty_db;
	return g_steal_pointer(&loss);
}
