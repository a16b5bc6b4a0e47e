/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/ber_gates.h"

#include "base/error.h"
#include "instruments/bert.h"
#include "station/steps/rx_points.h"

#include <math.h>
#include <string.h>

gboolean ber_gates_settings(const struct step_context *ctx, double limit_ber,
                            struct ber_gate_settings *settings, gboolean *early, GError **error)
{
	const char *ends = step_text(ctx, "gate_ends");
	struct ber_gate trial;

	*settings = (struct ber_gate_settings){
		.limit_ber = limit_ber,
		.ratio = step_number(ctx, "bad_to_good"),
		.producer_risk = step_number(ctx, "alpha"),
		.consumer_risk = step_number(ctx, "beta"),
		.burst = step_number(ctx, "burst"),
		.min_bits = (guint64)CLAMP(step_number(ctx, "least_bits"), 0.0, 1e18),
	};
	*early = strcmp(ends, "certain") == 0;
	if (!*early && strcmp(ends, "full") != 0) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "gate_ends: \"%s\" is neither certain nor full", ends);
		return FALSE;
	}
	return ber_gate_init(&trial, settings, error);
}

/* One part of a gate on all lanes. *open: whether any is undecided. */
static gboolean count_part(struct step_context *ctx, double part_s, gboolean is_last,
                           struct ber_gate lanes[CONFIG_LANES_MAX], gboolean *open, GError **error)
{
	struct rx_count counts[CONFIG_LANES_MAX];

	*open = FALSE;
	if (!rx_points_count(ctx, part_s, counts, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		if (!ber_gate_add(&lanes[l], counts[l].bits, counts[l].errors, counts[l].lock,
		                  is_last, error))
			return FALSE;
		*open = *open || lanes[l].end == BER_GATE_OPEN;
	}
	return TRUE;
}

#define PARTS_MAX  64
#define SMALL_RISK 1e-12 /* below, rounding makes it */

/* The risks that the test has with such parts; a lane's rate tells the bits. */
static void find_risks(struct ber_gates *gates, const struct ber_gate *lane, double used_s,
                       double least_s, double full_s)
{
	struct ber_gate_outcome good, bad;
	guint64 bits[PARTS_MAX];
	double at_s = 0.0;
	guint n = 0;

	for (double part_s = 0.0; part_s < full_s - at_s && n < PARTS_MAX; n++) {
		at_s += part_s;
		part_s = ber_gate_next_s(at_s, least_s, full_s);
		bits[n] = (guint64)((double)lane->bits * part_s / used_s);
	}
	if (!ber_gate_outcome_at(&gates->settings, bits, n, ber_gate_good_ber(&gates->settings),
	                         &good, NULL) ||
	    !ber_gate_outcome_at(&gates->settings, bits, n, ber_gate_bad_ber(&gates->settings),
	                         &bad, NULL))
		return;
	gates->alpha = good.fails > SMALL_RISK ? good.fails : 0.0;
	gates->beta = bad.passes > SMALL_RISK ? bad.passes : 0.0;
}

void ber_gates_keep(struct step_context *ctx, struct ber_gates *gates, const struct ber_gate *lanes,
                    double used_s, double full_s)
{
	gates->n++;
	gates->alpha = gates->beta = NAN;
	gates->used_s += used_s;
	gates->full_s += full_s;
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		enum ber_gate_end end = lanes[l].end;

		if (end == BER_GATE_OPEN)
			end = lanes[l].bits ? BER_GATE_FULL : BER_GATE_NO_LOCK;
		gates->n_lanes++;
		gates->ended[end]++;
	}
}

gboolean ber_gates_count(struct step_context *ctx, struct ber_gates *gates, double limit_ber,
                         double confidence, struct ber_gate lanes[CONFIG_LANES_MAX], GError **error)
{
	double full_s = step_number(ctx, "gate"), used_s = 0.0, least_s = full_s;
	gboolean early, open = TRUE;

	if (!ber_gates_settings(ctx, limit_ber, &gates->settings, &early, error))
		return FALSE;
	gates->settings.confidence = confidence;
	if (early)
		least_s = fmax(step_number(ctx, "least_gate"),
		               bert_shortest_gate_s(step_instrument(ctx, INSTRUMENT_BERT)));
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		if (!ber_gate_init(&lanes[l], &gates->settings, error))
			return FALSE;
	while (open) {
		double part_s = ber_gate_next_s(used_s, least_s, full_s);
		gboolean is_last = part_s >= full_s - used_s;

		used_s += part_s;
		if (!count_part(ctx, part_s, is_last, lanes, &open, error))
			return FALSE;
	}
	ber_gates_keep(ctx, gates, lanes, used_s, full_s);
	for (guint l = 0; l < step_n_lanes(ctx) && isnan(gates->alpha); l++)
		if (lanes[l].end != BER_GATE_NO_LOCK)
			find_risks(gates, &lanes[l], used_s, least_s, full_s);
	return TRUE;
}

void ber_gates_report(struct step_context *ctx, const struct ber_gates *gates, const char *id)
{
	const struct ber_gate_settings *s = &gates->settings;
	g_autofree char *exact = g_strdup("");

	if (!gates->n)
		return;
	if (!isnan(gates->alpha)) {
		g_free(exact);
		exact = g_strdup_printf("; with the full gate's own: alpha %.2g, beta %.2g",
		                        gates->alpha, gates->beta);
	}
	step_measure(ctx, id, 0, gates->used_s, "s", NAN);
	step_remark(ctx,
	            "%s: %u gates, %.3f s counted of %.3f s; of %u times a lane %u certain, %u at "
	            "the full gate, %u without lock",
	            id, gates->n, gates->used_s, gates->full_s, gates->n_lanes,
	            gates->ended[BER_GATE_CERTAIN], gates->ended[BER_GATE_FULL],
	            gates->ended[BER_GATE_NO_LOCK]);
	step_remark(ctx,
	            "%s: ends when %s: limit %.3g, good %.3g, bad %.3g, alpha %g, beta %g, bursts "
	            "of %g, at least %.3g bits%s",
	            id, step_text(ctx, "gate_ends"), s->limit_ber, ber_gate_good_ber(s),
	            ber_gate_bad_ber(s), s->producer_risk, s->consumer_risk, s->burst,
	            (double)s->min_bits, exact);
}
