/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_STEP_H
#define STATION_ENGINE_STEP_H

#include "base/deadline.h"
#include "base/waveform.h"
#include "fixtures/knobs.h"
#include "fixtures/module.h"
#include "instruments/instrument.h"
#include "reports/record.h"
#include "station/engine/config.h"

#include <glib.h>

/*
 * What a step is and what it may use. A step does one thing to one unit at one site: it reads
 * instruments and module through the context, reports values with step_measure and returns. It
 * does not judge (the engine does, by the limits) and does not know who watches.
 */
struct step_context;

#define STEP_COUNT "count"

/* A parameter of a step. Only decibels and degrees may be below zero. Its value comes from the plan
 * with a unit, or is the default. */
struct step_param {
	const char *name;
	const char *unit; /* base unit (base/unit.h); "1" for a plain number, STEP_COUNT for a whole
	                   * one, null for text */
	const char *absent; /* default as it would stand in a plan ("1.0 dBm"); null: required */
	const char *help;
	guint min, max; /* of a STEP_COUNT */
};

struct step_value {
	double number; /* SI, or the parameter's own unit */
	char *text;    /* for text parameters; else null */
};

enum step_scope {
	STEP_UNIT, /* once for the unit; loops over lanes itself where it must */
	STEP_LANE, /* for one lane: the plan must run it for lanes */
};

struct step_def {
	const char *name; /* "tx-measure": lower case, dashes */
	const char *help; /* one line */
	enum step_scope scope;
	guint needs; /* bits 1 << enum instrument_class: taken all at once, held for the step */
	/* of a type whose TDECQ is behind a fibre every lane needs a fibre_channel, or the plan is
	 * refused; of other types it does not count */
	gboolean needs_fibre;
	double limit_s; /* the step may not take longer (real time) */
	/*
	 * Whether, with these parameters, it needs no result of the steps before it, writes nothing
	 * that lasts, and leaves unit and instruments so that it and its neighbours of that kind
	 * may be done in any order, and again. The engine does such steps while results of the ones
	 * before are still being computed, and forgets and repeats them where those want a further
	 * attempt. Null: never.
	 */
	gboolean (*may_go_ahead)(const struct step_context *ctx);
	const struct step_param *params; /* ends with a null name; null: none */
	/*
	 * FALSE with error set when it could not be done: STATION_ERROR_MODULE makes the verdict
	 * FAIL, STATION_ERROR_CANCELLED ABORTED, anything else ERROR.
	 */
	gboolean (*run)(struct step_context *ctx, GError **error);
};

struct step_table {
	const struct step_def *const *steps;
	guint n;
	const struct step_source *source; /* of steps in files of their own; null: there are none */
};

/* Null when there is none of that name; *nearest (may be null) then gets the nearest name. */
const struct step_def *step_table_find(const struct step_table *table, const char *name,
                                       const char **nearest);

/* A step that was read from a file; whoever reads it puts it first in a struct of its own. */
struct step_file {
	struct step_def def; /* named like the file, without its ending */
	char *path, *sha256;
	void (*free)(struct step_file *file);
};

/* Where steps come from that the table does not have. */
struct step_source {
	const char *suffix; /* ".lua": a plan names the file */
	const char *folder; /* among the data folders */
	/*
	 * Reads what the file says of its step; runs nothing of it on the unit. `table` has the
	 * steps that it may use, and outlives it. STATION_ERROR_CONFIG with file and line.
	 */
	struct step_file *(*load)(const char *path, const struct step_table *table, GError **error);
};

/* A parameter's value as it would stand in a plan, or its default for null. STATION_ERROR_CONFIG.
 */
gboolean step_value_parse(const struct step_param *param, const char *text,
                          struct step_value *value, GError **error);
/* Whether a number may be that parameter's: not below zero where that has no meaning, a count in
 * its range. STATION_ERROR_CONFIG. */
gboolean step_value_check(const struct step_param *param, double number, GError **error);

/* --- what a step may ask ------------------------------------------------------------------------
 */

int step_lane(const struct step_context *ctx); /* 0 for unit steps */
guint step_n_lanes(const struct step_context *ctx);
double step_case_degc(const struct step_context *ctx); /* of the corner */
double step_supply_v(const struct step_context *ctx);
const struct config_site *step_site(const struct step_context *ctx);
const struct config_lane *step_path(const struct step_context *ctx, int lane);
/* What the optics of the unit are. */
const struct optical_type *step_type(const struct step_context *ctx);
const char *step_form_factor(const struct step_context *ctx); /* "QSFP-DD" or "OSFP" */
const char *step_serial(const struct step_context *ctx);
const char *step_part_number(const struct step_context *ctx);
struct run_record *step_record(struct step_context *ctx); /* for identity; not for values */
const struct bounds *step_bounds(const struct step_context *ctx);
/* What runs: null in an undo, and for what is done by hand. */
const struct step_def *step_def_of(const struct step_context *ctx);
/* Null when it has none of that name, or was not begun by a plan. */
const struct step_param *step_param_of(const struct step_context *ctx, const char *param);
double step_number(const struct step_context *ctx, const char *param);
guint step_count(const struct step_context *ctx, const char *param); /* of a STEP_COUNT */
const char *step_text(const struct step_context *ctx, const char *param);

/* The classes that are held: bits 1 << enum instrument_class. */
guint step_needs(const struct step_context *ctx);
/* An instrument the step declared in `needs`, connected and identified. The site's configuration
 * has one or the plan would have been refused. */
struct instrument *step_instrument(struct step_context *ctx, enum instrument_class class_id);
/*
 * Gives instruments back before the step ends, for others to use: classes of a mask. To ask for one
 * of them afterwards is a programming error. Within another step (step_run_within) they stay that
 * step's.
 */
void step_release(struct step_context *ctx, guint classes);
/*
 * Leaves the rest of the step to be done when run has returned TRUE: pure computing and reporting,
 * on another thread, without instruments and module (asking for them is a programming error), while
 * others use the instruments and the unit perhaps goes on. `data` is freed in any case. At most
 * once in a step.
 */
typedef gboolean (*step_rest_fn)(struct step_context *ctx, gpointer data, GError **error);
void step_rest(struct step_context *ctx, step_rest_fn rest, gpointer data, GDestroyNotify free);
/*
 * Takes each instrument of the site after the other, alone, but the classes of the mask `without`,
 * and visits it; for steps without `needs`. Another site may have used it a moment ago and will use
 * it again. FALSE with what taking it or the visit said; the rest is not visited then.
 */
typedef gboolean (*step_visit_fn)(struct step_context *ctx, struct instrument *instrument,
                                  GError **error);
gboolean step_each_instrument(struct step_context *ctx, guint without, step_visit_fn visit,
                              GError **error);
/* How long an instrument, while it is visited, has been on at least (process time). */
double step_on_s(const struct step_context *ctx, const struct instrument *instrument);
/* Expanded uncertainty (k = 2) of that instrument's readings as configured; NAN when unknown. */
double step_uncertainty(const struct step_context *ctx, enum instrument_class class_id);
struct module *step_module(struct step_context *ctx);
/* Folder of the journals of writes (fixtures/write_history.h), of all units; free with g_free. */
char *step_writes_folder(const struct step_context *ctx);
const struct knob_map *step_knobs(const struct step_context *ctx);
/* Which firmware the product may have; null: any. */
const struct firmware_policy *step_firmware(const struct step_context *ctx);
/* What its modules are told to be; null: the product does not allow it. */
const struct personal_policy *step_personal(const struct step_context *ctx);

/*
 * Runs another step within this one: on its instruments, in its time, what it measures being this
 * step's. `values` are one for each of its parameters; `lane` is 0 for a step of the unit.
 * STATION_ERROR_CONFIG, before anything is done, for one that needs instruments which this one does
 * not name, is not for that lane, or enters a corner.
 */
gboolean step_run_within(struct step_context *ctx, const struct step_def *def,
                         const struct step_value *values, int lane, GError **error);

/* What the product's limits say of a value, which is not recorded by this. */
struct step_opinion {
	enum verdict verdict;     /* NONE: nothing judges it */
	double low, high, margin; /* of the row that decides; NAN: none */
};
struct step_opinion step_would_judge(const struct step_context *ctx, const char *id, int lane,
                                     double value, const char *unit, double uncertainty);

/* The worst verdict of the steps of this run that have ended and count; PASS when none has. */
enum verdict step_so_far(const struct step_context *ctx);

/* --- what a step reports ------------------------------------------------------------------------
 */

/* A value with its expanded uncertainty (NAN when unknown). NaN as value needs a reason. */
void step_measure(struct step_context *ctx, const char *id, int lane, double value,
                  const char *unit, double uncertainty);
/* A value that is not there for a reason that may be the station's: ERROR where a limit asks. */
void step_no_value(struct step_context *ctx, const char *id, int lane, const char *unit,
                   const char *reason);
/* A value that is not there because the unit is bad (a closed eye has no TDECQ): FAIL. */
void step_no_value_by_unit(struct step_context *ctx, const char *id, int lane, const char *unit,
                           const char *reason);
/* A yes-or-no finding: recorded as 1 or 0; FALSE makes the step FAIL with the reason. */
void step_check(struct step_context *ctx, const char *id, int lane, gboolean ok, const char *format,
                ...) G_GNUC_PRINTF(5, 6);
/* How much this step has reported so far: a place to go back to. */
struct step_mark {
	guint measurements, eyes;
};
struct step_mark step_mark(const struct step_context *ctx);
/*
 * How far values reported since then are from changing their verdict: the least distance of one
 * from a bound that counts, or from the edge of its guard band, in its expanded uncertainties.
 * Bounds are as what has been measured makes them. 0: one has no value, no uncertainty, or a limit
 * that asks for what is not there, or the step goes ahead of results; INFINITY: no limit counts.
 */
double step_clearance(const struct step_context *ctx, struct step_mark since);
/* Drops the measurements and eyes since then, because better ones of the same come. */
void step_take_back(struct step_context *ctx, struct step_mark since);
struct record_series *step_series(struct step_context *ctx, const char *id, int lane);
struct record_map *step_map(struct step_context *ctx, const char *id, int lane);
struct record_eye *step_eye(struct step_context *ctx, const char *id, int lane);
struct record_constant *step_constant(struct step_context *ctx, const char *knob, int lane);
/* Words for the record, and for whoever watches. */
void step_note(struct step_context *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* For the record only: what is worth knowing later, and as it should be now. */
void step_remark(struct step_context *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Progress inside a long step, 0..1, with a few words; may be dropped on the way to a screen. */
void step_progress(struct step_context *ctx, double fraction, const char *words);

/* An error ratio that was just found, for who watches; what stays is the series that it is of. */
struct step_point {
	const char *series; /* id, with a label behind it where the step has several */
	int lane;
	const char *x_name, *x_unit; /* unit "1": none */
	double x, value;             /* value 0: none was seen, then high is the bound */
	double low, high;            /* confidence bounds */
	double line;                 /* the limit; NAN: none */
};
void step_show_point(struct step_context *ctx, const struct step_point *point);
/* An eye of the record, once everything is in it; costs nothing when nobody watches. */
void step_show_eye(struct step_context *ctx, const struct record_eye *eye);
/* How the unit fares on the way to a corner: case temperature as it tells it (NAN: not known) and
 * words. */
void step_show_condition(struct step_context *ctx, double case_degc, const char *words);

/* How long a person may take for an answer: a walk to the microscope and back. */
#define STEP_ANSWER_S 1800.0

/* A question to whoever attends the station. */
struct step_question {
	const char *text;
	const char *const *answers; /* null-terminated; none: any words */
	const char *unattended;     /* taken where nobody is there; null: then it is an error */
};
/*
 * Asks it, waits within the step's bounds and keeps question, answer, who gave it and how long it
 * took in the record. Null with error set: STATION_ERROR_REFUSED nobody is there,
 * STATION_ERROR_TIMEOUT nobody answered, STATION_ERROR_CONFIG too long for a screen. Free with
 * g_free.
 */
char *step_ask(struct step_context *ctx, const struct step_question *question, GError **error);

/*
 * Registers what undoes what is about to be done; call it before energising. Undo steps run last
 * in, first out when the run ends in any way, each attempted even if another failed, with bounds of
 * their own that no abort cancels. `name` identifies the undo ("supply off"); registering the same
 * name again moves it to the top instead of adding a second. `needs` are the instruments that the
 * undo uses, no more: one that is unplugged keeps what needs it from being undone, and nothing
 * else.
 */
void step_undo(struct step_context *ctx, guint needs, const char *name,
               gboolean (*undo)(struct step_context *ctx, const struct bounds *bounds,
                                GError **error));

#endif
