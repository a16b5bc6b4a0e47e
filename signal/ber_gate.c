/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_gate.h"

#include "base/error.h"
#include "signal/ber.h"
#include "signal/beta.h"

#include <math.h>

static const double least_risk = 1e-9;
static const double most_risk = 0.4;

void ber_gate_settings_default(struct ber_gate_settings *settings)
{
	*settings = (struct ber_gate_settings){
		.limit_ber = 2.4e-4,
		.ratio = 1.25,
		.producer_risk = 1e-3,
		.consumer_risk = 1e-3,
		.burst = 10.0,
		.min_bits = 10000000,
	};
}

double ber_gate_good_ber(const struct ber_gate_settings *settings)
{
	return settings->limit_ber * log(settings->ratio) / (settings->ratio - 1.0);
}

double ber_gate_bad_ber(const struct ber_gate_settings *settings)
{
	return settings->ratio * ber_gate_good_ber(settings);
}

const char *ber_gate_end_name(enum ber_gate_end end)
{
	static const char *const names[] = {"open", "certain", "full gate", "no lock"};

	return names[end];
}

static gboolean risk_is_possible(double risk)
{
	return risk >= least_risk && risk <= most_risk;
}

static gboolean check_settings(const struct ber_gate_settings *s, GError **error)
{
	if (s->limit_ber > 1e-15 && s->limit_ber <= 0.05 && s->ratio >= 1.01 && s->ratio <= 100.0 &&
	    risk_is_possible(s->producer_risk) && risk_is_possible(s->consumer_risk) &&
	    s->burst >= 1.0 && s->burst <= 1e6 && s->confidence >= 0.0 && s->confidence < 1.0)
		return TRUE;
	station_error_set(error, STATION_ERROR_RANGE,
	                  "sequential gate: limit %g, ratio %g, risks %g and %g, bursts of %g "
	                  "cannot be",
	                  s->limit_ber, s->ratio, s->producer_risk, s->consumer_risk, s->burst);
	return FALSE;
}

/* How many bursts more or fewer than at the limit decide. */
static double failing_excess(const struct ber_gate_settings *s)
{
	return -log(s->producer_risk) / log(s->ratio);
}

static double passing_excess(const struct ber_gate_settings *s)
{
	return -log(s->consumer_risk) / log(s->ratio);
}

gboolean ber_gate_init(struct ber_gate *gate, const struct ber_gate_settings *settings,
                       GError **error)
{
	*gate = (struct ber_gate){.settings = *settings};
	return check_settings(settings, error);
}

/* --- deciding -------------------------------------------------------------------------------- */

static enum ber_decision certain(const struct ber_gate *gate)
{
	const struct ber_gate_settings *s = &gate->settings;
	double excess = ((double)gate->errors - s->limit_ber * (double)gate->bits) / s->burst;

	if (gate->bits < s->min_bits || gate->bursts)
		return BER_CONTINUE;
	if (excess >= failing_excess(s))
		return BER_FAIL;
	return excess <= -passing_excess(s) ? BER_PASS : BER_CONTINUE;
}

static gboolean passes_when_full(const struct ber_gate_settings *s, guint64 bits, guint64 errors)
{
	if ((double)errors > s->limit_ber * (double)bits)
		return FALSE;
	return s->confidence == 0.0 ||
	       ber_confidence_below(bits, errors, s->limit_ber) >= s->confidence;
}

static void look_for_bursts(struct ber_gate *gate)
{
	struct ber_dispersion found =
		ber_dispersion_of(gate->window_bits, gate->window_errors, gate->n);

	gate->bursts = gate->bursts || found.ratio > gate->settings.burst * found.limit;
}

static void join_windows(struct ber_gate *gate)
{
	gate->n /= 2;
	for (guint i = 0; i < gate->n; i++) {
		guint first = 2 * i, second = first + 1;

		gate->window_bits[i] = gate->window_bits[first] + gate->window_bits[second];
		gate->window_errors[i] = gate->window_errors[first] + gate->window_errors[second];
	}
}

static gboolean keep_window(struct ber_gate *gate, guint64 bits, guint64 errors, GError **error)
{
	if (bits == 0 || errors > bits || bits > G_MAXUINT64 / 64) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "sequential gate: %" G_GUINT64_FORMAT
		                  " errors in %" G_GUINT64_FORMAT " bits cannot be",
		                  errors, bits);
		return FALSE;
	}
	if (gate->n == BER_GATE_WINDOWS)
		join_windows(gate);
	gate->window_bits[gate->n] = bits;
	gate->window_errors[gate->n++] = errors;
	gate->bits += bits;
	gate->errors += errors;
	look_for_bursts(gate);
	return TRUE;
}

gboolean ber_gate_add(struct ber_gate *gate, guint64 bits, guint64 errors, gboolean locked,
                      gboolean is_full, GError **error)
{
	if (!locked || gate->end == BER_GATE_NO_LOCK) {
		gate->end = BER_GATE_NO_LOCK;
		gate->decision = BER_CONTINUE;
		return TRUE;
	}
	if (!keep_window(gate, bits, errors, error))
		return FALSE;
	if (gate->end != BER_GATE_OPEN)
		return TRUE;
	if (is_full) {
		gate->end = BER_GATE_FULL;
		gate->decision = passes_when_full(&gate->settings, gate->bits, gate->errors)
		                         ? BER_PASS
		                         : BER_FAIL;
		return TRUE;
	}
	gate->decision = certain(gate);
	if (gate->decision != BER_CONTINUE)
		gate->end = BER_GATE_CERTAIN;
	return TRUE;
}

double ber_gate_next_s(double used_s, double least_s, double full_s)
{
	double left_s = full_s - used_s, next_s = fmax(used_s, least_s);

	return left_s - next_s < least_s ? left_s : next_s;
}

/* --- operating characteristic ---------------------------------------------------------------- */

/*
 * alive[i]: the probability that first + i bursts came and nothing is decided. Between two windows
 * counts move by a Poisson distribution; only the few counts between both ends live on.
 */
struct characteristic {
	const struct ber_gate_settings *s;
	double *alive;
	double first;
	guint n;
	guint most;
};

static double poisson(double k, double mean)
{
	if (mean == 0.0)
		return k == 0.0 ? 1.0 : 0.0;
	return k < 0.0 ? 0.0 : exp(k * log(mean) - mean - lgamma(k + 1.0));
}

/* At most so many. */
static double poisson_up_to(double k, double mean)
{
	if (k < 0.0)
		return 0.0;
	return mean == 0.0 ? 1.0 : 1.0 - beta_poisson_above(k, mean);
}

/* One more window: who has at most `low` or at least `high` bursts then is decided. */
static void pass_window(struct characteristic *c, double mean, double low, double high,
                        double *passes, double *fails)
{
	guint n = high > low + 1.0 ? (guint)(high - low - 1.0) : 0;
	double *next = g_new0(double, c->most);

	*passes = *fails = 0.0;
	for (guint i = 0; i < c->n; i++) {
		double from = c->first + i;

		*passes += c->alive[i] * poisson_up_to(low - from, mean);
		*fails += c->alive[i] * (1.0 - poisson_up_to(high - 1.0 - from, mean));
		for (guint j = 0; j < n; j++)
			next[j] += c->alive[i] * poisson(low + 1.0 + j - from, mean);
	}
	g_free(c->alive);
	c->alive = next;
	c->first = low + 1.0;
	c->n = n;
}

/* The most bursts with which a full gate passes; -1: not even none. */
static double most_when_full(const struct ber_gate_settings *s, guint64 bits)
{
	double high = floor(s->limit_ber * (double)bits / s->burst), low = -1.0;

	if (s->confidence == 0.0)
		return high;
	while (low < high) {
		double middle = ceil((low + high) / 2);

		if (passes_when_full(s, bits, (guint64)ceil(middle * s->burst)))
			low = middle;
		else
			high = middle - 1.0;
	}
	return low;
}

static void walk(struct characteristic *c, const guint64 *bits, guint n, double ber,
                 struct ber_gate_outcome *outcome)
{
	const struct ber_gate_settings *s = c->s;
	guint64 total = 0;
	double mean = 0.0, passes, fails, alive = 1.0;

	for (guint i = 0; i < n; i++) {
		double middle;

		total += bits[i];
		mean += ber * (double)bits[i] / s->burst;
		outcome->mean_bits += alive * (double)bits[i];
		if (i + 1 == n || total < s->min_bits)
			continue;
		middle = s->limit_ber * (double)total / s->burst;
		pass_window(c, mean, floor(middle - passing_excess(s)),
		            ceil(middle + failing_excess(s)), &passes, &fails);
		outcome->early_passes += passes;
		outcome->early_fails += fails;
		alive -= passes + fails;
		mean = 0.0;
	}
	pass_window(c, mean, most_when_full(s, total), most_when_full(s, total) + 1.0, &passes,
	            &fails);
	outcome->passes = outcome->early_passes + passes;
	outcome->fails = outcome->early_fails + fails;
}

gboolean ber_gate_outcome_at(const struct ber_gate_settings *settings, const guint64 *bits, guint n,
                             double ber, struct ber_gate_outcome *outcome, GError **error)
{
	struct characteristic c = {.s = settings};

	*outcome = (struct ber_gate_outcome){0};
	if (!check_settings(settings, error))
		return FALSE;
	if (n == 0 || !(ber >= 0.0 && ber <= 1.0)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "sequential gate: %u windows at a ratio of %g cannot be", n, ber);
		return FALSE;
	}
	c.most = (guint)(passing_excess(settings) + failing_excess(settings)) + 4;
	c.alive = g_new0(double, c.most);
	c.alive[0] = 1.0;
	c.n = 1;
	walk(&c, bits, n, ber, outcome);
	g_free(c.alive);
	return TRUE;
}
