/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVERS_KEYSIGHT_BERT_COUNTS_H
#define INSTRUMENTS_DRIVERS_KEYSIGHT_BERT_COUNTS_H

#include "instruments/bert.h"
#include "instruments/scpi/scpi.h"

/*
 * The answer to :PLUG:ERAT:FETC:DATA?: records (location, time, compared ones, compared zeros,
 * errored ones, errored zeros[, PAM4 symbol counts]), one after another.
 */

/* M, the module's number, a dot, a word of letters and digits: "M2.DataIn1". */
gboolean bert_counts_is_location(const char *text);

/* The elements of all records, without brackets and quotes. Free with g_strfreev. */
char **bert_counts_split(const char *data);

/*
 * Bits and errors of a location; count->lock is not touched. STATION_ERROR_PROTOCOL when there is
 * no record of it or a field of it is no count.
 */
gboolean bert_counts_find(char **elements, const char *location, const struct scpi_dialect *dialect,
                          struct bert_count *count, GError **error);

#endif
