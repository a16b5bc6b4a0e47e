/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/status.h"

#include <math.h>

static const char *const names[SIGNAL_STATUS_N] = {
	[SIGNAL_OK] = "ok",
	[SIGNAL_NOT_ASKED] = "not-asked",
	[SIGNAL_NOT_FINITE] = "not-finite",
	[SIGNAL_CONSTANT] = "constant",
	[SIGNAL_TOO_COARSE] = "too-coarse",
	[SIGNAL_WRONG_LENGTH] = "wrong-length",
	[SIGNAL_WRONG_PATTERN] = "wrong-pattern",
	[SIGNAL_WRONG_RATE] = "wrong-rate",
	[SIGNAL_GRAY_SWAPPED] = "gray-swapped",
	[SIGNAL_CLIPPED] = "clipped",
	[SIGNAL_NO_FEATURE] = "no-feature",
	[SIGNAL_NOT_FILTERED] = "not-filtered",
	[SIGNAL_SCOPE_NOISE] = "scope-noise",
	[SIGNAL_EYE_CLOSED] = "eye-closed",
	[SIGNAL_NO_BITS] = "no-bits",
	[SIGNAL_BAD_COUNT] = "bad-count",
	[SIGNAL_TOO_FEW] = "too-few",
	[SIGNAL_NO_CROSSING] = "no-crossing",
	[SIGNAL_EXTRAPOLATED] = "extrapolated",
	[SIGNAL_NOT_MONOTONIC] = "not-monotonic",
	[SIGNAL_DOUBTFUL] = "doubtful",
	[SIGNAL_BAD_SETTING] = "bad-setting",
};

const char *signal_status_name(enum signal_status status)
{
	g_return_val_if_fail(status < SIGNAL_STATUS_N && names[status], "unknown");
	return names[status];
}

struct signal_value signal_ok(double value, double uncertainty)
{
	if (!isfinite(value))
		return signal_none(SIGNAL_NOT_FINITE, "the calculation has no finite result");
	return (struct signal_value){
		.value = value,
		.uncertainty = isfinite(uncertainty) && uncertainty >= 0.0 ? uncertainty : NAN,
		.status = SIGNAL_OK,
	};
}

struct signal_value signal_none(enum signal_status status, const char *reason)
{
	g_return_val_if_fail(status != SIGNAL_OK, signal_none(SIGNAL_NOT_FINITE, reason));
	return (struct signal_value){
		.value = NAN,
		.uncertainty = NAN,
		.status = status,
		.reason = reason,
	};
}
