/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_EXCLUSIVE_H
#define STATION_ENGINE_EXCLUSIVE_H

#include <glib.h>

/*
 * What this station has taken for itself alone, against other stations and processes: a lock file
 * for each physical address (instruments/lock_file.h). An address once taken stays so until this is
 * freed, also while its instrument is connected anew; taken again, by another instrument of the
 * same configuration too, it is simply there. May be called from any thread.
 */
struct exclusive;

/*
 * The guard of a station that died (guard.h) goes by this name (g_set_prgname). What it makes safe
 * it gives back soon, after GUARD_LIFE_S at the latest: whoever takes an address from it waits up
 * to EXCLUSIVE_GUARD_S.
 */
#define EXCLUSIVE_GUARD   "station-guard"
#define EXCLUSIVE_GUARD_S 40

/* `station` names it in the refusals of others. Takes nothing. */
struct exclusive *exclusive_new(const char *station);
/* Gives everything back. Null is allowed. */
void exclusive_free(struct exclusive *exclusive);

/*
 * Takes the address of an instrument's resource, or of a fixture's. What is played back from a file
 * needs none. STATION_ERROR_REFUSED "osa1: in use by station \"line2\" (user x, process 1234,
 * ...)"; STORAGE when lock files cannot be made; CONFIG.
 */
gboolean exclusive_take(struct exclusive *exclusive, const char *name, const char *resource,
                        GError **error);
gboolean exclusive_take_fixture(struct exclusive *exclusive, int site, const char *resource,
                                GError **error);

/*
 * Who has an instrument's resource: "this process", "in use by station ..." as a refusal says it,
 * or null: nobody. Takes nothing. Free with g_free.
 */
char *exclusive_holder(struct exclusive *exclusive, const char *resource);

/*
 * Says that the instrument of a resource answers now, with a serial number, and gives when it was
 * first seen so (both in microseconds since 1970), as far as stations on this computer know. What
 * has not been seen for an hour may have been off meanwhile, and is seen for the first time now; so
 * is another instrument. 0, long ago, for what is played back.
 */
gint64 exclusive_seen_on(struct exclusive *exclusive, const char *resource, const char *serial,
                         gint64 now_us);
/* It does not answer: it may be off. */
void exclusive_seen_off(struct exclusive *exclusive, const char *resource);

#endif
