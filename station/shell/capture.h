/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_CAPTURE_H
#define STATION_SHELL_CAPTURE_H

#include "station/shell/shell.h"
#include "station/steps/tx_path.h"

/* The last waveform that the shell captured, and what is made of it. */
struct shell_capture {
	struct waveform *wave;
	const struct optical_type *type; /* of the configuration */
	struct tx_capture how;           /* with_tdecq: result has it */
	char *serial;
	int lane;
	double uncertainty_db; /* of powers by the scope there; NAN: unknown */
	gint64 taken_us;       /* monotonic */
	gboolean is_analysed;
	struct pam4_result result;
};
void shell_capture_free(struct shell_capture *capture); /* null is allowed */

/* A capture of the unit that is up. Replaces the last one. */
struct shell_capture *shell_capture_take(struct shell *shell, int lane, enum tx_route route,
                                         GError **error);
/* The last one of the unit that is here. Null with STATION_ERROR_REFUSED. */
struct shell_capture *shell_capture_last(struct shell *shell, GError **error);

/* Fills capture->result, with TDECQ or without, unless it is there. */
gboolean shell_capture_analyse(struct shell_capture *capture, gboolean with_tdecq,
                               GCancellable *stop, GError **error);

/* "lane 1, direct, SSPRQ" or "lane 1, fibre, SSPRQ, 12 s ago". Free with g_free. */
char *shell_capture_title(const struct shell_capture *capture);

#endif
