/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_ASYNC_WAIT_H
#define INSTRUMENTS_LINK_ASYNC_WAIT_H

#include "base/deadline.h"

#include <gio/gio.h>

/*
 * One asynchronous operation of GIO, waited for within bounds: what GIO does in one call has no
 * deadline. Between begin and run the operation is started with `cancellable`; its callback, which
 * gets the struct or what it is part of, sets `ended`.
 */
struct async_wait {
	GMainContext *context;
	GCancellable *cancellable; /* for the operation: the bounds cancel it */
	GSource *deadline;
	GSource *cancel; /* null when nobody can */
	gboolean ended;
};

void async_wait_begin(struct async_wait *wait, const struct bounds *bounds);
/* Returns once the operation has ended, which the bounds make it do. */
void async_wait_run(struct async_wait *wait);
/* The bounds were what ended it, and `what` took too long or was cancelled: error says so. */
gboolean async_wait_cut_off(const struct async_wait *wait, const struct bounds *bounds,
                            const char *what, GError **error);
void async_wait_done(struct async_wait *wait);

#endif
