/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Requests for service and triggers on each bus that the bench serves: none is lost, none is made
 * up, none is waited for beyond the bounds, and the messages go on as if nothing had been.
 */
#include "base/error.h"
#include "base/recording.h"
#include "bench/device_lock.h"
#include "bench/faults.h"
#include "bench/hislip_server.h"
#include "bench/prologix_server.h"
#include "bench/vxi11_server.h"
#include "instruments/link/link.h"

#include <string.h>

/* ---- an instrument ---- */

/*
 *   REQUEST      its reason for a request is there from now on
 *   SOON         the same, after a while
 *   SETTLE       it is gone
 *   ECHO? TEXT   TEXT             TRIGGERS?   how often it was triggered
 */
struct instrument {
	gint reason;
	gint triggers;
};

enum { SOON_US = 50000 };
#define EVENT_BIT 0x20

static void *session_new(void *device)
{
	return device;
}

static void session_free(void *session)
{
}

static gboolean message(void *session, const char *data, gsize len, GByteArray *reply)
{
	struct instrument *instrument = session;
	g_autofree char *text = g_strndup(data, len);
	if (g_str_has_prefix(text, "SOON"))
		g_usleep(SOON_US);
	if (g_str_has_prefix(text, "REQUEST") || g_str_has_prefix(text, "SOON"))
		g_atomic_int_set(&instrument->reason, TRUE);
	else if (g_str_has_prefix(text, "SETTLE"))
		g_atomic_int_set(&instrument->reason, FALSE);
	else if (g_str_has_prefix(text, "*TRG"))
		g_atomic_int_inc(&instrument->triggers);
	g_autofree char *count = g_strdup_printf("%d\n", instrument->triggers);
	const char *answer = g_str_has_prefix(text, "ECHO? ")      ? text + strlen("ECHO? ")
	                     : g_str_has_prefix(text, "TRIGGERS?") ? count
	                                                           : "";
	g_byte_array_append(reply, (const guint8 *)answer, (guint)strlen(answer));
	return TRUE;
}

static guint8 status_byte(void *session, gboolean message_available)
{
	struct instrument *instrument = session;
	return (g_atomic_int_get(&instrument->reason) ? EVENT_BIT | BUS_STATUS_RQS : 0) |
	       (message_available ? BUS_STATUS_MAV : 0);
}

static const struct server_ops ops = {
	.session_new = session_new,
	.message = message,
	.status_byte = status_byte,
	.session_free = session_free,
};

/* ---- a link to it ---- */

struct bed {
	struct instrument instrument;
	struct instrument other; /* on the same GPIB */
	struct bus_device devices[2];
	struct hislip_server *hislip;
	struct vxi11_server *vxi11;
	struct prologix_server *prologix;
	struct link *link;
	struct bounds bounds;
};

/* Serves it and gives the resource string; free with g_free. */
typedef char *(*serve_fn)(struct bed *bed, GError **error);

static char *serve_hislip(struct bed *bed, gboolean overlapped, GError **error)
{
	const struct hislip_options options = {.overlapped = overlapped};
	bed->hislip = hislip_server_new("it", 0, bed->devices, &options, error);
	g_assert_no_error(*error);
	return g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR",
	                       hislip_server_port(bed->hislip));
}

static char *serve_synchronised(struct bed *bed, GError **error)
{
	return serve_hislip(bed, FALSE, error);
}

static char *serve_overlapped(struct bed *bed, GError **error)
{
	return serve_hislip(bed, TRUE, error);
}

static char *serve_vxi11(struct bed *bed, gboolean no_interrupt, GError **error)
{
	const struct vxi11_options options = {.no_interrupt = no_interrupt};
	bed->vxi11 = vxi11_server_new("it", 0, bed->devices, &options, error);
	g_assert_no_error(*error);
	return g_strdup_printf("TCPIP::127.0.0.1::inst0@%u::INSTR", vxi11_server_port(bed->vxi11));
}

static char *serve_vxi11_interrupts(struct bed *bed, GError **error)
{
	return serve_vxi11(bed, FALSE, error);
}

static char *serve_vxi11_polled(struct bed *bed, GError **error)
{
	return serve_vxi11(bed, TRUE, error);
}

/* The other one asks for service all the time, and nobody cares. */
static char *serve_prologix(struct bed *bed, GError **error)
{
	bed->other.reason = TRUE;
	bed->prologix = prologix_server_new("adapter", 0, bed->devices, 2, error);
	g_assert_no_error(*error);
	return g_strdup_printf("PRLGX-TCPIP::127.0.0.1::%u::GPIB::1::INSTR",
	                       prologix_server_port(bed->prologix));
}

static void bed_open(struct bed *bed, const char *resource)
{
	g_autoptr(GError) error = NULL;
	bed->link = link_open(resource, &link_settings_scpi, NULL, &bed->bounds, &error);
	g_assert_no_error(error);
}

static char *bed_serve(struct bed *bed, serve_fn serve)
{
	g_autoptr(GError) error = NULL;
	*bed = (struct bed){.bounds = {deadline_in_s(60), NULL}};
	bed->devices[0] =
		(struct bus_device){&ops, &bed->instrument, faults_new(), device_lock_new()};
	bed->devices[1] = (struct bus_device){&ops, &bed->other, NULL, bed->devices[0].lock};
	return serve(bed, &error);
}

static void bed_stop(struct bed *bed)
{
	link_close(bed->link);
	hislip_server_free(bed->hislip);
	vxi11_server_free(bed->vxi11);
	prologix_server_free(bed->prologix);
	device_lock_free(bed->devices[0].lock);
	faults_free(bed->devices[0].faults);
}

static void tell(struct bed *bed, const char *text)
{
	g_autoptr(GError) error = NULL;
	link_write(bed->link, text, strlen(text), &bed->bounds, &error);
	g_assert_no_error(error);
}

static void expect(struct bed *bed, const char *query, const char *answer)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	link_query(bed->link, query, reply, 1000, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, answer, strlen(answer));
}

static void expect_service(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	link_await_service(bed->link, &status, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmphex(status, ==, EVENT_BIT | LINK_STATUS_RQS);
}

/* Nobody asks for service; the link is as good as before. */
static void expect_none(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	struct bounds brief = bounds_within(&bed->bounds, 0.03);
	guint8 status = 0xAA;
	g_assert_false(link_await_service(bed->link, &status, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmphex(status, ==, 0xAA);
	g_assert_false(link_is_dirty(bed->link));
}

/* ---- tests ---- */

/* Before it is waited for, and again each time that its reason comes anew; once each. */
static void test_before(struct bed *bed)
{
	for (int i = 0; i < 3; i++) {
		tell(bed, "REQUEST");
		expect(bed, "ECHO? there", "there");
		expect_service(bed);
		expect_none(bed);
		tell(bed, "SETTLE");
	}
	expect(bed, "ECHO? last", "last");
}

static void test_while(struct bed *bed)
{
	for (int i = 0; i < 2; i++) {
		tell(bed, "SOON");
		expect_service(bed);
		tell(bed, "SETTLE");
		expect(bed, "ECHO? still", "still");
	}
}

/* After a wait that was in vain. */
static void test_after(struct bed *bed)
{
	expect_none(bed);
	tell(bed, "REQUEST");
	expect_service(bed);
	expect_none(bed);
}

/* A status byte that somebody has read in between has no request any more. */
static void test_read_by_other(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	tell(bed, "REQUEST");
	expect(bed, "ECHO? there", "there");
	link_status_byte(bed->link, &status, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmphex(status, ==, EVENT_BIT | LINK_STATUS_RQS);
	expect_none(bed);
	tell(bed, "SETTLE");
	tell(bed, "REQUEST");
	expect_service(bed);
}

/* What was requested before a device clear is over, what comes after it is not. */
static void test_cleared(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	expect_none(bed);
	tell(bed, "REQUEST");
	expect(bed, "ECHO? there", "there");
	link_clear(bed->link, &bed->bounds, &error);
	g_assert_no_error(error);
	expect_none(bed);
	tell(bed, "SETTLE");
	tell(bed, "SOON");
	expect_service(bed);
}

static gpointer cancel_soon(gpointer cancellable)
{
	g_usleep(SOON_US / 2);
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_cancelled(struct bed *bed)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	struct bounds bounds = {bed->bounds.deadline, cancellable};
	guint8 status = 0;
	expect_none(bed);
	GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
	g_assert_false(link_await_service(bed->link, &status, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_thread_join(thread);
	expect(bed, "ECHO? found", "found");
	tell(bed, "REQUEST");
	expect_service(bed);
}

/* The session ends while it is waited for; the next one hears requests, too. */
static void test_disconnect(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	expect_none(bed);
	faults_arm(bed->devices[0].faults, FAULT_DISCONNECT, 1);
	tell(bed, "ECHO? lost");
	if (!bed->hislip) { /* the others end it when they are asked for the answer */
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_assert_false(link_read(bed->link, reply, 100, &bed->bounds, &error));
	} else {
		g_assert_false(link_await_service(bed->link, &status, &bed->bounds, &error));
	}
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	expect(bed, "ECHO? found", "found");
	tell(bed, "SOON");
	expect_service(bed);
}

static void test_trigger(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	for (int i = 0; i < 3; i++) {
		link_trigger(bed->link, &bed->bounds, &error);
		g_assert_no_error(error);
	}
	expect(bed, "TRIGGERS?", "3");
	link_trigger(bed->link, &bed->bounds, &error);
	g_assert_no_error(error);
	expect(bed, "TRIGGERS?", "4");
}

struct bus {
	const char *name;
	serve_fn serve;
};

static const struct bus buses[] = {
	{"hislip", serve_synchronised},    {"hislip-overlapped", serve_overlapped},
	{"vxi11", serve_vxi11_interrupts}, {"vxi11-polled", serve_vxi11_polled},
	{"prologix", serve_prologix},
};

static const struct {
	const char *name;
	void (*test)(struct bed *bed);
} tests[] = {
	{"before", test_before},   {"while", test_while},
	{"after", test_after},     {"read-by-other", test_read_by_other},
	{"cleared", test_cleared}, {"cancelled", test_cancelled},
	{"trigger", test_trigger}, {"disconnect", test_disconnect},
};

static void run_case(gconstpointer data)
{
	guint at = GPOINTER_TO_UINT(data);
	struct bed bed;
	g_autofree char *resource = bed_serve(&bed, buses[at / G_N_ELEMENTS(tests)].serve);
	bed_open(&bed, resource);
	tests[at % G_N_ELEMENTS(tests)].test(&bed);
	bed_stop(&bed);
}

/* What a recording has of them happens again, with nobody there. */
static void test_recorded(void)
{
	struct bed bed;
	g_autofree char *resource = bed_serve(&bed, serve_synchronised);
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "service.jsonl", NULL);
	g_autofree char *where = NULL;
	for (int turn = 0; turn < 2; turn++) {
		g_autofree char *whole =
			g_strdup_printf("%s:file=%s:%s", turn == 0 ? "record" : "replay", path,
		                        resource);
		bed_open(&bed, whole);
		test_before(&bed);
		test_cleared(&bed);
		test_trigger(&bed);
		link_close(g_steal_pointer(&bed.link));
	}
	g_assert_true(recording_all_played(&where));
	recording_forget_all();
	bed_stop(&bed);
}

/* The other tops hand them on. */
static void test_tops(void)
{
	struct bed bed;
	g_autofree char *resource = bed_serve(&bed, serve_synchronised);
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "service.trace", NULL);
	g_autofree char *text = NULL;
	g_autofree char *whole =
		g_strdup_printf("fault:disconnect=1,at=1000:trace:file=%s:%s", path, resource);
	bed_open(&bed, whole);
	test_before(&bed);
	test_trigger(&bed);
	link_close(g_steal_pointer(&bed.link));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "\"event\":\"triggered\""));
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(buses) * G_N_ELEMENTS(tests); i++) {
		g_autofree char *path =
			g_strdup_printf("/service/%s/%s", buses[i / G_N_ELEMENTS(tests)].name,
		                        tests[i % G_N_ELEMENTS(tests)].name);
		g_test_add_data_func(path, GUINT_TO_POINTER(i), run_case);
	}
	g_test_add_func("/service/recorded", test_recorded);
	g_test_add_func("/service/tops", test_tops);
	return g_test_run();
}
