/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LOCK_FILE_H
#define INSTRUMENTS_LOCK_FILE_H

#include <glib.h>

/*
 * One process alone may use what is at an address: a file named after the address, on which the
 * process that uses it holds flock(2). The kernel ends the lock with the process, however that
 * ends; what the file says (who, since when) counts only while the lock is held. Processes meet
 * when they agree on the folder.
 */
struct lock_file;

/*
 * The folder where lock files are, made when it is not there: $STATION_LOCKDIR; else
 * /run/lock/station, which users share; else $XDG_RUNTIME_DIR/station; else /tmp/station-UID. The
 * first that can be used. STATION_ERROR_STORAGE when none can. Free with g_free.
 */
char *lock_file_folder(GError **error);

/*
 * Takes the lock of an address, waits for nobody. `station` names who takes it. Refused:
 * STATION_ERROR_REFUSED `in use by station "line2" (user x, process 1234, since 10:31)`; whoever
 * else holds it, another lock of this process too. STATION_ERROR_STORAGE when the file cannot be
 * made. Release with lock_file_release.
 */
struct lock_file *lock_file_take(const char *folder, const char *address, const char *station,
                                 GError **error);

/*
 * Who holds the lock of an address now, as lock_file_take would refuse it; null when nobody does.
 * Free with g_free.
 */
char *lock_file_holder(const char *folder, const char *address);

/* Which program that is, by the name it gives itself (g_get_prgname); null when nobody holds it.
 * Free with g_free. */
char *lock_file_program(const char *folder, const char *address);

/* Gives the lock back and takes the file away where that is allowed. Null is allowed. */
void lock_file_release(struct lock_file *lock);

/* The file of an address in the folder, with an ending such as ".lock". Free with g_free. */
char *lock_file_path(const char *folder, const char *address, const char *ending);

#endif
