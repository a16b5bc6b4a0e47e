/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/limit.h"

#include "base/error.h"
#include "limits/limit_set.h"
#include "limits/value.h"

#include <math.h>
#include <string.h>

void judgement_free(struct judgement *judgement)
{
	if (!judgement)
		return;
	g_free(judgement->limit_id);
	g_free(judgement->reason);
	g_free(judgement->source);
	g_free(judgement);
}

/* Another measurement of the lane, or of the whole unit. */
struct lane_values {
	const struct limit_context *context;
	int lane;
};

static gboolean lookup_lane(const char *name, double *value, gpointer data)
{
	const struct lane_values *values = data;
	const struct limit_context *context = values->context;
	if (!context || !context->lookup)
		return FALSE;
	if (context->lookup(name, values->lane, value, context->data))
		return TRUE;
	return values->lane != 0 && context->lookup(name, 0, value, context->data);
}

static gboolean bound_value(const struct limit_set *set, const struct limit_bound *bound,
                            const struct formula_values *values, double *value, GError **error)
{
	if (bound->kind != BOUND_FORMULA)
		return TRUE;
	return formula_set_number(set->formulas, bound->formula, values, value, error);
}

static void set_guards(struct judgement *judgement, const struct limit_row *row)
{
	judgement->low_guarded = judgement->low + row->guard_band;
	judgement->high_guarded = judgement->high - row->guard_band;
}

/* The nearest bound decides; one that is not there is no nearer than any. */
static double margin_to(double value, double low, double high)
{
	double to_low = isnan(low) ? INFINITY : value - low;
	double to_high = isnan(high) ? INFINITY : high - value;
	double margin = MIN(to_low, to_high);
	return isfinite(margin) ? margin : NAN;
}

static void compare(struct judgement *judgement, const struct limit_row *row, double value)
{
	judgement->margin = margin_to(value, judgement->low, judgement->high);
	if (row->gate == LIMIT_INFO)
		return;
	gboolean below = !isnan(judgement->low) && !(value >= judgement->low);
	gboolean above = !isnan(judgement->high) && !(value <= judgement->high);
	if (below || above) {
		judgement->verdict = VERDICT_FAIL;
		judgement->reason =
			value_compare_text(value, below ? "<" : ">",
		                           below ? judgement->low : judgement->high, row->unit);
		return;
	}
	judgement->verdict = VERDICT_PASS;
	judgement->marginal = (!isnan(judgement->low_guarded) && value < judgement->low_guarded) ||
	                      (!isnan(judgement->high_guarded) && value > judgement->high_guarded);
}

/* FALSE with error: the row cannot judge. *applies FALSE: its condition does not hold. */
static gboolean judge_value(const struct limit_set *set, const struct limit_entry *entry, int lane,
                            double value, const char *unit, const struct limit_context *context,
                            struct judgement *judgement, gboolean *applies, GError **error)
{
	struct lane_values lane_values = {context, lane};
	struct formula_values values = {lookup_lane, &lane_values};
	const struct limit_row *row = &entry->row;
	if (!isfinite(value)) {
		station_error_set(error, STATION_ERROR_DATA, "no value");
		return FALSE;
	}
	if (!unit || strcmp(unit, row->unit) != 0) {
		station_error_set(error, STATION_ERROR_DATA, "measured in %s, limit in %s",
		                  unit ? unit : "no unit", row->unit);
		return FALSE;
	}
	if (row->condition &&
	    !formula_set_truth(set->formulas, entry->condition, &values, applies, error)) {
		g_prefix_error(error, "condition %s: ", row->condition);
		return FALSE;
	}
	if (!*applies)
		return TRUE;
	if (!bound_value(set, &entry->low, &values, &judgement->low, error)) {
		g_prefix_error(error, "low %s: ", row->low);
		return FALSE;
	}
	if (!bound_value(set, &entry->high, &values, &judgement->high, error)) {
		g_prefix_error(error, "high %s: ", row->high);
		return FALSE;
	}
	set_guards(judgement, row);
	compare(judgement, row, value);
	return TRUE;
}

static struct judgement *judge_row(const struct limit_set *set, const struct limit_entry *entry,
                                   int lane, double value, const char *unit,
                                   const struct limit_context *context)
{
	struct judgement *judgement = g_new0(struct judgement, 1);
	judgement->limit_id = g_strdup(entry->row.id);
	judgement->gate = entry->row.gate;
	/* Plain bounds are told even when the value cannot be judged. */
	judgement->low = entry->low.kind == BOUND_NUMBER ? entry->low.number : NAN;
	judgement->high = entry->high.kind == BOUND_NUMBER ? entry->high.number : NAN;
	set_guards(judgement, &entry->row);
	judgement->margin = NAN;
	judgement->source = g_strdup(entry->row.source);
	judgement->mark = entry->row.mark;
	g_autoptr(GError) error = NULL;
	gboolean applies = TRUE;
	if (!judge_value(set, entry, lane, value, unit, context, judgement, &applies, &error)) {
		gboolean counts = entry->row.gate != LIMIT_INFO;
		judgement->verdict = counts ? VERDICT_ERROR : VERDICT_NONE;
		judgement->reason = g_strdup(error->message);
	}
	if (applies)
		return judgement;
	judgement_free(judgement);
	return NULL;
}

static gboolean row_is_for(const struct limit_row *row, const char *measure, int lane)
{
	return strcmp(row->measure, measure) == 0 && (row->lane == 0 || row->lane == lane);
}

enum verdict limit_judge(const struct limit_set *set, const char *measure, int lane, double value,
                         const char *unit, const struct limit_context *context, GPtrArray *out,
                         gboolean *marginal)
{
	enum verdict verdict = VERDICT_NONE;
	gboolean near = FALSE;
	for (guint i = 0; i < set->entries->len; i++) {
		const struct limit_entry *entry = set->entries->pdata[i];
		if (!row_is_for(&entry->row, measure, lane))
			continue;
		struct judgement *judgement = judge_row(set, entry, lane, value, unit, context);
		if (!judgement)
			continue;
		if (judgement->gate == LIMIT_GATE || judgement->gate == LIMIT_CHECK) {
			verdict = verdict_worst(verdict, judgement->verdict);
			near = near || judgement->marginal;
		}
		if (out)
			g_ptr_array_add(out, judgement);
		else
			judgement_free(judgement);
	}
	if (marginal)
		*marginal = near && verdict == VERDICT_PASS;
	return verdict;
}
