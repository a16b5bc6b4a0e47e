/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/discover_mdns.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD "=;eth0;IPv4;Keysight\\032N7744A\\032\\0402\\041;_hislip._tcp;local;n7744a.local;"
#define TEXTS                                                                                      \
	"\"txtvers=1\" \"Manufacturer=Keysight Technologies\" \"Model=N7744A\" "                   \
	"\"SerialNumber=DE1;2\" \"FirmwareVersion=1.2\\0593\""

static void test_line(void)
{
	GError *error = NULL;
	struct mdns_service *service = mdns_parse_line(HEAD "192.0.2.7;4880;" TEXTS, &error);

	g_assert_no_error(error);
	g_assert_nonnull(service);
	g_assert_cmpstr(service->name, ==, "Keysight N7744A (2)");
	g_assert_cmpstr(service->type, ==, "_hislip._tcp");
	g_assert_cmpstr(service->address, ==, "192.0.2.7");
	g_assert_cmpuint(service->port, ==, 4880);
	g_assert_cmpstr(service->maker, ==, "Keysight Technologies");
	g_assert_cmpstr(service->model, ==, "N7744A");
	g_assert_cmpstr(service->serial, ==, "DE1;2");
	g_assert_cmpstr(service->firmware, ==, "1.2;3");
	mdns_service_free(service);
}

/* What a line gives: an address, nothing, or (with bad) an error. */
static const struct {
	const char *line;
	const char *address;
	gboolean bad;
} lines[] = {
	{"", NULL, FALSE},
	{"+;eth0;IPv4;N7744A;_lxi._tcp;local", NULL, FALSE},
	{"-;eth0;IPv4;N7744A;_lxi._tcp;local", NULL, FALSE},
	{HEAD "192.0.2.7;80;", "192.0.2.7", FALSE},
	{HEAD "192.0.2.7;80;\"\"", "192.0.2.7", FALSE},
	{HEAD "2001:DB8::7;80;", "2001:db8::7", FALSE},
	{HEAD "fe80::7;80;", NULL, FALSE},
	{HEAD "169.254.1.7;80;", "169.254.1.7", FALSE},
	{HEAD "192.0.2.7;80", NULL, TRUE},
	{HEAD "n7744a.local;80;", NULL, TRUE},
	{HEAD ";80;", NULL, TRUE},
	{HEAD "192.0.2.7;0;", NULL, TRUE},
	{HEAD "192.0.2.7;65536;", NULL, TRUE},
	{HEAD "192.0.2.7;-80;", NULL, TRUE},
	{HEAD "192.0.2.7;80;txtvers=1", NULL, TRUE},
	{HEAD "192.0.2.7;80;\"", NULL, TRUE},
	{"=;e;IPv4;a\\03;_lxi._tcp;local;h;192.0.2.7;80;", NULL, TRUE},
	{"=;e;IPv4;a\\000;_lxi._tcp;local;h;192.0.2.7;80;", NULL, TRUE},
	{"=;e;IPv4;a\\256;_lxi._tcp;local;h;192.0.2.7;80;", NULL, TRUE},
	{"=;e;IPv4;a\\;_lxi._tcp;local;h;192.0.2.7;80;", NULL, TRUE},
	{"=;e;IPv4;a\\.b\\\\;_lxi._tcp;local;h;192.0.2.7;80;", "192.0.2.7", FALSE},
	{"=x;e;IPv4;a;_lxi._tcp;local;h;192.0.2.7;80;", NULL, TRUE},
	{"Failed to resolve service", NULL, TRUE},
};

static void test_lines(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(GError) error = NULL;
		struct mdns_service *service = mdns_parse_line(lines[i].line, &error);

		if (lines[i].bad)
			g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		else
			g_assert_no_error(error);
		g_assert_cmpstr(service ? service->address : NULL, ==, lines[i].address);
		mdns_service_free(service);
	}
}

/* The first text of a key counts, keys are read in either case, an empty value is none. */
static void test_texts(void)
{
	struct mdns_service *service =
		mdns_parse_line(HEAD "192.0.2.7;80;\"MODEL=A\\B\" \"model=C\" \"Manufacturer=\" "
	                             "\"SerialNumber\"",
	                        NULL);

	g_assert_cmpstr(service->model, ==, "A\\B");
	g_assert_null(service->maker);
	g_assert_null(service->serial);
	mdns_service_free(service);
	service = mdns_parse_line(HEAD "192.0.2.7;80;\"Model=\xff\\03\"", NULL);
	g_assert_cmpstr(service->model, ==, "\xef\xbf\xbd\\03");
	mdns_service_free(service);
}

/* ---- the program, played by a script ---- */

struct play {
	char *folder;
	char *program;
	char *path; /* the search path of before */
};

static void play_init(struct play *play, const char *script)
{
	g_autofree char *path = NULL;

	play->folder = g_dir_make_tmp("mdns-XXXXXX", NULL);
	play->program = g_build_filename(play->folder, "avahi-browse", NULL);
	play->path = g_strdup(g_getenv("PATH"));
	if (script) {
		g_assert_true(g_file_set_contents(play->program, script, -1, NULL));
		g_assert_cmpint(g_chmod(play->program, 0755), ==, 0);
		path = g_strdup_printf("%s:%s", play->folder, play->path);
	}
	g_setenv("PATH", path ? path : play->folder, TRUE);
}

static void play_done(struct play *play)
{
	g_setenv("PATH", play->path, TRUE);
	g_unlink(play->program);
	g_rmdir(play->folder);
	g_free(play->folder);
	g_free(play->program);
	g_free(play->path);
}

static void test_program(void)
{
	struct play play;
	const struct bounds bounds = {deadline_in_s(30), NULL};
	GError *error = NULL;
	guint bad = 0;

	play_init(&play, "#!/bin/sh\n"
	                 "[ \"$*\" = '--parsable --resolve --terminate _lxi._tcp' ] || exit 1\n"
	                 "echo '+;lo;IPv4;a;_lxi._tcp;local'\n"
	                 "echo '=;lo;IPv4;a;_lxi._tcp;local;h;127.0.0.1;80;'\n"
	                 "echo 'rubbish'\n"
	                 "printf '=;lo;IPv4;a;_lxi._tcp;local;h;127.0.0.2;80;'\n");
	g_autoptr(GPtrArray) found = discover_mdns("_lxi._tcp", &bad, &bounds, &error);
	g_assert_no_error(error);
	/* the last line has no end: more could have come */
	g_assert_cmpuint(found->len, ==, 1);
	g_assert_cmpuint(bad, ==, 1);
	play_done(&play);
}

/* What was found before the deadline counts. */
static void test_slow(void)
{
	struct play play;
	const struct bounds bounds = {deadline_in_s(0.5), NULL};
	GError *error = NULL;
	guint bad = 0;

	play_init(&play, "#!/bin/sh\necho '=;lo;IPv4;a;_lxi._tcp;local;h;127.0.0.1;80;'\n"
	                 "exec sleep 20\n");
	g_autoptr(GPtrArray) found = discover_mdns("_lxi._tcp", &bad, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(found->len, ==, 1);
	play_done(&play);
}

static void test_failures(void)
{
	struct play play;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	const struct bounds bounds = {deadline_in_s(30), cancellable};
	GError *error = NULL;
	guint bad = 0;

	play_init(&play, "#!/bin/sh\necho 'Failed to create client: Daemon not running' >&2\n"
	                 "exit 1\n");
	g_assert_null(discover_mdns("_lxi._tcp", &bad, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "Daemon not running"));
	g_clear_error(&error);
	g_cancellable_cancel(cancellable);
	g_assert_null(discover_mdns("_lxi._tcp", &bad, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	play_done(&play);
}

static void test_absent(void)
{
	struct play play;
	const struct bounds bounds = {deadline_in_s(30), NULL};
	g_autoptr(GError) error = NULL;
	guint bad = 0;

	play_init(&play, NULL);
	g_assert_null(discover_mdns("_lxi._tcp", &bad, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	play_done(&play);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/mdns/line", test_line);
	g_test_add_func("/link/mdns/lines", test_lines);
	g_test_add_func("/link/mdns/texts", test_texts);
	g_test_add_func("/link/mdns/program", test_program);
	g_test_add_func("/link/mdns/slow", test_slow);
	g_test_add_func("/link/mdns/failures", test_failures);
	g_test_add_func("/link/mdns/absent", test_absent);
	return g_test_run();
}
