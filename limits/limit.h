/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_LIMIT_H
#define LIMITS_LIMIT_H

#include "limits/verdict.h"

#include <glib.h>

/*
 * Limits as data. A limits file is a CSV for one type and stage with the columns
 *
 *   id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
 *
 * id          unique in the file within an edition; what reports name
 * measure     the measurement that the row judges; several rows may judge one
 * lane        "*" every lane (or the whole unit), or a lane number
 * condition   formula giving true or false; empty: always. A row whose condition is false is not
 *             used
 * low, high   inclusive bounds: a number, a formula of other measurements of the same lane and
 *             corner (and of lane-less ones), or empty for none. INFO rows can do without both
 * unit        unit of low, high and of the measurement judged (base/unit.h), the same in every row
 *             of a measure; a measurement with another unit is an ERROR, never converted
 * guard_band  least distance kept from each bound, in the row's unit (for dBm rows in dB); >= 0.
 *             What is kept follows from the decision rule too (struct limit_decision)
 * gate        GATE  fails a unit
 *             CHECK fails a unit; reported as needing a look at the standard
 *             HOLD  judged and recorded, never fails a unit
 *             INFO  recorded only
 * edition     which text of the standard; rows of other editions than the chosen one are not used;
 *             "*" belongs to every edition
 * source      where the number comes from
 * mark        C confirmed in the source, M from memory, X sources disagree
 *
 * Formulas are Lua expressions in a sandbox: measurement names as variables; max, min, abs, floor,
 * log10 as functions (limits/formula.h). A name must be the measure of some row of the file, of
 * whatever edition. A missing measurement, NaN or a non-number is an error of the formula, and the
 * measurement's verdict is ERROR.
 */
enum limit_gate { LIMIT_GATE, LIMIT_CHECK, LIMIT_HOLD, LIMIT_INFO };

struct limit_row {
	char *id;
	char *measure;
	int lane;        /* 0 = every lane */
	char *condition; /* null when empty; likewise low and high */
	char *low;
	char *high;
	char *unit;
	double guard_band;
	enum limit_gate gate;
	char *edition;
	char *source;
	char mark;
	int line;
};

struct limit_set;
typedef struct limit_set limit_set; /* for g_autoptr(limit_set) only */

/*
 * Reads and checks a file: every formula compiles, low <= high where both are numbers, units known.
 * Rows of editions other than `edition` (and "*") are left out, but checked like the others; an
 * edition that the file does not hold at all is an error that lists those it has. A file with rows
 * for "*" only fits every edition. Errors are STATION_ERROR_CONFIG and begin "FILE:LINE: ". A set
 * is used from one thread at a time.
 */
struct limit_set *limit_set_load(const char *path, const char *edition, GError **error);
void limit_set_free(struct limit_set *set); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(limit_set, limit_set_free)

const char *limit_set_path(const struct limit_set *set);
const char *limit_set_sha256(const struct limit_set *set);
guint limit_set_size(const struct limit_set *set);
const struct limit_row *limit_set_row(const struct limit_set *set, guint i);

/* True when any row judges that measurement. */
gboolean limit_set_has(const struct limit_set *set, const char *measure);

/* What a value between a bound and its guard band is. */
enum limit_rule {
	LIMIT_MARGINAL, /* PASS, marked marginal */
	LIMIT_GUARDED,  /* FAIL: what passes is within its limits but for the chosen risk */
};

/*
 * How values are decided on: the rule, and the risk that a guard band holds. The guard band of a
 * bound is z(false_accept) u, where z is the quantile of the normal distribution and u the standard
 * uncertainty of value and bound together, but at least the row's guard_band. A value whose true
 * size is exactly the bound is then measured beyond the guard band with the probability
 * false_accept (ILAC-G8:09/2019, 4.2 "binary statement with guard band", from memory): 2.3 % makes
 * a guard band of 2 u, 5 % of 1.64 u. Zeros are the rule MARGINAL with the rows' own guard bands.
 */
struct limit_decision {
	enum limit_rule rule;
	double false_accept; /* above 0, below 0.5; anything else: none is chosen */
	double uncertainty;  /* of the value, expanded (k = 2), in its unit (dB for dBm); not above
	                      * 0: unknown */
};

/*
 * What a value is judged in. lookup gives another measurement's value for formulas: FALSE when it
 * is not there. uncertainty gives that value's expanded uncertainty, NAN when it is unknown, from
 * which the uncertainty of a bound follows that is a formula (each value shifted by it in turn, the
 * shifts of the bound added in squares; null: bounds are exact).
 */
struct limit_context {
	gboolean (*lookup)(const char *measure, int lane, double *value, gpointer data);
	gpointer data;
	double (*uncertainty)(const char *measure, int lane, gpointer data);
	struct limit_decision decision;
};

/* One row's word on one value. Numbers are NAN where there is none. */
struct judgement {
	char *limit_id;
	enum limit_gate gate;
	double value;
	double uncertainty;               /* of the value, expanded (k = 2) */
	double low, high;                 /* the bounds as computed */
	double low_guarded, high_guarded; /* after the guard band */
	double false_accept;              /* that the guard band was made for; NAN: the row's own */
	enum limit_rule rule;
	double margin; /* distance to the nearest bound, negative outside; NAN without bounds */
	enum verdict verdict; /* of the value against the row, whatever the gate */
	gboolean marginal;    /* PASS, but inside the guard band */
	char *reason;         /* for FAIL and ERROR: "4.31 dB > 3.40 dB"; else null */
	char *source;
	char mark;
};
void judgement_free(struct judgement *judgement);

/*
 * Judges a value by every row of its measurement and lane, in file order. Appends a judgement per
 * row that applies to `out` (GPtrArray of struct judgement, owning) and returns the verdict that
 * counts: the worst of the GATE and CHECK rows, VERDICT_NONE when there is none. NaN or an infinite
 * value is ERROR ("no value") under any row but INFO; so is a wrong unit or a failing formula.
 * HOLD rows never worsen the result; the verdict of INFO rows is NONE. *marginal tells whether the
 * counting verdict is PASS and a counting row is marginal. out and marginal may be null.
 */
enum verdict limit_judge(const struct limit_set *set, const char *measure, int lane, double value,
                         const char *unit, const struct limit_context *context, GPtrArray *out,
                         gboolean *marginal);

/* "GATE", ...; static storage. The other way round FALSE when the text is none of the names. */
const char *limit_gate_name(enum limit_gate gate);
gboolean limit_gate_parse(const char *name, enum limit_gate *gate);

/* "marginal", "guarded"; likewise. */
const char *limit_rule_name(enum limit_rule rule);
gboolean limit_rule_parse(const char *name, enum limit_rule *rule);

/* TRUE for a risk that a guard band can be made for. */
gboolean limit_risk_is_chosen(double false_accept);

#endif
