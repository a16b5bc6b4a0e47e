/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_SIGNAL_WAVE_REFUSED_H
#define TESTS_UNIT_SIGNAL_WAVE_REFUSED_H

#include "base/error.h"
#include "base/waveform.h"

#include <glib.h>

/* A file that is wrong, and what is said of it. */
struct bad {
	const char *text;
	const char *message; /* pattern */
};

/* Clears the error, for the next. */
static inline void assert_refused(const struct waveform *wave, GError **error, const char *message)
{
	g_assert_null(wave);
	g_assert_error(*error, STATION_ERROR, STATION_ERROR_DATA);
	if (!g_pattern_match_simple(message, (*error)->message))
		g_error("expected %s, got: %s", message, (*error)->message);
	g_clear_error(error);
}

#endif
