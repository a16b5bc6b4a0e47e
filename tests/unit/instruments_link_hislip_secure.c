/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* What an instrument can say wrong on the way to an encrypted connection, and within it. */
#include "base/error.h"
#include "instruments/link/link.h"
#include "tests/unit/instruments_link_hislip_peer.h"
#include "tests/unit/tls_bed.h"

#include <glib/gstdio.h>

#define PASSWORD "Rel@y s3cret"

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static void assert_says(const GError *error, const char *words)
{
	if (!strstr(error->message, words))
		g_error("no \"%s\" in: %s", words, error->message);
}

/* ---- up to the handshake ---- */

#define PIN16 "0123456789abcdef"
#define PIN   "?fingerprint=" PIN16 PIN16 PIN16 PIN16
#define OPEN2 "S>1 0 02000007|+|A<17|A>18 1 5858|A<29|"

/* IO, or PROTOCOL when it comes so soon that it cannot be an answer. */
enum { EITHER = -1 };

static const struct {
	const char *script;
	const char *settings;
	int kind;
	const char *words;
} openings[] = {
	{"S>1 0 01000007|+|A<17|A>18 0 5858", PIN, STATION_ERROR_UNSUPPORTED,
         "speaks version 1.0 of HiSLIP"},
	{"S>1 0 01000007|+|A<17|A>18 1 5858", PIN, STATION_ERROR_UNSUPPORTED, "version 1.0"},
	{"S>1 0 02000007|+|A<17|A>18 0 5858", PIN, STATION_ERROR_UNSUPPORTED, "without it"},
	{OPEN2 "A>30 0 0", PIN, STATION_ERROR_REFUSED, "busy (code 0)"},
	{OPEN2 "A>30 3 0", PIN, STATION_ERROR_REFUSED, "an error (code 3)"},
	{"S>1 2 02000007|+|A<17|A>18 1 5858|A<29|A>30 0 0", "", STATION_ERROR_REFUSED,
         "demands an encrypted connection: "},
	{"S>1 4 02000007|+|A<17|A>18 0 5858|A<29|A>30 0 0", "", STATION_ERROR_REFUSED,
         "demands an encrypted connection: "},
	{OPEN2 "A>22 1 0", PIN, STATION_ERROR_PROTOCOL, "AsyncStatusResponse where"},
	{OPEN2 "A>2 5 0 no key", PIN, STATION_ERROR_IO, "5 (secure connection failed): no key"},
	{OPEN2 "A>3 1 0 what?", PIN, STATION_ERROR_PROTOCOL, "what?"},
	{OPEN2 "C", PIN, STATION_ERROR_IO, "closed"},
	{OPEN2 "A>30 1 0|C", PIN, STATION_ERROR_IO, "secure the connection: "},
	/* who cannot shake hands is told on the other channel */
	{OPEN2 "A>30 1 0|A!485454502f312e3120343030|S<2", PIN, EITHER, ""},
	{OPEN2 "A>30 1 0|A!15030300020228|S<2", PIN, EITHER, ""},
};

static void test_openings(void)
{
	if (tls_missing())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
		const char *const scripts[] = {openings[i].script, NULL};
		struct hislip_peer peer;
		struct bounds bounds = within(100);
		g_autoptr(GError) error = NULL;
		peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
		g_autofree char *resource = g_strconcat(peer.resource, openings[i].settings, NULL);
		g_test_message("%s", openings[i].script);
		g_assert_null(link_open(resource, &link_settings_scpi, NULL, &bounds, &error));
		if (openings[i].kind != EITHER)
			g_assert_error(error, STATION_ERROR, openings[i].kind);
		else if (!g_error_matches(error, STATION_ERROR, STATION_ERROR_PROTOCOL))
			g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
		assert_says(error, openings[i].words);
		peer_join(&peer);
		g_assert_false(peer.failed);
		peer_free(&peer);
	}
}

/* Encryption that is demanded only after a device clear is got by a new connection. */
static void test_demanded_later(void)
{
	static const char *const scripts[] =
		{"S>1 0 02000007|+|A<17|A>18 1 5858|A<15|A#16 0 0 0000000000100000|A<19|A>23 2 0",
	         "S>1 2 02000007|+|A<17|A>18 1 5858|A<29|A>30 3 0", NULL};
	struct hislip_peer peer;
	struct bounds bounds = within(100);
	g_autoptr(GError) error = NULL;
	if (tls_missing())
		return;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = link_open(peer.resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_false(link_clear(link, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	link_close(link);
	peer_join(&peer);
	g_assert_cmpint(peer.sessions, ==, 2);
	g_assert_false(peer.failed);
	peer_free(&peer);
}

/* ---- within it ---- */

struct login_row {
	guint8 list_type;
	const char *list;
	guint8 type, control; /* of what answers the password; 0: it does not come to that */
	const char *text;     /* null: one that is too long */
	int kind;
	const char *words;
};

static const struct login_row logins[] = {
	{35, "PLAIN", 38, 0, "never seen you", STATION_ERROR_REFUSED,
         "does not let in the user \"op\": never seen you"},
	{35, "PLAIN", 38, 0, "", STATION_ERROR_REFUSED, "does not let in the user \"op\""},
	{35, "PLAIN", 38, 0, "\"" PASSWORD "\" is wrong", STATION_ERROR_REFUSED,
         "answers with the password"},
	{35, "GSSAPI PLAIN", 3, 5, PASSWORD "?", STATION_ERROR_REFUSED,
         "answers with the password"},
	{35, "PLAIN", 3, 5, "no", STATION_ERROR_PROTOCOL, "5 (authentication failed): no"},
	{35, "PLAIN", 2, 5, "no", STATION_ERROR_IO, "5 (secure connection failed): no"},
	{35, "PLAIN", 37, 0, "challenge", STATION_ERROR_PROTOCOL, "AuthenticationExchange where"},
	{35, "PLAIN", 38, 0, NULL, STATION_ERROR_PROTOCOL, "reason: 5000 bytes"},
	{35, "GSSAPI \033[1mPLAINER", 0, 0, "", STATION_ERROR_UNSUPPORTED,
         "it knows: GSSAPI ?[1mPLAINER"},
	{35, "", 0, 0, "", STATION_ERROR_UNSUPPORTED, "PLAIN"},
	{35, NULL, 0, 0, "", STATION_ERROR_PROTOCOL, "list of SASL mechanisms: 5000 bytes"},
	{7, "PLAIN", 0, 0, "", STATION_ERROR_PROTOCOL, "DataEND where"},
};

struct login_peer {
	const struct login_row *row;
	GSocketListener *listener;
	guint16 port;
	GByteArray *told; /* the payload of AuthenticationExchange */
};

/* A message of that type; its payload into told, when that is not null. */
static void take(GIOStream *stream, guint8 type, GByteArray *told)
{
	GInputStream *in = g_io_stream_get_input_stream(stream);
	guint8 header[16], payload[256];
	gsize got = 0;
	g_input_stream_read_all(in, header, sizeof header, &got, NULL, NULL);
	g_assert_cmpuint(got, ==, sizeof header);
	g_assert_cmpuint(header[2], ==, type);
	gsize len = unpack32(header + 12);
	g_assert_cmpuint(len, <, sizeof payload);
	if (len > 0)
		g_input_stream_read_all(in, payload, len, &got, NULL, NULL);
	if (told)
		g_byte_array_append(told, payload, (guint)len);
}

/* text null: one of 5000 bytes */
static void put(GIOStream *stream, guint8 type, guint8 control, guint32 parameter, const char *text)
{
	g_autofree char *filling = g_strnfill(5000, 'x');
	const char *payload = text ? text : filling;
	GString *bytes = peer_message(type, control, parameter, payload, strlen(payload));
	/* the client may go as soon as it has the header */
	g_output_stream_write_all(g_io_stream_get_output_stream(stream), bytes->str, bytes->len,
	                          NULL, NULL, NULL);
	g_string_free(bytes, TRUE);
}

static GIOStream *shake_hands(GSocketConnection *connection)
{
	g_autoptr(GTlsCertificate) certificate = tls_certificate("self-signed");
	g_autoptr(GError) error = NULL;
	GIOStream *stream =
		g_tls_server_connection_new(G_IO_STREAM(connection), certificate, &error);
	g_assert_no_error(error);
	g_tls_connection_handshake(G_TLS_CONNECTION(stream), NULL, &error);
	g_assert_no_error(error);
	return stream;
}

static gpointer login_main(gpointer user_data)
{
	struct login_peer *peer = user_data;
	const struct login_row *row = peer->row;
	g_autoptr(GSocketConnection) sync =
		g_socket_listener_accept(peer->listener, NULL, NULL, NULL);
	take(G_IO_STREAM(sync), 0, NULL);
	put(G_IO_STREAM(sync), 1, 2, 0x02000007, "");
	g_autoptr(GSocketConnection) async =
		g_socket_listener_accept(peer->listener, NULL, NULL, NULL);
	take(G_IO_STREAM(async), 17, NULL);
	put(G_IO_STREAM(async), 18, 1, 0x5858, "");
	take(G_IO_STREAM(async), 29, NULL);
	put(G_IO_STREAM(async), 30, 1, 0, "");
	g_autoptr(GIOStream) secure_async = shake_hands(async);
	take(G_IO_STREAM(sync), 28, NULL);
	g_autoptr(GIOStream) secure = shake_hands(sync);
	take(secure, 34, NULL);
	put(secure, row->list_type, 0, 0, row->list);
	if (row->type > 0) {
		g_autoptr(GByteArray) mechanism = g_byte_array_new();
		take(secure, 36, mechanism);
		g_assert_cmpmem(mechanism->data, mechanism->len, "PLAIN", 5);
		take(secure, 37, peer->told);
		put(secure, row->type, row->control, 0, row->text);
	}
	guint8 rest[16];
	g_assert_cmpint(g_input_stream_read(g_io_stream_get_input_stream(secure), rest, 16, NULL,
	                                    NULL),
	                <=, 0);
	return NULL;
}

static void try_login(const struct login_row *row, const char *password_file)
{
	static const char plain[] = "\0op\0" PASSWORD;
	g_autofree char *fingerprint = tls_fingerprint("self-signed");
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketListener) listener = g_socket_listener_new();
	g_autoptr(GByteArray) told = g_byte_array_new();
	struct login_peer peer = {row, listener, 0, told};
	struct bounds bounds = within(100);
	peer.port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
	GThread *thread = g_thread_new("peer", login_main, &peer);
	g_autofree char *resource = g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR?"
	                                            "fingerprint=%s&user=op&password_file=%s",
	                                            peer.port, fingerprint, password_file);
	g_assert_null(link_open(resource, &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, row->kind);
	assert_says(error, row->words);
	g_assert_null(strstr(error->message, PASSWORD));
	g_thread_join(thread);
	if (row->type > 0)
		g_assert_cmpmem(told->data, told->len, plain, sizeof plain - 1);
	else
		g_assert_cmpuint(told->len, ==, 0);
}

static void test_logins(void)
{
	if (tls_missing())
		return;
	g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
	g_autofree char *path = g_build_filename(folder, "password", NULL);
	g_file_set_contents(path, PASSWORD "\n", -1, NULL);
	g_chmod(path, 0600);
	for (gsize i = 0; i < G_N_ELEMENTS(logins); i++)
		try_login(&logins[i], path);
	g_unlink(path);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/hislip-secure/openings", test_openings);
	g_test_add_func("/link/hislip-secure/demanded-later", test_demanded_later);
	g_test_add_func("/link/hislip-secure/logins", test_logins);
	return g_test_run();
}
