/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_SHELL_H
#define STATION_SHELL_SHELL_H

#include "station/engine/step.h"
#include "station/shell/token.h"
#include "station/shell/value.h"
#include "station/store/store.h"

#include <gio/gio.h>

/*
 * The interpreter of the engineering shell. It knows no terminal: lines come in, results go out
 * through the functions of struct shell_world.
 */

struct shell_command; /* command.h */

struct shell_world {
	const struct shell_command *const *commands; /* null-terminated, nouns together */
	const struct step_table *steps;
	const struct config *config; /* of the station; null: none */
	const char *config_path;     /* null: none */
	const char *store_path;      /* null: no configuration */
	const char *station_id;
	void (*write)(const char *text, gpointer data);       /* results */
	void (*write_error)(const char *text, gpointer data); /* messages, without "station: " */
	/* ends a watch when it gives TRUE; null: nothing but the cancellable does */
	gboolean (*key_pressed)(gpointer data);
	/* clears the terminal; null: there is none, or it cannot */
	void (*clear)(gpointer data);
	/* asks for a PIN of at most size - 1 bytes, which nobody sees; STATION_ERROR_CANCELLED when
	 * `stop` (may be null) was triggered, or its key pressed. Null: there is no terminal */
	gboolean (*ask_pin)(char *pin, gsize size, GCancellable *stop, gpointer data,
	                    GError **error);
	gpointer data;
	guint width;         /* of the terminal; 0: none */
	gboolean json;       /* results as one object a line */
	gboolean keep_going; /* an error does not end a file */
};

struct shell;
typedef struct shell shell;

/* The world is copied; its texts are borrowed. */
struct shell *shell_new(const struct shell_world *world);
/* Leaves the site safe: FALSE when something could not be made so, which is told by write_error. */
gboolean shell_leave(struct shell *shell);
/* After shell_leave, or it leaves too. */
void shell_free(struct shell *shell);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(shell, shell_free)

/*
 * Runs the commands of a line (it may have several lines, when a quote goes over them), one after
 * the other; the first that fails ends it. Results are shown as they come; `$_` has the last.
 * STATION_ERROR_CANCELLED when `stop` (may be null) was triggered.
 */
gboolean shell_run(struct shell *shell, const char *line, GCancellable *stop, GError **error);

/* The same, but nothing is shown: the last result is *result, VALUE_NONE on error. */
gboolean shell_run_for(struct shell *shell, const char *line, GCancellable *stop,
                       struct value *result, GError **error);
/* Within shell_run_for. */
gboolean shell_is_quiet(const struct shell *shell);

/* The next line without its newline, to be freed with g_free; null at the end. */
typedef char *(*shell_next_line)(gpointer data);

/*
 * Runs line after line, "NAME: line 3: column 7: ..." in front of errors. The first error ends it;
 * with keep_going it is told by write_error, and in the end the error says how many lines failed,
 * of the first one's kind.
 */
gboolean shell_run_lines(struct shell *shell, const char *name, shell_next_line next, gpointer data,
                         GCancellable *stop, GError **error);
gboolean shell_run_text(struct shell *shell, const char *name, const char *text, GCancellable *stop,
                        GError **error);

/* The same of a file. STATION_ERROR_CONFIG when it cannot be read, or files call each other without
 * end. */
gboolean shell_source(struct shell *shell, const char *path, GCancellable *stop, GError **error);

/* The terminal has so many columns now. */
void shell_set_width(struct shell *shell, guint width);

/* `quit` was run. */
gboolean shell_has_quit(const struct shell *shell);

/* Lines that `history` lists; the newest SHELL_HISTORY_MAX are kept. */
enum { SHELL_HISTORY_MAX = 1000 };
void shell_remember(struct shell *shell, const char *line);
/* Whether what is typed there is not to be kept anywhere: a command of that kind is in it, within
 * others and quotes as well. Such lines are not remembered. */
gboolean shell_is_secret(const struct shell *shell, const char *line);

/* --- for commands and completion ------------------------------------------------------------ */

const struct shell_world *shell_world(const struct shell *shell);
GCancellable *shell_stop(const struct shell *shell); /* of the command that runs; may be null */
const GPtrArray *shell_history(const struct shell *shell); /* char *, oldest first */
void shell_quit(struct shell *shell);
void shell_show(struct shell *shell, const struct value *value);

/* The value is copied. */
void shell_set(struct shell *shell, const char *name, const struct value *value);
/* expression_lookup and token_lookup; data is the shell. */
const struct value *shell_lookup(const char *name, gpointer data);
char *shell_lookup_text(const char *name, gpointer data);
/* Sorted names of all variables; free the container only. */
GList *shell_variables(const struct shell *shell);

/* Where site.c, lua.c and steps.c keep what they have. */
struct shell_site *shell_site(struct shell *shell);
struct shell_lua *shell_lua(struct shell *shell);
struct shell_steps *shell_steps(struct shell *shell);
/* What "bench fault" broke and "bench repair" has not repaired: char ** of words, owning. */
GPtrArray *shell_broken(struct shell *shell);

/* Who is logged in, by name; "" nobody. Good as long as the shell, and told anew in its place. */
const char *shell_who(const struct shell *shell);
struct shell_login; /* login.h */
struct shell_login *shell_login(struct shell *shell);

/* The station's store, opened when first asked for. Null with error. */
struct store *shell_store(struct shell *shell, GError **error);

#endif
