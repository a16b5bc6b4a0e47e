/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/matrix_cell.h"

#include "base/unit.h"
#include "limits/value.h"
#include "reports/accept.h"
#include "reports/chart.h"
#include "reports/page.h"

#include <math.h>
#include <string.h>

static char *bounds_text(const struct accept *accept, const char *unit)
{
	g_autofree char *low = value_text(accept->low, unit, 0);
	g_autofree char *high = value_text(accept->high, unit, 0);
	if (isnan(accept->low))
		return isnan(accept->high) ? g_strdup("")
		                           : g_strdup_printf("\xE2\x89\xA4 %s", high);
	if (isnan(accept->high))
		return g_strdup_printf("\xE2\x89\xA5 %s", low);
	return g_strdup_printf("%s \xE2\x80\xA6 %s", low, high);
}

double matrix_reach(const struct record_measurement *measurement, double reach)
{
	struct accept accept = accept_of(measurement);
	double guard = fmax(accept.low_guarded - accept.low, accept.high - accept.high_guarded);
	double distance = fmax(measurement->value - accept.low, accept.high - measurement->value);
	if (isfinite(guard))
		reach = fmax(reach, 4 * guard);
	return isfinite(distance) ? fmax(reach, 1.2 * distance) : reach;
}

static void write_value(struct markup *markup, const struct record_measurement *measurement)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "value");
	if (isnan(measurement->value)) {
		markup_text(markup, "no value");
	} else if (accept_is_finding(measurement)) {
		markup_text(markup, measurement->value == 1 ? "yes" : "no");
	} else {
		g_autofree char *text = value_text(measurement->value, measurement->unit, 0);
		markup_text(markup, text);
	}
	if (isfinite(measurement->value) && isfinite(measurement->uncertainty)) {
		g_autofree char *text =
			value_uncertainty_text(measurement->uncertainty, measurement->unit);
		markup_elementf(markup, "span", NULL, " \xC2\xB1 %s", text);
	}
	markup_close(markup);
}

static void write_bar(struct markup *markup, const struct record_measurement *measurement,
                      const struct accept *accept, double reach)
{
	const struct chart_margin margin = {
		.value = measurement->value,
		.low = accept->low,
		.high = accept->high,
		.low_guarded = accept->low_guarded,
		.high_guarded = accept->high_guarded,
		.uncertainty = measurement->uncertainty,
		.reach = reach,
		.class_name = page_verdict_class(measurement->verdict, measurement->marginal),
	};
	chart_margin(markup, &margin);
}

/* The word beside the colour, for whoever does not see the colour. */
static void write_word(struct markup *markup, const struct record_measurement *measurement,
                       const struct judgement *decisive)
{
	gboolean plain_pass = measurement->verdict == VERDICT_PASS && !measurement->marginal;
	if (measurement->verdict != VERDICT_NONE && !plain_pass) {
		markup_open(markup, "div");
		page_verdict(markup, measurement->verdict, measurement->marginal);
		markup_close(markup);
	}
	if (measurement->reason)
		markup_element(markup, "div", "small wrap", measurement->reason);
	gboolean held =
		decisive && decisive->gate == LIMIT_HOLD && decisive->verdict != VERDICT_PASS;
	if (held && decisive->reason)
		markup_elementf(markup, "div", "small wrap", "held: %s", decisive->reason);
}

static void write_tag(struct markup *markup, const struct judgement *decisive)
{
	if (decisive && decisive->gate != LIMIT_GATE)
		markup_element(markup, "span", "tag", limit_gate_name(decisive->gate));
}

void matrix_value_cell(struct markup *markup, const struct record_measurement *measurement,
                       double reach, gboolean with_bounds)
{
	if (!measurement) {
		markup_element(markup, "td", "cell small", "\xE2\x80\x93");
		return;
	}
	struct accept accept = accept_of(measurement);
	g_autofree char *class_name =
		g_strconcat("cell ",
	                    page_verdict_class(measurement->verdict, measurement->marginal), NULL);
	markup_open(markup, "td");
	markup_attr(markup, "class", class_name);
	write_value(markup, measurement);
	write_bar(markup, measurement, &accept, reach);
	if (with_bounds) {
		g_autofree char *text = bounds_text(&accept, measurement->unit);
		markup_element(markup, "div", "small", text);
	}
	write_word(markup, measurement, accept.decisive);
	markup_close(markup);
}

/* --- the cell of the bounds ------------------------------------------------------------------ */

char *matrix_shared_bounds(const GPtrArray *measurements)
{
	g_autofree char *shared = NULL;
	for (guint i = 0; i < measurements->len; i++) {
		const struct record_measurement *measurement = measurements->pdata[i];
		struct accept accept = accept_of(measurement);
		g_autofree char *text = bounds_text(&accept, measurement->unit);
		/* judged for having no value: by what, its limits did not get to say */
		if (*text == '\0' && measurement->verdict >= VERDICT_FAIL)
			continue;
		if (shared && strcmp(shared, text) != 0)
			return NULL;
		g_free(shared);
		shared = g_steal_pointer(&text);
	}
	return shared ? g_steal_pointer(&shared) : g_strdup("");
}

static const struct judgement *first_decisive(const GPtrArray *measurements)
{
	for (guint i = 0; i < measurements->len; i++) {
		const struct judgement *decisive =
			record_measurement_decisive(measurements->pdata[i]);
		if (decisive)
			return decisive;
	}
	return NULL;
}

void matrix_bounds_cell(struct markup *markup, const GPtrArray *measurements, const char *bounds,
                        guint rows)
{
	markup_open(markup, "td");
	markup_attr(markup, "class", "bounds");
	if (rows > 1)
		markup_attr_number(markup, "rowspan", rows);
	markup_text(markup, bounds ? bounds : "see cells");
	write_tag(markup, first_decisive(measurements));
	markup_close(markup);
}
