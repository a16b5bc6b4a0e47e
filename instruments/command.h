/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_COMMAND_H
#define INSTRUMENTS_COMMAND_H

#include "instruments/instrument.h"
#include "instruments/scpi/scpi.h"

/*
 * A row of a driver's command table: the header and what goes with it. One function formats all of
 * them, so that no number depends on the locale or on a format string in a table.
 *
 * None of the functions that set asks for errors: a driver ends each group of them with
 * command_check, or with a query that proves the setting and command_check.
 */

/* How the place (channel, slot, location) is written. */
enum command_place {
	COMMAND_PLACE_NONE,
	COMMAND_PLACE_HASH,   /* replaces each '#' of the header: ":SENS#:POW:WAV" */
	COMMAND_PLACE_QUOTED, /* first argument in single quotes: 'M1.DataOut1' */
	COMMAND_PLACE_DOUBLE, /* first argument in double quotes: "Generator" */
	COMMAND_PLACE_LIST,   /* last argument as a channel list: (@1) */
};

/* What follows, besides the place. */
enum command_argument {
	COMMAND_NO_ARGUMENT,
	COMMAND_NUMBER, /* with the row's digits */
	COMMAND_INTEGER,
	COMMAND_BOOLEAN, /* 1 or 0 */
	COMMAND_WORD,    /* as it is */
};

enum command_reply {
	COMMAND_NO_REPLY,
	COMMAND_DONE,   /* ";*OPC?" is appended, and answered by 1 when done; or as scpi_run does */
	COMMAND_ANSWER, /* a query */
};

struct command {
	const char *header; /* without arguments; a query ends in '?' */
	enum command_place place;
	enum command_argument argument;
	int digits; /* significant ones of a NUMBER, 1..17; else 0 */
	enum command_reply reply;
	gboolean is_long; /* the driver bounds it; others get the model's answer_s */
};

/* Rows of a table; place is the end of the name of an enum command_place. */
#define COMMAND_ROW(header, place, argument, digits, reply, is_long)                               \
	{                                                                                          \
		header, COMMAND_PLACE_##place, COMMAND_##argument, digits, COMMAND_##reply,        \
			is_long                                                                    \
	}
#define COMMAND_SET(header, place) COMMAND_ROW(header, place, NO_ARGUMENT, 0, NO_REPLY, FALSE)
#define COMMAND_SET_NUMBER(header, place, digits)                                                  \
	COMMAND_ROW(header, place, NUMBER, digits, NO_REPLY, FALSE)
#define COMMAND_SET_INTEGER(header, place) COMMAND_ROW(header, place, INTEGER, 0, NO_REPLY, FALSE)
#define COMMAND_SET_BOOLEAN(header, place) COMMAND_ROW(header, place, BOOLEAN, 0, NO_REPLY, FALSE)
#define COMMAND_SET_WORD(header, place)    COMMAND_ROW(header, place, WORD, 0, NO_REPLY, FALSE)
#define COMMAND_ASK(header, place)         COMMAND_ROW(header, place, NO_ARGUMENT, 0, ANSWER, FALSE)
#define COMMAND_ASK_LONG(header, place)    COMMAND_ROW(header, place, NO_ARGUMENT, 0, ANSWER, TRUE)
#define COMMAND_WAIT(header, place)        COMMAND_ROW(header, place, NO_ARGUMENT, 0, DONE, TRUE)
#define COMMAND_WAIT_WORD(header, place)   COMMAND_ROW(header, place, WORD, 0, DONE, TRUE)

/*
 * The text to send. place: see the row, null for PLACE_NONE. number is used by NUMBER, INTEGER and
 * BOOLEAN rows, word by WORD rows. STATION_ERROR_INTERNAL when the row does not fit,
 * RANGE for a number that is not finite. Free with g_free.
 */
char *command_format(const struct command *command, const char *place, double number,
                     const char *word, GError **error);

/* Settings without a reply. */
gboolean command_send(struct instrument *instrument, const struct command *command,
                      const char *place, const struct bounds *bounds, GError **error);
gboolean command_send_number(struct instrument *instrument, const struct command *command,
                             const char *place, double number, const struct bounds *bounds,
                             GError **error);
gboolean command_send_word(struct instrument *instrument, const struct command *command,
                           const char *place, const char *word, const struct bounds *bounds,
                           GError **error);
/* A text already complete, such as several commands joined by ';'. */
gboolean command_send_text(struct instrument *instrument, const char *text,
                           const struct bounds *bounds, GError **error);

/* DONE rows: returns when the instrument says so. word: null but for WORD rows. */
gboolean command_wait(struct instrument *instrument, const struct command *command,
                      const char *place, const char *word, const struct bounds *bounds,
                      GError **error);

/* ANSWER rows; the value is not touched on failure. */
gboolean command_ask_number(struct instrument *instrument, const struct command *command,
                            const char *place, double *value, const struct bounds *bounds,
                            GError **error);
gboolean command_ask_value(struct instrument *instrument, const struct command *command,
                           const char *place, struct scpi_value *value, const struct bounds *bounds,
                           GError **error);
gboolean command_ask_integer(struct instrument *instrument, const struct command *command,
                             const char *place, gint64 *value, const struct bounds *bounds,
                             GError **error);
gboolean command_ask_boolean(struct instrument *instrument, const struct command *command,
                             const char *place, gboolean *value, const struct bounds *bounds,
                             GError **error);
gboolean command_ask_text(struct instrument *instrument, const struct command *command,
                          const char *place, char **text, const struct bounds *bounds,
                          GError **error);

/* Empties the error queue; INSTRUMENT when there was something in it. */
gboolean command_check(struct instrument *instrument, const struct bounds *bounds, GError **error);

/*
 * A setting that is read back: sends, checks the error queue, asks, and is INSTRUMENT when the
 * answer differs by more than the tolerance. `what` names it: "wavelength".
 */
gboolean command_set_verified(struct instrument *instrument, const struct command *set,
                              const struct command *ask, const char *place, double number,
                              double tolerance, const char *what, const struct bounds *bounds,
                              GError **error);
/* The same for BOOLEAN rows. */
gboolean command_switch_verified(struct instrument *instrument, const struct command *set,
                                 const struct command *ask, const char *place, gboolean on,
                                 const char *what, const struct bounds *bounds, GError **error);

/* For safe_state hooks, where every part is tried: keeps the first failure in *first. */
void command_keep_first(GError **first, GError *next);

/*
 * For a safe state: act on each of the instrument's channels, also when another failed; the first
 * error.
 */
gboolean command_each_channel(struct instrument *instrument,
                              gboolean (*act)(struct instrument *instrument, guint channel,
                                              const struct bounds *bounds, GError **error),
                              const struct bounds *bounds, GError **error);

#endif
