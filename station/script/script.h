/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SCRIPT_SCRIPT_H
#define STATION_SCRIPT_SCRIPT_H

#include "limits/sandbox.h"
#include "station/engine/step.h"

/*
 * What scripts in Lua may do to a unit: one table of functions over a step's context, whoever made
 * that: a plan, or somebody at the shell. docs/scripting.md is the reference of users; a test
 * compares the two.
 */
struct script_function {
	/* `data` of its call is the struct script. Units stand in its help. */
	struct sandbox_function function;
	guint needs;      /* bits 1 << enum instrument_class that it uses */
	gboolean touches; /* more than a look: writes the module, moves light, heat or current */
};

/* The rows in the order of the reference; null past the last. Static storage. */
const struct script_function *script_function_at(guint i);
/* Null when there is none of that name. */
const struct script_function *script_function_find(const char *name);

/* One script at work. */
struct script;
typedef struct script script; /* for g_autoptr(script) only */

/* Everything is borrowed and has to live longer. */
struct script_site {
	/* Has a module that is up, and its product. Null: nothing can be called, as for a file that
	 * is only read; `why_not` says why (null: that no step runs). */
	struct step_context *ctx;
	const char *why_not;
	/* Asked before each call of a function; may take the instruments that it needs. Its error
	 * is the function's. Null: the context has what the step names. */
	gboolean (*allow)(const struct script_function *function, struct step_context *ctx,
	                  gpointer data, GError **error);
	const struct step_table *steps; /* that step.run may run; null: none */
	/* A line of print(); null: it becomes a note of the step. */
	void (*print)(const char *line, gsize length, gpointer data);
	gpointer data; /* given to print and allow */
};

struct script *script_new(const struct script_site *site);
void script_free(struct script *script); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(script, script_free)

/* Another context from now on; null: none, and why. */
void script_set_context(struct script *script, struct step_context *ctx, const char *why_not);

/*
 * For sandbox_new; lives as long as the script. A function whose instruments the context does not
 * hold is STATION_ERROR_CONFIG and says so. What is energised is registered to be undone first.
 */
const struct sandbox_host *script_host(const struct script *script);

/*
 * To be called once the script has ended in whatever way, before the instruments are given back:
 * supply back to the corner's voltage, and after a failure the knobs of module.keep_knob to what
 * they were, with bounds that no abort cancels. `failed`: it did not end well. FALSE with error set
 * for the first that could not be put back; all are tried.
 */
gboolean script_end(struct script *script, gboolean failed, GError **error);

#endif
