/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/deadline.h"

/* How a command of the configuration ended. */
enum child_end {
	CHILD_DONE,    /* exit code 0 */
	CHILD_FAILED,  /* another, or a signal */
	CHILD_LOST,    /* it could not be started or listened to */
	CHILD_STOPPED, /* the bounds ended it */
};

enum {
	CHILD_WORDS_MAX = 160,
	CHILD_OUT_MAX = 1024 * 1024, /* bytes that are kept of each; the rest is read and dropped */
};

struct child_said {
	GString *out, *err; /* err of CHILD_LOST: why */
	int status;         /* exit code; -1: it has none */
};
void child_said_clear(struct child_said *said);

/*
 * Runs a command, no shell between, and waits for it. It has a process group of its own, which is
 * killed whole when the bounds end it; it is over when the command itself is, whatever it left in
 * the background. `input` is what it finds on its standard input; null: nothing. *said is filled
 * whatever the end, to be cleared with child_said_clear. *error is set by CHILD_STOPPED alone,
 * "what" in front: STATION_ERROR_TIMEOUT or CANCELLED.
 */
enum child_end child_talk(char **argv, GBytes *input, const char *what, const struct bounds *bounds,
                          struct child_said *said, GError **error);

/* The same for a text, where only words are wanted: its standard error, or else its output, cut
 * short, without blanks behind. Never null; free with g_free. */
enum child_end child_run(char **argv, const char *input, const char *what,
                         const struct bounds *bounds, char **words, GError **error);

#endif
