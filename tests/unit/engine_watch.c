/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/watch.h"

#include "base/error.h"

#include <string.h>

/* A fixture of switches that the test turns while the watch looks. */
struct switches {
	struct fixture base;
	gint has_lid, lid_open, absent, broken; /* atomic */
	gint looks, safe;                       /* atomic: how often */
	GCancellable *cancellable;
};

static gboolean get(struct fixture *fixture, const char *pin, gboolean *level,
                    const struct bounds *bounds, GError **error)
{
	struct switches *s = (struct switches *)fixture;

	g_atomic_int_inc(&s->looks);
	if (g_atomic_int_get(&s->broken)) {
		station_error_set(error, STATION_ERROR_FIXTURE, "nobody there");
		return FALSE;
	}
	*level = strcmp(pin, "Lid") == 0 ? !g_atomic_int_get(&s->lid_open)
	                                 : g_atomic_int_get(&s->absent);
	return TRUE;
}

static gboolean safe(struct fixture *fixture, const struct bounds *bounds, GError **error)
{
	g_atomic_int_inc(&((struct switches *)fixture)->safe);
	return TRUE;
}

static gboolean has_pin(struct fixture *fixture, const char *pin)
{
	return strcmp(pin, "Lid") == 0 && g_atomic_int_get(&((struct switches *)fixture)->has_lid);
}

static const struct fixture_ops ops = {
	.kind = "switches",
	.pin_get = get,
	.safe = safe,
	.has_pin = has_pin,
};

static void begin(struct switches *s)
{
	memset(s, 0, sizeof *s);
	s->base.ops = &ops;
	s->base.form = (char *)"QSFP-DD";
	g_mutex_init(&s->base.lock);
	s->has_lid = 1;
	s->cancellable = g_cancellable_new();
}

static void end(struct switches *s)
{
	g_mutex_clear(&s->base.lock);
	g_object_unref(s->cancellable);
}

static void await_looks(struct switches *s, gint more)
{
	gint wanted = g_atomic_int_get(&s->looks) + more;

	while (g_atomic_int_get(&s->looks) < wanted)
		g_usleep(1000);
}

/* Waits as a step does: until somebody cancels. */
static void await_cancel(struct switches *s)
{
	GPollFD fd;

	g_assert_true(g_cancellable_make_pollfd(s->cancellable, &fd));
	g_assert_cmpint(g_poll(&fd, 1, 20000), ==, 1);
	g_cancellable_release_fd(s->cancellable);
}

static void test_trips(void)
{
	static const struct {
		gsize what;
		enum station_error code;
		const char *says;
		gint safe;
	} cases[] = {
		{G_STRUCT_OFFSET(struct switches, lid_open), STATION_ERROR_REFUSED,
	         "the lid of site 4 was opened", 1},
		{G_STRUCT_OFFSET(struct switches, absent), STATION_ERROR_ABSENT,
	         "pulled out of site 4", 1},
		{G_STRUCT_OFFSET(struct switches, broken), STATION_ERROR_FIXTURE,
	         "fixture of site 4: the lid cannot be watched", 1},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct switches s;
		struct watch *watch;
		g_autoptr(GError) error = NULL;

		begin(&s);
		watch = watch_start(&s.base, 4, s.cancellable);
		g_assert_nonnull(watch);
		await_looks(&s, 2);
		g_assert_false(watch_tripped(watch, &error));
		g_atomic_int_set(&G_STRUCT_MEMBER(gint, &s, cases[i].what), 1);
		await_cancel(&s);
		g_assert_true(watch_tripped(watch, &error));
		g_assert_error(error, STATION_ERROR, (int)cases[i].code);
		g_assert_nonnull(strstr(error->message, cases[i].says));
		g_assert_cmpint(g_atomic_int_get(&s.safe), ==, cases[i].safe);
		watch_stop(watch);
		end(&s);
	}
}

/* A fixture that is away for a moment, and a contact that bounces once, are nothing. */
static void test_moment(void)
{
	struct switches s;
	struct watch *watch;

	begin(&s);
	watch = watch_start(&s.base, 4, s.cancellable);
	g_atomic_int_set(&s.broken, 1);
	await_looks(&s, 3);
	g_atomic_int_set(&s.broken, 0);
	await_looks(&s, 4);
	g_assert_false(watch_tripped(watch, NULL));
	g_assert_false(g_cancellable_is_cancelled(s.cancellable));
	watch_stop(watch);
	g_assert_cmpint(s.safe, ==, 0);
	end(&s);
}

/* Open at the first look: no thread needs to run. The abort that came first stays an abort. */
static void test_first(void)
{
	struct switches s;
	struct watch *watch;

	begin(&s);
	s.lid_open = 1;
	watch = watch_start(&s.base, 4, s.cancellable);
	g_assert_true(watch_tripped(watch, NULL));
	g_assert_true(g_cancellable_is_cancelled(s.cancellable));
	watch_stop(watch);
	end(&s);
	begin(&s);
	g_cancellable_cancel(s.cancellable);
	s.lid_open = 1;
	watch = watch_start(&s.base, 4, s.cancellable);
	watch_look(watch);
	g_assert_false(watch_tripped(watch, NULL));
	watch_stop(watch);
	end(&s);
}

/* After it was stopped nothing is cancelled, however close the two come. */
static void test_stopped(void)
{
	for (guint i = 0; i < 50; i++) {
		struct switches s;
		struct watch *watch;
		gboolean tripped;

		begin(&s);
		watch = watch_start(&s.base, 4, s.cancellable);
		if (i % 2)
			await_looks(&s, 1);
		g_atomic_int_set(&s.lid_open, 1);
		watch_stop(watch);
		tripped = g_cancellable_is_cancelled(s.cancellable);
		g_usleep(i * 20);
		g_assert_cmpint(g_cancellable_is_cancelled(s.cancellable), ==, tripped);
		end(&s);
	}
}

static void test_nothing_to_watch(void)
{
	struct switches s;

	begin(&s);
	s.has_lid = 0;
	g_assert_null(watch_start(&s.base, 4, s.cancellable));
	s.has_lid = 1;
	s.base.taped = TRUE;
	g_assert_null(watch_start(&s.base, 4, s.cancellable));
	g_assert_cmpint(s.looks, ==, 0);
	g_assert_false(watch_tripped(NULL, NULL));
	watch_stop(NULL);
	end(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/watch/trips", test_trips);
	g_test_add_func("/watch/moment", test_moment);
	g_test_add_func("/watch/first", test_first);
	g_test_add_func("/watch/stopped", test_stopped);
	g_test_add_func("/watch/nothing", test_nothing_to_watch);
	return g_test_run();
}
