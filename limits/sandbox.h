/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_SANDBOX_H
#define LIMITS_SANDBOX_H

#include "base/deadline.h"
#include "limits/sandbox_value.h"

/*
 * Lua 5.4 for scripts that nobody has read: they reach what the host gives them and nothing else,
 * hold no more memory than they may, and end when their bounds do, whatever they do against it.
 * docs/scripting.md tells what a script may use. A sandbox is used from one thread at a time; the
 * bounds' cancellable may be cancelled from any.
 */
struct sandbox;
typedef struct sandbox sandbox; /* for g_autoptr(sandbox) only */

/*
 * A function of the host. "module.read" is read in a table `module`, a name without a dot is a
 * global. `takes` has a letter for each argument: b boolean, i integer (numbers without fraction
 * count), n number, t text, T table, v anything; those after "|" may be left out, "*" at the end
 * takes any number of anything. What does not fit is refused before the call.
 */
struct sandbox_function {
	const char *name;
	const char *takes;
	const char *help; /* "(name, value): sets a knob": arguments, then what it does */
	/*
	 * `arguments` are borrowed: an argument that was left out at the end is not counted. The
	 * results are appended to `results`. May wait, within the bounds of the run. An error
	 * becomes the script's: a table with `message` and `kind` (station_error_name), which it
	 * may catch, unless the run's own bounds are over.
	 */
	gboolean (*call)(const struct sandbox_value *arguments, guint count, GArray *results,
	                 const struct bounds *bounds, gpointer data, GError **error);
};

/* Outlives the sandbox. */
struct sandbox_host {
	const struct sandbox_function *functions;
	gsize n_functions;
	/* A line of print(), without its end; any bytes. Null drops it. */
	void (*print)(const char *line, gsize length, gpointer data);
	gpointer data;   /* given to all of them */
	gsize bytes_max; /* memory of scripts; 0 is 32 MiB */
	/* Asked before each call of a function; its error is the function's. Null: all may be
	 * called. */
	gboolean (*may_call)(const struct sandbox_function *function, gpointer data,
	                     GError **error);
};

/* STATION_ERROR_INTERNAL when bytes_max is too small for Lua itself. */
struct sandbox *sandbox_new(const struct sandbox_host *host, GError **error);
void sandbox_free(struct sandbox *sandbox); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sandbox, sandbox_free)

/*
 * Runs a script, source text only; `name` is what messages call it ("fir.lua:3: ..."). What it
 * returns is appended to `results` (struct sandbox_value; null drops it). Its globals stay for the
 * next one. Errors:
 * STATION_ERROR_CONFIG: the script is wrong, or needs too much memory; the text has file, line and
 * who called, each on a line of its own;
 * STATION_ERROR_TIMEOUT, STATION_ERROR_CANCELLED: the bounds were over. Nothing of the script ran
 * after that, no handler of its own either, and the globals are gone;
 * a host function's own kind when the script did not catch its error.
 */
gboolean sandbox_run(struct sandbox *sandbox, const char *name, const char *text, gsize length,
                     const struct bounds *bounds, GArray *results, GError **error);

/*
 * The same for a script that returns a table: then its function of the name `entry` is called, with
 * no arguments, and what that returns are the results. STATION_ERROR_CONFIG when there is none.
 */
gboolean sandbox_run_entry(struct sandbox *sandbox, const char *name, const char *text,
                           gsize length, const char *entry, const struct bounds *bounds,
                           GArray *results, GError **error);

/*
 * The same for a script that returns a function: then it is called with one argument (borrowed),
 * and what it returns are the results. STATION_ERROR_CONFIG when it returns none.
 */
gboolean sandbox_run_function(struct sandbox *sandbox, const char *name, const char *text,
                              gsize length, const struct sandbox_value *argument,
                              const struct bounds *bounds, GArray *results, GError **error);

#endif
