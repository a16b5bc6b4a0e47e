/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_WORKERS_H
#define STATION_ENGINE_WORKERS_H

#include <glib.h>

/*
 * Computes what steps leave to be computed while instruments and module do something else: as many
 * workers as there are processors, sites in turn. Nobody waits in it for anything but computing.
 * Whoever submits waits for it sooner or later, and bounds in that way how much is queued.
 */
struct workers;
struct workers_job;

struct workers *workers_new(guint n); /* 1 and more */
/* Nothing may be submitted and not waited for. Null is allowed. */
void workers_free(struct workers *workers);

/* From now on `work` may run, once, on another thread. `site` is whose turn it takes. */
struct workers_job *workers_submit(struct workers *workers, int site, void (*work)(gpointer data),
                                   gpointer data);
/* Returns when it has run, and frees the job; what it wrote can be read. */
void workers_wait(struct workers_job *job);

#endif
