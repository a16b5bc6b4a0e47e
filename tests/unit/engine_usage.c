/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/usage.h"

#include "base/clock.h"
#include "base/median.h"

#include <math.h>

/* Two sites that share a scope and have a meter each; site 7 never gets a unit. All times are
 * told, none is waited for. */
enum { SCOPE, METER_1, METER_2, SPARE, N_INSTRUMENTS };

#define S(seconds)          ((gint64)((seconds)*1000000))
#define NEAR(value, wanted) g_assert_cmpfloat_with_epsilon(value, wanted, 1e-9)

static struct usage *make(void)
{
	static const char *const names[] = {"scope", "meter 1", "meter 2", "spare"};
	static const int sites[] = {1, 2, 7};

	return usage_new(names, N_INSTRUMENTS, sites, G_N_ELEMENTS(sites));
}

static void take(struct usage *usage, int site, guint instrument, double asked_s, double now_s)
{
	usage_ask(usage, site, S(asked_s));
	usage_take(usage, site, &instrument, 1, S(now_s));
}

static const struct usage_instrument *instrument(const struct usage_summary *summary, guint i)
{
	return &g_array_index(summary->instruments, struct usage_instrument, i);
}

static const struct usage_site *site(const struct usage_summary *summary, guint i)
{
	return &g_array_index(summary->sites, struct usage_site, i);
}

/*
 *        0    2    4    6    8   10   12   14   16
 * 1      |load|scope    |meter 1       |unload         unit 0..12
 * 2           |load|wait|scope    |run      |          unit 2..14
 */
static struct usage *two_sites(void)
{
	struct usage *usage = make();

	usage_does(usage, 1, USAGE_LOADING, S(100));
	usage_does(usage, 1, USAGE_RUNNING, S(102));
	take(usage, 1, SCOPE, 102, 102);
	usage_does(usage, 2, USAGE_LOADING, S(102));
	usage_does(usage, 2, USAGE_RAMPING, S(104));
	usage_ask(usage, 2, S(104));
	usage_give(usage, SCOPE, S(106));
	usage_take(usage, 2, (const guint[]){SCOPE, METER_2}, 2, S(106));
	take(usage, 1, METER_1, 106, 106);
	usage_give(usage, SCOPE, S(110));
	usage_give(usage, METER_2, S(110));
	usage_does(usage, 2, USAGE_RUNNING, S(110));
	usage_give(usage, METER_1, S(111));
	usage_does(usage, 1, USAGE_LOADING, S(111));
	usage_does(usage, 1, USAGE_IDLE, S(112));
	usage_does(usage, 2, USAGE_IDLE, S(114));
	return usage;
}

static void test_overlap(void)
{
	struct usage *usage = two_sites();
	g_autoptr(usage_summary) s = usage_read(usage, S(1000));

	/* from the first take, 102, to the last give, 111 */
	NEAR(s->window_s, 9);
	NEAR(instrument(s, SCOPE)->busy_s, 8);
	NEAR(instrument(s, SCOPE)->busy_pct, 800.0 / 9);
	NEAR(instrument(s, METER_1)->busy_s, 5);
	NEAR(instrument(s, METER_2)->busy_s, 4);
	NEAR(instrument(s, SPARE)->busy_s, 0);
	g_assert_cmpuint(instrument(s, SCOPE)->takes, ==, 2);
	g_assert_cmpint(s->bottleneck, ==, SCOPE);
	/* both have a unit from 102 on, and site 1 has no more from 112 on */
	NEAR(s->steady_s, 10);
	NEAR(instrument(s, SCOPE)->steady_busy_pct, 80);
	NEAR(s->lot_s, 14);
	NEAR(s->cycle_s, 12);
	NEAR(s->units_per_hour, 3600.0 * 2 / 14);
	NEAR(s->steady_units_per_hour, 3600.0 * 2 / 12);
	usage_free(usage);
}

static void test_sites(void)
{
	struct usage *usage = two_sites();
	g_autoptr(usage_summary) s = usage_read(usage, S(1000));
	static const double wanted[2][USAGE_N_DOINGS] = {
		{[USAGE_LOADING] = 3, [USAGE_RUNNING] = 9, [USAGE_IDLE] = 2},
		{[USAGE_LOADING] = 2,
	         [USAGE_WAITING] = 2,
	         [USAGE_RAMPING] = 4,
	         [USAGE_RUNNING] = 4,
	         [USAGE_IDLE] = 2},
	};

	g_assert_cmpuint(s->sites->len, ==, 2);
	for (guint i = 0; i < 2; i++) {
		g_assert_cmpint(site(s, i)->site, ==, (int)i + 1);
		g_assert_cmpuint(site(s, i)->units, ==, 1);
		for (guint d = 0; d < USAGE_N_DOINGS; d++)
			NEAR(site(s, i)->doing_s[d], wanted[i][d]);
	}
	NEAR(usage_waited_s(usage, 2), 2);
	NEAR(usage_waited_s(usage, 1), 0);
	NEAR(usage_waited_s(usage, 99), 0);
	usage_free(usage);
}

/* An abort: what waits gives up, what is held is given back without its step having ended. */
static void test_abort(void)
{
	struct usage *usage = make();

	usage_does(usage, 1, USAGE_RUNNING, S(10));
	take(usage, 1, SCOPE, 10, 10);
	usage_does(usage, 2, USAGE_RUNNING, S(10));
	usage_ask(usage, 2, S(11));
	usage_take(usage, 2, NULL, 0, S(14));
	usage_does(usage, 2, USAGE_IDLE, S(15));
	{
		/* in the middle of a step: until now */
		g_autoptr(usage_summary) s = usage_read(usage, S(20));
		NEAR(s->window_s, 10);
		NEAR(instrument(s, SCOPE)->busy_pct, 100);
		g_assert_cmpuint(s->units, ==, 1);
		NEAR(s->steady_s, 5);
		NEAR(site(s, 0)->doing_s[USAGE_RUNNING], 10);
	}
	usage_give(usage, SCOPE, S(22));
	usage_does(usage, 1, USAGE_IDLE, S(24));
	g_autoptr(usage_summary) s = usage_read(usage, S(30));
	NEAR(s->window_s, 12);
	NEAR(instrument(s, SCOPE)->busy_s, 12);
	NEAR(site(s, 1)->doing_s[USAGE_WAITING], 3);
	NEAR(site(s, 1)->doing_s[USAGE_RUNNING], 2);
	NEAR(s->lot_s, 14);
	usage_free(usage);
}

/* What is taken while no unit is under test, before the lot or between two of its units, is of no
 * lot. */
static void test_between(void)
{
	struct usage *usage = make();

	take(usage, 0, SCOPE, 1, 1);
	usage_give(usage, SCOPE, S(5));
	{
		g_autoptr(usage_summary) s = usage_read(usage, S(6));
		g_assert_cmpint(s->bottleneck, ==, -1);
		g_assert_cmpuint(s->sites->len, ==, 0);
		NEAR(s->window_s, 0);
		g_assert_true(isnan(instrument(s, SCOPE)->busy_pct));
		g_assert_true(isnan(s->units_per_hour) && isnan(s->cycle_s));
	}
	for (guint i = 0; i < 3; i++) {
		double at_s = 10 + 10 * i;

		usage_does(usage, 1, USAGE_RUNNING, S(at_s));
		take(usage, 1, METER_1, at_s, at_s);
		usage_give(usage, METER_1, S(at_s + 1));
		usage_does(usage, 1, USAGE_IDLE, S(at_s + 2 + i));
		take(usage, 0, SPARE, at_s + 6, at_s + 6);
		usage_give(usage, SPARE, S(at_s + 9));
	}
	g_autoptr(usage_summary) s = usage_read(usage, S(100));
	/* the last give while a unit was under test was a second into the third one */
	NEAR(s->window_s, 2 + 3 + 1);
	NEAR(s->steady_s, 9);
	NEAR(instrument(s, METER_1)->busy_s, 3);
	NEAR(instrument(s, SPARE)->busy_s, 0);
	NEAR(s->cycle_s, 3);
	NEAR(s->lot_s, 24);
	g_assert_cmpuint(s->units, ==, 3);
	usage_free(usage);
}

/* One site after the other: there is no time in which both had units. */
static void test_never_steady(void)
{
	struct usage *usage = make();

	usage_does(usage, 1, USAGE_RUNNING, S(1));
	take(usage, 1, SCOPE, 1, 1);
	usage_give(usage, SCOPE, S(2));
	usage_does(usage, 1, USAGE_IDLE, S(3));
	usage_does(usage, 2, USAGE_RUNNING, S(4));
	usage_does(usage, 2, USAGE_IDLE, S(5));
	g_autoptr(usage_summary) s = usage_read(usage, S(5));
	NEAR(s->steady_s, 0);
	g_assert_true(isnan(instrument(s, SCOPE)->steady_busy_pct));
	usage_free(usage);
}

/* Seconds are of the process under test, shares are not of any time. */
static void test_scale(void)
{
	struct usage *usage = two_sites();

	clock_set_scale(10);
	g_autoptr(usage_summary) s = usage_read(usage, S(1000));
	clock_set_scale(1);
	NEAR(s->window_s, 90);
	NEAR(s->cycle_s, 120);
	NEAR(instrument(s, SCOPE)->busy_pct, 800.0 / 9);
	NEAR(s->units_per_hour, 3600.0 * 2 / 140);
	NEAR(site(s, 0)->doing_s[USAGE_RUNNING], 90);
	usage_free(usage);
}

/* A moment from before the latest, as threads tell them, takes nothing back. */
static void test_backwards(void)
{
	struct usage *usage = make();

	usage_does(usage, 1, USAGE_RUNNING, S(10));
	take(usage, 1, SCOPE, 10, 10);
	usage_does(usage, 2, USAGE_RUNNING, S(12));
	usage_give(usage, SCOPE, S(11));
	usage_does(usage, 1, USAGE_IDLE, S(11.5));
	usage_does(usage, 2, USAGE_IDLE, S(13));
	g_autoptr(usage_summary) s = usage_read(usage, S(13));
	NEAR(instrument(s, SCOPE)->busy_s, 2);
	NEAR(instrument(s, SCOPE)->busy_pct, 100);
	usage_free(usage);
}

static void test_median(void)
{
	const double values[] = {5, 1, 4, 100};

	NEAR(median_of(values, 3), 4);
	NEAR(median_of(values, 4), 4.5);
	NEAR(values[0], 5);
	g_assert_true(isnan(median_of(NULL, 0)) && isnan(median_of_array(NULL)));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/usage/overlap", test_overlap);
	g_test_add_func("/usage/sites", test_sites);
	g_test_add_func("/usage/abort", test_abort);
	g_test_add_func("/usage/between", test_between);
	g_test_add_func("/usage/never-steady", test_never_steady);
	g_test_add_func("/usage/scale", test_scale);
	g_test_add_func("/usage/backwards", test_backwards);
	g_test_add_func("/usage/median", test_median);
	return g_test_run();
}
