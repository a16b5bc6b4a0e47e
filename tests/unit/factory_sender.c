/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sender.h"

#include "base/clock.h"
#include "station/store/touch.h"
#include "tests/unit/many_runs.h"
#include "tests/unit/store_place.h"

#include <string.h>

#define DAY_US (24 * 3600 * G_GINT64_CONSTANT(1000000))

/* A sink that answers as it is told and keeps whom it heard of. */
struct fake {
	struct sink sink;
	GMutex lock;
	enum sink_answer answer;
	const char *refuses; /* a serial number, else null */
	gboolean hangs;      /* until it is cancelled */
	GCond heard_one;
	GPtrArray *heard; /* serial numbers */
	guint asked;
};

static enum sink_answer hear(struct fake *fake, const char *serial, const struct bounds *bounds,
                             char **words)
{
	enum sink_answer answer;

	g_mutex_lock(&fake->lock);
	fake->asked++;
	answer = g_strcmp0(fake->refuses, serial) == 0 ? SINK_REFUSED : fake->answer;
	if (answer == SINK_TAKEN)
		g_ptr_array_add(fake->heard, g_strdup(serial));
	g_cond_broadcast(&fake->heard_one);
	g_mutex_unlock(&fake->lock);
	if (fake->hangs) {
		clock_sleep_s(1000, bounds, NULL);
		answer = SINK_LATER;
	}
	if (answer != SINK_TAKEN)
		*words = g_strdup(answer == SINK_LATER ? "closed" : "unknown serial number");
	return answer;
}

static enum sink_answer fake_send(struct sink *sink, const struct sink_run *run,
                                  const struct bounds *bounds, char **words)
{
	return hear((struct fake *)sink, run->record->serial, bounds, words);
}

static enum sink_answer fake_touch(struct sink *sink, const struct sink_touch *touch,
                                   const struct bounds *bounds, char **words)
{
	return hear((struct fake *)sink, touch->serial, bounds, words);
}

static const struct sink_ops fake_ops = {.kind = "fake", .send = fake_send, .touch = fake_touch};
static const struct sink_ops deaf_ops = {.kind = "fake", .send = fake_send};

struct bed {
	struct store_place place;
	struct many_runs many;
	struct fake fake;
	GPtrArray *sinks;
};

static void bed_init(struct bed *bed)
{
	static const char *const names[] = {"line", NULL};

	*bed = (struct bed){.fake = {.sink = {&fake_ops, (char *)"line"}, .answer = SINK_TAKEN},
	                    .many = {g_rand_new_with_seed(1), 1, 1, 0}};
	store_place_init(&bed->place);
	store_set_sinks(bed->place.store, names);
	g_mutex_init(&bed->fake.lock);
	g_cond_init(&bed->fake.heard_one);
	bed->fake.heard = g_ptr_array_new_with_free_func(g_free);
	bed->sinks = g_ptr_array_new();
	g_ptr_array_add(bed->sinks, &bed->fake.sink);
}

static void bed_done(struct bed *bed)
{
	g_ptr_array_unref(bed->sinks);
	g_ptr_array_unref(bed->fake.heard);
	g_cond_clear(&bed->fake.heard_one);
	g_mutex_clear(&bed->fake.lock);
	g_rand_free(bed->many.random);
	store_place_done(&bed->place);
}

static void put_runs(struct bed *bed, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autofree char *serial = g_strdup_printf("SN%u", bed->many.n);
		g_autoptr(run_record) run = many_runs_next(&bed->many, serial);

		store_place_put(&bed->place, run);
	}
}

static void assert_heard(const struct bed *bed, guint n)
{
	g_assert_cmpuint(bed->fake.heard->len, ==, n);
	for (guint i = 0; i < n; i++) {
		g_autofree char *serial = g_strdup_printf("SN%u", i);

		g_assert_cmpstr(g_ptr_array_index(bed->fake.heard, i), ==, serial);
	}
}

static enum sender_step step(struct bed *bed, gint64 now_us, gint64 *next_us)
{
	struct bounds bounds = {deadline_in_s(60), NULL};
	struct sender_result result;
	GError *error = NULL;

	sender_step(bed->place.store, &bed->fake.sink, now_us, &bounds, &result, &error);
	g_assert_no_error(error);
	if (next_us)
		*next_us = result.next_us;
	g_assert_true((result.words != NULL) ==
	              (result.step == SENDER_PUT_OFF || result.step == SENDER_REFUSED));
	g_free(result.words);
	return result.step;
}

static void test_pause(void)
{
	g_assert_cmpfloat(sender_pause_s(0, 0.5), ==, 1.0);
	g_assert_cmpfloat(sender_pause_s(3, 0.5), ==, 8.0);
	g_assert_cmpfloat(sender_pause_s(0, 0.0), ==, 0.75);
	g_assert_cmpfloat(sender_pause_s(0, 1.0), ==, 1.25);
	g_assert_cmpfloat(sender_pause_s(9, 0.5), ==, SENDER_PAUSE_MAX_S);
	g_assert_cmpfloat(sender_pause_s(G_MAXUINT, 1.0), ==, 1.25 * SENDER_PAUSE_MAX_S);
}

/* Three weeks without an answer: asked less and less often, to the end in order, none twice. */
static void test_weeks_of_outage(void)
{
	struct bed bed;
	gint64 start_us, now_us, next_us;

	bed_init(&bed);
	start_us = now_us = clock_unix_us();
	bed.fake.answer = SINK_LATER;
	put_runs(&bed, 2);
	while (now_us < start_us + 21 * DAY_US) {
		g_assert_cmpint(step(&bed, now_us, &next_us), ==, SENDER_PUT_OFF);
		g_assert_cmpint(next_us, >, now_us);
		g_assert_cmpint(next_us, <, now_us + (gint64)(1.3e6 * SENDER_PAUSE_MAX_S));
		g_assert_cmpint(step(&bed, next_us - 1, NULL), ==, SENDER_NOTHING);
		now_us = next_us;
	}
	/* every five minutes in the long run, not every second */
	g_assert_cmpuint(bed.fake.asked, >, 21 * 24 * 9);
	g_assert_cmpuint(bed.fake.asked, <, 21 * 24 * 17);
	put_runs(&bed, 3);
	bed.fake.answer = SINK_TAKEN;
	for (guint i = 0; i < 5; i++)
		g_assert_cmpint(step(&bed, now_us, NULL), ==, SENDER_TAKEN);
	g_assert_cmpint(step(&bed, now_us, &next_us), ==, SENDER_NOTHING);
	g_assert_cmpint(next_us, ==, G_MAXINT64);
	assert_heard(&bed, 5);
	bed_done(&bed);
}

/* A clock that was years ahead and was set right does not keep what was put off then. */
static void test_clock_set_back(void)
{
	struct bed bed;
	gint64 now_us = clock_unix_us();
	struct outbox_item item;
	gboolean found;
	gint64 next_us;

	bed_init(&bed);
	put_runs(&bed, 1);
	g_assert_true(outbox_next(bed.place.store, "line", now_us, &item, &found, &next_us, NULL));
	g_assert_true(outbox_put_off(bed.place.store, item.number, now_us + 900 * DAY_US, "closed",
	                             NULL));
	outbox_item_clear(&item);
	g_assert_cmpint(step(&bed, now_us, NULL), ==, SENDER_TAKEN);
	assert_heard(&bed, 1);
	bed_done(&bed);
}

static void test_refused(void)
{
	struct bed bed;

	bed_init(&bed);
	put_runs(&bed, 3);
	bed.fake.refuses = "SN1";
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_TAKEN);
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_REFUSED);
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_TAKEN);
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_NOTHING);
	g_assert_cmpuint(bed.fake.heard->len, ==, 2);
	bed_done(&bed);
}

/* Not everybody wants to know who touched what. */
static void test_touches(void)
{
	static const struct store_touch touch = {"SN0", "S1", 77, "ann", "attenuator set"};
	struct bed bed;

	bed_init(&bed);
	g_assert_true(store_touch(bed.place.store, &touch, NULL));
	g_assert_true(store_touch(bed.place.store, &touch, NULL));
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_TAKEN);
	assert_heard(&bed, 1);
	bed.fake.sink.ops = &deaf_ops;
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_TAKEN);
	assert_heard(&bed, 1);
	g_assert_cmpint(step(&bed, 1, NULL), ==, SENDER_NOTHING);
	bed_done(&bed);
}

/* --- with threads -------------------------------------------------------------------------------
 */

static void test_wakes(void)
{
	struct bed bed;

	bed_init(&bed);
	put_runs(&bed, 2);
	g_autoptr(sender) sender = sender_new(bed.place.store, bed.sinks);
	g_assert_true(sender_drain(sender, 60, NULL));
	assert_heard(&bed, 2);
	for (guint i = 3; i < 20; i++) {
		put_runs(&bed, 1);
		sender_wake(sender);
		g_mutex_lock(&bed.fake.lock);
		while (bed.fake.heard->len < i)
			g_cond_wait(&bed.fake.heard_one, &bed.fake.lock);
		g_mutex_unlock(&bed.fake.lock);
	}
	g_assert_true(sender_drain(sender, 60, NULL));
	assert_heard(&bed, 19);
	g_assert_null(sender_next_news(sender));
	g_clear_pointer(&sender, sender_free);
	bed_done(&bed);
}

static void assert_news(struct sender *sender, guint waiting, guint refused, const char *text)
{
	g_autoptr(sender_news) news = sender_next_news(sender);
	g_autofree char *said = NULL;

	g_assert_nonnull(news);
	g_assert_cmpuint(news->waiting, ==, waiting);
	g_assert_cmpuint(news->refused, ==, refused);
	said = sender_news_text(news, news->oldest_us + 3 * DAY_US);
	g_assert_cmpstr(said, ==, text);
}

/* What a face gets to know, and that the end of a lot is not held up by who does not answer. */
static void test_news(void)
{
	struct bed bed;
	guint n;

	bed_init(&bed);
	put_runs(&bed, 3);
	bed.fake.answer = SINK_LATER;
	g_autoptr(sender) sender = sender_new(bed.place.store, bed.sinks);
	g_assert_false(sender_drain(sender, 0.5, NULL));
	assert_news(sender, 3, 0, "line: 3 results wait, the oldest for 3 days: closed");
	g_clear_pointer(&sender, sender_free);

	g_assert_true(outbox_retry(bed.place.store, "line", FALSE, &n, NULL));
	g_assert_cmpuint(n, ==, 1);
	bed.fake.answer = SINK_TAKEN;
	bed.fake.refuses = "SN1";
	sender = sender_new(bed.place.store, bed.sinks);
	g_assert_true(sender_drain(sender, 60, NULL));
	g_autoptr(sender_news) news = sender_next_news(sender);
	g_assert_cmpuint(news->refused, ==, 1);
	g_autofree char *text = sender_news_text(news, news->oldest_us);
	g_assert_true(g_str_has_suffix(text, ", 1 refused: unknown serial number"));
	g_clear_pointer(&sender, sender_free);
	bed_done(&bed);
}

/* Ending cuts off who hangs; what it was being told is told again, and no attempt is counted. */
static void test_stops(void)
{
	struct bed bed;
	struct outbox_item item;
	gboolean found;
	gint64 next_us;

	bed_init(&bed);
	put_runs(&bed, 1);
	bed.fake.hangs = TRUE;
	bed.fake.answer = SINK_LATER;
	g_autoptr(sender) sender = sender_new(bed.place.store, bed.sinks);
	g_mutex_lock(&bed.fake.lock);
	while (!bed.fake.asked)
		g_cond_wait(&bed.fake.heard_one, &bed.fake.lock);
	g_mutex_unlock(&bed.fake.lock);
	g_clear_pointer(&sender, sender_free);
	g_assert_true(outbox_next(bed.place.store, "line", 1, &item, &found, &next_us, NULL));
	g_assert_true(found);
	g_assert_cmpuint(item.attempts, ==, 0);
	outbox_item_clear(&item);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/factory/sender/pause", test_pause);
	g_test_add_func("/factory/sender/weeks-of-outage", test_weeks_of_outage);
	g_test_add_func("/factory/sender/clock-set-back", test_clock_set_back);
	g_test_add_func("/factory/sender/refused", test_refused);
	g_test_add_func("/factory/sender/touches", test_touches);
	g_test_add_func("/factory/sender/wakes", test_wakes);
	g_test_add_func("/factory/sender/news", test_news);
	g_test_add_func("/factory/sender/stops", test_stops);
	return g_test_run();
}
