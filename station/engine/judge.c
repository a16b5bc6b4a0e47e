/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include <math.h>

struct judging run_judging(const struct run *run)
{
	const struct config_product *product = run->files->product;

	return (struct judging){run->files->limits, product->rule, product->false_accept,
	                        product->n_lanes};
}

static void publish(struct run *run, const struct record_measurement *m)
{
	struct event event = event_make(EVENT_MEASUREMENT, 0, NULL);

	g_strlcpy(event.name, m->id, sizeof event.name);
	g_strlcpy(event.unit, m->unit, sizeof event.unit);
	g_strlcpy(event.corner, m->corner, sizeof event.corner);
	event_set_text(&event, m->reason ? m->reason : "");
	event.lane = m->lane;
	event.value = m->value;
	event.verdict = m->verdict;
	event.marginal = m->marginal;
	if (m->judgements->len) {
		const struct judgement *j = record_measurement_decisive(m);
		event.low = j->low;
		event.high = j->high;
	}
	run_publish(run, &event);
}

enum verdict run_judge(struct run *run, guint first, gboolean *marginal, char **reason)
{
	const struct judging by = run_judging(run);

	for (guint i = first; i < run->record->measurements->len; i++) {
		struct record_measurement *m = g_ptr_array_index(run->record->measurements, i);

		judging_value(&by, run->record, m);
	}
	return judging_sum(run->record, first, marginal, reason);
}

void run_publish_values(struct run *run, guint first)
{
	for (guint i = first; i < run->record->measurements->len; i++)
		publish(run, g_ptr_array_index(run->record->measurements, i));
}

struct step_opinion step_would_judge(const struct step_context *ctx, const char *id, int lane,
                                     double value, const char *unit, double uncertainty)
{
	g_autoptr(GPtrArray) judgements =
		g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
	struct step_opinion opinion = {VERDICT_NONE, NAN, NAN, NAN};
	const struct judging by = run_judging(ctx->run);
	const struct judgement *decisive;
	struct record_measurement m = {
		.id = (char *)id,
		.lane = lane,
		.corner = ctx->corner->name,
		.value = value,
		.unit = (char *)unit,
		.uncertainty = uncertainty,
		.judgements = judgements,
	};

	judging_value(&by, ctx->run->record, &m);
	g_free(m.reason);
	opinion.verdict = m.verdict;
	decisive = record_measurement_decisive(&m);
	if (decisive) {
		opinion.low = decisive->low;
		opinion.high = decisive->high;
		opinion.margin = decisive->margin;
	}
	return opinion;
}

double run_clearance(const struct run *run, guint first)
{
	const struct judging by = run_judging(run);

	return judging_clearance(&by, run->record, first);
}
