/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_OPERATOR_POLICY_H
#define STATION_ENGINE_OPERATOR_POLICY_H

#include "base/yaml.h"

#include <glib.h>

/* How people work at the station: "operator" of the configuration. station.yaml(5) has the keys. */

enum { OPERATOR_SHIFTS_MAX = 24 };

enum operator_theme {
	OPERATOR_THEME_BLUE,    /* blue and orange: PASS and FAIL by hues that all can tell apart */
	OPERATOR_THEME_CLASSIC, /* green and red */
	OPERATOR_THEME_MONO,
};

struct operator_policy {
	char *users_path;                  /* who may work; null: nobody logs in, anyone may */
	char *lots_path;                   /* folder of lot files; need not be there */
	guint shifts[OPERATOR_SHIFTS_MAX]; /* starts, minutes of the local day, ascending */
	guint n_shifts;                    /* at least 1 */
	GRegex *serial;        /* what a serial number looks like, operator_policy_serial_fits */
	char *serial_pattern;  /* as it was written; null: any serial number will do */
	char *prefix, *suffix; /* that the scanner puts around what it reads; "": none */
	double scan_gap_s;     /* characters nearer to each other were scanned */
	guint retests;         /* how often a unit that failed may be tested again in a lot; runs
	                        * that ended ERROR or ABORTED do not count */
	double lock_after_s;   /* without a key; 0: never */
	enum operator_theme theme;
	char *language;       /* "en", "zh_CN"; null: the locale's */
	char *label_path;     /* template of the printed label; null: the built-in one */
	char **label_command; /* gets the label on its standard input; null: none */
	char *labels_path;    /* folder that labels are written to; null: none */
};
typedef struct operator_policy operator_policy; /* for g_autoptr(operator_policy) only */

/* Names in the map are relative to the configuration's folder. A null map gives the defaults.
 * Null with STATION_ERROR_CONFIG; else to be freed with operator_policy_free. */
struct operator_policy *operator_policy_load(const struct yaml_node *map, const char *config_path,
                                             GError **error);
void operator_policy_free(struct operator_policy *policy); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(operator_policy, operator_policy_free)

/* "blue", "classic", "mono". Static storage. */
const char *operator_theme_name(enum operator_theme theme);

/* Whether the whole of a serial number matches the pattern. What is no UTF-8 never fits. */
gboolean operator_policy_serial_fits(const struct operator_policy *policy, const char *serial);

/*
 * The start of the shift that now_us (UTC) lies in, UTC, by the local time. A start that the clock
 * skips is where it goes on; one that it shows twice is the second.
 */
gint64 operator_policy_shift_start(const struct operator_policy *policy, gint64 now_us);
/* The same in another time zone; now_us within the years 2 to 9998. */
gint64 operator_policy_shift_start_in(const struct operator_policy *policy, GTimeZone *zone,
                                      gint64 now_us);

#endif
