/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/fault.h"

#include "base/error.h"
#include "base/number.h"

#include <string.h>

/* ---- an instrument that always answers the same, and never waits ---- */

static const char answer[] = "+1.2500E+00";
static const struct link_settings quick = {
	.framing = LINK_FRAMING_SCPI,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 1e-4,
};

struct meter {
	struct link link;
	guint writes, reads, clears;
};

static gboolean meter_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                            const struct bounds *bounds, GError **error)
{
	((struct meter *)link)->writes++;
	return TRUE;
}

static gboolean meter_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                           const struct bounds *bounds, GError **error)
{
	if (!bounds_check(bounds, "read", error))
		return FALSE;
	((struct meter *)link)->reads++;
	g_byte_array_append(reply, (const guint8 *)answer, strlen(answer));
	return TRUE;
}

static gboolean meter_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	((struct meter *)link)->clears++;
	return TRUE;
}

static gsize meter_unread(struct link *link)
{
	return 0;
}

/* The test looks at it afterwards. */
static void meter_close(struct link *link)
{
	link_done(link);
}

static const struct link_ops meter_ops = {
	.name = "meter",
	.write = meter_write,
	.read = meter_read,
	.clear = meter_clear,
	.unread = meter_unread,
	.close = meter_close,
};

static struct link *open_on(struct meter *meter, const char *argument, GError **error)
{
	*meter = (struct meter){0};
	link_init(&meter->link, &meter_ops, "TCPIP::meter::1::SOCKET", &quick);
	return fault_open(argument, &meter->link, error);
}

/* ---- tests ---- */

#define HARDLY_S 0.003
#define SHORT_S  0.05
#define LONG_S   60

/*
 * One letter for each query: '.' the right answer, 'g' another one, else how it failed. A short
 * time is given where expected, which may be shorter than n, has a 't', and hardly any when it is
 * null.
 */
static char *outcomes(const char *argument, guint n, const char *expected, struct meter *meter)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	GString *seen = g_string_new(NULL);
	struct link *link = open_on(meter, argument, &error);

	g_assert_no_error(error);
	for (guint i = 0; i < n; i++) {
		gboolean late = expected && i < strlen(expected) && expected[i] == 't';
		double time_s = !expected ? HARDLY_S : late ? SHORT_S : LONG_S;
		struct bounds bounds = {deadline_in_s(time_s), NULL};
		if (link_query(link, "?", reply, 100, &bounds, &error)) {
			gboolean right = reply->len == strlen(answer) &&
			                 memcmp(reply->data, answer, reply->len) == 0;
			g_string_append_c(seen, right ? '.' : 'g');
			continue;
		}
		g_assert_cmpuint(reply->len, ==, 0);
		g_assert_true(link_is_dirty(link));
		g_string_append_c(seen, error->code == STATION_ERROR_TIMEOUT ? 't'
		                        : error->code == STATION_ERROR_IO    ? 'i'
		                                                             : '?');
		g_clear_error(&error);
	}
	link_close(link);
	return g_string_free(seen, FALSE);
}

struct kind_row {
	const char *argument;
	const char *seen;
	guint reads, clears;
};

/* clang-format off */
static const struct kind_row kind_rows[] = {
	{"drop=0",                    "....", 4, 0},
	{"at=2,drop=1",               ".t..", 4, 1},
	{"at=2,cut=1",                ".t..", 4, 1},
	{"at=2,garble=1",             ".g..", 4, 0},
	{"at=2,disconnect=1",         ".i..", 4, 1},
	{"at=2,hang=1",               ".ttt", 1, 0},
	{"at=2,delay=1,delay_s=0",    "....", 4, 0},
	{"at=2,delay=1,delay_s=100",  ".t..", 3, 1},
	{"at=2,drop=1,garble=1",      ".t..", 4, 1},
	{"seed=7,at=9,drop=1",        "....", 4, 0},
	{"drop=1",                    "tttt", 4, 3},
};
/* clang-format on */

static void test_kinds(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kind_rows); i++) {
		const struct kind_row *row = &kind_rows[i];
		struct meter meter;
		g_autofree char *seen =
			outcomes(row->argument, strlen(row->seen), row->seen, &meter);
		g_assert_cmpstr(seen, ==, row->seen);
		g_assert_cmpuint(meter.reads, ==, row->reads);
		g_assert_cmpuint(meter.clears, ==, row->clears);
	}
}

/* The seed decides, and one kind's chance does not move another's. */
static void test_seed(void)
{
	enum { N = 400 };
	struct meter meter;
	g_autofree char *first = outcomes("seed=5,disconnect=0.3", N, "", &meter);
	g_autofree char *again = outcomes("seed=5,disconnect=0.3", N, "", &meter);
	g_autofree char *other = outcomes("seed=6,disconnect=0.3", N, "", &meter);
	g_autofree char *more =
		outcomes("seed=5,disconnect=0.3,delay=0.5,delay_s=0", N, "", &meter);
	guint lost = 0;

	g_assert_cmpstr(again, ==, first);
	g_assert_cmpstr(more, ==, first);
	g_assert_cmpstr(other, !=, first);
	for (const char *c = first; *c; c++)
		lost += *c == 'i';
	g_assert_cmpuint(lost, >, N / 5);
	g_assert_cmpuint(lost, <, N * 2 / 5);
}

/* Whatever comes together: what is given as an answer is the answer. */
static void test_never_wrong(void)
{
	enum { N = 300 };
	static const char argument[] = "seed=%u,delay=0.2,delay_s=0.00001,drop=0.05,cut=0.2,"
				       "disconnect=0.2,hang=0.002";
	guint failed = 0;

	for (guint seed = 0; seed < 4; seed++) {
		struct meter meter;
		g_autofree char *full = g_strdup_printf(argument, seed);
		g_autofree char *seen = outcomes(full, N / 4, NULL, &meter);
		g_assert_null(strchr(seen, 'g'));
		g_assert_null(strchr(seen, '?'));
		for (const char *c = seen; *c; c++)
			failed += *c != '.';
	}
	g_assert_cmpuint(failed, >, N / 10);
	g_assert_cmpuint(failed, <, N);
}

/*
 * Of garbled numbers the language tells those with a byte that numbers do not have; a digit that
 * has become another is a number like any. This test says so by counting both.
 */
static void test_garbled_number(void)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	struct bounds bounds = {deadline_in_s(10), NULL};
	guint refused = 0, wrong = 0;
	struct meter meter;
	struct link *link = open_on(&meter, "garble=1", NULL);

	for (guint i = 0; i < 500; i++) {
		double value;
		guint bits = 0;
		g_assert_true(link_query(link, "?", reply, 100, &bounds, NULL));
		g_assert_cmpuint(reply->len, ==, strlen(answer));
		for (guint b = 0; b < reply->len; b++)
			bits += (guint)__builtin_popcount(reply->data[b] ^ (guint8)answer[b]);
		g_assert_cmpuint(bits, ==, 1);
		g_autofree char *text = g_strndup((const char *)reply->data, reply->len);
		if (number_parse_double(text, &value, NULL))
			wrong += value != 1.25;
		else
			refused++;
	}
	g_assert_cmpuint(refused, >, 250);
	g_assert_cmpuint(wrong, >, 0);
	link_close(link);
}

static void test_refused(void)
{
	static const char *const wrong[] = {
		"",
		"drop",
		"drop=",
		"drop=2",
		"drop=-0.1",
		"drop=nan",
		"drp=1",
		"drop=1,drop=1",
		"drop=1,",
		"at=1",
		"at=0,cut=1",
		"at=1.5,cut=1",
		"seed=-1,cut=1",
		"delay=1",
		"delay_s=1,cut=1",
		"seed=3",
		"delay=1,delay_s=-1",
		"delay=1,delay_s=inf",
		"garble=x",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct meter meter;
		g_autoptr(GError) error = NULL;
		g_assert_null(open_on(&meter, wrong[i], &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_null(meter.link.resource);
	}
	g_autoptr(GError) error = NULL;
	struct meter meter;
	g_assert_null(open_on(&meter, "drp=1", &error));
	g_assert_nonnull(strstr(error->message, "did you mean drop"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/fault/kinds", test_kinds);
	g_test_add_func("/link/fault/seed", test_seed);
	g_test_add_func("/link/fault/never-wrong", test_never_wrong);
	g_test_add_func("/link/fault/garbled-number", test_garbled_number);
	g_test_add_func("/link/fault/refused", test_refused);
	return g_test_run();
}
