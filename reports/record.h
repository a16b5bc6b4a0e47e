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
#define RECORD_SCHEMA "station-run-2"
/* What came before: read, with what is new since then absent; never written. */
#define RECORD_SCHEMA_BEFORE "station-run-1"

struct record_file { /* a file that shaped the run */
	char *role;  /* "station", "plan", "limits", "knobs", "lot", "quirks", "quirk-script"... */
	char *name;  /* last part of its path */
	char *sha256;
};

struct record_instrument {
	char *name;                              /* as in the station configuration */
	char *class_name;                        /* "power_meter" ... */
	char *maker, *model, *serial, *firmware; /* as the instrument said; "" when never reached */
	char *options;                           /* likewise, "" when it has none to tell */
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
	double uncertainty; /* expanded (k = 2), same unit (dB for dBm); instrument, light path and
	                     * repeatability together; NAN when unknown */
	enum verdict verdict; /* NONE when nothing judges it */
	gboolean marginal;
	char *reason;          /* why FAIL or ERROR or why there is no value; else null */
	GPtrArray *judgements; /* struct judgement */
};

/*
 * A curve: sweep or waterfall. Curves of one id, lane and group are drawn in one chart, told apart
 * by their labels; curves of one id and a group that is not "" whatever their lane.
 */
struct record_series {
	char *id; /* "rx_waterfall" (error ratios end in "waterfall"), "rssi_sweep" */
	guint step;
	int lane;
	char *corner; /* of its step; a step that goes through corners itself sets it */
	char *group;  /* "" or what else shares its chart: "4 lanes" */
	char *label;  /* "600 mV"; "": made of what differs: lane, corner, step */
	char *x_name, *x_unit, *y_name, *y_unit;
	GArray *x, *y;          /* double, same length */
	GArray *y_low, *y_high; /* confidence bounds, same length, or null */
	/* the fit drawn through it: y values at x_fit; null when none */
	GArray *x_fit, *y_fit;
	GArray *fit_low, *fit_high; /* its confidence band, as long as x_fit, or null */
	double marker_x;            /* the point looked for, e.g. the sensitivity; NAN when none */
	double line_y;              /* a horizontal line, e.g. the FEC limit; NAN when none */
};

/*
 * A sweep over two things (or one thing and a table of cases): z over x and y, drawn as a map of
 * colours with contours.
 */
struct record_map {
	char *id; /* "tx_fir_map", "rx_ber_map" */
	guint step;
	int lane;
	char *corner; /* of its step */
	char *x_name, *x_unit, *y_name, *y_unit, *z_name, *z_unit;
	gboolean log_z; /* colours by the logarithm, as error ratios want; a ratio of 0 counts as
	                 * the least that was seen */
	GArray *x, *y;  /* double, ascending or descending */
	GArray *z;      /* double, row by row: z[row * x->len + column] is at y[row]; NAN: not
	                 * measured, or no value there */
	double line_z;  /* contour of the limit; NAN when none */
	double best_x, best_y; /* the point that was chosen; NAN when none */
	char *note;            /* a sentence below the map, or "" */
};

enum { RECORD_PICTURE_MAX = 1 << 20 }; /* counts of a picture */

/*
 * A density picture. With x_value it belongs to a sweep: pictures of one id, kind, route and lane
 * with the same x_name and y_name are drawn as a grid, x_value to the right, y_value upwards.
 */
struct record_eye {
	char *id;    /* "tx_eye" */
	char *kind;  /* "captured"; "equalised": behind the reference equaliser */
	char *route; /* "direct", or "fibre": through the one that TDECQ wants */
	guint step;
	int lane;
	char *corner;                            /* of its step */
	char *x_name, *x_unit, *y_name, *y_unit; /* of the sweep; y "" when it has one dimension */
	double x_value, y_value;                 /* NAN: of no sweep; y_value: none */
	char *note;                              /* a few words below it: "TDECQ 1.62 dB", or "" */
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

/* One calibration value written to the module, and where it comes from. */
struct record_constant {
	char *knob;
	guint step;
	int lane;
	char *unit;
	double before, wanted, stored; /* stored: as read back, quantised */
	int entry;                     /* index in a table from 0; -1: no table */
	double at;     /* where in the table: the x of the entry, in the fit's x_unit; NAN none */
	double raw;    /* the whole number that is stored; NAN unknown */
	char *address; /* "9Fh:132-133", "bank 1 9Fh:140"; "" unknown */
	char *source;  /* what gave it: "fit of 5 readings, quadratic", "mean of 3 readings" */
	char *fit;     /* id of the series with readings and fitted curve, of the same lane (else of
	                * lane 0); null when there is none */
	double residual; /* largest distance of a reading from the fit; NAN unknown */
	char *residual_unit;
};

/* What the run did to the module's non-volatile memory: one change of it from one whole state to
 * another, in bytes side by side. A change whose bytes have no address has one entry without. */
struct record_write {
	char *what; /* "constants", "identity", "firmware" */
	char *way;  /* "direct", "commit", "command" */
	char *step; /* name of the step that wrote it, or "" */
	char *time; /* UTC, when it was about to be written */
	char *how;  /* "stored", "verified", "untouched", "restored"; "open", "damaged": what the
	             * module holds there is not known to be whole */
	char *words;
	char *address;        /* "03h:128-135", or "" */
	char *before, *after; /* hexadecimal; before "" when it is not known */
};

/*
 * Which instruments the run had when, by columns: entry i of each array belongs to the i-th time
 * that it asked for some. Whole numbers in double; milliseconds of the wall clock from the run's
 * start.
 */
struct record_uses {
	GArray *step;        /* index into steps; -1: none of them: something was
	                      * made safe, or what was done ahead was not wanted */
	GArray *instruments; /* sum of 2^i for each index i into instruments; 0: it got none */
	GArray *start_ms;    /* when it had them, all at once, or gave up */
	GArray *waited_ms;   /* for them, before that */
	GArray *held_ms;     /* from then until they were given back; 0: not yet */
};

/* What a person was asked during a run, and said. */
struct record_answer {
	guint step; /* index into steps */
	char *question, *answer;
	char *who;     /* "" when nobody was there and the plan's own answer was taken */
	double wait_s; /* from the question to the answer, real time */
};

/* What somebody did to a unit by hand: what a run found need not be so any more. */
struct record_touch {
	gint64 time_us;
	char *station;
	char *who;  /* "" nobody in particular */
	char *what; /* "attenuator set" */
};
void record_touch_free(struct record_touch *touch); /* null is allowed */
typedef struct record_touch record_touch;           /* for g_autoptr(record_touch) only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(record_touch, record_touch_free)

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
	GPtrArray *maps;         /* struct record_map */
	GPtrArray *eyes;         /* struct record_eye */
	GPtrArray *constants;    /* struct record_constant */
	GPtrArray *writes;       /* struct record_write; bytes that changed */
	GPtrArray *answers;      /* struct record_answer */
	struct record_uses uses;
	GPtrArray *notes; /* char *: prompts answered, undo failures and the like */
	/* The last time that the unit was touched since this run began, when no run has passed
	 * since then; else null. Never part of what is stored: the store says so when it gives the
	 * record. */
	struct record_touch *touched;
};
typedef struct run_record run_record; /* for g_autoptr(run_record) only */

/* An empty record with a new run id, start time now, verdict NONE, empty arrays and "" strings
 * where the comments above do not say null. */
struct run_record *run_record_new(void);
void run_record_free(struct run_record *record); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(run_record, run_record_free)

/* Each appends a zeroed entry (strings "", numbers NAN where NAN means none, corners those of the
 * step, a constant's entry -1) that the record owns and gives a borrowed pointer to it, valid as
 * long as the record. */
struct record_file *run_record_add_file(struct run_record *record, const char *role,
                                        const char *path, const char *sha256);
struct record_instrument *run_record_add_instrument(struct run_record *record);
struct record_step *run_record_add_step(struct run_record *record);
struct record_measurement *run_record_add_measurement(struct run_record *record, const char *id,
                                                      guint step, int lane, double value,
                                                      const char *unit);
struct record_series *run_record_add_series(struct run_record *record, const char *id, guint step,
                                            int lane);
struct record_map *run_record_add_map(struct run_record *record, const char *id, guint step,
                                      int lane);
struct record_eye *run_record_add_eye(struct run_record *record, const char *id, guint step,
                                      int lane);
struct record_constant *run_record_add_constant(struct run_record *record, const char *knob,
                                                guint step, int lane);
struct record_write *run_record_add_write(struct run_record *record);
struct record_answer *run_record_add_answer(struct run_record *record, guint step);
/* An entry in each column, held_ms 0; returns which, for run_record_end_use. All from 0 on but the
 * step. */
guint run_record_add_use(struct run_record *record, int step, guint64 instruments, gint64 start_ms,
                         gint64 waited_ms);
void run_record_end_use(struct run_record *record, guint use, gint64 held_ms);
void run_record_add_note(struct run_record *record, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Puts a copy of a text (null is allowed) in the place of an owned one of a record. */
void record_text(char **text, const char *value);

/* The measurement that counts for id, lane and corner: the latest whose step is not superseded.
 * Null when there is none. corner null matches any. */
const struct record_measurement *run_record_find(const struct run_record *record, const char *id,
                                                 int lane, const char *corner);

/* The series that a constant was fitted to: the latest of the id in `fit` whose step is not
 * superseded, of its lane before lane 0. Null when there is none. */
const struct record_series *run_record_fit(const struct run_record *record,
                                           const struct record_constant *constant);

/* True when a later attempt replaced that step, so that nothing of it counts. */
gboolean run_record_superseded(const struct run_record *record, guint step);

/* The judgement that people are shown first: of the rows that count the weightiest verdict with the
 * least margin, else of the others. Null when no row judged it. Borrowed. */
const struct judgement *record_measurement_decisive(const struct record_measurement *measurement);

/*
 * The run document: JSON, two-space indentation, keys in a fixed order, numbers that read back
 * exactly, NaN and infinity as null, times as text in UTC with microseconds. Bytes that are not
 * UTF-8 become U+FFFD. from_json refuses another schema, unknown and missing keys, wrong types, an
 * index of no step and arrays whose lengths disagree (STATION_ERROR_STORAGE); len -1: text ends in
 * a zero byte. A document of the schema before may lack what is new; it then has the values of a
 * new entry.
 */
char *run_record_to_json(const struct run_record *record);
struct run_record *run_record_from_json(const char *json, gssize len, GError **error);

#endif
