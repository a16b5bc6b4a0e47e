/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_SANDBOX_PATTERN_H
#define LIMITS_SANDBOX_PATTERN_H

#include <glib.h>

/*
 * Lua's patterns (Lua 5.4 Reference Manual, 6.4.1), matched by a matcher that tells how much it
 * has done: one that is written against it can take as many steps as two to the power of its
 * length.
 */
enum {
	PATTERN_CAPTURES_MAX = 32,
	PATTERN_DEPTH_MAX = 200, /* of its recursion */
	PATTERN_STEPS_PER_TICK = 1000,
};

enum { PATTERN_POSITION = -1, PATTERN_OPEN = -2 }; /* in place of a capture's length */

struct pattern_capture {
	const char *start;
	gssize length;
};

struct pattern {
	const char *text, *text_end;
	const char *pattern, *pattern_end;
	/* After each so many steps; need not come back. */
	void (*tick)(gpointer data);
	gpointer data;
	guint steps;
	int depth;
	const char *fault; /* static: what is wrong with the pattern */
	int captures;
	struct pattern_capture capture[PATTERN_CAPTURES_MAX];
};

/*
 * The end of the match of pattern->pattern at `at`, with its captures; null when there is none, or
 * when `fault` was set.
 */
const char *pattern_match_at(struct pattern *pattern, const char *at);

#endif
