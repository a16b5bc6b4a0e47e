/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_STOPPABLE_H
#define STATION_FRONT_STOPPABLE_H

#include <gio/gio.h>

/*
 * Does work(data) on a thread of that name, and waits for its end. SIGINT, SIGTERM and SIGHUP
 * meanwhile cancel `stop`, which the work has to heed, and say `words` on standard error (null:
 * nothing). Gives the signal that did so, 0 for none.
 */
int stoppable_run(const char *name, void (*work)(gpointer data), gpointer data, GCancellable *stop,
                  const char *words);

#endif
