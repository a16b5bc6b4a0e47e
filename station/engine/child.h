/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_CHILD_H
#define STATION_ENGINE_CHILD_H

#include "base/deadline.h"

/* How a command of the configuration ended. */
enum child_end {
	CHILD_DONE,    /* exit code 0 */
	CHILD_FAILED,  /* another, or a signal; *words: what it said, cut short */
	CHILD_LOST,    /* it could not be started or listened to; *words: why */
	CHILD_STOPPED, /* the bounds ended it; *error tells which, "what" in front */
};

enum { CHILD_WORDS_MAX = 160 };

/*
 * Runs a command, no shell between, and waits for it; the bounds end it. `input` is what it finds
 * on its standard input, null: that of the station. *words is never null afterwards: its standard
 * error, or else its output, without blanks behind; free with g_free. *error is set by
 * CHILD_STOPPED alone.
 */
enum child_end child_run(char **argv, const char *input, const char *what,
                         const struct bounds *bounds, char **words, GError **error);

#endif
