/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scpi/scpi.h"

#include "base/error.h"
#include "tests/unit/instruments_link_hislip_peer.h"

/* Long operations that end with a request for service, on a bus that has it. */

enum { FINE = -1 };

#define POLLED(status) "A<21|A>22 " status " 0|"
/* *ESE 61;*SRE 32 and *ESR?, then the status byte that was there before */
#define PREPARED "S<7|S<7|S>7 0 id 128\\n|" POLLED("60")
#define STARTED  "S<7|" POLLED("0")
#define REQUEST  "A>20 60 0|" POLLED("60")
/* *ESR? */
#define EVENTS(number) "S<7|S>7 0 id " number "\\n|"
#define ERROR(entry)   "S<7|S>7 0 id " entry "\\n|"

struct row {
	const char *name;
	const char *script; /* after opening */
	double seconds;
	int code;
	const char *says;
	const char *sent; /* that begins so */
};

#define SET_UP "7:0:*ESE 61;*SRE 32\n,7:0:*ESR?\n,"

static const struct row rows[] = {
	{"done", PREPARED STARTED REQUEST EVENTS("1"), 20, FINE, "",
         SET_UP "7:0:RUN;*OPC\n,7:0:*ESR?\n,"},
	{"other-request-first", PREPARED STARTED "A>20 41 0|" POLLED("41") REQUEST EVENTS("1"), 20,
         FINE, "", SET_UP "7:0:RUN;*OPC\n,7:0:*ESR?\n,"},
	{"done-with-error", PREPARED STARTED REQUEST EVENTS("17"), 20, FINE, "", SET_UP},
	{"refused",
         PREPARED STARTED REQUEST EVENTS("32") ERROR("-113,\"Undefined header\"")
                 ERROR("0,\"No error\""),
         20, STATION_ERROR_INSTRUMENT, "RUN: -113,\"Undefined header\"",
         SET_UP "7:0:RUN;*OPC\n,7:0:*ESR?\n,7:1::SYST:ERR?\n,"},
	{"event-without-error", PREPARED STARTED REQUEST EVENTS("8") ERROR("0,\"No error\""), 20,
         STATION_ERROR_PROTOCOL, "an event without its error", SET_UP},
	{"never", PREPARED STARTED, 0.1, STATION_ERROR_TIMEOUT, "RUN: no service", SET_UP},
	{"dies", PREPARED STARTED "C|", 20, STATION_ERROR_IO, "RUN: ", SET_UP},
	{"dies-in-set-up", "S<7|C|", 20, STATION_ERROR_IO, "*ESR?: ", "7:0:*ESE"},
	{"no-number", PREPARED STARTED REQUEST EVENTS("x"), 20, STATION_ERROR_PROTOCOL,
         "*ESR?: ", SET_UP},
};

static struct scpi *open_session(const struct hislip_peer *peer, const struct scpi_dialect *dialect)
{
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autoptr(GError) error = NULL;
	struct scpi *scpi = scpi_open(peer->resource, dialect, NULL, &bounds, &error);
	g_assert_no_error(error);
	return scpi;
}

static struct scpi_dialect serving(void)
{
	struct scpi_dialect dialect = scpi_dialect_standard;
	dialect.service = TRUE;
	return dialect;
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	const struct scpi_dialect dialect = serving();
	g_autofree char *script = g_strconcat(PEER_OPEN, row->script, NULL);
	const char *const scripts[] = {script, PEER_OPEN "E", NULL};
	struct hislip_peer peer;
	g_autoptr(GError) error = NULL;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct scpi *scpi = open_session(&peer, &dialect);
	struct bounds bounds = {deadline_in_s(row->seconds), NULL};
	gboolean ok = scpi_run(scpi, "RUN", &bounds, &error);
	g_test_message("%s", error ? error->message : "fine");
	if (row->code == FINE)
		g_assert_no_error(error);
	else
		g_assert_error(error, STATION_ERROR, row->code);
	g_assert_true(ok == (row->code == FINE));
	if (error && !strstr(error->message, row->says))
		g_error("\"%s\" does not say \"%s\"", error->message, row->says);
	/* what goes on in the instrument must not end the next wait */
	if (row->code == STATION_ERROR_TIMEOUT || row->code == STATION_ERROR_INSTRUMENT)
		g_assert_true(link_is_dirty(scpi_link(scpi)));
	scpi_free(scpi);
	peer_join(&peer);
	g_assert_false(peer.failed);
	if (!g_str_has_prefix(peer.log->str, row->sent))
		g_error("sent was %s", peer.log->str);
	peer_free(&peer);
}

/* The registers are set once, and again after anything that may have undone it. */
static void test_again(void)
{
	static const char *const scripts[] =
		{PEER_OPEN PREPARED STARTED REQUEST EVENTS("1")
	                 STARTED REQUEST EVENTS("1") "S<7|" PREPARED STARTED REQUEST EVENTS("1"),
	         NULL};
	const struct scpi_dialect dialect = serving();
	struct hislip_peer peer;
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autoptr(GError) error = NULL;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct scpi *scpi = open_session(&peer, &dialect);
	for (int i = 0; i < 2; i++) {
		scpi_run(scpi, "RUN", &bounds, &error);
		g_assert_no_error(error);
	}
	guint upsets = scpi_upsets(scpi);
	g_assert_true(scpi_send(scpi, &bounds, &error, "*RST"));
	g_assert_cmpuint(scpi_upsets(scpi), !=, upsets);
	scpi_run(scpi, "RUN", &bounds, &error);
	g_assert_no_error(error);
	scpi_free(scpi);
	peer_join(&peer);
	g_assert_false(peer.failed);
	g_assert_cmpstr(peer.log->str, ==,
	                SET_UP "7:0:RUN;*OPC\n,7:0:*ESR?\n,"
	                       "7:1:RUN;*OPC\n,7:0:*ESR?\n,"
	                       "7:1:*RST\n,"
	                       "7:0:*ESE 61;*SRE 32\n,7:0:*ESR?\n,"
	                       "7:0:RUN;*OPC\n,7:0:*ESR?\n,");
	peer_free(&peer);
}

/* Without the dialect's word it is *OPC? that is waited for. */
static void test_by_answer(void)
{
	static const char *const scripts[] = {PEER_OPEN "S<7|S>7 0 id 1\\n|S<7|S>7 0 id 0\\n|",
	                                      NULL};
	struct hislip_peer peer;
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autoptr(GError) error = NULL;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct scpi *scpi = open_session(&peer, &scpi_dialect_standard);
	g_assert_true(scpi_run(scpi, "RUN", &bounds, &error));
	g_assert_false(scpi_run(scpi, "RUN", &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	g_assert_nonnull(strstr(error->message, "RUN;*OPC?: expected 1, got 0"));
	scpi_free(scpi);
	peer_join(&peer);
	g_assert_false(peer.failed);
	peer_free(&peer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/scpi/run/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/scpi/run/again", test_again);
	g_test_add_func("/scpi/run/by-answer", test_by_answer);
	return g_test_run();
}
