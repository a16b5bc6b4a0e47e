/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "signal/ber.h"
#include "station/steps/ber_gates.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/*
 * Applications other than the default one. Where one module is several links, each has a host of
 * its own that knows nothing of the others: what one host does to its link the others must not
 * feel. Such an application is on the same lanes, so what belongs to a lane stays where it is.
 */
#define CONFIDENCE 0.95

struct breakout {
	struct step_context *ctx;
	const struct type_application *application; /* the one that is up */
	guint n_paths;                              /* tested in all */
	double worst_ber[CONFIG_LANES_MAX];         /* NAN: nothing was counted */
	double worst_change_db;                     /* of a lane's power by another path's laser */
	GString *wrong[CONFIG_LANES_MAX];           /* what was found on a lane */
	const struct type_application *told[CONFIG_LANES_MAX]; /* the last it was found with */
	struct ber_gates gates;
};

static void tell(struct breakout *b, guint lane, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The first thing that is wrong with a lane in an application: the others come of it. */
static void tell(struct breakout *b, guint lane, const char *format, ...)
{
	GString *wrong = b->wrong[lane - 1];
	va_list args;

	if (b->told[lane - 1] == b->application)
		return;
	b->told[lane - 1] = b->application;
	g_string_append_printf(wrong, "%s%s: ", wrong->len ? "; " : "", b->application->name);
	va_start(args, format);
	g_string_append_vprintf(wrong, format, args);
	va_end(args);
}

static gboolean has_lane(const struct cmis_path *path, guint lane)
{
	return path->media_lanes >> (lane - 1) & 1;
}

/* --- bit errors ------------------------------------------------------------------------------ */

/* Every lane but those of the path that is down has to be without fault. */
static gboolean expect_bits(struct breakout *b, const struct cmis_path *down, const char *when,
                            GError **error)
{
	struct ber_gate gates[CONFIG_LANES_MAX];

	if (!ber_gates_count(b->ctx, &b->gates, step_type(b->ctx)->ber_limit, CONFIDENCE, gates,
	                     error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(b->ctx); lane++) {
		const struct ber_gate *gate = &gates[lane - 1];
		double ber = (double)gate->errors / (double)gate->bits;

		if (down && has_lane(down, lane))
			continue;
		if (gate->end == BER_GATE_NO_LOCK) {
			tell(b, lane, "the error detector had no lock %s", when);
			continue;
		}
		b->worst_ber[lane - 1] = fmax(b->worst_ber[lane - 1], ber);
		if (gate->decision != BER_PASS)
			tell(b, lane, "bit error ratio %.1e %s", ber, when);
	}
	return TRUE;
}

/* Light at every receiver; the analysers find their sampling points, or have no lock later. */
static gboolean receive(struct step_context *ctx, GError **error)
{
	gboolean aligned[CONFIG_LANES_MAX];

	return rx_path_light_on(ctx, error) &&
	       rx_path_set_all_oma(ctx, step_number(ctx, "power"), error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) &&
	       rx_points_align(ctx, aligned, error);
}

/* --- light ----------------------------------------------------------------------------------- */

static gboolean read_powers(struct step_context *ctx, double power_dbm[CONFIG_LANES_MAX],
                            GError **error)
{
	if (!clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!tx_path_power_dbm(ctx, (int)lane, &power_dbm[lane - 1], error))
			return FALSE;
	return TRUE;
}

/* Of one lane, and whether another data path's laser was what changed meanwhile. */
static void expect_same_power(struct breakout *b, guint lane, gboolean is_other, double before_dbm,
                              double after_dbm, const char *when)
{
	double change_db = after_dbm - before_dbm;

	if (!(before_dbm > TX_PATH_DARK_DBM)) {
		tell(b, lane, "dark while its data path was up");
		return;
	}
	if (is_other && fabs(change_db) > fabs(b->worst_change_db))
		b->worst_change_db = change_db;
	if (!(fabs(change_db) <= step_number(b->ctx, "crosstalk")))
		tell(b, lane, "its power changed by %+.2f dB %s", change_db, when);
}

/* Transmitter off and on again; the module is waited for no longer than it advertises. */
static gboolean try_dark(struct breakout *b, guint number, const struct cmis_path *path,
                         GError **error)
{
	struct module *module = step_module(b->ctx);
	double before_dbm[CONFIG_LANES_MAX], now_dbm[CONFIG_LANES_MAX];
	g_autofree char *dark = g_strdup_printf("when data path %u went dark", number + 1);
	g_autofree char *lit = g_strdup_printf("after data path %u was dark", number + 1);

	if (!read_powers(b->ctx, before_dbm, error) ||
	    !module_path_set_tx_disable(module, number, TRUE, step_bounds(b->ctx), error) ||
	    !read_powers(b->ctx, now_dbm, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(b->ctx); lane++) {
		double now = now_dbm[lane - 1];

		if (!has_lane(path, lane))
			expect_same_power(b, lane, TRUE, before_dbm[lane - 1], now, dark);
		else if (now > TX_PATH_DARK_DBM)
			tell(b, lane, "%.1f dBm with its transmitter off", now);
	}
	if (!module_path_set_tx_disable(module, number, FALSE, step_bounds(b->ctx), error) ||
	    !read_powers(b->ctx, now_dbm, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(b->ctx); lane++)
		expect_same_power(b, lane, !has_lane(path, lane), before_dbm[lane - 1],
		                  now_dbm[lane - 1], lit);
	return TRUE;
}

/* --- a data path goes down and comes up ------------------------------------------------------ */

/* What latched since it was last asked is gone with this. */
static gboolean clear_flags(struct breakout *b, GError **error)
{
	struct module_flags flags;

	return module_read_flags(step_module(b->ctx), &flags, step_bounds(b->ctx), error);
}

/* The error detectors count before and after a change, the module's latches see it happen. */
static gboolean expect_no_flags(struct breakout *b, guint number, const struct cmis_path *path,
                                GError **error)
{
	struct module *module = step_module(b->ctx);
	struct module_flags flags;
	const struct cmis_path *paths;
	guint n;

	if (!module_read_flags(module, &flags, step_bounds(b->ctx), error))
		return FALSE;
	paths = module_paths(module, &n);
	for (guint i = 0; i < n; i++) {
		guint8 host = paths[i].host_lanes, media = paths[i].media_lanes;
		guint8 hurt = ((flags.state_changed | flags.tx_cdr_lol | flags.tx_los) & host) |
		              ((flags.rx_los | flags.rx_cdr_lol | flags.tx_failure) & media);

		if (&paths[i] != path && hurt)
			tell(b, paths[i].first_media_lane,
			     "data path %u lost its signal or changed its state when data path %u "
			     "went down and came up",
			     i + 1, number + 1);
	}
	return TRUE;
}

static gboolean try_down(struct breakout *b, guint number, const struct cmis_path *path,
                         GError **error)
{
	struct module *module = step_module(b->ctx);
	g_autofree char *down = g_strdup_printf("with data path %u down", number + 1);
	g_autofree char *up = g_strdup_printf("after data path %u came up", number + 1);

	return clear_flags(b, error) &&
	       module_path_deinit(module, number, TRUE, step_bounds(b->ctx), error) &&
	       expect_bits(b, path, down, error) &&
	       module_path_deinit(module, number, FALSE, step_bounds(b->ctx), error) &&
	       clock_sleep_s(step_number(b->ctx, "settle"), step_bounds(b->ctx), error) &&
	       expect_bits(b, NULL, up, error) && expect_no_flags(b, number, path, error);
}

/* --- the step -------------------------------------------------------------------------------- */

/* Of how many data paths that application of the module is; *number is 0 when it has none. */
static guint paths_of(const struct step_context *ctx, struct module *module,
                      const struct type_application *application, guint *number)
{
	const struct cmis_application *offered =
		cmis_identity_find(module_identity(module), application->host_id,
	                           application->media_id);
	struct cmis_path paths[CMIS_MAX_LANES];

	*number = offered ? offered->number : 0;
	return offered ? cmis_place_paths(offered, paths) : 0;
}

static gboolean bring_up(struct step_context *ctx, guint number, GError **error)
{
	struct module *module = step_module(ctx);

	/* without host signal a transmitter squelches: its own generator keeps it lit */
	return module_bring_up(module, number, NULL, step_bounds(ctx), error) &&
	       module_set_pattern(module, CMIS_PATTERN_PRBS13Q, step_bounds(ctx), error);
}

/* What comes next finds light and module as bring-up leaves them, whatever was found here. The
 * first error is the one that is told. */
static gboolean leave(struct step_context *ctx, gboolean ok, GError **error)
{
	ok = rx_path_light_off(ctx, ok ? error : NULL) && ok;
	return bring_up(ctx, step_count(ctx, "application"), ok ? error : NULL) && ok;
}

static gboolean try_application(struct breakout *b, guint number, GError **error)
{
	const struct cmis_path *paths;
	guint n;

	if (!bring_up(b->ctx, number, error) || !receive(b->ctx, error) ||
	    !expect_bits(b, NULL, "with every data path up", error))
		return FALSE;
	paths = module_paths(step_module(b->ctx), &n);
	for (guint i = 0; i < n; i++) {
		g_autofree char *words =
			g_strdup_printf("%s: data path %u of %u", b->application->name, i + 1, n);

		step_progress(b->ctx, (double)i / n, words);
		if (!try_dark(b, i, &paths[i], error) || !try_down(b, i, &paths[i], error))
			return FALSE;
	}
	b->n_paths += n;
	return TRUE;
}

static gboolean try_applications(struct breakout *b, guint *tried, GError **error)
{
	GArray *applications = step_type(b->ctx)->applications;

	for (guint i = 0; i < applications->len; i++) {
		guint number;

		b->application = &g_array_index(applications, struct type_application, i);
		if (paths_of(b->ctx, step_module(b->ctx), b->application, &number) < 2)
			continue;
		(*tried)++;
		step_remark(b->ctx, "%s, application %u", b->application->name, number);
		if (!try_application(b, number, error)) {
			g_prefix_error(error, "%s: ", b->application->name);
			return FALSE;
		}
	}
	return TRUE;
}

static void report(struct breakout *b)
{
	step_measure(b->ctx, "breakout_paths", 0, b->n_paths, "1", NAN);
	ber_gates_report(b->ctx, &b->gates, "breakout_gate");
	step_measure(b->ctx, "breakout_crosstalk", 0, b->worst_change_db, "dB", NAN);
	for (guint lane = 1; lane <= step_n_lanes(b->ctx); lane++) {
		const char *wrong = b->wrong[lane - 1]->str;

		if (isnan(b->worst_ber[lane - 1]))
			step_no_value_by_unit(b->ctx, "breakout_ber", (int)lane, "1",
			                      "the error detectors never had lock");
		else
			step_measure(b->ctx, "breakout_ber", (int)lane, b->worst_ber[lane - 1], "1",
			             NAN);
		step_check(b->ctx, "breakout_isolated", (int)lane, !*wrong, "%s", wrong);
	}
}

static gboolean breakout(struct step_context *ctx, GError **error)
{
	struct breakout b = {.ctx = ctx};
	guint tried = 0;
	gboolean ok;

	for (guint l = 0; l < CONFIG_LANES_MAX; l++) {
		b.worst_ber[l] = NAN;
		b.wrong[l] = g_string_new(NULL);
	}
	ok = try_applications(&b, &tried, error);
	if (tried)
		ok = leave(ctx, ok, error);
	if (ok && tried)
		report(&b);
	else if (ok)
		step_remark(ctx, "the module has no application of more than one data path");
	for (guint l = 0; l < CONFIG_LANES_MAX; l++)
		g_string_free(b.wrong[l], TRUE);
	return ok;
}

#define COMMON_PARAMS                                                                              \
	{"power", "dBm", "-4 dBm", "OMA at the receivers"},                                        \
		{"gate", "s", "100 ms", "time that the error detectors count for"},                \
		{"settle", "s", "50 ms", "from a change to the readings"},                         \
	{                                                                                          \
		"application", STEP_COUNT, "1", "application brought up again afterwards", 1, 15   \
	}

static const struct step_param breakout_params[] = {
	{"crosstalk", "dB", "0.3 dB", "the power of a lane may change by so much with another's"},
	BER_GATE_PARAMS,
	COMMON_PARAMS,
	{0},
};

const struct step_def step_breakout = {
	.name = "breakout",
	.help = "applications of several data paths: each dark, down and up with the others "
		"running",
	.scope = STEP_UNIT,
	.needs = 1u << INSTRUMENT_POWER_METER | RX_PATH_NEEDS,
	.limit_s = 300,
	.params = breakout_params,
	.run = breakout,
};

/* --- one other application ------------------------------------------------------------------- */

static const struct type_application *find_application(const struct step_context *ctx,
                                                       const char *name)
{
	GArray *applications = step_type(ctx)->applications;

	for (guint i = 0; i < applications->len; i++) {
		const struct type_application *item =
			&g_array_index(applications, struct type_application, i);
		if (g_str_equal(item->name, name))
			return item;
	}
	return NULL;
}

/* How far below the ratio that is asked for; by what is certain where no error was counted. */
static void report_ber(struct step_context *ctx, int lane, const struct ber_estimate *ber)
{
	double most = step_number(ctx, "ber");

	if (ber->status != SIGNAL_OK) {
		step_no_value_by_unit(ctx, "application_ber", lane, "1", "no lock");
		return;
	}
	step_measure(ctx, "application_ber", lane, ber->ber, "1", ber->upper - ber->ber);
	step_measure(ctx, "application_ber_margin", lane,
	             10.0 * log10(most / (ber->errors ? ber->ber : ber->upper_one_sided)), "dB",
	             NAN);
}

/* The status of a lane's is not OK without lock. */
static gboolean count_lanes(struct step_context *ctx, struct ber_estimate ber[CONFIG_LANES_MAX],
                            GError **error)
{
	struct rx_count counts[CONFIG_LANES_MAX];

	if (!rx_points_count(ctx, step_number(ctx, "gate"), counts, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		ber_from_counts(counts[l].lock ? counts[l].bits : 0,
		                counts[l].lock ? counts[l].errors : 0, CONFIDENCE, &ber[l], NULL);
	return TRUE;
}

static gboolean measure_ber(struct step_context *ctx, guint number, GError **error)
{
	struct ber_estimate ber[CONFIG_LANES_MAX];

	if (!bring_up(ctx, number, error) || !receive(ctx, error) || !count_lanes(ctx, ber, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		report_ber(ctx, (int)lane, &ber[lane - 1]);
	return TRUE;
}

static gboolean application_ber(struct step_context *ctx, GError **error)
{
	const char *name = step_text(ctx, "hosts");
	const struct type_application *application = find_application(ctx, name);
	gboolean ok;
	guint number = 0;

	if (application)
		paths_of(ctx, step_module(ctx), application, &number);
	if (!number) {
		step_remark(ctx, "%s is not an application of this %s", name,
		            application ? "module" : "type");
		return TRUE;
	}
	ok = measure_ber(ctx, number, error);
	if (!ok)
		g_prefix_error(error, "%s: ", name);
	return leave(ctx, ok, error);
}

static const struct step_param application_params[] = {
	{"hosts", NULL, NULL, "name of the application, as the type has it"},
	{"ber", "1", "4e-5", "bit error ratio from which the margin counts"},
	COMMON_PARAMS,
	{0},
};

const struct step_def step_application_ber = {
	.name = "application-ber",
	.help = "another application brought up, bit error ratio of its lanes, margin to a ratio",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 180,
	.params = application_params,
	.run = application_ber,
};
