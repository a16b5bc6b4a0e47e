/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_DESK_SITE_H
#define STATION_OPERATOR_DESK_SITE_H

#include "station/operator/outline.h"
#include "station/operator/plot.h"
#include "station/operator/site_view.h"

/* The latest picture of an eye. */
struct desk_eye {
	char name[64], corner[32], words[64];
	int lane;
	guint columns, rows; /* 0: there is none */
	GArray *counts;      /* guint32, row by row from the top */
};

/* A waterfall that builds up: points of one step and corner; lane 0: of several lanes. */
struct desk_points {
	char name[64], corner[32], x_name[32];
	int lane;
	double line;    /* the limit; NAN none */
	GArray *points; /* struct plot_point */
};

enum { DESK_ANSWERS_MAX = 6 };

/* One site as the operator sees it. */
struct desk_site {
	struct site_view *view;
	char part_number[48], lot[48];
	gboolean wanted;   /* a unit was scanned, and the store is asked about it */
	gboolean aborting; /* was told to end; not at rest yet */
	gboolean present;  /* a module is in */
	gint64 present_us; /* when it came, process time; 0: before the start, or none */
	char down[240];    /* why no unit can be begun here; "": one can */
	char question[240];
	char answers[DESK_ANSWERS_MAX][32]; /* to choose from; all "": any words */
	int chosen;                         /* of them */
	char condition[120];                /* "head 25.1 °C, case 31.2 °C" */
	double case_degc;                   /* NAN unknown */
	const struct outline *outline; /* of the present or last run; null: unknown. Borrowed */
	double left_s;                 /* of the run, when the present step began; NAN unknown */
	struct desk_eye eye;
	struct desk_points points;
};

#endif
