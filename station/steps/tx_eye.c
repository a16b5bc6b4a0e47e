/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/tx_eye.h"

#include "signal/equalise.h"
#include "signal/eye.h"
#include "signal/pam4_shape.h"

#include <math.h>

#define EYE_COLUMNS  128
#define EYE_ROWS     96
#define EYE_SPAN_UI  2.0
#define EYE_START_UI 0.5 /* the picture begins so much before the middle eye */

struct eye_scale {
	double top_w, bottom_w;
};

static void widen(struct eye_scale *scale, const struct waveform *wave)
{
	float top_w = wave->power_w[0], bottom_w = top_w;

	for (gsize i = 1; i < waveform_length(wave); i++) {
		top_w = MAX(top_w, wave->power_w[i]);
		bottom_w = MIN(bottom_w, wave->power_w[i]);
	}
	scale->top_w = fmax(scale->top_w, top_w);
	scale->bottom_w = fmin(scale->bottom_w, bottom_w);
}

/* Thresholds and windows as they were when the search for TDECQ ended. */
static void mark_decision(struct record_eye *eye, const struct tdecq_settings *settings,
                          const struct tdecq_result *tdecq)
{
	double middle_ui = EYE_START_UI + tdecq->centre_ui;
	double windows_ui[] = {middle_ui - settings->window_offset_ui,
	                       middle_ui + settings->window_offset_ui};

	g_array_append_vals(eye->thresholds_w, tdecq->threshold_w,
	                    G_N_ELEMENTS(tdecq->threshold_w));
	g_array_append_vals(eye->windows_ui, windows_ui, G_N_ELEMENTS(windows_ui));
	eye->window_width_ui = settings->window_width_ui;
}

/* Means of the levels from the first window to the end of the second; NaN where one is missing. */
static gboolean mark_levels(struct record_eye *eye, const struct waveform *wave,
                            enum pattern_id pattern, const struct pam4_result *result,
                            GError **error)
{
	struct tdecq_settings settings;
	gsize n, count[4] = {0};
	g_autofree guint8 *symbols = pattern_symbols(pattern, &n, error);
	double sum_w[4] = {0}, samples = wave->samples_per_symbol;

	if (!symbols)
		return FALSE;
	tdecq_settings_default(&settings);
	double half_ui = settings.window_offset_ui + settings.window_width_ui / 2.0;
	double middle_ui = result->tdecq.n_taps > 0 ? result->tdecq.centre_ui : 0.5;
	for (gsize i = 0; i < n; i++) {
		guint level = result->alignment.inverted ? 3 - symbols[i] : symbols[i];
		double at = result->alignment.start_samples + ((double)i + middle_ui) * samples;

		sum_w[level] +=
			pam4_mean_between(wave, at - half_ui * samples, at + half_ui * samples);
		count[level]++;
	}
	for (guint level = 0; level < G_N_ELEMENTS(sum_w); level++) {
		double mean_w = count[level] ? sum_w[level] / (double)count[level] : NAN;
		g_array_append_val(eye->levels_w, mean_w);
	}
	return TRUE;
}

static const char *route_name(const struct optical_type *type, enum tx_route route)
{
	if (route == TX_DIRECT)
		return "direct";
	return type->tdecq_by_fibre ? "fibre" : "bandwidth";
}

static struct record_eye *add_eye(struct step_context *ctx, const struct waveform *wave,
                                  const struct tx_capture *how, const struct pam4_result *result,
                                  const struct eye_scale *scale, GError **error)
{
	double room_w = (scale->top_w - scale->bottom_w) / 20.0;
	g_autoptr(eye_density) density =
		eye_density_new(wave, result->alignment.start_samples, EYE_COLUMNS, EYE_ROWS,
	                        scale->top_w + room_w, scale->bottom_w - room_w, error);
	struct record_eye *eye;

	if (!density)
		return NULL;
	eye = step_eye(ctx, "tx_eye", step_lane(ctx));
	record_text(&eye->kind, "captured");
	record_text(&eye->route, route_name(step_type(ctx), how->route));
	eye->columns = density->columns;
	eye->rows = density->rows;
	g_array_append_vals(eye->counts, density->count, density->columns * density->rows);
	eye->x_span_ui = EYE_SPAN_UI;
	eye->y_min_w = density->bottom_w;
	eye->y_max_w = density->top_w;
	return mark_levels(eye, wave, how->pattern, result, error) ? eye : NULL;
}

gboolean tx_eye_record(struct step_context *ctx, const struct waveform *wave,
                       const struct tx_capture *how, const struct pam4_result *result,
                       GError **error)
{
	const struct tdecq_result *tdecq = &result->tdecq;
	struct eye_scale scale = {-INFINITY, INFINITY};
	g_autoptr(waveform) equalised = NULL;
	struct tdecq_settings settings;
	struct record_eye *eye;

	tx_path_settings(step_type(ctx), how->route, &settings);
	widen(&scale, wave);
	if (tdecq->n_taps > 0) {
		equalised =
			equalise_waveform(wave, tdecq->taps, tdecq->n_taps, tdecq->main_tap, error);
		if (!equalised)
			return FALSE;
		widen(&scale, equalised);
	}
	eye = add_eye(ctx, wave, how, result, &scale, error);
	if (!eye)
		return FALSE;
	step_show_eye(ctx, eye);
	if (!equalised)
		return TRUE;
	mark_decision(eye, &settings, tdecq);
	eye = add_eye(ctx, equalised, how, result, &scale, error);
	if (!eye)
		return FALSE;
	record_text(&eye->kind, "equalised");
	g_array_append_vals(eye->taps, tdecq->taps, tdecq->n_taps);
	mark_decision(eye, &settings, tdecq);
	step_show_eye(ctx, eye);
	return TRUE;
}
