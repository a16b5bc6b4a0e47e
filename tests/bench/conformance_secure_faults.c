/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Whatever comes between the link and an instrument that speaks TLS, and at whatever step: no
 * answer but the right one, no wait beyond the deadline, and not a word in plain text.
 */
#include "tests/bench/secure_bed.h"
#include "tests/bench/tls_proxy.h"

/* What a server says before the first handshake, each a header: InitializeResponse and so on. */
enum { PLAIN_BYTES = 3 * 16 };

#define PASSWORD "Rel@y s3cret"
#define QUESTION "very private"

struct fixture {
	struct secure_bed bed;
	char *folder, *password_file;
	char *settings;
};

static void set_up(struct fixture *fixture, gconstpointer data)
{
	if (tls_missing())
		return;
	g_autofree char *pin = secure_pin("self-signed");
	fixture->folder = g_dir_make_tmp(NULL, NULL);
	fixture->password_file = g_build_filename(fixture->folder, "password", NULL);
	g_file_set_contents_full(fixture->password_file, PASSWORD, -1, G_FILE_SET_CONTENTS_NONE,
	                         0600, NULL);
	fixture->settings =
		g_strdup_printf("%s&user=op&password_file=%s", pin, fixture->password_file);
	secure_bed_start(&fixture->bed, HISLIP_OPTIONAL, "self-signed", "op:" PASSWORD);
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
	if (!fixture->folder)
		return;
	secure_bed_stop(&fixture->bed);
	unlink(fixture->password_file);
	rmdir(fixture->folder);
	g_free(fixture->password_file);
	g_free(fixture->folder);
	g_free(fixture->settings);
}

struct outcome {
	gboolean answered;
	GError *error;
	double took_s;
	gsize passed;
};

/* Nobody could have read along. */
static void assert_private(const struct proxy *proxy)
{
	static const char *const words[] = {PASSWORD, QUESTION, "ECHO"};
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		g_assert_null(
			memmem(proxy->said->data, proxy->said->len, words[i], strlen(words[i])));
}

/* Opens the link through a proxy and asks a question. */
static struct outcome converse(struct fixture *fixture, enum proxy_fault fault, gsize at,
                               const struct bounds *bounds)
{
	struct outcome outcome = {0};
	struct proxy proxy;
	gint64 start_us = g_get_monotonic_time();
	struct bounds whole = fixture->bed.bounds;
	fixture->bed.bounds = *bounds;
	proxy_start(&proxy, hislip_server_port(fixture->bed.server), fault, at,
	            bounds->cancellable);
	struct link *link = secure_open_at(&fixture->bed, "127.0.0.1", proxy.port,
	                                   fixture->settings, &outcome.error);
	outcome.answered = link && secure_ask(&fixture->bed, link, QUESTION, &outcome.error);
	outcome.took_s = (double)(g_get_monotonic_time() - start_us) * 1e-6;
	g_assert_true(outcome.answered == !outcome.error);
	link_close(link);
	proxy_join(&proxy);
	assert_private(&proxy);
	outcome.passed = proxy.passed;
	proxy_free(&proxy);
	fixture->bed.bounds = whole;
	if (outcome.error && strstr(outcome.error->message, PASSWORD))
		g_error("%s", outcome.error->message);
	return outcome;
}

static gsize healthy_bytes(struct fixture *fixture)
{
	struct outcome outcome = converse(fixture, PROXY_NONE, 0, &fixture->bed.bounds);
	g_assert_no_error(outcome.error);
	g_assert_cmpuint(outcome.passed, >, 1000);
	return outcome.passed;
}

static void test_close(struct fixture *fixture, gconstpointer data)
{
	enum {
		STEP = 29 * SECURE_STRIDE,
		LAST = 16
	}; /* what comes after the answer, or its end, is not missed */
	if (!fixture->folder)
		return;
	gsize bytes = healthy_bytes(fixture) - LAST;
	for (gsize at = 0; at < bytes; at += STEP) {
		struct outcome outcome = converse(fixture, PROXY_CLOSE, at, &fixture->bed.bounds);
		if (!g_error_matches(outcome.error, STATION_ERROR, STATION_ERROR_IO))
			g_error("at %" G_GSIZE_FORMAT ": %s", at,
			        outcome.error ? outcome.error->message : "answered");
		g_clear_error(&outcome.error);
	}
}

static void test_hang(struct fixture *fixture, gconstpointer data)
{
	enum { STEP = 101 * SECURE_STRIDE, LAST = 16 };
	const double deadline_s = 0.1;
	if (!fixture->folder)
		return;
	gsize bytes = healthy_bytes(fixture) - LAST;
	for (gsize at = 0; at < bytes; at += STEP) {
		struct bounds brief = {deadline_in_s(deadline_s), NULL};
		struct outcome outcome = converse(fixture, PROXY_HANG, at, &brief);
		if (!g_error_matches(outcome.error, STATION_ERROR, STATION_ERROR_TIMEOUT))
			g_error("at %" G_GSIZE_FORMAT ": %s", at,
			        outcome.error ? outcome.error->message : "answered");
		g_clear_error(&outcome.error);
		/* what is beyond is the machine's */
		g_assert_cmpfloat(outcome.took_s, <, deadline_s + 10);
	}
}

/* Whoever waits in a handshake is told at once that it is over. */
static void test_cancel(struct fixture *fixture, gconstpointer data)
{
	enum { STEP = 331 * SECURE_STRIDE, LAST = 16 };
	if (!fixture->folder)
		return;
	gsize bytes = healthy_bytes(fixture) - LAST;
	for (gsize at = 0; at < bytes; at += STEP) {
		g_autoptr(GCancellable) cancellable = g_cancellable_new();
		struct bounds bounds = {deadline_in_s(60), cancellable};
		struct outcome outcome = converse(fixture, PROXY_HANG, at, &bounds);
		g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_CANCELLED);
		g_clear_error(&outcome.error);
		g_assert_cmpfloat(outcome.took_s, <, 30);
	}
}

/* One wrong bit: the right answer, or none. */
static void test_bent(struct fixture *fixture, gconstpointer data)
{
	enum { STEP = 67 * SECURE_STRIDE };
	guint answered = 0;
	if (!fixture->folder)
		return;
	gsize bytes = healthy_bytes(fixture);
	for (gsize at = 0; at < bytes; at += at < PLAIN_BYTES ? SECURE_STRIDE : STEP) {
		struct bounds brief = {deadline_in_s(0.15), NULL};
		struct outcome outcome = converse(fixture, PROXY_BEND, at, &brief);
		answered += outcome.answered;
		/* only what stands before the handshake can be bent unseen */
		if (at >= PLAIN_BYTES && at + 200 < bytes && outcome.answered)
			g_error("answered in spite of byte %" G_GSIZE_FORMAT, at);
		g_clear_error(&outcome.error);
	}
	g_assert_cmpuint(answered, <, PLAIN_BYTES);
}

static void test_babble(struct fixture *fixture, gconstpointer data)
{
	static const gsize places[] = {PLAIN_BYTES, PLAIN_BYTES + 5, PLAIN_BYTES + 300};
	if (!fixture->folder)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		struct bounds bounds = {deadline_in_s(5), NULL};
		struct outcome outcome = converse(fixture, PROXY_BABBLE, places[i], &bounds);
		g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_IO);
		g_assert_nonnull(strstr(outcome.error->message, "secure the connection: "));
		g_clear_error(&outcome.error);
	}
}

/* A message in plain text just before the handshake is not taken for one that came over TLS. */
static void test_insert(struct fixture *fixture, gconstpointer data)
{
	if (!fixture->folder)
		return;
	/* in front of the response it is but a note */
	struct outcome outcome =
		converse(fixture, PROXY_INSERT, PLAIN_BYTES - 16, &fixture->bed.bounds);
	g_assert_no_error(outcome.error);
	outcome = converse(fixture, PROXY_INSERT, PLAIN_BYTES, &fixture->bed.bounds);
	g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	g_assert_nonnull(strstr(outcome.error->message, "between asking for encryption"));
	g_clear_error(&outcome.error);
}

/* Who is told to trust one instrument does not speak to another one in its place. */
static void test_impostor(struct fixture *fixture, gconstpointer data)
{
	struct secure_bed impostor;
	struct proxy proxy;
	g_autoptr(GError) error = NULL;
	if (!fixture->folder)
		return;
	secure_bed_start(&impostor, HISLIP_OPTIONAL, "good", "op:" PASSWORD);
	proxy_start(&proxy, hislip_server_port(impostor.server), PROXY_NONE, 0, NULL);
	g_assert_null(
		secure_open_at(&impostor, "127.0.0.1", proxy.port, fixture->settings, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	proxy_join(&proxy);
	assert_private(&proxy);
	proxy_free(&proxy);
	secure_bed_stop(&impostor);
}

/* The password is nowhere: not in a trace, not in a recording, not in the name of the link. */
static void test_secret(struct fixture *fixture, gconstpointer data)
{
	static const char *const tops[] = {"trace", "record"};
	if (!fixture->folder)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(tops); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = g_build_filename(fixture->folder, tops[i], NULL);
		g_autofree char *text = NULL;
		g_autofree char *resource =
			g_strdup_printf("%s:file=%s:TCPIP::127.0.0.1::hislip0,%u::INSTR%s", tops[i],
		                        path, hislip_server_port(fixture->bed.server),
		                        fixture->settings);
		struct link *link = link_open(resource, &link_settings_scpi, NULL,
		                              &fixture->bed.bounds, &error);
		g_assert_no_error(error);
		secure_expect(&fixture->bed, link, QUESTION);
		g_assert_null(strstr(link_resource(link), "?"));
		link_close(link);
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		g_assert_nonnull(strstr(text, QUESTION));
		g_assert_null(strstr(text, PASSWORD));
		g_assert_null(strstr(text, "password_file"));
		unlink(path);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                            \
	g_test_add("/secure-faults/" name, struct fixture, NULL, set_up, test, tear_down)
	ADD("close", test_close);
	ADD("hang", test_hang);
	ADD("cancel", test_cancel);
	ADD("bent", test_bent);
	ADD("babble", test_babble);
	ADD("insert", test_insert);
	ADD("impostor", test_impostor);
	ADD("secret", test_secret);
	return g_test_run();
}
