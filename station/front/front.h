/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_FRONT_H
#define STATION_FRONT_FRONT_H

#include "station/engine/engine.h"

#include <glib.h>

/* The command line: what each way of calling the program shares. */

/* Frozen: station(1) lists them. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAIL = 1, /* a unit failed */
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_CONFIG = 3,    /* configuration, plan, limits or lot invalid */
	EXIT_CODE_ERROR = 4,     /* station error, a unit was not judged */
	EXIT_CODE_REFUSED = 5,   /* by a pre-check */
	EXIT_CODE_AUTHORITY = 6, /* not authorised */
	EXIT_CODE_STORAGE = 7,
	EXIT_CODE_EXPIRED = 8,  /* calibration expired */
	EXIT_CODE_AGAIN = 75,   /* not now: try again */
	EXIT_CODE_SIGNAL = 128, /* plus the signal's number */
};

struct front {
	const struct step_table *steps;
	char *config_path; /* as given or found; null: none found */
};

/* One way of calling the program. */
struct command {
	const char *name;     /* "check"; "--lot" for the batch run */
	const char *summary;  /* one line */
	const char *usage;    /* behind "station" */
	const char *details;  /* paragraphs and options; may be empty */
	const char *examples; /* lines of "command  # what it does" */
	int (*run)(struct front *front, int argc, char **argv);
};

extern const struct command cli_analyze;
extern const struct command cli_lot;
extern const struct command cli_check;
extern const struct command cli_db;
extern const struct command cli_discover;
extern const struct command cli_module;
extern const struct command cli_operator;
/* The options that may stand without its name; null-terminated. */
extern const char *const operator_options[];
extern const struct command cli_plan;
extern const struct command cli_report;
extern const struct command cli_shell;
extern const struct command cli_users;
extern const struct command cli_waveform;

/* Parses the common options, finds the command and runs it; returns the process's exit code. */
int front_main(const struct step_table *steps, int argc, char **argv);

/* What front_config puts into config->guard: this program, whatever became of its file. */
#define FRONT_SELF "/proc/self/exe"
/* "station --guard": what the station starts beside itself (station/engine/guard.h); not for
 * people. Reads standard input. */
#define GUARD_OPTION "--guard"
int guard_command_run(const struct front *front);

/* Prints a command's help on standard output. */
void front_help(const struct command *command);

/* Prints "station: " and the message on standard error, frees the error, gives the exit code of its
 * kind. */
int front_fail(GError *error);
/* The same for a wrong call, with a pointer to the help. */
int front_usage(const struct command *command, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Loads the configuration of the call; on failure the message is told and *code set. */
struct config *front_config(const struct front *front, int *code);
/* The same by config_load_uncalibrated. */
struct config *front_config_uncalibrated(const struct front *front, int *code);

#endif
