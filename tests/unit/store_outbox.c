/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/outbox.h"

#include "station/store/touch.h"
#include "tests/unit/many_runs.h"
#include "tests/unit/store_place.h"

#include <string.h>

static const char *const both[] = {"line", "mes", NULL};

static char *put_run(struct store_place *place, struct many_runs *many)
{
	g_autofree char *serial = g_strdup_printf("SN%u", many->n);
	g_autoptr(run_record) run = many_runs_next(many, serial);

	store_place_put(place, run);
	return g_strdup(run->run_id);
}

/* What is next for a sink at a time; clear it. FALSE when nothing is due. */
static gboolean next(struct store_place *place, const char *sink, gint64 now_us,
                     struct outbox_item *item, gint64 *next_us)
{
	GError *error = NULL;
	gboolean found;

	outbox_next(place->store, sink, now_us, item, &found, next_us, &error);
	g_assert_no_error(error);
	return found;
}

static void assert_next(struct store_place *place, const char *sink, gint64 now_us,
                        const char *run_id, gint64 *number)
{
	struct outbox_item item;
	gint64 next_us;

	g_assert_true(next(place, sink, now_us, &item, &next_us));
	g_assert_cmpstr(item.run_id, ==, run_id);
	*number = item.number;
	outbox_item_clear(&item);
}

static void assert_state(struct store_place *place, guint i, const char *sink, guint waiting,
                         guint refused, guint taken, const char *words)
{
	GError *error = NULL;
	g_autoptr(GPtrArray) states = outbox_states(place->store, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(states->len, >, i);
	const struct outbox_state *state = g_ptr_array_index(states, i);
	g_assert_cmpstr(state->sink, ==, sink);
	g_assert_cmpuint(state->waiting, ==, waiting);
	g_assert_cmpuint(state->refused, ==, refused);
	g_assert_cmpuint(state->taken, ==, taken);
	g_assert_cmpstr(state->words, ==, words);
	g_assert_true((state->oldest_us > 0) == (waiting > 0));
}

/* Each sink hears of every run, in its own order and at its own pace. */
static void test_order(void)
{
	struct store_place place;
	struct many_runs many = {g_rand_new_with_seed(1), 1, 1, 0};
	GError *error = NULL;
	g_autofree char *ids[3] = {0};
	gint64 number, other, next_us;
	struct outbox_item item;

	store_place_init(&place);
	store_set_sinks(place.store, both);
	for (guint i = 0; i < 3; i++)
		ids[i] = put_run(&place, &many);
	assert_next(&place, "line", 1, ids[0], &number);
	assert_next(&place, "mes", 1, ids[0], &other);
	g_assert_true(outbox_taken(place.store, number, &error));
	assert_next(&place, "line", 1, ids[1], &number);
	assert_next(&place, "mes", 1, ids[0], &other);

	/* what was put off holds back what is behind it, until its time */
	g_assert_true(outbox_put_off(place.store, number, 5000, "not now", &error));
	g_assert_false(next(&place, "line", 4999, &item, &next_us));
	g_assert_cmpint(next_us, ==, 5000);
	g_assert_true(next(&place, "line", 5000, &item, &next_us));
	g_assert_cmpstr(item.run_id, ==, ids[1]);
	g_assert_cmpuint(item.attempts, ==, 1);
	outbox_item_clear(&item);
	assert_state(&place, 0, "line", 2, 0, 1, "not now");
	assert_state(&place, 1, "mes", 3, 0, 0, NULL);

	/* what was refused holds back nothing, is kept, and can be asked for again */
	g_assert_true(outbox_refused(place.store, number, "never", &error));
	assert_next(&place, "line", 1, ids[2], &other);
	g_assert_true(outbox_taken(place.store, other, &error));
	g_assert_false(next(&place, "line", G_MAXINT64, &item, &next_us));
	g_assert_cmpint(next_us, ==, G_MAXINT64);
	assert_state(&place, 0, "line", 0, 1, 2, "never");
	guint n;
	g_assert_true(outbox_retry(place.store, "line", FALSE, &n, &error));
	g_assert_cmpuint(n, ==, 0);
	g_assert_true(outbox_retry(place.store, "line", TRUE, &n, &error));
	g_assert_cmpuint(n, ==, 1);
	assert_next(&place, "line", 1, ids[1], &number);
	for (guint i = 0; i < 3; i++)
		g_clear_pointer(&ids[i], g_free);
	g_rand_free(many.random);
	store_place_done(&place);
}

/* The document is the store's, byte by byte; a run that was not stored is due to nobody. */
static void test_with_the_run(void)
{
	struct store_place place;
	struct many_runs many = {g_rand_new_with_seed(1), 2, 1, 0};
	GError *error = NULL;
	gint64 next_us;
	struct outbox_item item;

	store_place_init(&place);
	store_set_sinks(place.store, both);
	g_autoptr(run_record) run = many_runs_next(&many, "SN'1");
	g_autofree char *document = run_record_to_json(run);
	store_place_put(&place, run);
	g_assert_false(store_save_run(place.store, run, &error));
	g_clear_error(&error);
	g_autoptr(run_record) unfinished = many_runs_next(&many, "SN2");
	unfinished->verdict = VERDICT_NONE;
	g_assert_false(store_save_run(place.store, unfinished, &error));
	g_clear_error(&error);
	assert_state(&place, 0, "line", 1, 0, 0, NULL);
	g_assert_true(next(&place, "mes", 1, &item, &next_us));
	g_assert_cmpstr(item.document, ==, document);
	g_assert_null(item.touched);
	outbox_item_clear(&item);
	g_rand_free(many.random);
	store_place_done(&place);
}

/* A row that cannot be written takes the run with it: what is in the store is due. */
static void test_all_or_nothing(void)
{
	struct store_place place;
	struct many_runs many = {g_rand_new_with_seed(1), 1, 1, 0};
	GError *error = NULL;
	gboolean found;

	store_place_init(&place);
	store_set_sinks(place.store, both);
	sqlite3_exec(place.store->db,
	             "CREATE TRIGGER full BEFORE INSERT ON outbox WHEN new.sink = 'mes' "
	             "BEGIN SELECT raise(ABORT, 'no more room'); END",
	             NULL, NULL, NULL);
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	g_assert_false(store_save_run(place.store, run, &error));
	g_assert_nonnull(strstr(error->message, "no more room"));
	g_clear_error(&error);
	g_assert_true(store_has_run(place.store, run->run_id, &found, &error) && !found);
	g_assert_false(store_touch(place.store, &(struct store_touch){"SN1", "S1", 5, "ann", "set"},
	                           &error));
	g_clear_error(&error);
	g_autoptr(record_touch) touched = NULL;
	g_assert_true(store_touched(place.store, "SN1", &touched, &error) && !touched);
	g_autoptr(GPtrArray) states = outbox_states(place.store, &error);
	g_assert_cmpuint(states->len, ==, 0);
	g_rand_free(many.random);
	store_place_done(&place);
}

static void test_touches(void)
{
	static const struct store_touch touch = {"SN7", "S1", 77, "ann", "attenuator set"};
	struct store_place place;
	GError *error = NULL;
	gint64 next_us;
	struct outbox_item item;

	store_place_init(&place);
	store_set_sinks(place.store, both);
	g_assert_true(store_touch(place.store, &touch, &error));
	g_assert_true(next(&place, "line", 1, &item, &next_us));
	g_assert_null(item.run_id);
	g_assert_null(item.document);
	g_assert_cmpint(item.touch, ==, 1);
	g_assert_cmpstr(item.serial, ==, "SN7");
	g_assert_cmpstr(item.touched->station, ==, "S1");
	g_assert_cmpint(item.touched->time_us, ==, 77);
	g_assert_cmpstr(item.touched->who, ==, "ann");
	g_assert_cmpstr(item.touched->what, ==, "attenuator set");
	outbox_item_clear(&item);
	store_place_done(&place);
}

/* A sink that comes later hears of what was there before, once, oldest first. */
static void test_add_all(void)
{
	static const char *const line[] = {"line", NULL};
	struct store_place place;
	struct many_runs many = {g_rand_new_with_seed(1), 1, 1, 0};
	GError *error = NULL;
	g_autofree char *ids[3] = {0};
	gint64 number;
	guint n;

	store_place_init(&place);
	ids[0] = put_run(&place, &many);
	ids[1] = put_run(&place, &many);
	store_set_sinks(place.store, line);
	ids[2] = put_run(&place, &many);
	assert_state(&place, 0, "line", 1, 0, 0, NULL);
	g_assert_true(outbox_add_all(place.store, "line", &n, &error));
	g_assert_cmpuint(n, ==, 2);
	g_assert_true(outbox_add_all(place.store, "line", &n, &error));
	g_assert_cmpuint(n, ==, 0);
	/* it has heard of the last already when it is asked to be told all */
	assert_next(&place, "line", 1, ids[2], &number);
	g_assert_true(outbox_taken(place.store, number, &error));
	for (guint i = 0; i < 2; i++) {
		assert_next(&place, "line", 1, ids[i], &number);
		g_assert_true(outbox_taken(place.store, number, &error));
	}
	assert_state(&place, 0, "line", 0, 0, 3, NULL);
	/* a late word of another process changes nothing of what was taken */
	g_assert_true(outbox_put_off(place.store, number, 9, "late", &error));
	g_assert_true(outbox_refused(place.store, number, "late", &error));
	assert_state(&place, 0, "line", 0, 0, 3, NULL);
	for (guint i = 0; i < 3; i++)
		g_clear_pointer(&ids[i], g_free);
	g_rand_free(many.random);
	store_place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/store/outbox/order", test_order);
	g_test_add_func("/store/outbox/with-the-run", test_with_the_run);
	g_test_add_func("/store/outbox/all-or-nothing", test_all_or_nothing);
	g_test_add_func("/store/outbox/touches", test_touches);
	g_test_add_func("/store/outbox/add-all", test_add_all);
	return g_test_run();
}
