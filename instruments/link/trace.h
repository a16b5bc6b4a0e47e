/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_TRACE_H
#define INSTRUMENTS_LINK_TRACE_H

#include "instruments/link/link.h"

/*
 * A top that changes nothing and reports every operation with messages of the link below it: to
 * the sink, and as a line of base/recording.h to a file: opened, sent, received, cleared, closed. A
 * file that cannot be written fails the operation with STATION_ERROR_STORAGE.
 */
struct trace;

/* sink may be null, path too; the file is appended to. STATION_ERROR_STORAGE. */
struct trace *trace_new(const struct link_sink *sink, const char *path, GError **error);
void trace_free(struct trace *trace);

/* Reports how opening resource ended, also when it failed. */
void trace_report_open(struct trace *trace, const char *resource, gint64 start_us,
                       const GError *failure);

/* The top; owns trace and below from now on. */
struct link *trace_open(struct trace *trace, struct link *below);

/* One line of the file, with its end. Free with g_free. */
char *trace_line(const struct link_event *event);

#endif
