/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/instruments_scpi_instrument.h"

#define TEN   "1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n"
#define FIFTY TEN TEN TEN TEN TEN

static const char recovery[] = "*CLS|*IDN?|:SYST:ERR?";

/* clang-format off */
static const struct row recovery_rows[] = {
	{"A?",      TEXT("1\n"),                       ANSWER},
	{"SILENT?", TEXT(""),                          SILENT},
	{"LATE?",   TEXT("666\n"),                     LATE  },
	{"LATE4?",  TEXT("1,2,3,4\n666\n"),            LATE  },
	{"LATEN?",  TEXT(FIFTY FIFTY),                 LATE  },
	{"LATEB?",  TEXT("\"tail of\n\"a block\n#9\n"), LATE  },
	{"MORE?",   TEXT("1\n2\n"),                    ANSWER},
	{"CUT?",    TEXT("1"),                         CLOSES},
	{"DROP?",   TEXT(""),                          CLOSES},
};
/* clang-format on */

static void assert_lost(struct fixture *f, const char *query, double seconds,
                        enum station_error code)
{
	struct bounds bounds = {deadline_in_s(seconds), NULL};
	double number = 7;
	g_autoptr(GError) error = NULL;
	g_assert_false(scpi_query_number(f->scpi, &number, &bounds, &error, "%s", query));
	assert_error(error, code, query);
	g_assert_cmpfloat(number, ==, 7);
}

static void assert_a(struct fixture *f)
{
	double number = 7;
	GError *error = NULL;
	scpi_query_number(f->scpi, &number, &f->bounds, &error, "A?");
	g_assert_no_error(error);
	g_assert_cmpfloat(number, ==, 1);
}

struct lost_row {
	const char *query;
	double seconds;
	enum station_error code;
};

/* clang-format off */
static const struct lost_row lost_rows[] = {
	{"SILENT?", 0.03, STATION_ERROR_TIMEOUT},
	{"LATE?",   0.03, STATION_ERROR_TIMEOUT},
	{"LATE4?",  0.03, STATION_ERROR_TIMEOUT},
	{"LATEB?",  0.03, STATION_ERROR_TIMEOUT},
	{"LATEN?",  0.03, STATION_ERROR_TIMEOUT},
	{"CUT?",    10,   STATION_ERROR_IO     },
	{"DROP?",   10,   STATION_ERROR_IO     },
};
/* clang-format on */

/* Whatever was lost, the next query gets its own answer, after the way back. */
static void test_recovery(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lost_rows); i++) {
		const struct lost_row *row = &lost_rows[i];
		struct scpi_identity identity;
		struct fixture f = {0};
		g_test_message("%s", row->query);
		fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), NULL);
		g_assert_true(scpi_identify(f.scpi, &identity, &f.bounds, NULL));
		assert_a(&f);
		for (int round = 0; round < 3; round++) {
			assert_lost(&f, row->query, row->seconds, row->code);
			assert_a(&f);
		}
		assert_a(&f);
		scpi_free(f.scpi);
		f.scpi = NULL;
		peer_stop(&f.peer);
		/* Late bytes can make a try at the way back fail; then it is tried again. */
		g_assert_true(g_str_has_prefix(f.instrument.heard->str, "*IDN?|A?|"));
		g_assert_nonnull(strstr(f.instrument.heard->str, recovery));
		g_assert_true(g_str_has_suffix(f.instrument.heard->str, "|A?|A?"));
		g_string_free(f.instrument.heard, TRUE);
	}
}

/* Also when the identity was never asked for. */
static void test_recovery_unknown(void)
{
	struct fixture f = {0};
	fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), NULL);
	assert_lost(&f, "SILENT?", 0.03, STATION_ERROR_TIMEOUT);
	assert_a(&f);
	fixture_stop(&f, "SILENT?|*CLS|*IDN?|:SYST:ERR?|A?");
}

static void test_recovery_after_more(void)
{
	struct fixture f = {0};
	fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), NULL);
	assert_lost(&f, "MORE?", 10, STATION_ERROR_PROTOCOL);
	assert_a(&f);
	fixture_stop(&f, "MORE?|*CLS|*IDN?|:SYST:ERR?|A?");
}

/* Behind the same address there is something else now: nothing is sent to it. */
static void test_other_instrument(void)
{
	struct scpi_identity identity;
	struct fixture f = {.instrument.other_identity = "ACME,Y,1,2\n"};
	g_autoptr(GError) error = NULL;
	fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), NULL);
	g_assert_true(scpi_identify(f.scpi, &identity, &f.bounds, NULL));
	assert_lost(&f, "DROP?", 10, STATION_ERROR_IO);
	g_assert_false(scpi_command(f.scpi, &f.bounds, &error, "OUTP ON"));
	assert_error(error, STATION_ERROR_INSTRUMENT, "another instrument answers: ACME,Y,1,2");
	fixture_stop(&f, "*IDN?|DROP?|*CLS|*IDN?");
}

/* What is no entry of an error queue is not taken for "no error", nor is it lived with. */
static void test_bad_error_queue(void)
{
	static const struct row rows[] = {
		{":SYST:ERR?", TEXT("No error\n"), ANSWER},
		{"A?", TEXT("1\n"), ANSWER},
	};
	struct fixture f = {0};
	double number;
	g_autoptr(GError) error = NULL;
	fixture_start(&f, rows, G_N_ELEMENTS(rows), NULL);
	g_assert_false(scpi_command(f.scpi, &f.bounds, &error, "VOLT 1"));
	assert_error(error, STATION_ERROR_PROTOCOL, "VOLT 1: :SYST:ERR?: expected an entry");
	g_clear_error(&error);
	g_assert_true(link_is_dirty(scpi_link(f.scpi)));
	g_assert_false(scpi_query_number(f.scpi, &number, &f.bounds, &error, "A?"));
	assert_error(error, STATION_ERROR_PROTOCOL, "A?: after an earlier failure: expected");
	/* Three tries, none of which sends the query. */
	fixture_stop(&f, "VOLT 1|:SYST:ERR?|*CLS|*IDN?|:SYST:ERR?|*CLS|*IDN?|:SYST:ERR?|"
	                 "*CLS|*IDN?|:SYST:ERR?");
}

/* Recovery that fails is done again from its start, by the next call. */
static void test_recovery_fails(void)
{
	static const struct row rows[] = {{"A?", TEXT("1\n"), ANSWER},
	                                  {"*IDN?", TEXT(""), SILENT},
	                                  {"SILENT?", TEXT(""), SILENT}};
	struct fixture f = {0};
	fixture_start(&f, rows, G_N_ELEMENTS(rows), NULL);
	assert_lost(&f, "SILENT?", 0.2, STATION_ERROR_TIMEOUT);
	assert_lost(&f, "A?", 0.2, STATION_ERROR_TIMEOUT);
	assert_lost(&f, "A?", 0.2, STATION_ERROR_TIMEOUT);
	fixture_stop(&f, "SILENT?|*CLS|*IDN?|*CLS|*IDN?");
}

/* Cancelling while an answer is awaited leaves a session that can be used again. */
static gpointer cancel_when_asked(gpointer data)
{
	struct link_sink *sink = data;
	g_cancellable_cancel(sink->user_data);
	return NULL;
}

static void cancel_on_sent(const struct link_event *event, gpointer user_data)
{
	struct link_sink sink = {NULL, user_data};
	if (event->kind == LINK_EVENT_SENT && event->len == strlen("SILENT?"))
		g_thread_join(g_thread_new("cancel", cancel_when_asked, &sink));
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct fixture f = {0};
	struct link_sink sink = {cancel_on_sent, cancellable};
	fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), NULL);
	scpi_free(f.scpi);
	f.scpi = scpi_open(f.peer.resource, &scpi_dialect_standard, &sink, &f.bounds, NULL);
	struct bounds bounds = {deadline_in_s(60), cancellable};
	double number;
	g_autoptr(GError) error = NULL;
	gint64 start_us = g_get_monotonic_time();
	g_assert_false(scpi_query_number(f.scpi, &number, &bounds, &error, "SILENT?"));
	assert_error(error, STATION_ERROR_CANCELLED, "SILENT?: ");
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
	assert_a(&f);
	fixture_stop(&f, "SILENT?|*CLS|*IDN?|:SYST:ERR?|A?");
}

/* Of an instrument that only tells so, why a query was not answered is read before *CLS. */
static void test_explained(void)
{
	static const char *const errors[] = {"-113,\"Undefined header\"", "+0,\"No error\"", NULL};
	struct scpi_dialect dialect = scpi_dialect_standard;
	struct fixture f = {0};
	g_autoptr(GError) error = NULL;
	double number;
	dialect.errors_tell = TRUE;
	f.instrument.errors = errors;
	fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), &dialect);
	struct bounds brief = bounds_within(&f.bounds, 0.03);
	g_assert_false(scpi_query_number(f.scpi, &number, &brief, &error, "SILENT?"));
	guint upsets = scpi_upsets(f.scpi);
	scpi_explain(f.scpi, &f.bounds, &error);
	assert_error(error, STATION_ERROR_TIMEOUT, "SILENT?: ");
	g_assert_nonnull(strstr(error->message, "says -113,\"Undefined header\""));
	g_assert_cmpuint(scpi_upsets(f.scpi), !=, upsets);
	assert_a(&f);
	fixture_stop(&f, "SILENT?|*IDN?|:SYST:ERR?|:SYST:ERR?|*CLS|A?");
}

/* Errors that no query had no answer for, and other dialects', are left as they are. */
static void test_not_explained(void)
{
	struct fixture f = {0};
	GError *error = NULL;
	double number;
	fixture_start(&f, recovery_rows, G_N_ELEMENTS(recovery_rows), NULL);
	struct bounds brief = bounds_within(&f.bounds, 0.03);
	g_assert_false(scpi_query_number(f.scpi, &number, &brief, &error, "SILENT?"));
	g_autofree char *before = g_strdup(error->message);
	scpi_explain(f.scpi, &f.bounds, &error);
	g_assert_cmpstr(error->message, ==, before);
	g_error_free(error);
	fixture_stop(&f, NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/scpi/recovery/lost", test_recovery);
	g_test_add_func("/scpi/recovery/unknown", test_recovery_unknown);
	g_test_add_func("/scpi/recovery/after-more", test_recovery_after_more);
	g_test_add_func("/scpi/recovery/other-instrument", test_other_instrument);
	g_test_add_func("/scpi/recovery/bad-error-queue", test_bad_error_queue);
	g_test_add_func("/scpi/recovery/fails", test_recovery_fails);
	g_test_add_func("/scpi/recovery/cancelled", test_cancelled);
	g_test_add_func("/scpi/recovery/explained", test_explained);
	g_test_add_func("/scpi/recovery/not-explained", test_not_explained);
	return g_test_run();
}
