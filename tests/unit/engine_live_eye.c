/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/live_eye.h"

#include <string.h>

static struct record_eye *eye_of(struct run_record *record, guint columns, guint rows)
{
	struct record_eye *eye = run_record_add_eye(record, "tx_eye", 0, 3);

	record_text(&eye->kind, "captured");
	record_text(&eye->note, "TDECQ 1.6 dB");
	eye->columns = columns;
	eye->rows = rows;
	for (guint i = 0; i < columns * rows; i++) {
		guint32 count = i % 7;
		g_array_append_val(eye->counts, count);
	}
	return eye;
}

static guint64 total(const guint32 *counts, guint n)
{
	guint64 sum = 0;

	for (guint i = 0; i < n; i++)
		sum += counts[i];
	return sum;
}

/* Whatever its size, no count is lost and the picture is no larger than a screen takes. */
static void test_sizes(void)
{
	static const guint sizes[][4] = {
		{1, 1, 1, 1},        {128, 96, 128, 96},  {160, 96, 160, 96},    {161, 97, 81, 49},
		{320, 192, 160, 96}, {1000, 40, 143, 40}, {1024, 1024, 147, 94},
	};

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(run_record) record = run_record_new();
		const struct record_eye *from = eye_of(record, sizes[i][0], sizes[i][1]);
		g_autoptr(live_eye) eye = live_eye_new(from);

		g_assert_cmpuint(eye->columns, ==, sizes[i][2]);
		g_assert_cmpuint(eye->rows, ==, sizes[i][3]);
		g_assert_cmpuint(total(eye->counts, eye->columns * eye->rows), ==,
		                 total((const guint32 *)from->counts->data, from->counts->len));
		g_assert_cmpint(eye->lane, ==, 3);
		g_assert_cmpstr(eye->id, ==, "tx_eye");
		g_assert_cmpstr(eye->note, ==, "TDECQ 1.6 dB");
	}
}

/* Neighbours stay neighbours: four counts become the one of their place. */
static void test_sums(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_eye *from = eye_of(record, 320, 192);

	memset(from->counts->data, 0, from->counts->len * sizeof(guint32));
	g_array_index(from->counts, guint32, 10 * 320 + 20) = 1;
	g_array_index(from->counts, guint32, 11 * 320 + 21) = 2;
	g_array_index(from->counts, guint32, 11 * 320 + 22) = 4;
	g_array_index(from->counts, guint32, 0) = G_MAXUINT32;
	g_array_index(from->counts, guint32, 1) = 1;
	g_autoptr(live_eye) eye = live_eye_new(from);
	g_assert_cmpuint(eye->counts[5 * 160 + 10], ==, 3);
	g_assert_cmpuint(eye->counts[5 * 160 + 11], ==, 4);
	g_assert_cmpuint(eye->counts[0], ==, G_MAXUINT32);
}

static void test_none(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_eye *eye = eye_of(record, 4, 4);

	g_array_set_size(eye->counts, 15);
	g_assert_null(live_eye_new(eye));
	eye->columns = 0;
	g_assert_null(live_eye_new(eye));
}

struct looker {
	struct eye_slot *slot;
	gint stop;
};

static gpointer keep_looking(gpointer data)
{
	struct looker *looker = data;

	while (!g_atomic_int_get(&looker->stop)) {
		g_autoptr(live_eye) eye = eye_slot_get(looker->slot);
		if (eye)
			g_assert_cmpuint(eye->counts[0] + 1, ==, eye->counts[1]);
	}
	return NULL;
}

/* One puts while others look: each sees a whole picture or none. */
static void test_slot(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_eye *from = eye_of(record, 2, 1);
	struct eye_slot slot = {0};
	struct looker looker = {&slot, 0};
	GThread *threads[2];

	g_mutex_init(&slot.lock);
	g_assert_null(eye_slot_get(&slot));
	for (guint i = 0; i < 2; i++)
		threads[i] = g_thread_new("look", keep_looking, &looker);
	for (guint32 i = 0; i < 2000; i++) {
		g_array_index(from->counts, guint32, 0) = i;
		g_array_index(from->counts, guint32, 1) = i + 1;
		eye_slot_put(&slot, live_eye_new(from));
	}
	g_atomic_int_set(&looker.stop, 1);
	for (guint i = 0; i < 2; i++)
		g_thread_join(threads[i]);
	g_autoptr(live_eye) last = eye_slot_get(&slot);
	g_assert_cmpuint(last->counts[1], ==, 2000);
	eye_slot_clear(&slot);
	g_assert_cmpuint(last->counts[1], ==, 2000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/live-eye/sizes", test_sizes);
	g_test_add_func("/live-eye/sums", test_sums);
	g_test_add_func("/live-eye/none", test_none);
	g_test_add_func("/live-eye/slot", test_slot);
	return g_test_run();
}
