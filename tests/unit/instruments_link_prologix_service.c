/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/instruments_link_prologix_fake.h"

/* Requests for service by the SRQ line and the serial poll, and the bus's trigger. */

enum { FINE = -1, ANSWERS = 5 };

struct row {
	const char *name;
	const char *srq[ANSWERS];
	const char *spoll[ANSWERS];
	enum act act;
	int at; /* the line of the wait, from 1 */
	double seconds;
	int code;
	guint8 status;
};

static const struct row rows[] = {
	{"before", {"0"}, {"96"}, ACT_NONE, 0, 20, FINE, 96},
	{"while", {"0", "0", "1"}, {"0", "96"}, ACT_NONE, 0, 20, FINE, 96},
	{"of-another", {"1"}, {"0", "0", "16", "80"}, ACT_NONE, 0, 20, FINE, 80},
	{"never", {"0"}, {"0"}, ACT_NONE, 0, 0.05, STATION_ERROR_TIMEOUT, 0},
	{"never-ours", {"1"}, {"0"}, ACT_NONE, 0, 0.05, STATION_ERROR_TIMEOUT, 0},
	{"no-state", {"2"}, {"0"}, ACT_NONE, 0, 20, STATION_ERROR_PROTOCOL, 0},
	{"garbage", {"Unrecognized command"}, {"0"}, ACT_NONE, 0, 20, STATION_ERROR_PROTOCOL, 0},
	{"bad-poll", {"1"}, {"256"}, ACT_NONE, 0, 20, STATION_ERROR_PROTOCOL, 0},
	{"poll-dies", {"1"}, {"96"}, ACT_CLOSE, 2, 20, STATION_ERROR_IO, 0},
	{"line-dies", {"1"}, {"0", "96"}, ACT_CLOSE, 3, 20, STATION_ERROR_IO, 0},
	{"hangs", {"1"}, {"0", "96"}, ACT_HANG, 3, 0.05, STATION_ERROR_TIMEOUT, 0},
	{"cut", {"1"}, {"0", "96"}, ACT_CUT, 3, 0.05, STATION_ERROR_TIMEOUT, 0},
	{"split", {"1"}, {"0", "96"}, ACT_SPLIT, 3, 20, FINE, 96},
};

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	struct fake fake;
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	fake_start(&fake);
	fake.srq = row->srq;
	fake.spoll = row->spoll;
	struct link *link = open_at(&fake, "9");
	fake.act = row->act;
	fake.cut = 1;
	fake.at = row->at > 0 ? SET_UP_LINES + row->at : 0;
	struct bounds bounds = {deadline_in_s(row->seconds), NULL};
	gboolean ok = link_await_service(link, &status, &bounds, &error);
	g_test_message("%s", error ? error->message : "fine");
	if (row->code == FINE)
		g_assert_no_error(error);
	else
		g_assert_error(error, STATION_ERROR, row->code);
	g_assert_true(ok == (row->code == FINE));
	g_assert_cmpuint(status, ==, row->status);
	if (row->code != STATION_ERROR_IO)
		assert_answer(link, "A?", "at 9: A?");
	link_close(link);
	fake_stop(&fake);
}

static void test_trigger(void)
{
	struct fake fake;
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autoptr(GError) error = NULL;
	fake_start(&fake);
	struct link *other = open_at(&fake, "8");
	struct link *link = open_at(&fake, "9");
	assert_answer(other, "A?", "at 8: A?");
	link_trigger(link, &bounds, &error);
	g_assert_no_error(error);
	assert_answer(link, "B?", "at 9: B?");
	g_assert_cmpint(fake.triggers, ==, 1);
	/* the one that is addressed */
	g_assert_nonnull(strstr(fake.told->str, "++addr 9|++trg|B?"));
	link_close(link);
	link_close(other);
	fake_stop(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/link/prologix-service/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/link/prologix-service/trigger", test_trigger);
	return g_test_run();
}
