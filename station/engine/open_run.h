/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_OPEN_RUN_H
#define STATION_ENGINE_OPEN_RUN_H

#include "reports/record.h"

#include <gio/gio.h>

/*
 * The run document of a run that is not in the store yet, in a file of its own beside the store:
 * FOLDER/RUN.json, whole at any time (written aside, synchronised, renamed), so that a run which
 * the program's end cuts off is not lost. Behind the document are lines, each after a record
 * separator (RFC 7464), with what was added since (reports/record_tail.h); one that was not written
 * to its end is none. Until the run is over its verdict is NONE and its end 0.
 * The process that runs it keeps the file locked (flock); a file that nobody keeps was left.
 * Space for the next document is set aside in FOLDER/.RUN.json.new, so that a disk that has become
 * full meanwhile still takes a finished one that is not much longer. (FOLDER/.RUN.spare.json.new is
 * the second of the two files that change places, before the first document is put.)
 *
 * All errors are STATION_ERROR_STORAGE with the file's name; one thread at a time.
 */
struct open_run;
typedef struct open_run open_run; /* for g_autoptr(open_run) only */

/* Puts the document as it is. Null with error: nothing is kept of this run. `rested` may be null;
 * else the files that open_run_stored left there are used again, and it is null afterwards. */
struct open_run *open_run_begin(const char *folder, const struct run_record *record,
                                struct open_run **rested, GError **error);
/* Leaves the file where it is, for open_run_find. Null is allowed. */
void open_run_free(struct open_run *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(open_run, open_run_free)

/* A step has ended: adds what is new before anybody is told, so that no end of this program loses
 * it. What cannot be added is part of what is added or put next. Null is allowed. */
void open_run_add(struct open_run *kept, const struct run_record *record);
/*
 * Something was added to the record: puts it again when the last time is OPEN_RUN_EVERY_S ago, and
 * OPEN_RUN_SHARE times as long as that took (real time). A failure is tried again at the next call;
 * so is what had not got to the disk when `stop` (may be null) was triggered. Null is allowed.
 */
#define OPEN_RUN_EVERY_S 1.0
#define OPEN_RUN_SHARE   20.0
void open_run_keep(struct open_run *kept, const struct run_record *record, GCancellable *stop);
/* Puts it now, and has it on the disk when it returns TRUE: the run is over. */
gboolean open_run_put(struct open_run *kept, const struct run_record *record, GError **error);
/* The store has it: the file goes. Takes `kept`; null is allowed. Where there is nothing at
 * `rested` (may be null) yet, its files are left there without their name, for the run that comes
 * next; free with open_run_free. */
void open_run_stored(struct open_run *kept, struct open_run **rested);
/* Borrowed. */
const char *open_run_path(const struct open_run *kept);
/* How often it was put, and how long that took in all (real time). */
guint open_run_n_puts(const struct open_run *kept, double *seconds);

/* One that was left. */
struct open_run_left {
	char *path;
	int fd; /* keeps the file locked */
	struct run_record *record;
};
void open_run_left_free(struct open_run_left *left); /* leaves the file; null is allowed */

/*
 * The runs of a station that were left in the folder, oldest first: array of struct open_run_left,
 * owning. What another station or a process that lives has there stays as it is. A file that
 * cannot be read is set aside as PATH.damaged and told in a line of `words` (owned char *). Null
 * with error when the folder cannot be read; one that does not exist is empty.
 */
GPtrArray *open_run_find(const char *folder, const char *station, GPtrArray *words, GError **error);
/* Whether there is any: as open_run_find, but nothing is read, moved or locked for longer. */
gboolean open_run_any(const char *folder);
/* The store has it: the file goes. */
gboolean open_run_left_stored(const struct open_run_left *left, GError **error);
/* Sets it aside as PATH.damaged, and gives that name; free with g_free. */
char *open_run_set_aside(const char *path, GError **error);

#endif
