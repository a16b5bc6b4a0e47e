/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_CLERK_H
#define STATION_FRONT_CLERK_H

#include <glib.h>

/*
 * Somebody who does what takes time (the store, reports, passwords) while a screen goes on: one
 * thread, one job after the other, in the order in which they were given.
 */
struct clerk;

/* Null with error set when the system has no descriptors left. */
struct clerk *clerk_new(const char *name, GError **error);
/* Waits until every job is done; `done` of none of them is called any more. Null is allowed. */
void clerk_free(struct clerk *clerk);

/*
 * work(data) on the clerk's thread, then done(data) (null: nothing) on the thread that calls
 * clerk_deliver; then data is freed by free_data (null: not at all).
 */
void clerk_give(struct clerk *clerk, void (*work)(gpointer data), void (*done)(gpointer data),
                gpointer data, GDestroyNotify free_data);

/* Can be read while a job is done and not delivered. Owned by the clerk. */
int clerk_fd(const struct clerk *clerk);
void clerk_deliver(struct clerk *clerk);

#endif
