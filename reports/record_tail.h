/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_RECORD_TAIL_H
#define REPORTS_RECORD_TAIL_H

#include "reports/record.h"

/*
 * What was added to a run record since some place in it: one line of JSON, so that a document need
 * not be written anew for each step. Steps, values, curves, maps, pictures, constants, answers and
 * notes are those that are new; what module and instruments say of themselves is whole.
 */
#define RECORD_TAIL_LISTS 8

struct record_mark {
	guint n[RECORD_TAIL_LISTS];
	guint known; /* instruments that have said who they are */
};

/* The place behind all that is in the record but a step that was begun and not ended. */
struct record_mark record_mark(const struct run_record *record);

/* Without newline; free with g_free. */
char *record_tail_to_json(const struct run_record *record, const struct record_mark *since);

/*
 * Puts what the line says behind that place of a record, and takes away what is there. A step that
 * is a further attempt supersedes the one before it. STATION_ERROR_STORAGE when it is no such line
 * or the record ends before that place; the record may be changed then.
 */
gboolean record_tail_add(struct run_record *record, const char *json, gssize len, GError **error);

#endif
