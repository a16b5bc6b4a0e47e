/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_SECURE_BED_H
#define TESTS_BENCH_SECURE_BED_H

#include "base/error.h"
#include "bench/device_lock.h"
#include "bench/faults.h"
#include "bench/hislip_server.h"
#include "instruments/link/link.h"
#include "tests/unit/tls_bed.h"

#include <string.h>

/* What TLS allocates is dear there: fewer tries of the same kind have to do. */
#ifdef __SANITIZE_ADDRESS__
enum { SECURE_STRIDE = 10 };
#else
enum { SECURE_STRIDE = 1 };
#endif

/*
 * The bench's HiSLIP server with TLS, and an instrument behind it:
 *
 *   ECHO? TEXT   TEXT            BLOCK? N   a definite block of N bytes, byte i is 7 i
 */
struct secure_bed {
	int instrument;
	struct bus_device device;
	struct hislip_server *server;
	struct bounds bounds;
};

static void *secure_session_new(void *device)
{
	return device;
}

static void secure_session_free(void *session)
{
}

static gboolean secure_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	g_autofree char *text = g_strndup(data, len);
	if (g_str_has_prefix(text, "ECHO? "))
		g_byte_array_append(reply, (const guint8 *)data + 6, (guint)len - 6);
	if (!g_str_has_prefix(text, "BLOCK? "))
		return TRUE;
	guint n = (guint)g_ascii_strtoull(text + 7, NULL, 10);
	g_autofree char *head = g_strdup_printf("#8%08u", n);
	g_byte_array_append(reply, (const guint8 *)head, 10);
	for (guint i = 0; i < n; i++)
		g_byte_array_append(reply, &(guint8){(guint8)(i * 7)}, 1);
	g_byte_array_append(reply, (const guint8 *)"\n", 1);
	return TRUE;
}

static guint8 secure_status_byte(void *session, gboolean message_available)
{
	return 0x04 | (message_available ? BUS_STATUS_MAV : 0);
}

/* certificate: of tests/data/tls, null: the server has none; login: null: everybody. */
static inline void secure_bed_start(struct secure_bed *bed, enum hislip_encryption encryption,
                                    const char *certificate, const char *login)
{
	static const struct server_ops ops = {
		.session_new = secure_session_new,
		.message = secure_message,
		.status_byte = secure_status_byte,
		.session_free = secure_session_free,
	};
	g_autoptr(GTlsCertificate) own = certificate ? tls_certificate(certificate) : NULL;
	g_autoptr(GError) error = NULL;
	const struct hislip_options options = {
		.encryption = encryption,
		.certificate = own,
		.login = login,
	};
	*bed = (struct secure_bed){.bounds = {deadline_in_s(200), NULL}};
	bed->device = (struct bus_device){&ops, &bed->instrument, faults_new(), device_lock_new()};
	bed->server = hislip_server_new("it", 0, &bed->device, &options, &error);
	g_assert_no_error(error);
}

static inline void secure_bed_stop(struct secure_bed *bed)
{
	hislip_server_free(bed->server);
	device_lock_free(bed->device.lock);
	faults_free(bed->device.faults);
}

/* settings: "?tls=on", or "" */
static inline struct link *secure_open_at(struct secure_bed *bed, const char *host, guint16 port,
                                          const char *settings, GError **error)
{
	g_autofree char *resource =
		g_strdup_printf("TCPIP::%s::hislip0,%u::INSTR%s", host, port, settings);
	return link_open(resource, &link_settings_scpi, NULL, &bed->bounds, error);
}

static inline struct link *secure_open(struct secure_bed *bed, const char *settings, GError **error)
{
	return secure_open_at(bed, "127.0.0.1", hislip_server_port(bed->server), settings, error);
}

/* TRUE when the answer came; it is the right one then. */
static inline gboolean secure_ask(struct secure_bed *bed, struct link *link, const char *text,
                                  GError **error)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autofree char *query = g_strconcat("ECHO? ", text, NULL);
	if (!link_query(link, query, reply, 1000, &bed->bounds, error))
		return FALSE;
	g_assert_cmpmem(reply->data, reply->len, text, strlen(text));
	return TRUE;
}

static inline void secure_expect(struct secure_bed *bed, struct link *link, const char *text)
{
	g_autoptr(GError) error = NULL;
	secure_ask(bed, link, text, &error);
	g_assert_no_error(error);
}

/* Free with g_free: "?fingerprint=…" of a certificate, "?ca=PATH" of one. */
static inline char *secure_pin(const char *name)
{
	g_autofree char *fingerprint = tls_fingerprint(name);
	return g_strconcat("?fingerprint=", fingerprint, NULL);
}

static inline char *secure_ca(const char *name)
{
	g_autofree char *path = tls_path(name);
	return g_strconcat("?ca=", path, NULL);
}

#endif
