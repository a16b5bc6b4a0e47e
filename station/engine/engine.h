/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_ENGINE_H
#define STATION_ENGINE_ENGINE_H

#include "station/engine/config.h"
#include "station/engine/event.h"
#include "station/engine/live_eye.h"
#include "station/engine/step.h"
#include "station/engine/usage.h"
#include "station/store/store.h"

/*
 * The engine: commands in, events out. It owns the instruments and one thread per site, which owns
 * that site's fixture and module. Faces make commands and read an event queue; they never touch an
 * instrument.
 */
struct engine;

/* Everything is borrowed and must live longer. Checks every product of the configuration: plan,
 * limits and knob map are read, it fits a site (config_misfit), and each site that it fits has the
 * instruments that its plan needs. Takes instruments and fixtures from all other processes
 * (STATION_ERROR_REFUSED says who has one); connects to nothing. */
struct engine *engine_new(const struct config *config, const struct step_table *steps,
                          struct store *store, GError **error);
/* The same for engine_check, which tells what others have: takes nothing beforehand. */
struct engine *engine_new_to_check(const struct config *config, const struct step_table *steps,
                                   struct store *store, GError **error);

/* Aborts what runs, waits until every site is safe and its thread has ended. Null is allowed. */
void engine_free(struct engine *engine);

/* A queue of this engine's events; free it before the engine. */
struct event_queue *engine_events(struct engine *engine, guint capacity);

/* Connects to the instruments that answer and puts each into its safe state. What did not answer is
 * told in EVENT_NOTE events; a run that needs it will be an ERROR. */
void engine_prepare(struct engine *engine);

/* After engine_prepare and before any unit: FALSE when an instrument is not the one that the
 * configuration names (CONFIG, with file and line) or somebody else's (REFUSED). No unit can be run
 * then. */
gboolean engine_is_ready(struct engine *engine, GError **error);

/*
 * After engine_is_ready, while no unit is queued or running: makes safe and closes what an earlier
 * start of this station left open, see recover.h. STATION_ERROR_STORAGE when the store cannot take
 * it; INTERNAL when this engine does not own the instruments. Does nothing when recordings answer.
 */
gboolean engine_recover(struct engine *engine, GError **error);

/* One unit to be run. Strings are copied. */
struct engine_unit {
	const char *serial, *part_number, *lot, *lot_sha256, *operator_name;
	guint number, of; /* place in the lot; 0 unknown */
};

/* Queues a unit at a site; answered by EVENT_RUN_END, EVENT_RUN_LOST or, where the
 * configuration has a pre-check, EVENT_UNIT_REFUSED, unless an abort drops it.
 * CONFIG: unknown site or part number, or the two do not fit; else as engine_is_ready. */
gboolean engine_run_unit(struct engine *engine, int site, const struct engine_unit *unit,
                         GError **error);

/* Ends the present run of every site and drops what is queued: undo runs, the run is recorded as
 * ABORTED. Returns at once how many were dropped from the queues: for those no event comes any
 * more. May be called from any thread. */
guint engine_abort(struct engine *engine);

/* The same at one site; the others go on. 0 too when there is no such site. */
guint engine_abort_site(struct engine *engine, int site);

/*
 * Whether sites that are idle look for a module in their sockets, every half second, and tell it by
 * EVENT_UNIT_PRESENT: at the first look and at each change; that a fixture does not answer is told
 * once by an EVENT_NOTE. Off at first, and under record and replay. Opens fixtures; delays neither
 * units nor the end by more than the request that is on its way.
 */
void engine_watch_presence(struct engine *engine, gboolean on);

/*
 * Whether somebody answers what runs ask (EVENT_QUESTION, engine_answer); nobody does at first.
 * FALSE ends questions that wait: the unattended answer is not taken then, the step is an ERROR.
 */
void engine_set_attended(struct engine *engine, gboolean attended);

/* Answers what the run at that site asks; who may be null. STATION_ERROR_REFUSED when nothing is
 * asked there, or the answer is none of those offered. */
gboolean engine_answer(struct engine *engine, int site, const char *answer, const char *who,
                       GError **error);

/* How busy instruments and sites were so far; free with usage_summary_free before the engine. From
 * any thread. */
struct usage_summary *engine_usage(struct engine *engine);

/* The latest eye of a site, with a reference (live_eye_unref); null: none yet. From any thread. */
const struct live_eye *engine_eye(struct engine *engine, int site);

/* What `station check` shows: connects to everything once, in text lines by `line`. TRUE when all
 * is well. *expired is set when an instrument's calibration is over. */
gboolean engine_check(struct engine *engine,
                      void (*line)(gboolean ok, const char *text, gpointer data), gpointer data,
                      gboolean *expired);

#endif
