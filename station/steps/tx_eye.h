/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_TX_EYE_H
#define STATION_STEPS_TX_EYE_H

#include "station/steps/tx_path.h"

/*
 * Puts the eye of a capture into the record, and beside it the one behind the reference equaliser,
 * both to the same scale and with what TDECQ was decided by. result is that of the capture, TDECQ
 * included.
 */
gboolean tx_eye_record(struct step_context *ctx, const struct waveform *wave,
                       const struct tx_capture *how, const struct pam4_result *result,
                       GError **error);

#endif
