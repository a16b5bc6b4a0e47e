/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/error.h"
#include "tests/unit/instruments_link_hislip_peer.h"

/* What a server may do while a request for service is waited for, and at a trigger. */

enum { FINE = -1 };

struct row {
	const char *name;
	const char *script; /* after opening */
	double seconds;
	int code;
	const char *says;
	guint8 status;
};

static const double patient_s = 20, brief_s = 0.3;

/* In hexadecimal: AsyncServiceRequest that announces 2^31-1, and beyond all reason. */
#define LONG_REQUEST                                                                               \
	"A!48531460000000000000000"                                                                \
	"07fffffff"
#define ENDLESS_REQUEST "A!48531460000000007fffffffffffffff"
#define ASKED(status)   "A<21|A>22 " status " 0|"

static const struct row rows[] = {
	{"before", "A>20 60 0|" ASKED("60"), patient_s, FINE, "", 0x60},
	{"while", ASKED("0") "A>20 60 0|" ASKED("70"), patient_s, FINE, "", 0x70},
	{"with-payload", ASKED("0") "A>20 60 0 why|" ASKED("60"), patient_s, FINE, "", 0x60},
	{"twice", ASKED("0") "A>20 60 0|A>20 60 0|" ASKED("60"), patient_s, FINE, "", 0x60},
	{"spurious", ASKED("0") "A>20 60 0|" ASKED("20") "A>20 60 0|" ASKED("60"), patient_s, FINE,
         "", 0x60},
	{"lost", ASKED("0") ASKED("60"), patient_s, FINE, "", 0x60},
	{"never", ASKED("0"), brief_s, STATION_ERROR_TIMEOUT, "no service was requested", 0},
	{"only-spurious", ASKED("0") "A>20 60 0|" ASKED("20"), brief_s, STATION_ERROR_TIMEOUT, "",
         0},
	{"unanswered", "A<21|", brief_s, STATION_ERROR_TIMEOUT, "AsyncStatusResponse", 0},
	{"garbage", ASKED("0") "A!00112233445566778899aabbccddeeff|", patient_s,
         STATION_ERROR_PROTOCOL, "", 0},
	{"other-type", ASKED("0") "A>18 0 0|", patient_s, STATION_ERROR_PROTOCOL, "no place", 0},
	{"error", ASKED("0") "A>3 1 0 bad|", patient_s, STATION_ERROR_PROTOCOL, "bad", 0},
	{"fatal", ASKED("0") "A>2 4 0 away|", patient_s, STATION_ERROR_IO, "away", 0},
	{"dies", ASKED("0") "C|", patient_s, STATION_ERROR_IO, "", 0},
	{"dies-in-it", ASKED("0") "A!485314|C|", patient_s, STATION_ERROR_IO, "", 0},
	{"dies-at-once", "C|", patient_s, STATION_ERROR_IO, "", 0},
	{"long", ASKED("0") LONG_REQUEST "|", brief_s, STATION_ERROR_TIMEOUT, "", 0},
	{"endless", ASKED("0") ENDLESS_REQUEST "|", patient_s, STATION_ERROR_PROTOCOL, "", 0},
};

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static void expect_echo(struct link *link)
{
	struct bounds bounds = within(patient_s);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	link_query(link, "C?", reply, 100, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, "C?", 2);
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	g_autofree char *script = g_strconcat(PEER_OPEN, row->script, NULL);
	const char *const scripts[] = {script, PEER_OPEN "E", NULL};
	struct hislip_peer peer;
	struct bounds bounds = within(patient_s);
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = link_open(peer.resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	bounds = within(row->seconds);
	gboolean ok = link_await_service(link, &status, &bounds, &error);
	if (row->code == FINE)
		g_assert_no_error(error);
	else
		g_assert_error(error, STATION_ERROR, row->code);
	g_assert_true(ok == (row->code == FINE));
	g_assert_cmphex(status, ==, row->status);
	if (error && !strstr(error->message, row->says))
		g_error("\"%s\" does not say \"%s\"", error->message, row->says);
	if (row->code == STATION_ERROR_IO || row->code == STATION_ERROR_PROTOCOL)
		expect_echo(link);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	peer_free(&peer);
}

/* A trigger is a message among the others, with an id of its own. */
static void test_trigger(void)
{
	static const char *const scripts[] = {PEER_OPEN
	                                      "S<7|S>7 0 id 1\\n|S<12|S<7|S>7 0 id 2\\n|S<12|C",
	                                      PEER_OPEN "E", NULL};
	struct hislip_peer peer;
	struct bounds bounds = within(patient_s);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = link_open(peer.resource, &link_settings_scpi, NULL, &bounds, &error);
	for (int i = 0; i < 2 && !error; i++) {
		link_query(link, "A?", reply, 100, &bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(reply->data[0], ==, '1' + i);
		link_trigger(link, &bounds, &error);
		g_assert_no_error(error);
	}
	/* it went, and nobody answered: what comes next notices the end */
	g_assert_false(link_query(link, "A?", reply, 100, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	expect_echo(link);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	/* the answer before it was told to be taken with the trigger, not again after it */
	g_assert_nonnull(strstr(peer.log->str, "7:0:A?\n,7:0:A?\n,"));
	peer_free(&peer);
}

/* Where a request was awaited once, a device clear takes one away that was made before it. */
static void test_clear_drops(void)
{
	static const char *const scripts[] =
		{PEER_OPEN ASKED("60") "A<19|A>20 60 0|A>23 0 0|S<8|S>9 0 0|" ASKED("60")
	                 ASKED("0") "X",
	         NULL};
	struct hislip_peer peer;
	struct bounds bounds = within(patient_s);
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = link_open(peer.resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_true(link_await_service(link, &status, &bounds, &error));
	link_clear(link, &bounds, &error);
	g_assert_no_error(error);
	bounds.cancellable = peer.cancellable;
	g_assert_false(link_await_service(link, &status, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	peer_free(&peer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/link/hislip-service/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/link/hislip-service/trigger", test_trigger);
	g_test_add_func("/link/hislip-service/clear-drops", test_clear_drops);
	return g_test_run();
}
