/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_POOL_H
#define STATION_ENGINE_POOL_H

#include "station/engine/config.h"
#include "station/engine/event.h"
#include "instruments/link/link.h"
#include "station/engine/exclusive.h"
#include "station/engine/usage.h"

#include <glib.h>

/*
 * The instruments of the station, shared by its sites. Who needs several takes all of them at once
 * or waits; nobody holds one while waiting for another, so there is no deadlock. First come, first
 * served, but whoever waits for one instrument does not keep others from those that are free
 * meanwhile: they may overtake, POOL_OVERTAKES times; from then on all that was asked for is kept
 * for the one who waits, so that each wait ends. An instrument is connected when first taken, and
 * again after a session was given up; no other process has it then (exclusive.h), and it is the one
 * that the configuration names. What it tells is told under its lock, in the order in which it
 * happens.
 */
struct pool;

/* The configuration is borrowed and must live longer. */
struct pool *pool_new(const struct config *config);
/* Closes every connection. Nothing may be taken. Null is allowed. */
void pool_free(struct pool *pool);

/* From now on what becomes of instruments is told by EVENT_INSTRUMENT, whenever it changes. The bus
 * is borrowed and must live longer. */
void pool_tell(struct pool *pool, struct event_bus *bus);

/*
 * From now on whoever connects an instrument has each of its messages told (instruments/link), by
 * the thread that uses it, under no lock. To be called before anything is taken.
 */
typedef void (*pool_hear)(const char *name, const struct link_event *event, gpointer data);
void pool_listen(struct pool *pool, pool_hear hear, gpointer data);

/*
 * Gives up the instrument's session; the next one is written to a file (record: of
 * instruments/link/link.h), or is an ordinary one again for null. It must not be taken.
 * STATION_ERROR_CONFIG for an instrument that is not there.
 */
gboolean pool_record(struct pool *pool, const char *name, const char *path, GError **error);

#define POOL_OVERTAKES 4
#define POOL_TAKE_MAX  INSTRUMENT_N_CLASSES

/*
 * Takes the named instruments (n <= POOL_TAKE_MAX, no name twice) and gives them connected in
 * `out`, in the order of the names. Errors: STATION_ERROR_TIMEOUT "waiting for NAME" when somebody
 * else keeps one too long, STATION_ERROR_CANCELLED, REFUSED when another process has one, CONFIG
 * "FILE:LINE: NAME: ..." when another model, serial number or firmware answers than is configured,
 * or what connecting it said; nothing is taken then.
 */
gboolean pool_take(struct pool *pool, const char *const *names, guint n, struct instrument **out,
                   const struct bounds *bounds, GError **error);

/* The same for a site, which is told of. */
gboolean pool_take_for(struct pool *pool, int site, const char *const *names, guint n,
                       struct instrument **out, const struct bounds *bounds, GError **error);

/* How many wait for that instrument, alone or with others. */
guint pool_n_waiting(struct pool *pool, const char *name);
/* Whether pool_take would not wait now. */
gboolean pool_are_free(struct pool *pool, const char *const *names, guint n);

/* Gives them back. give_up: their sessions cannot be trusted any more; they are connected anew when
 * taken next. */
void pool_give(struct pool *pool, const char *const *names, guint n, gboolean give_up);

/* Whether it was connected before and is not any more: its session was given up, and it could not
 * be connected anew since. */
gboolean pool_is_lost(struct pool *pool, const char *name);

/* The connected instrument, or null when it is not; for its identity only. */
const struct instrument *pool_peek(const struct pool *pool, const char *name);

/* FALSE, with the first reason, when an instrument was another one than is configured, or somebody
 * else's, when it was last tried. Nothing may be taken meanwhile. */
gboolean pool_is_right(const struct pool *pool, GError **error);

/* When a connected instrument was first seen switched on, as exclusive_seen_on. */
gint64 pool_on_since_us(const struct pool *pool, const char *name);

/* Who is told what of the instruments' sites is energised (guard.h); borrowed, null: nobody. Set
 * before anything is taken. */
struct guard;
void pool_set_guard(struct pool *pool, struct guard *guard);
struct guard *pool_guard(const struct pool *pool);

/* How busy the instruments are, kept by this pool. Borrowed. */
struct usage *pool_usage(struct pool *pool);

/* That it was made for. */
const struct config *pool_config(const struct pool *pool);

/* What is taken from other processes; the fixtures' part of it is their users'. Borrowed. */
struct exclusive *pool_exclusive(struct pool *pool);

/* Takes every instrument and fixture of the configuration from all other processes, connects to
 * none. STATION_ERROR_REFUSED with the name of the first that is in use, and by whom. */
gboolean pool_take_all_for_itself(struct pool *pool, GError **error);

/* Brings every instrument that can be reached to its safe state. Each failure is one line in
 * `failures` (owned char *, may be null). */
void pool_safe_state(struct pool *pool, GPtrArray *failures, const struct bounds *bounds);

#endif
