/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_COMMAND_H
#define STATION_SHELL_COMMAND_H

#include "station/shell/value.h"

/*
 * A row of the table of commands: noun, verb, typed arguments, help. Everything that is known of a
 * command is there: what reads a line, completes it, helps and writes the manual goes by the table
 * that is handed to the shell (shell_world).
 */

struct shell;

enum argument_kind {
	ARGUMENT_NUMBER, /* in `unit`, from `min` to `max`; a plain number is taken to be in `unit`
	                  */
	ARGUMENT_COUNT,  /* a whole number from `min` to `max` */
	ARGUMENT_CHOICE, /* one of `choices` */
	ARGUMENT_FILE,   /* the path of one */
	ARGUMENT_NAME,   /* a word; `complete` knows some */
	ARGUMENT_VALUE,  /* a number, range, variable or text */
	ARGUMENT_RANGE,  /* first..last step step */
	ARGUMENT_REST, /* the rest as it stands, last only; a command, or with `complete` a text */
};

struct argument {
	const char *name; /* "RUN" in help; null ends the list */
	enum argument_kind kind;
	gboolean optional; /* only optional ones follow */
	const char *unit;
	double min, max;
	const char *const *choices;
	/* adds names to the strings of `names`; null: none are known */
	void (*complete)(struct shell *shell, GPtrArray *names);
};

/*
 * What a command may do to bench and module. Words that keep variables or run other commands look:
 * what they run is asked for itself.
 */
enum command_right { COMMAND_LOOKS, COMMAND_SETS, COMMAND_ENERGISES, COMMAND_WRITES_MODULE };
/* "looks", "sets", "energises", "writes the module" */
const char *command_right_name(enum command_right right);

enum { COMMAND_ARGUMENTS_MAX = 4 };

/* Typed values; VALUE_NONE where an optional one was not given. */
struct call {
	struct value values[COMMAND_ARGUMENTS_MAX];
};

struct shell_command {
	const char *noun;
	const char *verb; /* null: the noun is a word of the language */
	const char *help; /* one line */
	const char *examples[4];
	struct argument arguments[COMMAND_ARGUMENTS_MAX + 1];
	enum command_right right;
	gboolean is_secret; /* a line with it is not kept in the history (shell_is_secret) */
	/* *result is VALUE_NONE before, and may stay so: nothing is shown then */
	gboolean (*run)(struct shell *shell, const struct call *call, struct value *result,
	                GError **error);
};

/* The command that runs; null between commands. */
const struct shell_command *shell_command_running(const struct shell *shell);

/* The row of that noun and verb, of a word of the language with null; null: there is none. */
const struct shell_command *command_find(const struct shell *shell, const char *noun,
                                         const char *verb);

/* "run show RUN". Free with g_free. */
char *command_usage(const struct shell_command *command);
/* "run show". Free with g_free. */
char *command_name(const struct shell_command *command);

#endif
