/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_SCPI_SCPI_H
#define INSTRUMENTS_SCPI_SCPI_H

#include "base/deadline.h"
#include "instruments/link/link.h"
#include "instruments/scpi/parse.h"

#include <glib.h>

/*
 * A session with one instrument that speaks SCPI (SCPI-99 over IEEE 488.2) or something near it.
 * One query at a time: each query sends, waits and parses before it returns. After a failure the
 * session is dirty; the next call recovers first (clears the link, sends *CLS, asks *IDN? until
 * the known identity answers, empties the error queue), so that a late answer to an old question
 * is never taken for the answer to a new one.
 *
 * Errors of every function: STATION_ERROR_TIMEOUT, CANCELLED, IO, PROTOCOL (the answer is not what
 * the language allows), INSTRUMENT (the error queue held something, or another instrument answers).
 * Every text begins with the message sent: "VOLT?: no answer in 2.000 s".
 *
 * Formats follow printf but for floating point: conversions %e %f %g %a are refused with
 * STATION_ERROR_INTERNAL, for they write the locale's decimal point. Use the _number functions, or
 * number_format_digits and %s. A line end within a message is refused as well.
 *
 * Section numbers of IEEE 488.2 and SCPI-99 in this folder are from memory.
 */
struct scpi;

/* What *OPC? does (IEEE 488.2 §10.19 says it waits). */
enum scpi_opc {
	SCPI_OPC_BLOCKS, /* answers 1 when all is done, and not before */
	SCPI_OPC_POLLED, /* answers 0 or 1 at once: asked again until it is 1 */
	SCPI_OPC_ABSENT, /* unknown to the model: scpi_wait_opc is STATION_ERROR_UNSUPPORTED */
};

/* In what a model deviates. Constant; lives longer than the session. Null queries do not exist. */
struct scpi_dialect {
	const char *name;
	const struct link_settings *link; /* ends and framing */
	const char *identify;             /* "*IDN?" */
	const char *clear_status;         /* "*CLS" */
	const char *error_query;          /* ":SYST:ERR?" */
	guint error_depth;                /* entries the error queue can hold */
	enum scpi_opc opc;
	double over_range;     /* |number| at or above it is over range; 0: 9.9E37 only */
	const char *options;   /* "*OPT?" */
	const char *self_test; /* "*TST?", 0: nothing found; only where outputs stay as they are */
	gboolean service;     /* scpi_run waits for a request for service, where the bus has them */
	gboolean errors_tell; /* a query that is not taken gets no answer, but leaves an error */
};

/* *IDN? *CLS :SYST:ERR? with 30 entries, *OPC? blocks, LF both ways. */
extern const struct scpi_dialect scpi_dialect_standard;

/*
 * Opens the link with the dialect's settings and makes a session on it. Nothing is sent. sink may
 * be null (instruments/link/link.h). Free with scpi_free.
 */
struct scpi *scpi_open(const char *resource, const struct scpi_dialect *dialect,
                       const struct link_sink *sink, const struct bounds *bounds, GError **error);

/* A session on a link already open, which the session owns from now on. */
struct scpi *scpi_new(struct link *link, const struct scpi_dialect *dialect);

/* Ends the session and closes the link; sends nothing. Null is allowed. */
void scpi_free(struct scpi *scpi);

/* The link, borrowed: for what is not SCPI. */
struct link *scpi_link(struct scpi *scpi);

/* ---- settings ---- */

/* Sends one command, then empties the error queue as scpi_check_errors does. */
gboolean scpi_command(struct scpi *scpi, const struct bounds *bounds, GError **error,
                      const char *format, ...) G_GNUC_PRINTF(4, 5);

/*
 * The same with one number after the formatted header: header, blank, value in `digits` (1..17)
 * significant digits with '.', then suffix ("DBM"; null for none). A value that is not finite is
 * STATION_ERROR_RANGE and not sent.
 */
gboolean scpi_command_number(struct scpi *scpi, double value, int digits, const char *suffix,
                             const struct bounds *bounds, GError **error, const char *format, ...)
	G_GNUC_PRINTF(7, 8);

/* Sends one command and asks for no errors: for triggers, and long jobs that scpi_wait_opc ends. */
gboolean scpi_send(struct scpi *scpi, const struct bounds *bounds, GError **error,
                   const char *format, ...) G_GNUC_PRINTF(4, 5);

/*
 * What a person says, as it is; with `reply` (null: none is awaited) the answer as it came, of up
 * to max_len bytes. Whatever is set by it is nothing that a driver knows: scpi_upsets counts it.
 */
gboolean scpi_talk(struct scpi *scpi, const char *message, GByteArray *reply, gsize max_len,
                   const struct bounds *bounds, GError **error);

/*
 * Reads the error queue until it says 0. Anything else in it is STATION_ERROR_INSTRUMENT whose text
 * holds all entries: `-222,"Data out of range"; -350,"Queue overflow"`. A queue that gives more
 * than the dialect's depth and one is STATION_ERROR_PROTOCOL. True at once without an error query.
 * Source: SCPI-99 vol. 2 §21.8.
 */
gboolean scpi_check_errors(struct scpi *scpi, const struct bounds *bounds, GError **error);

/*
 * Waits until all pending operations are done, in the way of the dialect. poll_s is the process
 * time between two questions where they are polled (base/clock.h).
 */
gboolean scpi_wait_opc(struct scpi *scpi, double poll_s, const struct bounds *bounds,
                       GError **error);

/*
 * Sends a message that begins a long operation and waits until all that is pending is done: by
 * ";*OPC?" behind it, which has to answer 1. With a dialect's `service`, and a bus that has more
 * than a stream of bytes, by ";*OPC" and the request for service that its event, or an error,
 * makes (IEEE 488.2 §11: *ESE 61, *SRE 32): nothing is asked of the instrument meanwhile, others
 * on the same bus have it for themselves, and an error ends the wait at once with
 * STATION_ERROR_INSTRUMENT. A wait that is given up leaves the session dirty either way.
 */
gboolean scpi_run(struct scpi *scpi, const char *message, const struct bounds *bounds,
                  GError **error);

/*
 * For an *error of a query that was not answered, with time left: recovers, and adds what the error
 * queue says to its text. Nothing without the dialect's `errors_tell`.
 */
void scpi_explain(struct scpi *scpi, const struct bounds *bounds, GError **error);

/*
 * Changes whenever the instrument may not be set any more as it was told: after a recovery, a new
 * connection, any failed command or query, an entry in the error queue, *RST. Who leaves out what
 * is set already compares it.
 */
guint scpi_upsets(const struct scpi *scpi);

/* ---- who is there ---- */

/* The four fields of *IDN? (IEEE 488.2 §10.14), blanks around them removed. */
struct scpi_identity {
	char maker[72];
	char model[72];
	char serial[72];
	char firmware[72];
};

/*
 * Asks for the identity and remembers it for recovery. Other than four fields (the last may hold
 * commas), an empty maker or model, or a field that does not fit are STATION_ERROR_PROTOCOL.
 */
gboolean scpi_identify(struct scpi *scpi, struct scpi_identity *identity,
                       const struct bounds *bounds, GError **error);

/* ---- queries: on failure the results are not touched ---- */

/*
 * The answer as text, with CR and NUL at its end removed; when the whole is one quoted string,
 * what it holds. A NUL inside is STATION_ERROR_PROTOCOL; what is not UTF-8 is replaced as
 * g_utf8_make_valid does. Free with g_free.
 */
gboolean scpi_query_string(struct scpi *scpi, char **text, const struct bounds *bounds,
                           GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* A number, or the reason that there is none (instruments/scpi/parse.h). */
gboolean scpi_query_value(struct scpi *scpi, struct scpi_value *value, const struct bounds *bounds,
                          GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* A number that must be there: no value is STATION_ERROR_DATA, over or under range _RANGE. */
gboolean scpi_query_number(struct scpi *scpi, double *value, const struct bounds *bounds,
                           GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* A whole number ("+1", "1", "1.0", "1E0"). */
gboolean scpi_query_int(struct scpi *scpi, gint64 *value, const struct bounds *bounds,
                        GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* 1, 0, ON, OFF. */
gboolean scpi_query_bool(struct scpi *scpi, gboolean *value, const struct bounds *bounds,
                         GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/*
 * Numbers between commas into values, at most capacity of them: more are STATION_ERROR_PROTOCOL.
 * When count is null there must be exactly capacity.
 */
gboolean scpi_query_number_list(struct scpi *scpi, struct scpi_value *values, gsize capacity,
                                gsize *count, const struct bounds *bounds, GError **error,
                                const char *format, ...) G_GNUC_PRINTF(7, 8);

/*
 * The payload of one definite block (IEEE 488.2 §8.7.9), the only thing in the answer, into payload
 * (emptied first). More than max_len bytes are STATION_ERROR_PROTOCOL.
 */
gboolean scpi_query_block(struct scpi *scpi, GByteArray *payload, gsize max_len,
                          const struct bounds *bounds, GError **error, const char *format, ...)
	G_GNUC_PRINTF(6, 7);

enum scpi_byte_order {
	SCPI_LITTLE_ENDIAN,
	SCPI_BIG_ENDIAN,
};

/*
 * A block of IEEE 754 single precision numbers into values, at most capacity of them. When count is
 * null there must be exactly capacity, and then an indefinite block (§8.7.10) is read too. What is
 * no number (NaN, infinite, 9.91E37, ±9.9E37 and beyond) becomes NaN and is counted in *absent;
 * when absent is null one such is STATION_ERROR_DATA.
 */
gboolean scpi_query_float32(struct scpi *scpi, enum scpi_byte_order order, float *values,
                            gsize capacity, gsize *count, gsize *absent,
                            const struct bounds *bounds, GError **error, const char *format, ...)
	G_GNUC_PRINTF(9, 10);

#endif
