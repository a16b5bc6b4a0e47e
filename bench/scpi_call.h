/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCPI_CALL_H
#define BENCH_SCPI_CALL_H

#include "bench/scpi_parse.h"

struct scpi_call;
struct scpi_device;
struct settings;

/* One command of a model. A pattern that ends in '?' is a query. */
struct scpi_row {
	const char *pattern; /* scpi_match */
	void (*run)(struct scpi_call *call);
	int tag; /* for the function, when several rows share it */
};

/* A command being executed. The functions of rows use it through those below. */
struct scpi_call {
	struct scpi_device *device;
	const struct scpi_row *row; /* null in a setting */
	int suffix[SCPI_SUFFIXES];
	const struct scpi_unit *unit;
	guint next;   /* parameter */
	guint values; /* written by this unit */
	int error;    /* the last one of this unit */
	GByteArray *reply;
};

struct scpi_device *scpi_call_device(const struct scpi_call *call);
/* The instrument given to scpi_device_new. */
void *scpi_instrument(const struct scpi_call *call);
struct settings *scpi_settings(const struct scpi_call *call);
int scpi_tag(const struct scpi_call *call); /* 0 in a setting */
/* Number in the header, counted from 0, or `absent` when it was not written. */
int scpi_suffix(const struct scpi_call *call, guint index, int absent);
/* As above; outside min..max it is error -114 and false. */
gboolean scpi_suffix_in(struct scpi_call *call, guint index, int absent, int min, int max,
                        int *suffix);

/* Puts an error into the queue. detail (null: none) follows the standard text in parentheses. */
void scpi_error(struct scpi_call *call, int number, const char *detail);
/* The last error of this unit, 0 when there is none. */
int scpi_failed(const struct scpi_call *call);

/* Parameters are taken from left to right; each puts its error into the queue and gives false. */
guint scpi_parameters_left(const struct scpi_call *call);
/* Looks at the next parameter without taking it; empty when there is none. */
struct scpi_span scpi_peek(const struct scpi_call *call);
/* A number in min..max (else -222), or MINimum, MAXimum, DEFault. */
gboolean scpi_take_number(struct scpi_call *call, const char *unit, double min, double max,
                          double fallback, double *value);
gboolean scpi_take_int(struct scpi_call *call, int min, int max, int *value);
/* ON, OFF or a number, zero meaning off. */
gboolean scpi_take_bool(struct scpi_call *call, gboolean *value);
/* Index in a null-terminated list of mnemonics; another word is -224. */
gboolean scpi_take_choice(struct scpi_call *call, const char *const *mnemonics, int *index);
/* A quoted string. Free with g_free. */
gboolean scpi_take_string(struct scpi_call *call, char **value);
gboolean scpi_take_channels(struct scpi_call *call, int first, int last, guint32 *mask);
/* Any parameter as it is. */
gboolean scpi_take_any(struct scpi_call *call, struct scpi_span *value);
/* True when no parameter is left, else -108. */
gboolean scpi_end(struct scpi_call *call);

/* Replies; values of one unit are joined by commas, units by semicolons. */
void scpi_reply_raw(struct scpi_call *call, const char *text);
void scpi_reply_int(struct scpi_call *call, gint64 value);
void scpi_reply_signed(struct scpi_call *call, gint64 value); /* +0 */
void scpi_reply_bool(struct scpi_call *call, gboolean value); /* 0, 1 */
void scpi_reply_quoted(struct scpi_call *call, const char *text);
/*
 * Scientific, with the given number of decimals and at least so many digits of the exponent:
 * +1.31000000E-006. NaN is 9.91E+37, infinity 9.9E+37.
 */
void scpi_reply_exp(struct scpi_call *call, double value, int decimals, int exponent_digits,
                    gboolean plus);
void scpi_reply_fixed(struct scpi_call *call, double value, int decimals);
/* Definite-length block. */
void scpi_reply_block(struct scpi_call *call, const void *data, gsize len);

/* A number as scpi_reply_exp writes it. Free with g_free. */
char *scpi_format_exp(double value, int decimals, int exponent_digits, gboolean plus);

#endif
