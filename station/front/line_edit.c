/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/line_edit.h"

#include "station/shell/complete.h"
#include "station/shell/site.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { LISTED_MAX = 100 };

struct line_edit {
	struct shell *shell;
	EditLine *el;
	History *history;
	char *path;
	char *prompt;    /* of the line that is read */
	GString *before; /* lines of an open quote that came before */
	gboolean interrupted;
	gboolean readable; /* there is input, or its end */
	int signal;        /* that ends the line and the shell; 0: none */
};

static struct line_edit *of(EditLine *el)
{
	void *edit = NULL;

	el_get(el, EL_CLIENTDATA, &edit);
	return edit;
}

/* libedit reads it only, though its type does not say so */
static char *prompt(EditLine *el)
{
	return (char *)(of(el)->before->len > 0 ? "    ...> " : of(el)->prompt);
}

static void list(const GPtrArray *candidates)
{
	gsize width = 0;

	for (guint i = 0; i < candidates->len; i++) {
		const struct candidate *one = g_ptr_array_index(candidates, i);
		width = MAX(width, (gsize)g_utf8_strlen(one->text, -1));
	}
	fputs("\n", stdout);
	for (guint i = 0; i < MIN(candidates->len, LISTED_MAX); i++) {
		const struct candidate *one = g_ptr_array_index(candidates, i);
		int blanks = (int)(width - (gsize)g_utf8_strlen(one->text, -1)) + 2;
		printf("  %s%*s%s\n", one->text, *one->help ? blanks : 0, "", one->help);
	}
	if (candidates->len > LISTED_MAX)
		printf("  and %u more\n", candidates->len - LISTED_MAX);
	fflush(stdout);
}

/* What all begin with is put in, and a blank behind the only one; else they are listed. */
static unsigned char on_tab(EditLine *el, int key)
{
	struct line_edit *edit = of(el);
	const LineInfo *info = el_line(el);
	g_autoptr(GString) line = g_string_new(edit->before->str);
	gsize begin;

	g_string_append_len(line, info->buffer, info->cursor - info->buffer);
	if (!g_utf8_validate(line->str, -1, NULL))
		return CC_ERROR;
	g_autoptr(GPtrArray) found = complete(edit->shell, line->str, line->len, &begin);
	g_autofree char *common = complete_common(found);
	const char *typed = line->str + begin;
	if (found->len == 0 || begin < edit->before->len)
		return CC_REFRESH_BEEP;
	if (found->len > 1 && strlen(common) <= strlen(typed)) {
		list(found);
		return CC_REDISPLAY;
	}
	el_deletestr(el, (int)g_utf8_strlen(typed, -1));
	if (el_insertstr(el, common) != 0)
		return CC_ERROR;
	if (found->len == 1 && !g_str_has_suffix(common, "/"))
		el_insertstr(el, " ");
	return CC_REFRESH;
}

static unsigned char on_interrupt(EditLine *el, int key)
{
	of(el)->interrupted = TRUE;
	return CC_NEWLINE;
}

/* --- keys and signals ----------------------------------------------------------------------- */

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	((struct line_edit *)data)->readable = TRUE;
	return G_SOURCE_CONTINUE;
}

struct ending {
	struct line_edit *edit;
	int number;
};

static gboolean on_ending(gpointer data)
{
	const struct ending *ending = data;

	ending->edit->signal = ending->number;
	return G_SOURCE_CONTINUE;
}

static gboolean on_resize(gpointer data)
{
	el_resize(((struct line_edit *)data)->el);
	return G_SOURCE_CONTINUE;
}

/* A signal must not end the program here: something may be energised. FALSE when one came. */
static gboolean wait_for_key(struct line_edit *edit)
{
	edit->readable = FALSE;
	while (!edit->readable && !edit->signal)
		g_main_context_iteration(NULL, TRUE);
	return !edit->signal;
}

/* 1 for a character, 0 at the end. */
static int read_character(EditLine *el, wchar_t *character)
{
	struct line_edit *edit = of(el);
	mbstate_t state = {0};

	for (;;) {
		char byte;
		gsize n;

		if (!wait_for_key(edit) || read(STDIN_FILENO, &byte, 1) != 1)
			return 0;
		n = mbrtowc(character, &byte, 1, &state);
		if (n <= 1)
			return 1;
		/* (size_t)-2: there is more of it; -1: what is no character is left out */
		if (n == (gsize)-1)
			state = (mbstate_t){0};
	}
}

/* What is listened to while a line is typed; while a command runs its own signals count. */
static const char *get_line(struct line_edit *edit, int *n)
{
	struct ending endings[] = {{edit, SIGINT}, {edit, SIGTERM}, {edit, SIGHUP}};
	guint sources[] = {
		g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, edit),
		g_unix_signal_add(SIGINT, on_ending, &endings[0]),
		g_unix_signal_add(SIGTERM, on_ending, &endings[1]),
		g_unix_signal_add(SIGHUP, on_ending, &endings[2]),
		g_unix_signal_add(SIGWINCH, on_resize, edit),
	};
	const char *typed = el_gets(edit->el, n);

	for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	return edit->signal ? NULL : typed;
}

int line_edit_signal(const struct line_edit *edit)
{
	return edit->signal;
}

/* --- begin and end -------------------------------------------------------------------------- */

static void load_history(struct line_edit *edit)
{
	HistEvent event;

	history(edit->history, &event, H_SETSIZE, SHELL_HISTORY_MAX);
	history(edit->history, &event, H_SETUNIQUE, 1);
	if (edit->path)
		history(edit->history, &event, H_LOAD, edit->path);
	for (int i = history(edit->history, &event, H_LAST); i >= 0;
	     i = history(edit->history, &event, H_PREV)) {
		g_autofree char *line = g_strchomp(g_strdup(event.str));
		shell_remember(edit->shell, line);
	}
}

struct line_edit *line_edit_open(struct shell *shell, const char *path)
{
	EditLine *el = el_init("station", stdin, stdout, stderr);
	struct line_edit *edit;

	if (!el)
		return NULL;
	edit = g_new0(struct line_edit, 1);
	edit->shell = shell;
	edit->el = el;
	edit->history = history_init();
	edit->path = g_strdup(path);
	edit->before = g_string_new(NULL);
	load_history(edit);
	el_set(el, EL_CLIENTDATA, edit);
	el_set(el, EL_PROMPT, prompt);
	el_set(el, EL_EDITOR, "emacs");
	el_set(el, EL_SIGNAL, 0);
	el_wset(el, EL_GETCFN, read_character);
	el_set(el, EL_HIST, history, edit->history);
	el_set(el, EL_ADDFN, "station-complete", "completes the word", on_tab);
	el_set(el, EL_ADDFN, "station-interrupt", "gives the line up", on_interrupt);
	el_set(el, EL_BIND, "^I", "station-complete", NULL);
	el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* Ctrl-C is a key while a line is typed, and a signal while a command runs */
	el_set(el, EL_SETTY, "-d", "-isig", NULL);
	el_set(el, EL_BIND, "^C", "station-interrupt", NULL);
	return edit;
}

static void save_history(struct line_edit *edit)
{
	g_autofree char *folder = g_path_get_dirname(edit->path);
	HistEvent event;

	if (g_mkdir_with_parents(folder, 0700) != 0 ||
	    history(edit->history, &event, H_SAVE, edit->path) < 0 ||
	    g_chmod(edit->path, 0600) != 0)
		fprintf(stderr, "station: the history was not kept in %s\n", edit->path);
}

void line_edit_close(struct line_edit *edit)
{
	if (!edit)
		return;
	if (edit->path)
		save_history(edit);
	history_end(edit->history);
	el_end(edit->el);
	g_string_free(edit->before, TRUE);
	g_free(edit->path);
	g_free(edit->prompt);
	g_free(edit);
}

static void remember(struct line_edit *edit, const char *line)
{
	HistEvent event;

	if (!line[strspn(line, " \t")] || shell_is_secret(edit->shell, line))
		return;
	history(edit->history, &event, H_ENTER, line);
	shell_remember(edit->shell, line);
}

char *line_edit_read(struct line_edit *edit)
{
	g_string_truncate(edit->before, 0);
	g_free(edit->prompt);
	edit->prompt = shell_prompt(edit->shell);
	for (;;) {
		int n = 0;
		const char *typed;
		edit->interrupted = FALSE;
		typed = get_line(edit, &n);
		if (edit->interrupted) {
			fputs("^C\n", stdout);
			el_reset(edit->el);
			return g_strdup("");
		}
		if (!typed || n <= 0)
			return NULL;
		g_string_append(edit->before, typed);
		g_autofree char *line = g_strchomp(g_strdup(edit->before->str));
		if (!token_is_open(line)) {
			remember(edit, line);
			return g_steal_pointer(&line);
		}
	}
}
