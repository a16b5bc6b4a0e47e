/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_VIEW_H
#define STATION_FRONT_LOT_VIEW_H

#include "reports/record.h"
#include "station/engine/event.h"
#include "station/front/lot_forecast.h"

#include <glib.h>
#include <stdio.h>

/*
 * What a lot run shows: folded from events, written as lines. On a terminal the last line is
 * rewritten as the runs go on; elsewhere there is one line per run. What
 * several lanes note alike in a step is one line when the step has ended.
 */
struct lot_view;

struct lot_unit_result {
	char *serial, *run_id, *reason, *step, *report;
	char *part_number, *line; /* of the record: "" and the reason in a line, until it is set */
	int site;
	enum verdict verdict;
	gboolean marginal;
	double seconds;
};

/* A unit that the pre-check did not want to be tested: it has no run. */
struct lot_refusal {
	char *serial, *why;
};

/* units: how many the lot has. talk: where progress goes (standard error). */
struct lot_view *lot_view_new(guint units, FILE *talk, gboolean terminal, gboolean color);
void lot_view_free(struct lot_view *view);

/* The time left is told by it from now on, and it hears the events that the view does; taken over.
 * Without it the time left is told by how fast it went so far. */
void lot_view_set_forecast(struct lot_view *view, struct lot_forecast *forecast);
/* What it says now, as lot_forecast_json, on standard output; nothing without one. */
void lot_view_tell_forecast(const struct lot_view *view);

void lot_view_event(struct lot_view *view, const struct event *event);
/* Takes the progress line away, for other output. */
void lot_view_clear(struct lot_view *view);

/* One result per ended run, in order of their ends; borrowed: array of struct lot_unit_result. */
const GPtrArray *lot_view_results(const struct lot_view *view);
/* How many units were refused. */
guint lot_view_refused(const struct lot_view *view);
/* What the latest result of that run shows from its record: the part number, the reason in a line.
 */
void lot_view_set_record(struct lot_view *view, const struct run_record *record);
/* Names the report of the latest result of a run. */
void lot_view_set_report(struct lot_view *view, const char *run_id, const char *path);

/* Sorts the results: serials is null-terminated; what it does not name comes last. */
void lot_view_sort(struct lot_view *view, const char *const *serials);

/* The table of results, then `between` (lines, or ""), then the line of counts. */
void lot_view_summary(const struct lot_view *view, FILE *out, const char *between, gboolean color);

#endif
