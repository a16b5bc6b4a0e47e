/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/gates_trial.h"

#include "signal/ber_gate.h"

#include <math.h>

#define LANES 4
/* a true statement is called wrong with this probability, for each kind and risk */
#define FALSE_ALARM 1e-4

/* --- errors ---------------------------------------------------------------------------------- */

/* PCG of 64 bits of state (M. O'Neill, 2014). */
struct source {
	guint64 state;
	double burst;   /* mean errors of a burst */
	gboolean drawn; /* lengths are geometric, with that mean; else all alike */
};

static double uniform(struct source *source)
{
	guint64 old = source->state;
	guint32 mixed, turn;

	source->state = old * 6364136223846793005u + 1442695040888963407u;
	mixed = (guint32)(((old >> 18) ^ old) >> 27);
	turn = (guint32)(old >> 59);
	mixed = mixed >> turn | mixed << (-turn & 31);
	return ((double)mixed + 0.5) / 4294967296.0;
}

static double normal(struct source *source)
{
	double radius = sqrt(-2.0 * log(uniform(source)));

	return radius * cos(2.0 * G_PI * uniform(source));
}

/* Events by their waiting times; many by the normal law with its skewness put right. */
static double events(struct source *source, double mean)
{
	double count = 0.0, time = -log(uniform(source));

	if (mean > 5000.0) {
		double z = normal(source);

		return fmax(0.0, rint(mean + sqrt(mean) * z + (z * z - 1.0) / 6.0));
	}
	for (; time < mean; count++)
		time -= log(uniform(source));
	return count;
}

static guint64 errors_in(struct source *source, double bits, double ber)
{
	double bursts = events(source, bits * ber / source->burst), errors = 0.0;

	if (!source->drawn)
		return (guint64)(bursts * source->burst);
	for (double i = 0.0; i < bursts; i++)
		errors += 1.0 + floor(log(uniform(source)) / log1p(-1.0 / source->burst));
	return (guint64)errors;
}

/* --- judging --------------------------------------------------------------------------------- */

struct kind {
	const char *name;
	struct ber_gate_settings settings;
	double rate_bps;
	double burst;
	gboolean drawn; /* lengths of bursts */
	double decades; /* spread of the ratios around the limit; 0: at both edges */
	guint share;    /* of the units, in twentieths */
	guint n_good, n_good_failed, n_bad, n_bad_passed, n_units, n_disagree;
	guint n_clear, n_clear_disagree; /* units without a lane that is indifferent */
	double time;                     /* in full gates */
};

#define GATE_S  0.1
#define LEAST_S 0.0005

struct verdicts {
	gboolean early, full;
	double bits, full_bits;
};

/* The full gate goes on where the early one has ended. */
static void judge(struct kind *kind, struct source *source, double ber, struct verdicts *verdicts)
{
	gboolean is_default = kind->decades > 0.0;
	double used_s = 0.0, least_s = is_default ? 0.01 : LEAST_S, errors = 0.0, bits = 0.0;
	struct ber_gate gate;

	g_assert_true(ber_gate_init(&gate, &kind->settings, NULL));
	*verdicts = (struct verdicts){0};
	for (gboolean last = FALSE; !last;) {
		double part_s = ber_gate_next_s(used_s, least_s, GATE_S);
		guint64 part_bits = (guint64)(part_s * kind->rate_bps);
		guint64 part_errors = MIN(errors_in(source, (double)part_bits, ber), part_bits);

		last = part_s >= GATE_S - used_s;
		used_s += part_s;
		bits += (double)part_bits;
		errors += (double)part_errors;
		if (gate.end != BER_GATE_OPEN)
			continue;
		g_assert_true(ber_gate_add(&gate, part_bits, part_errors, TRUE, last, NULL));
		verdicts->bits = bits;
	}
	verdicts->full_bits = bits;
	verdicts->early = gate.decision == BER_PASS;
	verdicts->full = errors <= kind->settings.limit_ber * bits;
}

/* Around the limit; or at the edges, all good, or one lane bad. */
static void draw_unit(const struct kind *kind, struct source *source, double ber[LANES])
{
	double one = uniform(source), which = floor(LANES * uniform(source));

	for (guint l = 0; l < LANES; l++) {
		gboolean bad = one < 0.5 && l == which;

		if (kind->decades > 0.0)
			ber[l] = kind->settings.limit_ber *
			         pow(10.0, kind->decades * (normal(source) - 0.5));
		else
			ber[l] = bad ? ber_gate_bad_ber(&kind->settings)
			             : ber_gate_good_ber(&kind->settings);
	}
}

static void judge_unit(struct kind *kind, struct source *source)
{
	gboolean early = TRUE, full = TRUE, clear = TRUE;
	double ber[LANES], longest = 0.0;

	draw_unit(kind, source, ber);
	for (guint l = 0; l < LANES; l++) {
		struct verdicts verdicts;

		judge(kind, source, ber[l], &verdicts);
		early = early && verdicts.early;
		full = full && verdicts.full;
		longest = fmax(longest, verdicts.bits / verdicts.full_bits);
		if (ber[l] <= ber_gate_good_ber(&kind->settings)) {
			kind->n_good++;
			kind->n_good_failed += !verdicts.early;
		} else if (ber[l] >= ber_gate_bad_ber(&kind->settings)) {
			kind->n_bad++;
			kind->n_bad_passed += verdicts.early;
		} else {
			clear = FALSE;
		}
	}
	/* the lanes' gates run together, until the last is told */
	kind->time += longest;
	kind->n_units++;
	kind->n_disagree += early != full;
	kind->n_clear += clear;
	kind->n_clear_disagree += clear && early != full;
}

/* --- kinds of units -------------------------------------------------------------------------- */

static struct ber_gate_settings lean(double burst)
{
	return (struct ber_gate_settings){.limit_ber = 2.4e-4,
	                                  .ratio = 1.25,
	                                  .producer_risk = 0.01,
	                                  .consumer_risk = 0.02,
	                                  .burst = burst};
}

double gates_binomial_tail(guint k, guint n, double p)
{
	double sum = 0.0;

	for (guint i = k; i <= n; i++)
		sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) +
		           (n - i) * log1p(-p));
	return sum;
}

static void check(struct gates_totals *totals, const struct kind *kind, const char *what, guint k,
                  guint n, double p)
{
	if (n > 0 && gates_binomial_tail(k, n, p) < FALSE_ALARM)
		g_string_append_printf(totals->faults, "%s: %u of %u %s, stated are %g\n",
		                       kind->name, k, n, what, p);
}

static double saved_pct(double time, guint units)
{
	return 100.0 * (1.0 - time / units);
}

static void add_kind(struct gates_totals *totals, const struct kind *kind)
{
	const struct ber_gate_settings *s = &kind->settings;

	check(totals, kind, "good lanes failed", kind->n_good_failed, kind->n_good,
	      s->producer_risk);
	check(totals, kind, "bad lanes passed", kind->n_bad_passed, kind->n_bad, s->consumer_risk);
	check(totals, kind, "units judged otherwise", kind->n_clear_disagree, kind->n_clear,
	      LANES * fmax(s->producer_risk, s->consumer_risk));
	g_string_append_printf(totals->lines,
	                       "%-28s %5u units, %3u judged otherwise, %2u of these clear; %5u "
	                       "good lanes, %2u failed; "
	                       "%5u bad lanes, %2u passed; %4.1f %% of the time saved\n",
	                       kind->name, kind->n_units, kind->n_disagree, kind->n_clear_disagree,
	                       kind->n_good, kind->n_good_failed, kind->n_bad, kind->n_bad_passed,
	                       saved_pct(kind->time, kind->n_units));
	totals->units += kind->n_units;
	totals->disagree += kind->n_disagree;
	totals->good += kind->n_good;
	totals->good_failed += kind->n_good_failed;
	totals->bad += kind->n_bad;
	totals->bad_passed += kind->n_bad_passed;
	totals->time += kind->time;
}

void gates_run(guint units, guint64 seed, gboolean told, struct gates_totals *totals)
{
	/* lean rates: the limit gives 2400 bursts in a full gate. A geometric length of mean m has
	 * a variance over mean of 2 m - 1: 10 for 5.5 */
	struct kind kinds[] = {
		{"as plans do, errors alone", {0}, 1.0625e11, 1.0, FALSE, 0.3, 5},
		{"as plans do, tens", {0}, 1.0625e11, 10.0, FALSE, 0.3, 5},
		{"at the edges, errors alone", lean(1.0), 1e8, 1.0, FALSE, 0.0, 4},
		{"at the edges, tens", lean(10.0), 1e9, 10.0, FALSE, 0.0, 3},
		{"at the edges, drawn bursts", lean(10.0), 1e9, 5.5, TRUE, 0.0, 3},
	};

	*totals = (struct gates_totals){.faults = g_string_new(NULL), .lines = g_string_new(NULL)};
	ber_gate_settings_default(&kinds[0].settings);
	ber_gate_settings_default(&kinds[1].settings);
	for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
		struct source source = {seed * 16 + k + 1, kinds[k].burst, kinds[k].drawn};

		if (!told)
			kinds[k].settings.burst = 1.0;
		for (guint i = 0; i < 10; i++)
			uniform(&source);
		for (guint i = 0; i < units * kinds[k].share / 20; i++)
			judge_unit(&kinds[k], &source);
		add_kind(totals, &kinds[k]);
	}
}

void gates_totals_clear(struct gates_totals *totals)
{
	g_string_free(totals->faults, TRUE);
	g_string_free(totals->lines, TRUE);
}

char *gates_line(const struct gates_totals *totals)
{
	return g_strdup_printf("gates_units=%u gates_disagree=%u gates_risk_alpha=%.4f "
	                       "gates_risk_beta=%.4f gates_time_saved_pct=%.1f",
	                       totals->units, totals->disagree,
	                       (double)totals->good_failed / totals->good,
	                       (double)totals->bad_passed / totals->bad,
	                       saved_pct(totals->time, totals->units));
}
