/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/guard_serve.h"

#include "base/clock.h"
#include "base/error.h"
#include "fixtures/fixture.h"
#include "station/engine/exclusive.h"
#include "station/engine/guard.h"
#include "station/engine/guard_report.h"
#include "station/engine/pool.h"

#include <string.h>
#include <unistd.h>

/* One attempt; one that takes longer keeps who starts meanwhile waiting. */
#define ATTEMPT_LIMIT_S 3.0
/* Between two: until the kernel has given the dead process's locks back, and later. */
#define SOON_S  0.002
#define LATER_S 0.1

/* Who starts next still waits for the locks when one that hangs ends and gives them back. */
_Static_assert(EXCLUSIVE_GUARD_S > GUARD_LIFE_S, "the next start gives up before a guard ends");

/* The order in which it becomes safe. */
enum phase { PHASE_LIGHT, PHASE_PATHS, PHASE_SUPPLIES, N_PHASES };

struct deed {
	const struct config *config;
	gint64 ended_us; /* when the station did */
	GMutex lock;
	GCond changed;
	GPtrArray *targets;
	guint untried[N_PHASES]; /* targets, under the lock */
	gboolean reported;       /* under the lock */
};

/* A fixture, or an instrument that one or several sites use; a thread's own. */
struct target {
	struct deed *deed;
	const struct config_site *site; /* of a fixture; null: an instrument */
	const char *name;               /* of the instrument */
	GArray *sites;                  /* int: whose it is */
	enum phase phase;
	struct exclusive *exclusive;
	struct fixture *fixture;
	struct pool *pool;
	struct instrument *instrument;
	GThread *thread;
	GError *error;       /* of the last attempt */
	gint64 safe_us;      /* since when it is safe; 0: not yet */
	gboolean tried;      /* once at least; this and what follows under the lock */
	gint64 first_us;     /* safe_us after the first attempt */
	char *first_failure; /* words; null: none */
};

static gint64 after(gint64 start_us, double seconds)
{
	return start_us + (gint64)(seconds * G_USEC_PER_SEC);
}

/* --- one target ------------------------------------------------------------------------------- */

static gboolean open_target(struct target *target, const struct bounds *bounds, GError **error)
{
	const struct config *config = target->deed->config;
	const struct config_site *site = target->site;

	if (!site) {
		target->pool = pool_new(config);
		return pool_take(target->pool, &target->name, 1, &target->instrument, bounds,
		                 error);
	}
	target->exclusive = exclusive_new(config->station_id);
	if (!exclusive_take_fixture(target->exclusive, site->site, site->fixture, error))
		return FALSE;
	target->fixture = fixture_open(site->fixture, bounds, error);
	if (!target->fixture)
		g_prefix_error(error, "fixture of site %d: ", site->site);
	return target->fixture != NULL;
}

static gboolean make_safe(struct target *target, const struct bounds *bounds, GError **error)
{
	if (target->fixture)
		return fixture_safe(target->fixture, bounds, error);
	return instrument_safe_state(target->instrument, bounds, error);
}

static void close_target(struct target *target)
{
	if (target->instrument)
		pool_give(target->pool, &target->name, 1, target->error != NULL);
	target->instrument = NULL;
	g_clear_pointer(&target->fixture, fixture_close);
	g_clear_pointer(&target->pool, pool_free);
	g_clear_pointer(&target->exclusive, exclusive_free);
}

/* What comes before it has been tried, or took too long. */
static void wait_turn(struct target *target)
{
	struct deed *deed = target->deed;

	g_mutex_lock(&deed->lock);
	for (enum phase phase = 0; phase < target->phase; phase++) {
		gint64 until_us = after(g_get_monotonic_time(), GUARD_PHASE_S);

		while (deed->untried[phase] &&
		       g_cond_wait_until(&deed->changed, &deed->lock, until_us))
			continue;
	}
	g_mutex_unlock(&deed->lock);
}

/* The next ones' turn has come, and the report's when it was the last. */
static void end_first(struct target *target)
{
	struct deed *deed = target->deed;

	g_mutex_lock(&deed->lock);
	if (!target->tried) {
		target->first_us = target->safe_us;
		target->first_failure = target->error ? g_strdup(target->error->message) : NULL;
		deed->untried[target->phase]--;
	}
	target->tried = TRUE;
	g_cond_broadcast(&deed->changed);
	g_mutex_unlock(&deed->lock);
}

/* Once more, when what the dead process had on its way has arrived too. Nobody else has it before
 * the report is there to be told. */
static void make_sure(struct target *target)
{
	struct deed *deed = target->deed;
	gint64 again_us = after(g_get_monotonic_time(), GUARD_AGAIN_S);
	gint64 report_us = after(again_us, GUARD_LOCKS_S + ATTEMPT_LIMIT_S);

	g_mutex_lock(&deed->lock);
	while (g_cond_wait_until(&deed->changed, &deed->lock, again_us))
		continue;
	while (!deed->reported && g_cond_wait_until(&deed->changed, &deed->lock, report_us))
		continue;
	g_mutex_unlock(&deed->lock);
	const struct bounds bounds = {deadline_in_s(ATTEMPT_LIMIT_S), NULL};
	make_safe(target, &bounds, NULL);
}

static gboolean attempt(struct target *target)
{
	const struct bounds bounds = {deadline_in_s(ATTEMPT_LIMIT_S), NULL};
	gboolean ok;

	g_clear_error(&target->error);
	ok = open_target(target, &bounds, &target->error);
	if (ok)
		wait_turn(target);
	ok = ok && make_safe(target, &bounds, &target->error);
	if (ok)
		target->safe_us = g_get_monotonic_time();
	return ok;
}

/* Somebody else's, or the lock of who just died. */
static gboolean is_held(const struct target *target)
{
	return g_error_matches(target->error, STATION_ERROR, STATION_ERROR_REFUSED);
}

static void sleep_s(double seconds)
{
	const struct bounds bounds = {deadline_in_s(2 * seconds), NULL};

	clock_system_sleep_s(seconds * clock_scale(), &bounds, NULL);
}

static gpointer work(gpointer data)
{
	struct target *target = data;
	gint64 locks_us = after(target->deed->ended_us, GUARD_LOCKS_S);
	gint64 last_us = after(target->deed->ended_us, GUARD_TRIES_S);

	while (!attempt(target)) {
		gint64 now_us = g_get_monotonic_time();
		gboolean dying = is_held(target) && now_us < locks_us;

		if (!dying)
			end_first(target);
		close_target(target);
		if (now_us >= last_us || (is_held(target) && !dying))
			return NULL;
		sleep_s(dying ? SOON_S : LATER_S);
	}
	end_first(target);
	make_sure(target);
	close_target(target);
	return NULL;
}

/* --- all of them ------------------------------------------------------------------------------ */

static struct target *add_target(struct deed *deed, const struct config_site *site,
                                 const char *name, enum phase phase)
{
	struct target *target = g_new0(struct target, 1);

	target->deed = deed;
	target->site = site;
	target->name = name;
	target->phase = phase;
	target->sites = g_array_new(FALSE, FALSE, sizeof(int));
	deed->untried[phase]++;
	g_ptr_array_add(deed->targets, target);
	return target;
}

static void target_free(struct target *target)
{
	g_clear_error(&target->error);
	g_free(target->first_failure);
	g_array_unref(target->sites);
	g_free(target);
}

static struct target *instrument_of(struct deed *deed, const char *name, enum phase phase)
{
	for (guint i = 0; i < deed->targets->len; i++) {
		struct target *target = g_ptr_array_index(deed->targets, i);

		if (!target->site && strcmp(target->name, name) == 0)
			return target;
	}
	return add_target(deed, NULL, name, phase);
}

static enum phase phase_of(enum instrument_class class)
{
	return class == INSTRUMENT_BERT         ? PHASE_LIGHT
	       : class == INSTRUMENT_ATTENUATOR ? PHASE_PATHS
	                                        : PHASE_SUPPLIES;
}

static void add_site(struct deed *deed, const struct guard_site *energised)
{
	const struct config_site *site = config_site(deed->config, energised->site);

	if (site && energised->fixture)
		g_array_append_val(add_target(deed, site, NULL, PHASE_LIGHT)->sites, site->site);
	for (guint i = 0; site && i < INSTRUMENT_N_CLASSES; i++)
		if (energised->classes & GUARD_CLASSES & (1u << i) && site->uses[i])
			g_array_append_val(instrument_of(deed, site->uses[i], phase_of(i))->sites,
			                   site->site);
}

/* Under the lock. */
static void wait_first(struct deed *deed)
{
	gint64 until_us = after(deed->ended_us, GUARD_LOCKS_S + ATTEMPT_LIMIT_S);

	for (enum phase phase = 0; phase < N_PHASES; phase++)
		while (deed->untried[phase] &&
		       g_cond_wait_until(&deed->changed, &deed->lock, until_us))
			continue;
}

/* --- what is told ----------------------------------------------------------------------------- */

static gboolean is_at(const struct target *target, int site)
{
	for (guint i = 0; i < target->sites->len; i++)
		if (g_array_index(target->sites, int, i) == site)
			return TRUE;
	return FALSE;
}

static const char *name_of(const struct target *target)
{
	return target->site ? "fixture" : target->name;
}

static int compare_phases(gconstpointer a, gconstpointer b)
{
	const struct target *const *x = a, *const *y = b;

	return (int)(*x)->phase - (int)(*y)->phase;
}

/* Of a site, of those that were safe at first, or of those that became so later. */
static void list_safe(const struct deed *deed, int site, gboolean at_first, GString *list,
                      gint64 *last_us)
{
	for (guint i = 0; i < deed->targets->len; i++) {
		const struct target *target = g_ptr_array_index(deed->targets, i);
		gint64 safe_us = at_first ? target->first_us : target->safe_us;

		if (!is_at(target, site) || !safe_us || (!at_first && target->first_us))
			continue;
		g_string_append_printf(list, "%s%s", list->len ? ", " : "", name_of(target));
		*last_us = MAX(*last_us, safe_us);
	}
}

static void list_failed(const struct deed *deed, int site, GString *list)
{
	for (guint i = 0; i < deed->targets->len; i++) {
		const struct target *target = g_ptr_array_index(deed->targets, i);

		if (is_at(target, site) && !target->first_us)
			g_string_append_printf(list, "; not %s: %s", name_of(target),
			                       target->first_failure ? target->first_failure
			                                             : "it did not answer");
	}
}

/* Null: there is nothing to be told of the site. */
static char *words_of(const struct deed *deed, int site, gint64 process, gboolean at_first)
{
	g_autoptr(GString) safe = g_string_new(NULL);
	g_autoptr(GString) failed = g_string_new(NULL);
	gint64 last_us = deed->ended_us;

	list_safe(deed, site, at_first, safe, &last_us);
	if (at_first)
		list_failed(deed, site, failed);
	if (!safe->len && !failed->len)
		return NULL;
	return g_strdup_printf("%s %.0f ms after the station ended (process %" G_GINT64_FORMAT
	                       "), by its guard: %s%s",
	                       safe->len ? "made safe" : "not made safe",
	                       (double)(last_us - deed->ended_us) * 1e-3, process,
	                       safe->len ? safe->str : "none", failed->str);
}

/* That it cannot be told makes nothing less safe. */
static void report(const struct deed *deed, const GArray *sites, gint64 process, gboolean at_first)
{
	for (guint i = 0; i < sites->len; i++) {
		int site = g_array_index(sites, struct guard_site, i).site;
		g_autofree char *words = words_of(deed, site, process, at_first);

		if (words)
			guard_report_add(deed->config, site, words, NULL);
	}
}

void guard_act(const struct config *config, const GArray *sites, gint64 process, gint64 ended_us)
{
	struct deed deed = {.config = config, .ended_us = ended_us};

	alarm(GUARD_LIFE_S);
	g_mutex_init(&deed.lock);
	g_cond_init(&deed.changed);
	deed.targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
	for (guint i = 0; i < sites->len; i++)
		add_site(&deed, &g_array_index(sites, struct guard_site, i));
	g_ptr_array_sort(deed.targets, compare_phases);
	for (guint i = 0; i < deed.targets->len; i++) {
		struct target *target = g_ptr_array_index(deed.targets, i);
		target->thread =
			g_thread_new(target->name ? target->name : "fixture", work, target);
	}
	g_mutex_lock(&deed.lock);
	wait_first(&deed);
	report(&deed, sites, process, TRUE);
	deed.reported = TRUE;
	g_cond_broadcast(&deed.changed);
	g_mutex_unlock(&deed.lock);
	for (guint i = 0; i < deed.targets->len; i++)
		g_thread_join(((struct target *)g_ptr_array_index(deed.targets, i))->thread);
	report(&deed, sites, process, FALSE);
	alarm(0);
	g_ptr_array_unref(deed.targets);
	g_cond_clear(&deed.changed);
	g_mutex_clear(&deed.lock);
}
