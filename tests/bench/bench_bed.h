/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_BENCH_BED_H
#define TESTS_BENCH_BENCH_BED_H

#include "tests/bench/bench_process.h"

#include "base/bytes.h"
#include "base/number.h"

#include <signal.h>
#include <string.h>

/* A bench of its own for each test, and how tests ask its devices. */

struct bed {
	struct bench_process bench;
};

static inline void bed_set_up(struct bed *bed, gconstpointer data)
{
	static const char *const arguments[] = {"--seed", "7", "--time-scale", "1000", NULL};
	bench_start(&bed->bench, arguments);
}

static inline void bed_tear_down(struct bed *bed, gconstpointer data)
{
	bench_stop(&bed->bench, SIGTERM);
}

static inline double number(const char *text)
{
	g_autoptr(GError) error = NULL;
	double value = 0.0;
	number_parse_double(text, &value, &error);
	g_assert_no_error(error);
	return value;
}

static inline double ask_number(struct bench_socket *to, const char *bytes)
{
	g_autofree char *line = bench_ask(to, bytes);
	return number(line);
}

static inline void expect_between(double value, double low, double high)
{
	g_assert_cmpfloat(value, >=, low);
	g_assert_cmpfloat(value, <=, high);
}

/* Asks again until the reply is that. Polls without pause: every round trip takes its time. */
static inline void poll_until(struct bench_socket *to, const char *bytes, const char *reply)
{
	gint64 end_us = g_get_monotonic_time() + BENCH_TIMEOUT_S * G_USEC_PER_SEC;
	for (;;) {
		g_autofree char *line = bench_ask(to, bytes);
		if (strcmp(line, reply) == 0)
			return;
		g_assert_cmpint(g_get_monotonic_time(), <, end_us);
	}
}

#endif
