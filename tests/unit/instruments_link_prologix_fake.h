/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_LINK_PROLOGIX_FAKE_H
#define TESTS_UNIT_INSTRUMENTS_LINK_PROLOGIX_FAKE_H

#include "base/error.h"
#include "instruments/link/link.h"
#include "tests/unit/instruments_link_peer.h"

#include <stdio.h>
#include <string.h>

/*
 * An adapter with an instrument at every address, in a thread of the test. It counts the lines it
 * is told; at line `at` of them it does `act`, once.
 */
enum act {
	ACT_NONE,
	ACT_CLOSE, /* goes instead of doing it */
	ACT_HANG,  /* does nothing any more until the link goes */
	ACT_CUT,   /* gives `cut` bytes of its answer only */
	ACT_SPLIT, /* gives its answer in two, after `cut` bytes */
	ACT_PAUSE, /* gives `cut` bytes now and the rest when it is asked again */
	ACT_LATE,  /* the answer comes before the next one */
	ACT_TWICE,
};

enum { ADDRESSES = 31 };

struct fake {
	struct peer peer;
	enum act act;
	int at;
	int lines;
	gsize cut;
	int address;
	int secondary;
	GString *output[ADDRESSES]; /* what the instrument has to say */
	GString *late;
	GString *told; /* all lines, escapes undone, each with '|' after it */
	int clears, triggers;
	const char *const
		*srq; /* answers to ++srq, one after the other; the last stays; null: "0" */
	const char *const *spoll; /* the same; null: whether an answer is there */
};

static const char version[] = "Prologix GPIB-ETHERNET Controller version 01.06.06.00\r\n";
/* What each connection begins with. */
G_GNUC_UNUSED static const char set_up[] =
	"++savecfg 0|++mode 1|++auto 0|++read_tmo_ms 200|++eos 3|++eoi 1|"
	"++eot_enable 0|++ver|++ver|";
enum { SET_UP_LINES = 9 };

/* One line of the adapter's input; FALSE when the link has gone. */
static gboolean fake_line(int fd, GString *line, gboolean *command)
{
	gboolean escaped = FALSE;
	char c;
	g_string_truncate(line, 0);
	*command = FALSE;
	while (recv(fd, &c, 1, 0) == 1) {
		if (!escaped && c == '\n')
			return TRUE;
		if (!escaped && line->len == 1 && line->str[0] == '+' && c == '+')
			*command = TRUE;
		if (!escaped && c == 0x1B) {
			escaped = TRUE;
			continue;
		}
		escaped = FALSE;
		g_string_append_c(line, c);
	}
	return FALSE;
}

static void fake_message(struct fake *fake, const GString *message)
{
	GString *output = fake->output[fake->address];
	if (strcmp(message->str, "BLOCK?\n") == 0)
		g_string_append(output, "#16a\n+\r\x1B-\r\n");
	else if (strcmp(message->str, "TWO?\n") == 0)
		g_string_append(output, "1\n2\n");
	else if (g_str_has_suffix(message->str, "?\n"))
		g_string_append_printf(output, "at %d: %.*s\r\n", fake->address,
		                       (int)message->len - 1, message->str);
}

static const char *fake_next(const char *const **answers)
{
	const char *answer = **answers;
	if ((*answers)[1])
		(*answers)++;
	return answer;
}

static void fake_command(struct fake *fake, const char *command, GString *answer)
{
	GString *output = fake->output[fake->address];
	if (strcmp(command, "++ver") == 0) {
		g_string_append(answer, version);
	} else if (strcmp(command, "++read eoi") == 0) {
		g_string_append_len(answer, output->str, (gssize)output->len);
		g_string_truncate(output, 0);
	} else if (strcmp(command, "++srq") == 0) {
		g_string_append_printf(answer, "%s\r\n", fake->srq ? fake_next(&fake->srq) : "0");
	} else if (strcmp(command, "++trg") == 0) {
		fake->triggers++;
	} else if (strcmp(command, "++spoll") == 0 && fake->spoll) {
		g_string_append_printf(answer, "%s\r\n", fake_next(&fake->spoll));
	} else if (strcmp(command, "++spoll") == 0) {
		g_string_append_printf(answer, "%d\r\n", output->len > 0 ? 16 : 0);
	} else if (strcmp(command, "++clr") == 0) {
		g_string_truncate(output, 0);
		fake->clears++;
	} else if (g_str_has_prefix(command, "++addr ")) {
		fake->secondary = -1;
		sscanf(command, "++addr %d %d", &fake->address, &fake->secondary);
	}
}

static void fake_answer(struct fake *fake, int fd, GString *answer, enum act act)
{
	if (answer->len > 0 && fake->late->len > 0) {
		g_string_prepend_len(answer, fake->late->str, (gssize)fake->late->len);
		g_string_truncate(fake->late, 0);
	}
	if (act == ACT_LATE) {
		g_string_append_len(fake->late, answer->str, (gssize)answer->len);
		g_string_truncate(answer, 0);
	}
	gsize first = act == ACT_NONE || act == ACT_TWICE ? answer->len : fake->cut;
	if (act == ACT_PAUSE)
		g_string_append(fake->output[fake->address], answer->str + first);
	if (act == ACT_CUT || act == ACT_PAUSE)
		g_string_truncate(answer, first);
	first = MIN(first, answer->len);
	peer_send(fd, answer->str, first);
	peer_send(fd, answer->str + first, answer->len - first);
	if (act == ACT_TWICE)
		peer_send(fd, answer->str, answer->len);
}

static void fake_serve(int fd, int connection, gpointer data)
{
	struct fake *fake = data;
	g_autoptr(GString) line = g_string_new(NULL);
	gboolean command = FALSE;
	while (fake_line(fd, line, &command)) {
		enum act act = ++fake->lines == fake->at ? fake->act : ACT_NONE;
		g_autoptr(GString) answer = g_string_new(NULL);
		g_string_append_printf(fake->told, "%s|", line->str);
		if (act == ACT_CLOSE)
			return;
		if (act == ACT_HANG) {
			peer_hold(fd);
			return;
		}
		if (command)
			fake_command(fake, line->str, answer);
		else
			fake_message(fake, line);
		fake_answer(fake, fd, answer, act);
	}
}

G_GNUC_UNUSED static void fake_start(struct fake *fake)
{
	*fake = (struct fake){.address = 0};
	for (int i = 0; i < ADDRESSES; i++)
		fake->output[i] = g_string_new(NULL);
	fake->late = g_string_new(NULL);
	fake->told = g_string_new(NULL);
	peer_start(&fake->peer, fake_serve, fake);
}

G_GNUC_UNUSED static void fake_stop(struct fake *fake)
{
	peer_stop(&fake->peer);
	for (int i = 0; i < ADDRESSES; i++)
		g_string_free(fake->output[i], TRUE);
	g_string_free(fake->late, TRUE);
	g_string_free(fake->told, TRUE);
}

/* ---- */

G_GNUC_UNUSED static struct link *try_open(const struct fake *fake, const char *address,
                                           double limit_s, GError **error)
{
	struct bounds bounds = {deadline_in_s(limit_s), NULL};
	g_autofree char *resource = g_strdup_printf("PRLGX-TCPIP::127.0.0.1::%u::GPIB::%s::INSTR",
	                                            fake->peer.port, address);
	return link_open(resource, &link_settings_scpi, NULL, &bounds, error);
}

G_GNUC_UNUSED static struct link *open_at(const struct fake *fake, const char *address)
{
	g_autoptr(GError) error = NULL;
	struct link *link = try_open(fake, address, 10, &error);
	g_assert_no_error(error);
	return link;
}

G_GNUC_UNUSED static gboolean ask(struct link *link, const char *query, GByteArray *reply,
                                  double limit_s, GError **error)
{
	struct bounds bounds = {deadline_in_s(limit_s), NULL};
	return link_query(link, query, reply, 100, &bounds, error);
}

G_GNUC_UNUSED static void assert_answer(struct link *link, const char *query, const char *expected)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	ask(link, query, reply, 10, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
}

#endif
