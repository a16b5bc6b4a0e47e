/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SETTINGS_H
#define BENCH_SETTINGS_H

#include <glib.h>

struct scpi_call;
struct settings;

/*
 * Settings that an instrument keeps and gives back: a table of headers, each with a set and a
 * query form. A value belongs to a place: the number in the header, or the location named by the
 * first parameter ('M1.DataOut1').
 */
enum setting_kind {
	SETTING_NUMBER,
	SETTING_INT,
	SETTING_BOOL,
	SETTING_CHOICE, /* one of `words`; answers its short form */
	SETTING_TEXT,   /* a quoted string; answers it with double quotes */
	SETTING_WORD,   /* any parameter; answers it as it came, in upper case */
};

struct setting {
	const char *header; /* as scpi_match has it, without '?' */
	enum setting_kind kind;
	const char *unit; /* of numbers; null: plain */
	double min;
	double max;
	double fallback;   /* after reset; of a choice, its index */
	const char *words; /* of a choice: mnemonics with blanks between; of a text or word, what it
	                      is after reset */
	int first;         /* places allowed by the number in the header; both 0: it has none */
	int last;
	const char *classes; /* with a location as first parameter: the classes it may be of */
};

/* Place of a setting that has a location (0..63) and, if it has, a number in the header. */
#define SETTING_PLACE(location, number) ((location) + 64 * (number))

/* How an instrument writes numbers, and what it calls its places. */
struct settings_model {
	const struct setting *rows;
	guint n_rows;
	int decimals;
	int exponent_digits;
	gboolean plus;
	int wrong_place; /* error number for a number outside first..last; 0 is -114 */
	/* Number of the location (0 to 63), or -1 when none of the classes has it. */
	int (*locate)(const char *text, const char *classes);
	/* After a change by command. */
	void (*changed)(void *instrument, guint setting, int place);
};

struct settings *settings_new(const struct settings_model *model);
void settings_free(struct settings *settings); /* null is allowed */

/* All values as after reset; `changed` is not called. */
void settings_reset(struct settings *settings);

/* Value of setting number `row` at a place (0 when it has none). The text is borrowed. */
double settings_number(const struct settings *settings, guint row, int place);
const char *settings_text(const struct settings *settings, guint row, int place);
/* Puts a value in, whatever the range; `changed` is not called. */
void settings_put(struct settings *settings, guint row, int place, double value);

/* Row of the header, or -1; *query tells whether it ends in '?'. suffix as scpi_match gives it. */
int settings_find(const struct settings *settings, const char *header, gboolean *query,
                  int *suffix);
/* Executes the set or query form of a row. */
void settings_run(struct settings *settings, guint row, gboolean query, struct scpi_call *call);

#endif
