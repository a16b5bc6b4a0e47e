/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scope_measure.h"

#include "bench/scope_state.h"

#include <math.h>
#include <string.h>

enum linearity { LINEARITY_A120, LINEARITY_C94, LINEARITY_EYE };
enum oer_unit { OER_DECIBEL, OER_RATIO, OER_PERCENT };

/* True when the source is a function that is an equaliser of the channel and is switched on. */
static gboolean source_is_equalised(const struct scope *scope)
{
	const char *source =
		settings_text(scpi_device_settings(scope->device), SCOPE_MEASURE_SOURCE, 0);
	struct scpi_span span = {source, strlen(source)};
	int suffix[SCPI_SUFFIXES];

	if (!scpi_match("FUNCtion#", span, suffix) || suffix[0] < 1 || suffix[0] > SCOPE_FUNCTIONS)
		return FALSE;
	return scope_setting(scope, SCOPE_FUNCTION, suffix[0]) == SCOPE_OPERATOR_EQUALIZER &&
	       scope_setting(scope, SCOPE_FUNCTION_DISPLAY, suffix[0]) != 0;
}

static double watt_or_dbm(const struct scope *scope, double watt, enum scope_setting units)
{
	watt *= scope_gain(scope);
	return scope_setting(scope, units, 0) == 0 ? watt : 10 * log10(watt / 1e-3);
}

/* Level linearity by the definition chosen: IEEE 802.3 120D.3.1.2, 94.3.12.5.1, or eye openings. */
static double linearity(const struct scope *scope, const struct world_scope_result *result)
{
	const double *level = result->levels_w;
	double span = level[3] - level[0];
	double smallest = G_MAXDOUBLE;
	double largest = 0.0;

	for (int i = 0; i < 3; i++) {
		smallest = MIN(smallest, level[i + 1] - level[i]);
		largest = MAX(largest, level[i + 1] - level[i]);
	}
	switch ((enum linearity)(int)scope_setting(scope, SCOPE_LINEARITY, 0)) {
	case LINEARITY_A120:
		return result->rlm;
	case LINEARITY_C94:
		return 3 * smallest / span;
	case LINEARITY_EYE:
		return smallest / largest;
	}
	return NAN;
}

static double extinction(const struct scope *scope, const struct world_scope_result *result)
{
	double ratio = pow(10, result->er_db / 10);
	switch ((enum oer_unit)(int)scope_setting(scope, SCOPE_OER_UNITS, 0)) {
	case OER_DECIBEL:
		return result->er_db;
	case OER_RATIO:
		return ratio;
	case OER_PERCENT:
		return 100 / ratio;
	}
	return NAN;
}

/* NaN when there is no such result; *reason says why. */
static double value_of(struct scope *scope, enum scope_measure measure, const char **reason)
{
	gboolean equalised = source_is_equalised(scope);
	gboolean wrapped = scope_setting(scope, SCOPE_WRAPPING, 0) != 0;
	*reason = "";

	scope_refresh(scope);
	if (measure == SCOPE_MEASURE_POWER && scope->complete)
		return watt_or_dbm(scope, world_scope_average_w(scope->world, scope->site),
		                   SCOPE_POWER_UNITS);
	const struct world_scope_result *result = scope_result(scope);
	if (!result) {
		*reason = !scope->complete ? "No data" : "Signal not found or pattern not locked";
		return NAN;
	}
	if (measure <= SCOPE_MEASURE_OMA && !wrapped) {
		*reason = "Pattern wrapping is off";
		return NAN;
	}
	gboolean needs_equaliser = measure == SCOPE_MEASURE_TDECQ || measure == SCOPE_MEASURE_CEQ ||
	                           measure == SCOPE_MEASURE_EECQ;
	if (needs_equaliser && !equalised) {
		*reason = "Source is not an equalised waveform";
		return NAN;
	}
	switch (measure) {
	case SCOPE_MEASURE_TDECQ:
		return result->tdecq_db;
	case SCOPE_MEASURE_OER:
		return extinction(scope, result);
	case SCOPE_MEASURE_OMA:
		return watt_or_dbm(scope, result->oma_w, SCOPE_OMA_UNITS);
	case SCOPE_MEASURE_CEQ:
		return result->ceq_db;
	case SCOPE_MEASURE_EECQ:
		return 2 * result->ceq_db;
	case SCOPE_MEASURE_TRANSITION:
		return result->transition_s;
	case SCOPE_MEASURE_LINEARITY:
		return linearity(scope, result);
	case SCOPE_MEASURE_LEVEL:
		return result->levels_w[(int)scope_setting(scope, SCOPE_LEVEL, 0)] *
		       scope_gain(scope);
	case SCOPE_MEASURE_POWER:
	case SCOPE_MEASURE_MARGIN:
		break;
	}
	*reason = "Not available";
	return NAN;
}

void scope_measure_add(struct scpi_call *call)
{
	scpi_end(call);
}

void scope_measure_value(struct scpi_call *call)
{
	const char *reason = NULL;
	if (scpi_end(call))
		scpi_reply_exp(call,
		               value_of(scpi_instrument(call), (enum scope_measure)scpi_tag(call),
		                        &reason),
		               6, 2, FALSE);
}

/* The results are of one acquisition: they do not spread. */
void scope_measure_spread(struct scpi_call *call)
{
	const char *reason = NULL;
	double value = value_of(scpi_instrument(call), (enum scope_measure)scpi_tag(call), &reason);
	if (scpi_end(call))
		scpi_reply_exp(call, isnan(value) ? NAN : 0.0, 6, 2, FALSE);
}

void scope_measure_count(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	scope_refresh(scope);
	scpi_reply_int(call, scope->complete ? scope->count : 0);
}

void scope_measure_source(struct scpi_call *call)
{
	int query_suffix = 0;
	if (scpi_suffix_in(call, 0, 1, 1, 1, &query_suffix))
		settings_run(scpi_settings(call), SCOPE_MEASURE_SOURCE, FALSE, call);
}

void scope_measure_source_query(struct scpi_call *call)
{
	int query_suffix = 0;
	if (scpi_suffix_in(call, 0, 1, 1, 1, &query_suffix))
		settings_run(scpi_settings(call), SCOPE_MEASURE_SOURCE, TRUE, call);
}

void scope_measure_status(struct scpi_call *call)
{
	const char *reason = NULL;
	double value = value_of(scpi_instrument(call), (enum scope_measure)scpi_tag(call), &reason);
	if (scpi_end(call))
		scpi_reply_raw(call, isnan(value) ? "INV" : "CORR");
}

void scope_measure_reason(struct scpi_call *call)
{
	const char *reason = NULL;
	value_of(scpi_instrument(call), (enum scope_measure)scpi_tag(call), &reason);
	if (scpi_end(call))
		scpi_reply_quoted(call, reason);
}
