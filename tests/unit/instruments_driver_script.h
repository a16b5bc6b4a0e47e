/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_DRIVER_SCRIPT_H
#define TESTS_UNIT_INSTRUMENTS_DRIVER_SCRIPT_H

#include "base/clock.h"
#include "base/error.h"
#include "instruments/instrument.h"
#include "tests/unit/instruments_link_peer.h"

#include <stdlib.h>

/*
 * A driver against a script of exact bytes. The lines, one string each, end with null:
 *
 *   "> TEXT"     the driver must send TEXT and LF now, and nothing else
 *   "< TEXT"     TEXT and LF are answered
 *   "<f 1 2 3"   a definite block of these numbers as 32-bit floats, low byte first, and LF
 *   "<g 1 2 3"   the same, but the block announces one byte less than it should hold
 *   "silent"     nothing is answered until the driver hangs up; then it may connect again
 *
 * After the last line nothing may come any more.
 */
#define OK           "> :SYST:ERR?", "< +0,\"No error\""
#define FAULT(entry) "> :SYST:ERR?", "< " entry, OK

struct script {
	const char *const *lines;
	gsize at;
	char *mismatch; /* first; owned */
};

struct rig {
	struct script script;
	struct peer peer;
	struct instrument *instrument;
	struct bounds bounds;
};

static void script_send_floats(int fd, const char *text, gsize short_by)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	gsize len = 4 * g_strv_length(words);
	g_autofree char *digits = g_strdup_printf("%" G_GSIZE_FORMAT, len - short_by);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree char *head = g_strdup_printf("#%u%s", (guint)strlen(digits), digits);
	g_byte_array_append(bytes, (const guint8 *)head, (guint)strlen(head));
	for (gsize i = 0; words[i]; i++) {
		union {
			float number;
			guint32 word;
		} bits = {.number = (float)g_ascii_strtod(words[i], NULL)};
		guint32 little = GUINT32_TO_LE(bits.word);
		g_byte_array_append(bytes, (const guint8 *)&little, 4);
	}
	g_byte_array_append(bytes, (const guint8 *)"\n", 1);
	peer_send(fd, bytes->data, bytes->len);
}

static gboolean script_expect(struct script *script, int fd, const char *expected)
{
	char line[1024];
	if (!peer_line(fd, line, sizeof line))
		script->mismatch = g_strdup_printf("line %u: expected \"%s\", the driver went",
		                                   (guint)script->at, expected);
	else if (strcmp(line, expected) != 0)
		script->mismatch = g_strdup_printf("line %u: expected \"%s\", got \"%s\"",
		                                   (guint)script->at, expected, line);
	return !script->mismatch;
}

static void script_serve(int fd, int connection, gpointer data)
{
	struct script *script = data;
	const char *line;
	while (!script->mismatch && (line = script->lines[script->at])) {
		if (g_str_has_prefix(line, "> ")) {
			if (!script_expect(script, fd, line + 2))
				return;
		} else if (g_str_has_prefix(line, "<f ")) {
			script_send_floats(fd, line + 3, 0);
		} else if (g_str_has_prefix(line, "<g ")) {
			script_send_floats(fd, line + 3, 1);
		} else if (g_str_has_prefix(line, "< ")) {
			peer_send(fd, line + 2, strlen(line + 2));
			peer_send(fd, "\n", 1);
		} else {
			g_assert_cmpstr(line, ==, "silent");
			script->at++;
			peer_hold(fd);
			return;
		}
		script->at++;
	}
	char extra[1024];
	if (!script->mismatch && peer_line(fd, extra, sizeof extra))
		script->mismatch = g_strdup_printf("connection %d: after the end came \"%s\"",
		                                   connection, extra);
}

/* Starts the peer and opens the instrument; the resource of config is filled in. */
G_GNUC_UNUSED static gboolean rig_open(struct rig *rig, struct instrument_config config,
                                       const char *const *lines, GError **error)
{
	*rig = (struct rig){.script = {.lines = lines}};
	peer_start(&rig->peer, script_serve, &rig->script);
	rig->bounds.deadline = deadline_in_s(20);
	config.resource = rig->peer.resource;
	rig->instrument = instrument_open(&config, &rig->bounds, error);
	return rig->instrument != NULL;
}

/* Closes, and fails the test when the bytes were others than those of the script. */
G_GNUC_UNUSED static void rig_close(struct rig *rig)
{
	instrument_close(rig->instrument);
	peer_stop(&rig->peer);
	g_assert_cmpstr(rig->script.mismatch, ==, NULL);
	g_assert_cmpstr(rig->script.lines[rig->script.at], ==, NULL);
}

G_GNUC_UNUSED static void rig_start(struct rig *rig, struct instrument_config config,
                                    const char *const *lines)
{
	g_autoptr(GError) error = NULL;
	gboolean ok = rig_open(rig, config, lines, &error);
	if (!ok)
		g_test_message("script: %s", rig->script.mismatch);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* The call failed with that code and its text holds `part`; clears the error. */
G_GNUC_UNUSED static void expect_error(gboolean ok, GError **error, enum station_error code,
                                       const char *part)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, (int)code);
	if (!strstr((*error)->message, part))
		g_error("\"%s\" is not in \"%s\"", part, (*error)->message);
	g_clear_error(error);
}

/* Settling times pass at once. */
G_GNUC_UNUSED static int run_scripts(void)
{
	clock_set_scale(10000);
	return g_test_run();
}

#endif
