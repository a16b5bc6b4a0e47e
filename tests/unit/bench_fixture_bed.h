/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_BENCH_FIXTURE_BED_H
#define TESTS_UNIT_BENCH_FIXTURE_BED_H

/* What the tests of the simulated fixture controller share: one in a world, and its station. */

#include "bench/sim_fixture.h"

#include <glib.h>
#include <string.h>

#define FAST_SCALE 1e6

struct bed {
	struct world *world;
	struct sim_fixture *fixture;
};

static inline struct bed bed_of(const char *model)
{
	struct bed bed = {0};
	bed.world = world_new(1, 3, FAST_SCALE);
	world_set_site_model(bed.world, 0, world_model_find(model));
	bed.fixture = sim_fixture_new(bed.world, 0);
	return bed;
}

static inline struct bed bed_new(void)
{
	return bed_of("dr4");
}

static inline void bed_done(struct bed *bed)
{
	sim_fixture_free(bed->fixture);
	world_free(bed->world);
}

static inline void insert(struct bed *bed, const char *serial)
{
	g_autoptr(GError) error = NULL;
	world_insert(bed->world, 0, serial, "", &error);
	g_assert_no_error(error);
	sim_fixture_tick(bed->fixture);
}

static inline void take_out(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	world_remove(bed->world, 0, &error);
	g_assert_no_error(error);
	sim_fixture_tick(bed->fixture);
}

/* The body of the reply to a well-formed request. */
static inline char *ask(struct bed *bed, const char *body)
{
	g_autofree char *line = fixture_compose(321, body);
	g_autofree char *reply = sim_fixture_line(bed->fixture, line, strlen(line));
	struct fixture_request parts;
	g_assert_true(fixture_parse(reply, strlen(reply), &parts));
	g_assert_cmpuint(parts.seq, ==, 321);
	char *text = g_strjoinv(" ", parts.words);
	fixture_request_clear(&parts);
	return text;
}

static inline void check(struct bed *bed, const char *body, const char *expected)
{
	g_autofree char *reply = ask(bed, body);
	g_assert_cmpstr(reply, ==, expected);
}

/* Asks until the module answers, for at most some seconds of its time. */
static inline char *ask_until_answered(struct bed *bed, const char *body)
{
	double start_s = world_now_s(bed->world);
	for (;;) {
		char *reply = ask(bed, body);
		if (strcmp(reply, "ERR 10 nack-address") != 0 ||
		    world_now_s(bed->world) - start_s > 1000)
			return reply;
		g_free(reply);
		world_sleep_s(bed->world, 0.1);
	}
}

#endif
