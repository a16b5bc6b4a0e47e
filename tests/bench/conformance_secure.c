/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * HiSLIP with TLS: whom the link trusts, whom the instrument lets in, and that all of a link's
 * conversation goes over it.
 */
#include "tests/bench/secure_bed.h"

#include <glib/gstdio.h>
#include <unistd.h>

static void expect_words(const GError *error, const char *const *words)
{
	for (; *words; words++)
		if (!strstr(error->message, *words))
			g_error("no \"%s\" in: %s", *words, error->message);
}

/* ---- trust ---- */

enum { OPENS = -1 };

static const struct {
	const char *certificate;
	char *(*trust)(const char *name);
	const char *trusted; /* its argument */
	int kind;            /* of station_error, or OPENS */
	const char *words[5];
} trusts[] = {
	{"good", secure_ca, "authority", OPENS, {NULL}},
	{"good", secure_pin, "good", OPENS, {NULL}},
	{"good",
         secure_ca,
         "stranger",
         STATION_ERROR_REFUSED,
         {"certificate is not trusted: signed by nobody who is trusted;", "CN=good", "CN=authority",
          "?fingerprint="}},
	{"good",
         secure_pin,
         "expired",
         STATION_ERROR_REFUSED,
         {"its fingerprint is another", "CN=good", "configure this fingerprint"}},
	{"good", secure_ca, "nobody", STATION_ERROR_CONFIG, {"ca: ", "nobody.pem"}},
	{"self-signed", secure_pin, "self-signed", OPENS, {NULL}},
	{"self-signed",
         secure_ca,
         "authority",
         STATION_ERROR_REFUSED,
         {"signed by nobody who is trusted", "CN=self-signed"}},
	{"expired", secure_ca, "authority", STATION_ERROR_REFUSED, {": expired on 2021-01-01;"}},
	{"expired", secure_pin, "expired", OPENS, {NULL}},
	{"early",
         secure_ca,
         "authority",
         STATION_ERROR_REFUSED,
         {": not valid before 9999-01-01;"}},
	{"elsewhere", secure_ca, "authority", STATION_ERROR_REFUSED, {": not made for 127.0.0.1;"}},
	{"elsewhere", secure_pin, "elsewhere", OPENS, {NULL}},
};

static void test_trust(void)
{
	if (tls_missing())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(trusts); i++) {
		struct secure_bed bed;
		g_autoptr(GError) error = NULL;
		g_autofree char *settings = trusts[i].trust(trusts[i].trusted);
		secure_bed_start(&bed, HISLIP_MANDATORY, trusts[i].certificate, NULL);
		struct link *link = secure_open(&bed, settings, &error);
		if (trusts[i].kind == OPENS) {
			g_assert_no_error(error);
			secure_expect(&bed, link, "hello");
		} else {
			g_assert_error(error, STATION_ERROR, trusts[i].kind);
			expect_words(error, trusts[i].words);
		}
		link_close(link);
		secure_bed_stop(&bed);
	}
}

/* The error has all that is needed to trust it: the fingerprint that it shows opens the link. */
static void test_advice(void)
{
	struct secure_bed bed;
	g_autoptr(GError) error = NULL;
	if (tls_missing())
		return;
	secure_bed_start(&bed, HISLIP_MANDATORY, "self-signed", NULL);
	g_assert_null(secure_open(&bed, "", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_nonnull(strstr(error->message, "demands an encrypted connection: "));
	const char *shown = strstr(error->message, "fingerprint ");
	g_assert_nonnull(shown);
	g_autoptr(GString) settings = g_string_new("?fingerprint=");
	for (const char *c = shown + strlen("fingerprint "); g_ascii_isxdigit(*c); c += 2)
		g_string_append_printf(settings, "%s%c%c", settings->len > 13 ? ":" : "",
		                       g_ascii_toupper(c[0]), g_ascii_toupper(c[1]));
	g_clear_error(&error);
	struct link *link = secure_open(&bed, settings->str, &error);
	g_assert_no_error(error);
	secure_expect(&bed, link, "hello");
	link_close(link);
	secure_bed_stop(&bed);
}

/* What one link trusts, another does not, though the server resumes the session of the first. */
static void test_resumed(void)
{
	struct secure_bed bed;
	g_autofree char *pin = NULL, *ca = NULL, *stranger = NULL;
	if (tls_missing())
		return;
	pin = secure_pin("good");
	ca = secure_ca("authority");
	stranger = secure_ca("stranger");
	secure_bed_start(&bed, HISLIP_MANDATORY, "good", NULL);
	const char *const turns[] = {pin, ca, stranger, pin, stranger, ca};
	for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
		g_autoptr(GError) error = NULL;
		struct link *link = secure_open(&bed, turns[i], &error);
		if (turns[i] == pin || turns[i] == ca) {
			g_assert_no_error(error);
			secure_expect(&bed, link, "mine");
		} else {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
		}
		link_close(link);
	}
	secure_bed_stop(&bed);
}

static void test_host_name(void)
{
	struct secure_bed bed;
	g_autoptr(GError) error = NULL;
	g_autofree char *settings = NULL;
	if (tls_missing())
		return;
	settings = secure_ca("authority");
	secure_bed_start(&bed, HISLIP_INITIAL, "good", NULL);
	struct link *link =
		secure_open_at(&bed, "localhost", hislip_server_port(bed.server), settings, &error);
	g_assert_no_error(error);
	secure_expect(&bed, link, "hello");
	link_close(link);
	secure_bed_stop(&bed);
}

/* ---- what the two of them want ---- */

static void test_not_offered(void)
{
	struct secure_bed bed;
	g_autoptr(GError) error = NULL;
	if (tls_missing())
		return;
	secure_bed_start(&bed, HISLIP_PLAIN, NULL, NULL);
	g_assert_null(secure_open(&bed, "?tls=on", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_assert_nonnull(strstr(error->message, "the instrument offers none"));
	g_clear_error(&error);
	struct link *link = secure_open(&bed, "", &error);
	g_assert_no_error(error);
	secure_expect(&bed, link, "plain");
	link_close(link);
	secure_bed_stop(&bed);
}

/* Without a back end what is plain works, and what is not names the package. */
static void test_no_back_end(void)
{
	static const struct {
		enum hislip_encryption encryption;
		const char *settings;
		gboolean opens;
	} rows[] = {
		{HISLIP_MANDATORY, "", FALSE},
		{HISLIP_INITIAL, "", FALSE},
		{HISLIP_OPTIONAL, "?tls=on", FALSE},
		{HISLIP_OPTIONAL, "", TRUE},
	};
	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
		g_test_trap_assert_passed();
		return;
	}
	g_setenv("GIO_USE_TLS", "dummy", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct secure_bed bed;
		g_autoptr(GError) error = NULL;
		secure_bed_start(&bed, rows[i].encryption, NULL, NULL);
		struct link *link = secure_open(&bed, rows[i].settings, &error);
		g_assert_true(!!link == rows[i].opens);
		if (!link) {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
			g_assert_nonnull(strstr(error->message, "package glib-networking"));
		} else {
			secure_expect(&bed, link, "plain");
		}
		link_close(link);
		secure_bed_stop(&bed);
	}
}

/* ---- who is let in ---- */

#define PASSWORD "Rel@y s3cret"

static const struct {
	const char *login; /* of the server */
	const char *user;  /* null: none */
	const char *file;  /* what is in the password file */
	int mode;
	int kind;
	const char *word;
} logins[] = {
	{"op:" PASSWORD, "op", PASSWORD "\n", 0600, OPENS, NULL},
	{"op:" PASSWORD, "op", PASSWORD, 0640, OPENS, NULL},
	{"op:" PASSWORD, "op", PASSWORD "\r\n", 0400, OPENS, NULL},
	{"op:" PASSWORD, "po", PASSWORD, 0600, STATION_ERROR_REFUSED,
         "does not let in the user \"po\": wrong user or password"},
	{"op:" PASSWORD "!", "op", PASSWORD, 0600, STATION_ERROR_REFUSED, "wrong user"},
	{"op:" PASSWORD, NULL, NULL, 0, STATION_ERROR_CONFIG, "user=NAME&password_file=PATH"},
	{"op:" PASSWORD, "op", PASSWORD, 0604, STATION_ERROR_CONFIG, "chmod o="},
	{"op:" PASSWORD, "op", "", 0600, STATION_ERROR_CONFIG, "one line"},
	{"op:" PASSWORD, "op", PASSWORD "\n\n", 0600, STATION_ERROR_CONFIG, "one line"},
	{"op:" PASSWORD, "op", NULL, 0, STATION_ERROR_CONFIG, "cannot be read"},
	{NULL, "op", PASSWORD, 0600, STATION_ERROR_UNSUPPORTED, "it knows: ANONYMOUS"},
};

static char *write_password(const char *folder, gsize i)
{
	g_autofree char *name = g_strdup_printf("password%" G_GSIZE_FORMAT, i);
	char *path = g_build_filename(folder, name, NULL);
	if (!logins[i].file)
		return path;
	g_assert_true(g_file_set_contents(path, logins[i].file, -1, NULL));
	g_assert_cmpint(g_chmod(path, logins[i].mode), ==, 0);
	return path;
}

static void try_login(const char *folder, gsize i)
{
	struct secure_bed bed;
	g_autoptr(GError) error = NULL;
	g_autofree char *pin = secure_pin("self-signed");
	g_autofree char *path = write_password(folder, i);
	g_autofree char *settings = logins[i].user ? g_strdup_printf("%s&user=%s&password_file=%s",
	                                                             pin, logins[i].user, path)
	                                           : g_strdup(pin);
	secure_bed_start(&bed, HISLIP_OPTIONAL, "self-signed", logins[i].login);
	struct link *link = secure_open(&bed, settings, &error);
	if (logins[i].kind == OPENS) {
		g_assert_no_error(error);
		secure_expect(&bed, link, "hello");
	} else {
		g_assert_error(error, STATION_ERROR, logins[i].kind);
		if (!strstr(error->message, logins[i].word))
			g_error("%s", error->message);
		g_assert_null(strstr(error->message, PASSWORD));
	}
	link_close(link);
	secure_bed_stop(&bed);
	g_unlink(path);
}

static void test_login(void)
{
	if (tls_missing())
		return;
	g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(logins); i++)
		try_login(folder, i);
	g_rmdir(folder);
}

/* ---- all that a link can do ---- */

static void assert_block(struct secure_bed *bed, struct link *link)
{
	enum { LENGTH = 4 << 20, HEAD = 10 };
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *query = g_strdup_printf("BLOCK? %d", LENGTH);
	link_query(link, query, reply, LENGTH + HEAD, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(reply->len, ==, LENGTH + HEAD);
	for (guint i = 0; i < LENGTH; i++)
		if (reply->data[HEAD + i] != (guint8)(i * 7))
			g_error("byte %u is another", i);
}

/* Long messages to it as well: what does not fit into the socket's buffer has to wait. */
static void assert_long_question(struct secure_bed *bed, struct link *link)
{
	enum { LENGTH = 3 << 20 };
	g_autofree char *text = g_strnfill(LENGTH, 'q');
	g_autoptr(GError) error = NULL;
	link_write(link, text, LENGTH, &bed->bounds, &error);
	g_assert_no_error(error);
	secure_expect(bed, link, "after it");
}

static void assert_lock(struct secure_bed *bed, struct link *mine, const char *settings)
{
	g_autoptr(GError) error = NULL;
	struct link *theirs = secure_open(bed, settings, &error);
	g_assert_no_error(error);
	link_lock(mine, &bed->bounds, &error);
	g_assert_no_error(error);
	struct bounds brief = bounds_within(&bed->bounds, 2);
	g_assert_false(link_lock(theirs, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	secure_expect(bed, mine, "locked");
	link_unlock(mine, &bed->bounds, &error);
	g_assert_no_error(error);
	link_lock(theirs, &bed->bounds, &error);
	g_assert_no_error(error);
	secure_expect(bed, theirs, "theirs");
	link_close(theirs);
}

static void test_conversation(void)
{
	struct secure_bed bed;
	g_autoptr(GError) error = NULL;
	g_autofree char *settings = NULL;
	guint8 status = 0;
	if (tls_missing())
		return;
	settings = secure_ca("authority");
	secure_bed_start(&bed, HISLIP_MANDATORY, "good", NULL);
	struct link *link = secure_open(&bed, settings, &error);
	g_assert_no_error(error);
	secure_expect(&bed, link, "hello");
	assert_block(&bed, link);
	assert_long_question(&bed, link);
	link_status_byte(link, &status, &bed.bounds, &error);
	g_assert_no_error(error);
	g_assert_cmphex(status, ==, 0x04);
	link_clear(link, &bed.bounds, &error);
	g_assert_no_error(error);
	secure_expect(&bed, link, "cleared");
	assert_lock(&bed, link, settings);
	faults_arm(bed.device.faults, FAULT_DISCONNECT, 1);
	g_assert_false(secure_ask(&bed, link, "lost", NULL));
	secure_expect(&bed, link, "found");
	link_close(link);
	secure_bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secure/trust", test_trust);
	g_test_add_func("/secure/advice", test_advice);
	g_test_add_func("/secure/resumed", test_resumed);
	g_test_add_func("/secure/host-name", test_host_name);
	g_test_add_func("/secure/not-offered", test_not_offered);
	g_test_add_func("/secure/no-back-end", test_no_back_end);
	g_test_add_func("/secure/login", test_login);
	g_test_add_func("/secure/conversation", test_conversation);
	return g_test_run();
}
