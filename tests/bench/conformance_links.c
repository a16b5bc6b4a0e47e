/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * What every link promises, on each bus that the bench serves: whole messages of any length, the
 * status byte past them, and a way back that loses neither the session nor the order of answers.
 */
#include "base/error.h"
#include "bench/device_lock.h"
#include "bench/faults.h"
#include "bench/hislip_server.h"
#include "bench/portmapper.h"
#include "bench/prologix_server.h"
#include "bench/vxi11_server.h"
#include "instruments/link/link.h"
#include "instruments/link/rpc.h"
#include "instruments/link/vxi11_message.h"
#include "tests/unit/tls_bed.h"

#include <string.h>

/* ---- an instrument ---- */

/*
 *   ECHO? TEXT   TEXT            BLOCK? N   a definite block of N bytes, byte i is 7 i
 *   LENGTH? ...  how many bytes the message had, its LF too
 */
struct instrument {
	gint sessions; /* that there have been */
};

#define ERROR_BIT 0x04

static void *session_new(void *device)
{
	struct instrument *instrument = device;
	g_atomic_int_inc(&instrument->sessions);
	return instrument;
}

static void session_free(void *session)
{
}

static void say(GByteArray *reply, const char *text)
{
	g_byte_array_append(reply, (const guint8 *)text, (guint)strlen(text));
}

static void say_block(GByteArray *reply, guint n)
{
	g_autofree char *head = g_strdup_printf("#8%08u", n);
	say(reply, head);
	for (guint i = 0; i < n; i++)
		g_byte_array_append(reply, &(guint8){(guint8)(i * 7)}, 1);
	say(reply, "\n");
}

static gboolean message(void *session, const char *data, gsize len, GByteArray *reply)
{
	g_autofree char *text = g_strndup(data, len);
	g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT "\n", len);
	if (g_str_has_prefix(text, "ECHO? "))
		say(reply, text + strlen("ECHO? "));
	else if (g_str_has_prefix(text, "BLOCK? "))
		say_block(reply, (guint)g_ascii_strtoull(text + strlen("BLOCK? "), NULL, 10));
	else if (g_str_has_prefix(text, "LENGTH? "))
		say(reply, length);
	return TRUE;
}

static guint8 status_byte(void *session, gboolean message_available)
{
	return ERROR_BIT | (message_available ? BUS_STATUS_MAV : 0);
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
	struct bus_device device;
	struct hislip_server *hislip;
	struct vxi11_server *vxi11;
	struct prologix_server *prologix;
	gboolean overlapped; /* answers are kept for who asked, one after the other */
	struct link *link;
	struct bounds bounds;
};

/* Serves it and gives the resource string; free with g_free. */
typedef char *(*serve_fn)(struct bed *bed, GError **error);

static char *serve_hislip(struct bed *bed, const struct hislip_options *options, GError **error)
{
	bed->hislip = hislip_server_new("it", 0, &bed->device, options, error);
	g_assert_no_error(*error);
	return g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR",
	                       hislip_server_port(bed->hislip));
}

static char *serve_synchronised(struct bed *bed, GError **error)
{
	return serve_hislip(bed, NULL, error);
}

static char *serve_overlapped(struct bed *bed, GError **error)
{
	const struct hislip_options options = {.overlapped = TRUE};
	bed->overlapped = TRUE;
	return serve_hislip(bed, &options, error);
}

static char *serve_short_hislip(struct bed *bed, GError **error)
{
	const struct hislip_options options = {.max_message = 100};
	return serve_hislip(bed, &options, error);
}

static char *serve_secure(struct bed *bed, GError **error)
{
	g_autoptr(GTlsCertificate) certificate = tls_certificate("self-signed");
	g_autofree char *fingerprint = tls_fingerprint("self-signed");
	const struct hislip_options options = {
		.encryption = HISLIP_MANDATORY,
		.certificate = certificate,
		.overlapped = bed->overlapped,
	};
	g_autofree char *resource = serve_hislip(bed, &options, error);
	return g_strconcat(resource, "?fingerprint=", fingerprint, NULL);
}

static char *serve_secure_overlapped(struct bed *bed, GError **error)
{
	bed->overlapped = TRUE;
	return serve_secure(bed, error);
}

static char *serve_vxi11(struct bed *bed, const struct vxi11_options *options, GError **error)
{
	bed->vxi11 = vxi11_server_new("it", 0, &bed->device, options, error);
	g_assert_no_error(*error);
	return g_strdup_printf("TCPIP::127.0.0.1::inst0@%u::INSTR", vxi11_server_port(bed->vxi11));
}

static char *serve_long_vxi11(struct bed *bed, GError **error)
{
	return serve_vxi11(bed, NULL, error);
}

static char *serve_short_vxi11(struct bed *bed, GError **error)
{
	const struct vxi11_options options = {.max_receive = 100};
	return serve_vxi11(bed, &options, error);
}

static char *serve_prologix(struct bed *bed, GError **error)
{
	bed->prologix = prologix_server_new("adapter", 0, &bed->device, 1, error);
	g_assert_no_error(*error);
	return g_strdup_printf("PRLGX-TCPIP::127.0.0.1::%u::GPIB::1::INSTR",
	                       prologix_server_port(bed->prologix));
}

static void bed_start(struct bed *bed, serve_fn serve)
{
	g_autoptr(GError) error = NULL;
	*bed = (struct bed){.bounds = {deadline_in_s(60), NULL}};
	bed->device = (struct bus_device){&ops, &bed->instrument, faults_new(), device_lock_new()};
	g_autofree char *resource = serve(bed, &error);
	bed->link = link_open(resource, &link_settings_scpi, NULL, &bed->bounds, &error);
	g_assert_no_error(error);
}

static void bed_stop(struct bed *bed)
{
	link_close(bed->link);
	hislip_server_free(bed->hislip);
	vxi11_server_free(bed->vxi11);
	prologix_server_free(bed->prologix);
	device_lock_free(bed->device.lock);
	faults_free(bed->device.faults);
}

static void send_text(struct bed *bed, const char *text)
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

/* ---- tests ---- */

static void test_messages(struct bed *bed)
{
	enum { LONG = 3000, BLOCK = 200001, HEAD = 10 };
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *query = g_strdup_printf("BLOCK? %d", BLOCK);
	for (gsize len = 95; len < 105; len++) {
		g_autofree char *text = g_strnfill(len, 'x');
		g_autofree char *echo = g_strconcat("ECHO? ", text, NULL);
		expect(bed, echo, text);
	}
	link_query(bed->link, query, reply, BLOCK + HEAD, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(reply->len, ==, BLOCK + HEAD);
	for (guint i = 0; i < BLOCK; i++)
		if (reply->data[HEAD + i] != (guint8)(i * 7))
			g_error("byte %u is another", i);
	g_autofree char *filling = g_strnfill(LONG, '-');
	memcpy(filling, "LENGTH? ", strlen("LENGTH? "));
	expect(bed, filling, "3001");
	expect(bed, "ECHO? last", "last");
	g_assert_cmpint(bed->instrument.sessions, ==, 1);
}

static guint8 status_of(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	link_status_byte(bed->link, &status, &bed->bounds, &error);
	g_assert_no_error(error);
	return status;
}

static void test_status(struct bed *bed)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_cmphex(status_of(bed), ==, ERROR_BIT);
	send_text(bed, "ECHO? there");
	while (status_of(bed) != (ERROR_BIT | BUS_STATUS_MAV))
		g_assert_cmpfloat(deadline_left_s(bed->bounds.deadline), >, 0);
	link_read(bed->link, reply, 100, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, "there", 5);
	expect(bed, "ECHO? next", "next");
}

/* An answer that does not come, and one that comes with the next, cost a device clear. */
static void test_silence(struct bed *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_LATE};
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		struct bounds brief = bounds_within(&bed->bounds, 0.1);
		faults_arm(bed->device.faults, kinds[i], 1);
		g_assert_false(link_query(bed->link, "ECHO? lost", reply, 100, &brief, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_true(link_is_dirty(bed->link));
		g_assert_cmphex(status_of(bed), ==, ERROR_BIT);
		expect(bed, "ECHO? found", "found");
		expect(bed, "ECHO? again", "again");
	}
	g_assert_cmpint(bed->instrument.sessions, ==, 1);
}

/* An answer that nobody fetched is not the next one's. */
static void test_unfetched(struct bed *bed)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	send_text(bed, "ECHO? old");
	while (!(status_of(bed) & BUS_STATUS_MAV))
		g_assert_cmpfloat(deadline_left_s(bed->bounds.deadline), >, 0);
	link_clear(bed->link, &bed->bounds, &error);
	g_assert_no_error(error);
	expect(bed, "ECHO? new", "new");
	if (bed->overlapped)
		return;
	send_text(bed, "ECHO? old");
	struct bounds brief = bounds_within(&bed->bounds, 0.3);
	if (link_query(bed->link, "ECHO? new", reply, 100, &brief, &error))
		g_assert_cmpmem(reply->data, reply->len, "new", 3);
	link_clear(bed->link, &bed->bounds, NULL);
	expect(bed, "ECHO? newer", "newer");
}

/* A session that ends is begun anew, once. */
static void test_disconnect(struct bed *bed)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	faults_arm(bed->device.faults, FAULT_DISCONNECT, 1);
	g_assert_false(link_query(bed->link, "ECHO? lost", reply, 100, &bed->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	expect(bed, "ECHO? found", "found");
	/* an instrument on GPIB does not see who talks to its adapter */
	g_assert_cmpint(bed->instrument.sessions, ==, bed->prologix ? 1 : 2);
}

/* Garbage is a message like any other to a link, and so is the second of two. */
static void test_spoilt(struct bed *bed)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	faults_arm(bed->device.faults, FAULT_SPLIT, 1);
	expect(bed, "ECHO? split", "split");
	faults_arm(bed->device.faults, FAULT_GARBAGE, 1);
	link_query(bed->link, "ECHO? lost", reply, 100, &bed->bounds, &error);
	g_assert_no_error(error);
	expect(bed, "ECHO? found", "found");
	faults_arm(bed->device.faults, FAULT_TWICE, 1);
	expect(bed, "ECHO? twice", "twice");
	link_clear(bed->link, &bed->bounds, &error);
	g_assert_no_error(error);
	expect(bed, "ECHO? once", "once");
}

/* What the resource string leaves to the host's portmapper, but that it is not on its own port. */
static void test_portmapper(void)
{
	g_autoptr(GError) error = NULL;
	struct bed bed;
	bed_start(&bed, serve_long_vxi11);
	const struct portmapper_row row = {VXI11_CORE_PROGRAM, VXI11_VERSION,
	                                   vxi11_server_port(bed.vxi11)};
	struct portmapper *portmapper = portmapper_new(0, &row, 1, &error);
	g_assert_no_error(error);
	guint16 found = 0;
	rpc_getport("127.0.0.1", portmapper_port(portmapper), &vxi11_core, &found, &bed.bounds,
	            &error);
	g_assert_no_error(error);
	g_assert_cmpuint(found, ==, row.port);
	g_assert_false(rpc_getport("127.0.0.1", portmapper_port(portmapper), &vxi11_async, &found,
	                           &bed.bounds, &error));
	g_assert_nonnull(error);
	portmapper_free(portmapper);
	bed_stop(&bed);
}

struct bus {
	const char *name;
	serve_fn serve;
	gboolean is_secure;
};

static const struct bus buses[] = {
	{"hislip", serve_synchronised},
	{"hislip-overlapped", serve_overlapped},
	{"hislip-short", serve_short_hislip},
	{"vxi11", serve_long_vxi11},
	{"vxi11-short", serve_short_vxi11},
	{"prologix", serve_prologix},
	{"hislip-tls", serve_secure, TRUE},
	{"hislip-tls-overlapped", serve_secure_overlapped, TRUE},
};

static const struct {
	const char *name;
	void (*test)(struct bed *bed);
} tests[] = {
	{"messages", test_messages},   {"status", test_status},         {"silence", test_silence},
	{"unfetched", test_unfetched}, {"disconnect", test_disconnect}, {"spoilt", test_spoilt},
};

static void run_case(gconstpointer data)
{
	guint at = GPOINTER_TO_UINT(data);
	struct bed bed;
	if (buses[at / G_N_ELEMENTS(tests)].is_secure && tls_missing())
		return;
	bed_start(&bed, buses[at / G_N_ELEMENTS(tests)].serve);
	tests[at % G_N_ELEMENTS(tests)].test(&bed);
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(buses) * G_N_ELEMENTS(tests); i++) {
		g_autofree char *path =
			g_strdup_printf("/links/%s/%s", buses[i / G_N_ELEMENTS(tests)].name,
		                        tests[i % G_N_ELEMENTS(tests)].name);
		g_test_add_data_func(path, GUINT_TO_POINTER(i), run_case);
	}
	g_test_add_func("/links/portmapper", test_portmapper);
	return g_test_run();
}
