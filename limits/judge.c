/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/limit.h"

#include "base/error.h"
#include "base/normal.h"
#include "base/number.h"
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

static const char *const rule_names[] = {"marginal", "guarded"};

const char *limit_rule_name(enum limit_rule rule)
{
	return rule_names[rule];
}

gboolean limit_rule_parse(const char *name, enum limit_rule *rule)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rule_names); i++) {
		if (g_strcmp0(name, rule_names[i]) != 0)
			continue;
		*rule = (enum limit_rule)i;
		return TRUE;
	}
	return FALSE;
}

gboolean limit_risk_is_chosen(double false_accept)
{
	return false_accept > 0 && false_accept < 0.5;
}

/* --- bounds --------------------------------------------------------------------------------- */

/* Other measurements of the lane, or of the whole unit; one of them shifted to see what a bound
 * makes of it. */
struct lane_values {
	const struct limit_context *context;
	int lane;
	GPtrArray *seen; /* names that were asked for, owned; null: nobody wants to know */
	const char *shifted;
	double by;
};

static gboolean lookup_lane(const char *name, double *value, gpointer data)
{
	const struct lane_values *values = data;
	const struct limit_context *context = values->context;
	if (!context || !context->lookup)
		return FALSE;
	if (!context->lookup(name, values->lane, value, context->data) &&
	    (values->lane == 0 || !context->lookup(name, 0, value, context->data)))
		return FALSE;
	if (values->seen &&
	    !g_ptr_array_find_with_equal_func(values->seen, name, g_str_equal, NULL))
		g_ptr_array_add(values->seen, g_strdup(name));
	if (values->shifted && strcmp(values->shifted, name) == 0)
		*value += values->by;
	return TRUE;
}

/* Expanded uncertainty of a value that a formula uses, found as the value is; 0 when unknown. */
static double doubt_of(const struct lane_values *values, const char *name)
{
	const struct limit_context *context = values->context;
	double value;
	int lane = context->lookup(name, values->lane, &value, context->data) ? values->lane : 0;
	double doubt = context->uncertainty(name, lane, context->data);
	return doubt > 0 && isfinite(doubt) ? doubt : 0;
}

/* How far a bound moves with one value that it is made of: without end where it has no value so
 * near. */
static double shift_of(const struct limit_set *set, int formula, const struct lane_values *values,
                       const char *name, double bound)
{
	double most = 0, doubt = doubt_of(values, name);
	for (int sign = -1; sign <= 1; sign += 2) {
		struct lane_values shifted = {values->context, values->lane, NULL, name,
		                              sign * doubt};
		struct formula_values source = {lookup_lane, &shifted};
		double moved;
		if (!formula_set_number(set->formulas, formula, &source, &moved, NULL))
			return INFINITY;
		most = fmax(most, fabs(moved - bound));
	}
	return most;
}

/* A bound as a number and its expanded uncertainty. */
static gboolean bound_value(const struct limit_set *set, const struct limit_bound *bound,
                            const struct lane_values *values, double *value, double *doubt,
                            GError **error)
{
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
	struct lane_values asking = *values;
	struct formula_values source = {lookup_lane, &asking};
	*doubt = 0;
	if (bound->kind != BOUND_FORMULA)
		return TRUE;
	asking.seen = seen;
	if (!formula_set_number(set->formulas, bound->formula, &source, value, error))
		return FALSE;
	if (!values->context || !values->context->uncertainty ||
	    !limit_risk_is_chosen(values->context->decision.false_accept))
		return TRUE;
	for (guint i = 0; i < seen->len; i++)
		*doubt = hypot(*doubt,
		               shift_of(set, bound->formula, values, seen->pdata[i], *value));
	return TRUE;
}

/* --- guard bands ---------------------------------------------------------------------------- */

/* What is kept from a bound of that expanded uncertainty. */
static double guard_of(const struct judgement *judgement, const struct limit_row *row, double doubt)
{
	double of_value = judgement->uncertainty > 0 ? judgement->uncertainty : 0;
	double standard = hypot(of_value, doubt) / 2;
	if (isnan(judgement->false_accept))
		return row->guard_band;
	return fmax(row->guard_band, normal_tail_inverse(judgement->false_accept) * standard);
}

static void set_guards(struct judgement *judgement, const struct limit_row *row, double low_doubt,
                       double high_doubt)
{
	judgement->low_guarded = judgement->low + guard_of(judgement, row, low_doubt);
	judgement->high_guarded = judgement->high - guard_of(judgement, row, high_doubt);
}

/* "3.38 dB is inside the guard band of 0.12 dB at 2.3 % false accept" */
static char *guard_text(const struct judgement *judgement, const char *unit, gboolean at_low)
{
	double guard = at_low ? judgement->low_guarded - judgement->low
	                      : judgement->high - judgement->high_guarded;
	g_autofree char *value = value_text(judgement->value, unit, 0);
	g_autofree char *band = value_text(guard, strcmp(unit, "dBm") == 0 ? "dB" : unit, 0);
	g_autofree char *risk = g_strdup("");
	if (!isnan(judgement->false_accept)) {
		g_autofree char *percent = number_format_digits(judgement->false_accept * 100, 3);
		g_free(risk);
		risk = g_strdup_printf(" at %s %% false accept", percent);
	}
	gboolean nothing_left = judgement->low_guarded > judgement->high_guarded;
	return g_strdup_printf("%s is inside the guard band of %s%s%s", value, band, risk,
	                       nothing_left ? ", which leaves nothing between the limits" : "");
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
	gboolean near_low = !isnan(judgement->low_guarded) && value < judgement->low_guarded;
	gboolean near_high = !isnan(judgement->high_guarded) && value > judgement->high_guarded;
	gboolean near = near_low || near_high;
	judgement->verdict = near && judgement->rule == LIMIT_GUARDED ? VERDICT_FAIL : VERDICT_PASS;
	judgement->marginal = near && judgement->verdict == VERDICT_PASS;
	if (judgement->verdict == VERDICT_FAIL)
		judgement->reason = guard_text(judgement, row->unit, near_low);
}

/* FALSE with error: the row cannot judge. *applies FALSE: its condition does not hold. */
static gboolean judge_value(const struct limit_set *set, const struct limit_entry *entry, int lane,
                            double value, const char *unit, const struct limit_context *context,
                            struct judgement *judgement, gboolean *applies, GError **error)
{
	struct lane_values lane_values = {context, lane, NULL, NULL, 0};
	struct formula_values values = {lookup_lane, &lane_values};
	const struct limit_row *row = &entry->row;
	double low_doubt, high_doubt;
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
	if (!bound_value(set, &entry->low, &lane_values, &judgement->low, &low_doubt, error)) {
		g_prefix_error(error, "low %s: ", row->low);
		return FALSE;
	}
	if (!bound_value(set, &entry->high, &lane_values, &judgement->high, &high_doubt, error)) {
		g_prefix_error(error, "high %s: ", row->high);
		return FALSE;
	}
	set_guards(judgement, row, low_doubt, high_doubt);
	compare(judgement, row, value);
	return TRUE;
}

/* What is known before the value is looked at. Plain bounds are told even when the value cannot be
 * judged. */
static struct judgement *judgement_new(const struct limit_entry *entry,
                                       const struct limit_context *context)
{
	struct judgement *judgement = g_new0(struct judgement, 1);
	struct limit_decision decision = {LIMIT_MARGINAL, NAN, NAN};
	if (context)
		decision = context->decision;
	judgement->limit_id = g_strdup(entry->row.id);
	judgement->gate = entry->row.gate;
	judgement->low = entry->low.kind == BOUND_NUMBER ? entry->low.number : NAN;
	judgement->high = entry->high.kind == BOUND_NUMBER ? entry->high.number : NAN;
	judgement->rule = decision.rule;
	judgement->false_accept =
		limit_risk_is_chosen(decision.false_accept) ? decision.false_accept : NAN;
	judgement->uncertainty = decision.uncertainty > 0 ? decision.uncertainty : NAN;
	set_guards(judgement, &entry->row, 0, 0);
	judgement->margin = NAN;
	judgement->source = g_strdup(entry->row.source);
	judgement->mark = entry->row.mark;
	return judgement;
}

static struct judgement *judge_row(const struct limit_set *set, const struct limit_entry *entry,
                                   int lane, double value, const char *unit,
                                   const struct limit_context *context)
{
	struct judgement *judgement = judgement_new(entry, context);
	judgement->value = isfinite(value) ? value : NAN;
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
