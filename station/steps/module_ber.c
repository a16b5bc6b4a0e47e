/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "signal/ber.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"
#include "station/steps/steps.h"

#include <math.h>

/*
 * The module counts the errors of the light itself, before it decides anything for the host; the
 * error detectors count what goes out to the host. In the same light both have to find the same
 * ratio: a checker that does not is of no use to whoever operates the module, and a difference
 * between the two is either its fault or errors on the way to the host.
 */
#define CONFIDENCE 0.95
/* A ratio as F16 has three digits at least. */
#define F16_ROUNDING 0.01

/* Why the module cannot be compared; null when it can. Free with g_free. */
static char *why_not(struct step_context *ctx, gboolean *with_snr, GError **error)
{
	struct cmis_diagnostics diagnostics;
	g_autoptr(GError) local = NULL;

	if (!cmis_diagnostics_read(module_memory(step_module(ctx)), &diagnostics, step_bounds(ctx),
	                           &local)) {
		if (g_error_matches(local, STATION_ERROR, STATION_ERROR_UNSUPPORTED))
			return g_strdup("the module has no diagnostics");
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	*with_snr = diagnostics.snr[CMIS_MEDIA];
	if (!(diagnostics.patterns[CMIS_MEDIA][CMIS_CHECKER] >> CMIS_PATTERN_PRBS31Q & 1))
		return g_strdup("the module does not check PRBS31Q");
	return diagnostics.counts ? NULL : g_strdup("the module does not tell what it counted");
}

struct comparison {
	struct rx_count external[CONFIG_LANES_MAX]; /* before and after the module's together */
	struct cmis_error_count own[CMIS_MAX_LANES];
	double snr_db[CMIS_MAX_LANES];
};

static gboolean count_external(struct step_context *ctx, struct comparison *c, GError **error)
{
	struct rx_count counts[CONFIG_LANES_MAX];

	if (!rx_points_count(ctx, step_number(ctx, "gate"), counts, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		c->external[l].bits += counts[l].bits;
		c->external[l].errors += counts[l].errors;
		c->external[l].lock = c->external[l].lock && counts[l].lock;
	}
	return TRUE;
}

/* The error detectors before and after the module, so that light that drifts is the mean's. */
static gboolean count_both(struct step_context *ctx, gboolean with_snr, struct comparison *c,
                           GError **error)
{
	struct module *module = step_module(ctx);
	gboolean aligned[CONFIG_LANES_MAX];

	for (guint l = 0; l < CONFIG_LANES_MAX; l++)
		c->external[l].lock = TRUE;
	return rx_path_light_on(ctx, error) &&
	       rx_path_set_all_oma(ctx, step_number(ctx, "power"), error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) &&
	       rx_points_align(ctx, aligned, error) && count_external(ctx, c, error) &&
	       cmis_checker_count(module_memory(module), CMIS_MEDIA, CMIS_PATTERN_PRBS31Q,
	                          module_media_lane_mask(module), step_number(ctx, "time"), c->own,
	                          step_bounds(ctx), error) &&
	       (!with_snr || cmis_snr_read(module_memory(module), CMIS_MEDIA, c->snr_db,
	                                   step_bounds(ctx), error)) &&
	       count_external(ctx, c, error) && rx_path_light_off(ctx, error);
}

/* The module's own ratio has to be that of its own counts. */
static void check_own(struct step_context *ctx, int lane, const struct cmis_error_count *own)
{
	double ratio = (double)own->errors / (double)own->bits;

	if (!isnan(own->ber))
		step_check(ctx, "module_ber_consistent", lane,
		           fabs(own->ber - ratio) <= F16_ROUNDING * ratio,
		           "the module says %.3e, its counts are %" G_GUINT64_FORMAT
		           " errors in %" G_GUINT64_FORMAT " bits",
		           own->ber, own->errors, own->bits);
}

static void report_difference(struct step_context *ctx, int lane, guint64 own_errors,
                              guint64 external_errors, double own, double external)
{
	double difference_db, uncertainty_db;

	if (own_errors == 0 || external_errors == 0) {
		step_no_value(ctx, "module_ber_difference", lane, "dB",
		              "no error was counted: less power is wanted");
		return;
	}
	difference_db = 10 * log10(own / external);
	uncertainty_db =
		2 * 10 / G_LN10 * sqrt(1.0 / (double)own_errors + 1.0 / (double)external_errors);
	step_measure(ctx, "module_ber_difference", lane, difference_db, "dB", uncertainty_db);
	step_check(ctx, "module_ber_agrees", lane,
	           fabs(difference_db) <= step_number(ctx, "tolerance") + uncertainty_db,
	           "the module counts a bit error ratio of %.2e, the error detectors %.2e", own,
	           external);
}

static void report_lane(struct step_context *ctx, int lane, const struct comparison *c)
{
	const struct cmis_error_count *own = &c->own[lane - 1];
	const struct rx_count *external = &c->external[lane - 1];
	struct ber_estimate ber, reference;

	step_check(ctx, "module_ber_lock", lane, own->locked,
	           "the module's checker does not find the pattern%s",
	           external->lock ? ", the error detectors do" : "");
	if (!own->locked || !ber_from_counts(own->bits, own->errors, CONFIDENCE, &ber, NULL)) {
		step_no_value_by_unit(ctx, "module_ber", lane, "1", "no lock");
		return;
	}
	step_measure(ctx, "module_ber", lane, ber.ber, "1", ber.upper - ber.ber);
	check_own(ctx, lane, own);
	if (!external->lock ||
	    !ber_from_counts(external->bits, external->errors, CONFIDENCE, &reference, NULL)) {
		step_no_value(ctx, "module_ber_external", lane, "1",
		              "the error detectors have no lock");
		return;
	}
	step_measure(ctx, "module_ber_external", lane, reference.ber, "1",
	             reference.upper - reference.ber);
	report_difference(ctx, lane, own->errors, external->errors, ber.ber, reference.ber);
}

static gboolean module_ber(struct step_context *ctx, GError **error)
{
	struct comparison comparison = {0};
	gboolean with_snr = FALSE;
	g_autoptr(GError) local = NULL;
	g_autofree char *reason = why_not(ctx, &with_snr, &local);

	if (local) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (reason) {
		step_remark(ctx, "not compared: %s", reason);
		return TRUE;
	}
	if (!count_both(ctx, with_snr, &comparison, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		report_lane(ctx, (int)lane, &comparison);
		if (with_snr)
			step_measure(ctx, "module_snr", (int)lane, comparison.snr_db[lane - 1],
			             "dB", NAN);
	}
	return TRUE;
}

static const struct step_param params[] = {
	{"power", "dBm", "-7 dBm", "OMA at the receivers: weak enough for errors to be counted"},
	{"time", "s", "5 s", "that the module counts for; the next longer gate if it has gates"},
	{"gate", "s", "200 ms", "that the error detectors count for, before and after"},
	{"tolerance", "dB", "0.5 dB", "between the two ratios, beside what the counts scatter"},
	{"settle", "s", "100 ms", "from a change of light to counting"},
	{0},
};

const struct step_def step_module_ber = {
	.name = "module-ber",
	.help = "bit errors counted by the module's own checkers, compared with the error "
		"detectors",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 180,
	.params = params,
	.run = module_ber,
};
