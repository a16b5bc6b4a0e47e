/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_output.h"

#include "base/error.h"
#include "reports/json_text.h"

#include <math.h>

#define COVERAGE 2

static void put_settings(struct json_text *json, const struct waveform_call *call)
{
	const struct tdecq_settings *tdecq = &call->settings.tdecq;

	json_text_open(json, "settings", '{');
	json_text_string(json, "quantity", call->quantity);
	json_text_string(json, "type", call->preset->name);
	json_text_string(json, "clause", call->preset->clause);
	json_text_string(json, "cited", call->preset->cited);
	json_text_string(json, "from_memory", call->preset->from_memory);
	json_text_int(json, "taps", tdecq->taps);
	json_text_int(json, "max_precursors", tdecq->max_precursors);
	json_text_number(json, "main_tap_min", tdecq->main_tap_min);
	json_text_number(json, "target_ser", tdecq->target_ser);
	json_text_number(json, "receiver_bandwidth_ui", tdecq->receiver_bandwidth_ui);
	json_text_number(json, "noise_bandwidth_ui", tdecq->noise_bandwidth_ui);
	json_text_number(json, "window_offset_ui", tdecq->window_offset_ui);
	json_text_number(json, "window_width_ui", tdecq->window_width_ui);
	json_text_number(json, "threshold_limit", tdecq->threshold_limit);
	json_text_flag(json, "noise_in_samples", tdecq->noise_in_samples);
	json_text_number(json, "eye_ser", call->settings.eye_ser);
	json_text_close(json, '}');
}

static void put_waveform(struct json_text *json, const struct waveform_analysis *analysis)
{
	const struct waveform *is = &analysis->is;

	json_text_open(json, "waveform", '{');
	json_text_number(json, "symbol_rate_bd", is->symbol_rate_bd);
	json_text_int(json, "symbols", (gint64)is->n_symbols);
	json_text_int(json, "samples_per_symbol", is->samples_per_symbol);
	json_text_int(json, "passes", is->passes);
	json_text_number(json, "scope_noise_w", is->scope_noise_w);
	json_text_number(json, "filter_bandwidth_hz", is->filter_bandwidth_hz);
	json_text_close(json, '}');
}

static void put_alignment(struct json_text *json, const struct waveform_analysis *analysis)
{
	const struct pam4_alignment *alignment = &analysis->result.alignment;

	json_text_string(json, "pattern", pattern_name(analysis->pattern));
	json_text_flag(json, "inverted", alignment->inverted);
	json_text_number(json, "start_samples", alignment->start_samples);
	json_text_number(json, "correlation", alignment->correlation);
}

static void put_values(struct json_text *json, const struct waveform_call *call,
                       const struct waveform_analysis *analysis)
{
	struct waveform_row rows[WAVEFORM_ROWS_MAX];
	guint n = waveform_rows(call, analysis, rows);

	json_text_open(json, "values", '{');
	for (guint i = 0; i < n; i++) {
		const struct signal_value *value = &rows[i].value;

		json_text_open(json, rows[i].key, '{');
		json_text_number(json, "value", value->value);
		json_text_number(json, "uncertainty", COVERAGE * value->uncertainty);
		json_text_string(json, "unit", rows[i].unit);
		json_text_string(json, "status", signal_status_name(value->status));
		json_text_string(json, "reason", value->reason);
		json_text_close(json, '}');
	}
	json_text_close(json, '}');
}

static void put_equaliser(struct json_text *json, const struct tdecq_result *tdecq)
{
	json_text_open(json, "equaliser", '{');
	json_text_numbers(json, "taps", tdecq->taps, tdecq->n_taps);
	json_text_int(json, "main_tap", tdecq->main_tap);
	json_text_number(json, "ceq", tdecq->n_taps > 0 ? tdecq->ceq : NAN);
	json_text_number(json, "centre_ui", tdecq->n_taps > 0 ? tdecq->centre_ui : NAN);
	json_text_int(json, "symbol_errors", (gint64)tdecq->symbol_errors);
	json_text_close(json, '}');
}

static void put_error(struct json_text *json, const struct waveform_analysis *analysis)
{
	enum signal_status status = waveform_refusal(analysis);

	json_text_open(json, "error", '{');
	json_text_string(json, "kind", station_error_name(analysis->error->code));
	json_text_string(json, "status", status != SIGNAL_OK ? signal_status_name(status) : NULL);
	json_text_string(json, "message", analysis->error->message);
	json_text_close(json, '}');
}

static void put_file(struct json_text *json, const struct waveform_call *call,
                     const struct waveform_analysis *analysis)
{
	json_text_open(json, NULL, '{');
	json_text_string(json, "file", analysis->path);
	if (analysis->read)
		put_waveform(json, analysis);
	if (analysis->error) {
		put_error(json, analysis);
	} else {
		put_alignment(json, analysis);
		put_values(json, call, analysis);
		put_equaliser(json, &analysis->result.tdecq);
	}
	json_text_close(json, '}');
}

static void put_comparison(struct json_text *json, const struct waveform_call *call,
                           const GPtrArray *analyses)
{
	struct waveform_row rows[2][WAVEFORM_ROWS_MAX];
	guint n = 0;

	for (guint i = 0; i < 2; i++) {
		const struct waveform_analysis *analysis = g_ptr_array_index(analyses, i);

		if (analysis->error)
			return;
		n = waveform_rows(call, analysis, rows[i]);
	}
	json_text_open(json, "comparison", '{');
	for (guint i = 0; i < n; i++) {
		struct waveform_difference difference = waveform_differ(&rows[0][i], &rows[1][i]);

		json_text_open(json, rows[0][i].key, '{');
		json_text_number(json, "difference", difference.value);
		json_text_number(json, "uncertainty", difference.uncertainty);
		json_text_string(json, "unit", rows[0][i].unit_of_difference);
		json_text_string(json, "verdict", waveform_verdict_name(difference.verdict));
		json_text_close(json, '}');
	}
	json_text_close(json, '}');
}

char *waveform_json(const struct waveform_call *call, const GPtrArray *analyses)
{
	struct json_text json = json_text_begin();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "schema", WAVEFORM_SCHEMA);
	json_text_string(&json, "station_version", STATION_VERSION);
	json_text_int(&json, "coverage_factor", COVERAGE);
	put_settings(&json, call);
	json_text_open(&json, "files", '[');
	for (guint i = 0; i < analyses->len; i++)
		put_file(&json, call, g_ptr_array_index(analyses, i));
	json_text_close(&json, ']');
	if (call->compare)
		put_comparison(&json, call, analyses);
	json_text_close(&json, '}');
	return json_text_end(&json);
}
