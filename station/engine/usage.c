/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/usage.h"

#include "base/clock.h"
#include "base/median.h"

#include <math.h>
#include <string.h>

/* The median of the units' time is of so many, the last ones. */
#define CYCLES_MAX 256

struct moment { /* the sums at a certain time */
	gint64 window_us;
	gint64 *busy_us; /* by instrument */
};

struct one_instrument {
	char *name;
	gboolean taken;
	guint takes;
	gint64 busy_us;
};

struct one_site {
	int site;
	enum usage_doing doing; /* what it does, or will go on with when it need not wait */
	gboolean waiting;
	gint64 asked_us, waited_us;
	gint64 begun_us; /* its present unit */
	guint units;     /* that it began */
	guint ended;
	gint64 first_us, last_us; /* its first unit begun, its last one ended */
	struct moment first, last;
	gint64 doing_us[USAGE_N_DOINGS];
};

struct usage {
	GMutex lock;
	gint64 now_us;     /* all sums are until then */
	guint under_test;  /* sites with a unit */
	guint n_taken;     /* instruments */
	gboolean any_take; /* while a unit was under test */
	gboolean any_unit;
	gint64 window_us; /* since the first take while units were under test */
	gint64 given_us;  /* the window at the last give */
	guint n_instruments, n_sites;
	struct one_instrument *instruments;
	struct one_site *sites;
	double cycles_s[CYCLES_MAX];
	guint n_cycles; /* in all */
};

const char *usage_doing_name(enum usage_doing doing)
{
	static const char *const names[] = {"idle", "loading", "running", "ramping", "waiting"};

	G_STATIC_ASSERT(G_N_ELEMENTS(names) == USAGE_N_DOINGS);
	return names[doing];
}

struct usage *usage_new(const char *const *instruments, guint n_instruments, const int *sites,
                        guint n_sites)
{
	struct usage *usage = g_new0(struct usage, 1);

	g_mutex_init(&usage->lock);
	usage->n_instruments = n_instruments;
	usage->instruments = g_new0(struct one_instrument, n_instruments);
	for (guint i = 0; i < n_instruments; i++)
		usage->instruments[i].name = g_strdup(instruments[i]);
	usage->n_sites = n_sites;
	usage->sites = g_new0(struct one_site, n_sites);
	for (guint s = 0; s < n_sites; s++) {
		usage->sites[s].site = sites[s];
		usage->sites[s].first.busy_us = g_new0(gint64, n_instruments);
		usage->sites[s].last.busy_us = g_new0(gint64, n_instruments);
	}
	return usage;
}

void usage_free(struct usage *usage)
{
	if (!usage)
		return;
	for (guint i = 0; i < usage->n_instruments; i++)
		g_free(usage->instruments[i].name);
	for (guint s = 0; s < usage->n_sites; s++) {
		g_free(usage->sites[s].first.busy_us);
		g_free(usage->sites[s].last.busy_us);
	}
	g_free(usage->instruments);
	g_free(usage->sites);
	g_mutex_clear(&usage->lock);
	g_free(usage);
}

/* --- under the lock -----------------------------------------------------------------------------
 */

static struct one_site *find(struct usage *usage, int site)
{
	for (guint s = 0; s < usage->n_sites; s++)
		if (usage->sites[s].site == site)
			return &usage->sites[s];
	return NULL;
}

/* Brings all sums up to a time. */
static void advance(struct usage *usage, gint64 now_us)
{
	gint64 spent_us = now_us - usage->now_us;

	if (spent_us <= 0)
		return;
	usage->now_us = now_us;
	for (guint s = 0; s < usage->n_sites && usage->any_unit; s++) {
		struct one_site *site = &usage->sites[s];
		site->doing_us[site->waiting ? USAGE_WAITING : site->doing] += spent_us;
	}
	if (!usage->under_test || !usage->any_take)
		return;
	usage->window_us += spent_us;
	for (guint i = 0; i < usage->n_instruments && usage->n_taken; i++)
		if (usage->instruments[i].taken)
			usage->instruments[i].busy_us += spent_us;
}

static void keep(const struct usage *usage, struct moment *moment)
{
	moment->window_us = usage->window_us;
	for (guint i = 0; i < usage->n_instruments; i++)
		moment->busy_us[i] = usage->instruments[i].busy_us;
}

/* --- what happens -------------------------------------------------------------------------------
 */

static void begin_unit(struct usage *usage, struct one_site *site)
{
	usage->any_unit = TRUE;
	usage->under_test++;
	site->begun_us = usage->now_us;
	if (site->units++)
		return;
	site->first_us = usage->now_us;
	keep(usage, &site->first);
}

static void end_unit(struct usage *usage, struct one_site *site)
{
	usage->cycles_s[usage->n_cycles++ % CYCLES_MAX] =
		(double)(usage->now_us - site->begun_us) * 1e-6;
	usage->under_test--;
	site->ended++;
	site->begun_us = 0;
	site->last_us = usage->now_us;
	keep(usage, &site->last);
}

void usage_does(struct usage *usage, int number, enum usage_doing doing, gint64 now_us)
{
	struct one_site *site;

	g_return_if_fail(doing != USAGE_WAITING);
	g_mutex_lock(&usage->lock);
	advance(usage, now_us);
	site = find(usage, number);
	if (site && site->doing == USAGE_IDLE && doing != USAGE_IDLE)
		begin_unit(usage, site);
	if (site && site->doing != USAGE_IDLE && doing == USAGE_IDLE)
		end_unit(usage, site);
	if (site)
		site->doing = doing;
	g_mutex_unlock(&usage->lock);
}

void usage_ask(struct usage *usage, int number, gint64 now_us)
{
	struct one_site *site;

	g_mutex_lock(&usage->lock);
	advance(usage, now_us);
	site = find(usage, number);
	if (site) {
		site->waiting = site->doing != USAGE_IDLE;
		site->asked_us = now_us;
	}
	g_mutex_unlock(&usage->lock);
}

void usage_take(struct usage *usage, int number, const guint *instruments, guint n, gint64 now_us)
{
	struct one_site *site;

	g_mutex_lock(&usage->lock);
	advance(usage, now_us);
	site = find(usage, number);
	if (site) {
		site->waiting = FALSE;
		site->waited_us = MAX(now_us - site->asked_us, 0);
	}
	for (guint i = 0; i < n; i++) {
		struct one_instrument *one = &usage->instruments[instruments[i]];

		usage->n_taken += !one->taken;
		one->taken = TRUE;
		one->takes += usage->under_test > 0;
		usage->any_take = usage->any_take || usage->under_test;
	}
	g_mutex_unlock(&usage->lock);
}

void usage_give(struct usage *usage, guint instrument, gint64 now_us)
{
	g_mutex_lock(&usage->lock);
	advance(usage, now_us);
	usage->n_taken -= usage->instruments[instrument].taken;
	usage->instruments[instrument].taken = FALSE;
	if (usage->under_test)
		usage->given_us = usage->window_us;
	g_mutex_unlock(&usage->lock);
}

double usage_waited_s(struct usage *usage, int number)
{
	const struct one_site *site;
	double waited_s;

	g_mutex_lock(&usage->lock);
	site = find(usage, number);
	waited_s = site ? (double)site->waited_us * 1e-6 : 0;
	g_mutex_unlock(&usage->lock);
	return waited_s;
}

/* --- what comes of it ---------------------------------------------------------------------------
 */

static double process_s(gint64 us)
{
	return (double)us * 1e-6 * clock_scale();
}

static double percent(gint64 part_us, gint64 whole_us)
{
	return whole_us > 0 ? 100.0 * (double)part_us / (double)whole_us : NAN;
}

/* The sums at the ends of the steady part. */
struct steady {
	struct moment begin, end;
	gint64 us; /* 0: there is none */
};

static struct steady steady_of(const struct usage *usage, const struct moment *now)
{
	gint64 begin_us = G_MININT64, end_us = G_MAXINT64;
	struct steady steady = {0};

	for (guint s = 0; s < usage->n_sites; s++) {
		const struct one_site *site = &usage->sites[s];
		/* one that has a unit has not run out of them */
		gboolean has_unit = site->doing != USAGE_IDLE;
		gint64 last_us = has_unit ? usage->now_us : site->last_us;

		if (!site->units)
			continue;
		if (site->first_us > begin_us) {
			begin_us = site->first_us;
			steady.begin = site->first;
		}
		if (last_us < end_us) {
			end_us = last_us;
			steady.end = has_unit ? *now : site->last;
		}
	}
	if (begin_us != G_MININT64 && begin_us < end_us)
		steady.us = steady.end.window_us - steady.begin.window_us;
	return steady;
}

static void add_instruments(const struct usage *usage, gint64 window_us,
                            struct usage_summary *summary)
{
	g_autofree gint64 *busy_us = g_new0(gint64, usage->n_instruments);
	struct moment now = {.busy_us = busy_us};
	struct steady steady;
	double most_s = 0;

	keep(usage, &now);
	steady = steady_of(usage, &now);
	summary->steady_s = process_s(steady.us);
	for (guint i = 0; i < usage->n_instruments; i++) {
		const struct one_instrument *one = &usage->instruments[i];
		struct usage_instrument out = {.name = one->name, .takes = one->takes};

		out.busy_s = process_s(one->busy_us);
		out.busy_pct = percent(one->busy_us, window_us);
		out.steady_busy_pct =
			steady.us > 0 ? percent(steady.end.busy_us[i] - steady.begin.busy_us[i],
		                                steady.us)
				      : NAN;
		if (out.busy_s > most_s) {
			most_s = out.busy_s;
			summary->bottleneck = (int)i;
		}
		g_array_append_val(summary->instruments, out);
	}
}

/* Returns how many sites had a unit. */
static guint add_sites(const struct usage *usage, struct usage_summary *summary)
{
	gint64 first_us = G_MAXINT64, last_us = 0;

	for (guint s = 0; s < usage->n_sites; s++) {
		const struct one_site *site = &usage->sites[s];
		struct usage_site out = {.site = site->site, .units = site->ended};

		if (!site->units)
			continue;
		first_us = MIN(first_us, site->first_us);
		last_us = MAX(last_us, site->doing != USAGE_IDLE ? usage->now_us : site->last_us);
		for (guint d = 0; d < USAGE_N_DOINGS; d++)
			out.doing_s[d] = process_s(site->doing_us[d]);
		/* what comes behind the last end is nobody's time */
		out.doing_s[USAGE_IDLE] = 0;
		summary->units += site->ended;
		g_array_append_val(summary->sites, out);
	}
	if (!summary->sites->len)
		return 0;
	summary->lot_s = process_s(last_us - first_us);
	for (guint s = 0; s < summary->sites->len; s++) {
		struct usage_site *out = &g_array_index(summary->sites, struct usage_site, s);
		double busy_s = 0;

		for (guint d = 0; d < USAGE_N_DOINGS; d++)
			busy_s += out->doing_s[d];
		out->doing_s[USAGE_IDLE] = fmax(summary->lot_s - busy_s, 0);
	}
	return summary->sites->len;
}

struct usage_summary *usage_read(struct usage *usage, gint64 now_us)
{
	struct usage_summary *summary = g_new0(struct usage_summary, 1);
	gint64 window_us;
	guint n_sites;

	summary->bottleneck = -1;
	summary->instruments = g_array_new(FALSE, TRUE, sizeof(struct usage_instrument));
	summary->sites = g_array_new(FALSE, TRUE, sizeof(struct usage_site));
	g_mutex_lock(&usage->lock);
	advance(usage, now_us);
	window_us = usage->n_taken ? usage->window_us : usage->given_us;
	summary->window_s = process_s(window_us);
	add_instruments(usage, window_us, summary);
	n_sites = add_sites(usage, summary);
	summary->cycle_s =
		clock_scale() * median_of(usage->cycles_s, MIN(usage->n_cycles, CYCLES_MAX));
	g_mutex_unlock(&usage->lock);
	summary->units_per_hour = summary->units && summary->lot_s > 0
	                                  ? 3600.0 * summary->units / summary->lot_s
	                                  : NAN;
	summary->steady_units_per_hour =
		summary->cycle_s > 0 ? 3600.0 * n_sites / summary->cycle_s : NAN;
	return summary;
}

void usage_summary_free(struct usage_summary *summary)
{
	if (!summary)
		return;
	g_array_unref(summary->instruments);
	g_array_unref(summary->sites);
	g_free(summary);
}
