/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/capture.h"

#include "base/error.h"
#include "signal/pattern.h"
#include "station/shell/site.h"

#include <math.h>
#include <string.h>

#define SAMPLES_PER_SYMBOL 16
#define LIMIT_S            240.0
/* Older than this is worth a word. */
#define OLD_S 2.0

void shell_capture_free(struct shell_capture *capture)
{
	if (!capture)
		return;
	waveform_free(capture->wave);
	g_free(capture->serial);
	g_free(capture);
}

static gboolean capture_deed(struct step_context *ctx, gpointer data, GError **error)
{
	struct shell_capture *capture = data;

	capture->type = step_type(ctx);
	if (!pattern_from_name(capture->type->pattern, &capture->how.pattern)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: there is no pattern \"%s\"",
		                  capture->type->path, capture->type->pattern);
		return FALSE;
	}
	if (capture->how.route == TX_DISPERSED && capture->type->tdecq_by_fibre &&
	    !step_path(ctx, capture->lane)->fibre_channel) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "lane %d has no fibre (fibre_channel); \"direct\" goes without",
		                  capture->lane);
		return FALSE;
	}
	capture->uncertainty_db = tx_path_scope_uncertainty_db(ctx);
	capture->wave = tx_path_capture(ctx, capture->lane, &capture->how, error);
	capture->taken_us = g_get_monotonic_time();
	return capture->wave != NULL;
}

struct shell_capture *shell_capture_take(struct shell *shell, int lane, enum tx_route route,
                                         GError **error)
{
	const struct hand_work work = {.needs = TX_PATH_NEEDS,
	                               .wants = HAND_UNIT | HAND_PRODUCT | HAND_TOUCH,
	                               .lane = lane,
	                               .limit_s = LIMIT_S};
	struct shell_capture *capture = g_new0(struct shell_capture, 1);
	struct shell_site *own = shell_site(shell);

	capture->lane = lane;
	capture->how = (struct tx_capture){.route = route,
	                                   .passes = 1,
	                                   .samples_per_symbol = SAMPLES_PER_SYMBOL};
	if (!shell_do(shell, &work, capture_deed, capture, error)) {
		shell_capture_free(capture);
		return NULL;
	}
	capture->serial = g_strdup(hand_serial(own->hand));
	shell_capture_free(own->capture);
	own->capture = capture;
	return capture;
}

struct shell_capture *shell_capture_last(struct shell *shell, GError **error)
{
	struct shell_capture *capture = shell_site(shell)->capture;
	struct hand *hand = shell_hand(shell, error);

	if (!hand)
		return NULL;
	if (capture && strcmp(capture->serial, hand_serial(hand)) == 0)
		return capture;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "nothing was captured of this unit yet: name a lane");
	return NULL;
}

gboolean shell_capture_analyse(struct shell_capture *capture, gboolean with_tdecq,
                               GCancellable *stop, GError **error)
{
	if (capture->is_analysed && (capture->how.with_tdecq || !with_tdecq))
		return TRUE;
	capture->how.with_tdecq = with_tdecq;
	capture->is_analysed = tx_path_analyse(capture->type, capture->wave, &capture->how, stop,
	                                       &capture->result, error);
	if (!capture->is_analysed)
		g_prefix_error(error, "lane %d: ", capture->lane);
	return capture->is_analysed;
}

char *shell_capture_title(const struct shell_capture *capture)
{
	const char *route = capture->how.route == TX_DIRECT ? "direct"
	                    : capture->type->tdecq_by_fibre ? "fibre"
	                                                    : "bandwidth of TDECQ";
	double age_s = (double)(g_get_monotonic_time() - capture->taken_us) * 1e-6;
	g_autofree char *age =
		age_s < OLD_S ? g_strdup("") : g_strdup_printf(", %.0f s ago", age_s);

	return g_strdup_printf("lane %d, %s, %s%s", capture->lane, route,
	                       pattern_name(capture->how.pattern), age);
}
