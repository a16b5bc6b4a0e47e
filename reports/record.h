/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_RECORD_H
#define REPORTS_RECORD_H

#include "limits/limit.h"

#include <glib.h>

/*
 * The run record: everything one execution of a plan on a unit found, with what it was found by.
 * It is built while the run goes on, turned into the run document (JSON, reports/run.schema.json)
 * and stored; every report and export derives from the document. All strings are owned; all
 * pointers in arrays are owned by the arrays. SI units unless a unit is named beside the value;
 * times are microseconds of UTC since 1970.
 */
#define RECORD_SCHEMA "station-run-1"

struct record_file { /* a file that shaped the run */
	char *role;  /* "station", "plan", "limits", "knobs", "lot" */
	char *name;  /* last part of its path */
	char *sha256;
};

struct record_instrument {
	char *name;                              /* as in the station configuration */
	char *class_name;                        /* "power_meter" ... */
	char *maker, *model, *serial, *firmware; /* as the instrument said; "" when never reached */
	char *calibration_due;                   /* "2027-03-31" or "" */
	char *evidence;                          /* "TESTED_SIM" ... */
	char *resource;                          /* the resource string */
};

struct record_identity { /* what the module says of itself; null strings when not read */
	char *vendor, *part_number, *serial, *revision, *date_code, *firmware, *cmis_revision;
};

struct record_step {
	char *name;          /* the plan's name of the step */
	char *kind;          /* the step function: "tx-measure" ... */
	char *group;         /* "setup", "main", "cleanup" */
	int lane;            /* 0 = whole unit */
	char *corner;        /* "25C 3.300V" or "" */
	int attempt;         /* 1, 2, ...; every attempt is kept */
	gboolean superseded; /* a later attempt replaced this one: its verdict does not count */
	gint64 start_us;
	double duration_s;
	enum verdict verdict;
	char *reason;     /* why not PASS; null on PASS */
	char *error_kind; /* station_error_name when an error ended it; else null */
};

struct record_measurement {
	char *id;   /* "tx_oma" */
	guint step; /* index into steps */
	int lane;   /* 0 = whole unit */
	char *corner;
	double value; /* NAN when there is none: `reason` says why */
	char *unit;
	double uncertainty;   /* expanded (k = 2), same unit (dB for dBm); NAN when unknown */
	enum verdict verdict; /* NONE when nothing judges it */
	gboolean marginal;
	char *reason;          /* why FAIL or ERROR or why there is no value; else null */
	GPtrArray *judgements; /* struct judgement */
};

struct record_series { /* a curve: sweep or waterfall */
	char *id;      /* "rx_waterfall" (error ratios end in "waterfall"), "rssi_sweep" */
	guint step;
	int lane;
	char *x_name, *x_unit, *y_name, *y_unit;
	GArray *x, *y;          /* double, same length */
	GArray *y_low, *y_high; /* confidence bounds, same length, or null */
	/* the fit drawn through it: y values at x_fit; null when none */
	GArray *x_fit, *y_fit;
	GArray *fit_low, *fit_high; /* its confidence band, as long as x_fit, or null */
	double marker_x;            /* the point looked for, e.g. the sensitivity; NAN when none */
	double line_y;              /* a horizontal line, e.g. the FEC limit; NAN when none */
};

struct record_eye {  /* a density picture */
	char *id;    /* "tx_eye" */
	char *kind;  /* "captured"; "equalised": behind the reference equaliser */
	char *route; /* "direct", or "fibre": through the one that TDECQ wants */
	guint step;
	int lane;
	guint columns, rows;
	GArray *counts; /* guint32, row by row from the top */
	double x_span_ui;
	double y_min_w, y_max_w;
	/* what TDECQ was decided by; double; arrays are empty where nothing is known */
	GArray *levels_w;       /* mean power of the four levels, lowest first */
	GArray *thresholds_w;   /* three, lowest first */
	GArray *windows_ui;     /* middles of the two histogram windows from the left edge */
	double window_width_ui; /* NAN without windows */
	GArray *taps;           /* of the equaliser, earliest first */
};

struct record_constant { /* one calibration value written to the module */
	char *knob;
	guint step;
	int lane;
	char *unit;
	double before, wanted, stored; /* stored: as read back, quantised */
};

struct run_record {
	char *run_id; /* UUID version 7 */
	char *station_id, *station_version;
	char *lot, *serial, *part_number, *type, *form_factor, *product, *stage, *operator_name;
	int site;
	char *plan_name, *plan_revision, *limits_edition;
	gint64 start_us, end_us; /* end 0 while running */
	enum verdict verdict;
	gboolean marginal;
	char *reason;             /* "lane 3: tx_tdecq 4.31 dB > 3.40 dB"; null on PASS */
	char *first_failing_step; /* null on PASS */
	struct record_identity identity;
	GPtrArray *files;        /* struct record_file */
	GPtrArray *instruments;  /* struct record_instrument */
	GPtrArray *steps;        /* struct record_step */
	GPtrArray *measurements; /* struct record_measurement */
	GPtrArray *series;       /* struct record_series */
	GPtrArray *eyes;         /* struct record_eye */
	GPtrArray *constants;    /* struct record_constant */
	GPtrArray *notes;        /* char *: prompts answered, undo failures and the like */
};
typedef struct run_record run_record; /* for g_autoptr(run_record) only */

/* An empty record with a new run id, start time now, verdict NONE, empty arrays and "" strings
 * where the comments above do not say null. */
struct run_record *run_record_new(void);
void run_record_free(struct run_record *record); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(run_record, run_record_free)

/* Each appends a zeroed entry (strings "", numbers NAN where NAN means none) that the record owns
 * and gives a borrowed pointer to it, valid as long as the record. */
struct record_file *run_record_add_file(struct run_record *record, const char *role,
                                        const char *path, const char *sha256);
struct record_instrument *run_record_add_instrument(struct run_record *record);
struct record_step *run_record_add_step(struct run_record *record);
struct record_measurement *run_record_add_measurement(struct run_record *record, const char *id,
                                                      guint step, int lane, double value,
                                                      const char *unit);
struct record_series *run_record_add_series(struct run_record *record, const char *id, guint step,
                                            int lane);
struct record_eye *run_record_add_eye(struct run_record *record, const char *id, guint step,
                                      int lane);
struct record_constant *run_record_add_constant(struct run_record *record, const char *knob,
                                                guint step, int lane);
void run_record_add_note(struct run_record *record, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The measurement that counts for id, lane and corner: the latest whose step is not superseded.
 * Null when there is none. corner null matches any. */
const struct record_measurement *run_record_find(const struct run_record *record, const char *id,
                                                 int lane, const char *corner);

/* True when a later attempt replaced that step, so that nothing of it counts. */
gboolean run_record_superseded(const struct run_record *record, guint step);

/* The judgement that people are shown first: of the rows that count the weightiest verdict with the
 * least margin, else of the others. Null when no row judged it. Borrowed. */
const struct judgement *record_measurement_decisive(const struct record_measurement *measurement);

/* UUID version 7 (RFC 9562) of the present time, as text. Free with g_free. */
char *record_uuid7(void);

/*
 * The run document: JSON, two-space indentation, keys in a fixed order, numbers that read back
 * exactly, NaN and infinity as null, times as text in UTC with microseconds. Bytes that are not
 * UTF-8 become U+FFFD. from_json refuses another schema, unknown and missing keys, wrong types, an
 * index of no step and arrays whose lengths disagree (STATION_ERROR_STORAGE); len -1: text ends in
 * a zero byte.
 */
char *run_record_to_json(const struct run_record *record);
struct run_record *run_record_from_json(const char *json, gssize len, GError **error);

#endif
