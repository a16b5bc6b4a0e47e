/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_output.h"

#include "base/unit.h"
#include "limits/value.h"

#include <math.h>
#include <string.h>

/* expanded uncertainties */
#define COVERAGE 2.0

char *waveform_facts_text(const struct waveform_analysis *analysis)
{
	const struct waveform *is = &analysis->is;
	g_autofree char *rate = unit_format(is->symbol_rate_bd, "Bd", 6);
	g_autofree char *filter = unit_format(is->filter_bandwidth_hz, "Hz", 6);
	g_autofree char *noise = unit_format(is->scope_noise_w, "W", 3);

	return g_strdup_printf("%s%s, %" G_GSIZE_FORMAT
	                       " symbols of %u samples at %s, %u sweep%s averaged, "
	                       "scope noise %s, %s%s",
	                       pattern_name(analysis->pattern),
	                       analysis->result.alignment.inverted ? " inverted" : "",
	                       is->n_symbols, is->samples_per_symbol, rate, is->passes,
	                       is->passes == 1 ? "" : "s",
	                       is->scope_noise_w > 0.0 ? noise : "not told",
	                       is->filter_bandwidth_hz > 0.0 ? "reference receiver "
	                                                     : "no reference receiver",
	                       is->filter_bandwidth_hz > 0.0 ? filter : "");
}

static char *quantity_text(double value, const char *unit)
{
	/* a bare share of one symbol or a ratio needs no prefix */
	return strcmp(unit, "UI") == 0 ? unit_format(value, "UI", 3) : value_text(value, unit, 0);
}

char *waveform_value_text(const struct waveform_row *row)
{
	if (row->value.status != SIGNAL_OK)
		return g_strdup_printf("no value (%s)", signal_status_name(row->value.status));
	return quantity_text(row->value.value, row->unit);
}

char *waveform_uncertainty_text(const struct waveform_row *row)
{
	if (row->value.status != SIGNAL_OK || isnan(row->value.uncertainty))
		return g_strdup("");
	return unit_format(COVERAGE * row->value.uncertainty, row->unit_of_difference, 2);
}

struct waveform_difference waveform_differ(const struct waveform_row *first,
                                           const struct waveform_row *second)
{
	const struct signal_value *a = &first->value, *b = &second->value;
	struct waveform_difference difference = {NAN, NAN, WAVEFORM_NO_VALUE};

	if (a->status != SIGNAL_OK || b->status != SIGNAL_OK)
		return difference;
	difference.value = b->value - a->value;
	difference.uncertainty = COVERAGE * hypot(a->uncertainty, b->uncertainty);
	if (isnan(difference.uncertainty))
		difference.verdict = WAVEFORM_UNCERTAIN;
	else if (fabs(difference.value) > difference.uncertainty)
		difference.verdict = WAVEFORM_BEYOND;
	else
		difference.verdict = WAVEFORM_WITHIN;
	return difference;
}

char *waveform_difference_text(const struct waveform_row *row,
                               const struct waveform_difference *difference)
{
	g_autofree char *text = NULL;

	if (difference->verdict == WAVEFORM_NO_VALUE)
		return g_strdup("");
	/* two decimals of a dB would hide what is beyond the uncertainty */
	text = unit_format(difference->value, row->unit_of_difference, 3);
	return g_strconcat(difference->value > 0.0 ? "+" : "", text, NULL);
}

const char *waveform_verdict_name(enum waveform_verdict verdict)
{
	static const char *const names[] = {
		[WAVEFORM_NO_VALUE] = "no-value",
		[WAVEFORM_UNCERTAIN] = "unknown",
		[WAVEFORM_WITHIN] = "within",
		[WAVEFORM_BEYOND] = "beyond",
	};

	return names[verdict];
}
