/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/operator_policy.h"

#include "base/error.h"
#include "base/suggest.h"
#include "station/engine/config_load.h"

#include <stdlib.h>
#include <string.h>

enum { AFFIX_MAX = 32, RETESTS_MAX = 100, DAY_MIN = 24 * 60 };

void operator_policy_free(struct operator_policy *policy)
{
	if (!policy)
		return;
	g_free(policy->users_path);
	g_free(policy->lots_path);
	g_clear_pointer(&policy->serial, g_regex_unref);
	g_free(policy->serial_pattern);
	g_free(policy->prefix);
	g_free(policy->suffix);
	g_free(policy->language);
	g_free(policy->label_path);
	g_strfreev(policy->label_command);
	g_free(policy->labels_path);
	g_free(policy);
}

/* --- words ------------------------------------------------------------------------------------ */

static const char *const themes[] = {
	[OPERATOR_THEME_BLUE] = "blue",
	[OPERATOR_THEME_CLASSIC] = "classic",
	[OPERATOR_THEME_MONO] = "mono",
	NULL,
};
static const char *const languages[] = {"en", "zh_CN", NULL};

const char *operator_theme_name(enum operator_theme theme)
{
	return themes[theme];
}

/* The place of the word under the key among those allowed; -1 with error. */
static int read_choice(const struct yaml_node *map, const char *key, const char *const *choices,
                       const char *word, GError **error)
{
	g_autofree char *all = g_strjoinv(", ", (char **)choices);
	const char *near = suggest_nearest(word, choices);

	for (int i = 0; choices[i]; i++)
		if (strcmp(choices[i], word) == 0)
			return i;
	yaml_error(yaml_find(map, key), error, "\"%s: %s\" is none of %s%s%s%s", key, word, all,
	           near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return -1;
}

static gboolean read_look(struct operator_policy *policy, const struct yaml_node *map,
                          GError **error)
{
	const char *theme, *language;
	int place;

	if (!yaml_string_or(map, "theme", &theme, themes[OPERATOR_THEME_BLUE], error) ||
	    !yaml_string_or(map, "language", &language, NULL, error))
		return FALSE;
	place = read_choice(map, "theme", themes, theme, error);
	if (place < 0 || (language && read_choice(map, "language", languages, language, error) < 0))
		return FALSE;
	policy->theme = (enum operator_theme)place;
	policy->language = g_strdup(language);
	return TRUE;
}

/* --- shifts ----------------------------------------------------------------------------------- */

/* "22:00"; minutes of the day, or -1. */
static int minutes_of(const char *text)
{
	int minutes;

	for (guint i = 0; i < 5; i++)
		if (i == 2 ? text[i] != ':' : !g_ascii_isdigit(text[i]))
			return -1;
	if (text[5])
		return -1;
	minutes = ((text[0] - '0') * 10 + text[1] - '0') * 60;
	if (minutes >= DAY_MIN || text[3] > '5')
		return -1;
	return minutes + (text[3] - '0') * 10 + text[4] - '0';
}

static int compare_starts(const void *a, const void *b)
{
	return (int)*(const guint *)a - (int)*(const guint *)b;
}

static gboolean add_shift(struct operator_policy *policy, const struct yaml_node *node,
                          GError **error)
{
	const char *text;
	int minutes;

	if (!yaml_as_string(node, &text, error))
		return FALSE;
	minutes = minutes_of(text);
	if (minutes < 0) {
		yaml_error(node, error, "shifts: \"%s\" is not a time such as 06:00 or 22:30",
		           text);
		return FALSE;
	}
	for (guint i = 0; i < policy->n_shifts; i++)
		if (policy->shifts[i] == (guint)minutes) {
			yaml_error(node, error, "shifts: %s is there twice", text);
			return FALSE;
		}
	policy->shifts[policy->n_shifts++] = (guint)minutes;
	return TRUE;
}

static gboolean read_shifts(struct operator_policy *policy, const struct yaml_node *map,
                            GError **error)
{
	static const guint absent[] = {6 * 60, 14 * 60, 22 * 60};
	const struct yaml_node *list;

	if (!yaml_list_or(map, "shifts", &list, error))
		return FALSE;
	if (!list) {
		memcpy(policy->shifts, absent, sizeof absent);
		policy->n_shifts = G_N_ELEMENTS(absent);
		return TRUE;
	}
	if (!yaml_size(list) || yaml_size(list) > OPERATOR_SHIFTS_MAX) {
		yaml_error(list, error, "shifts: 1 to %d of them", OPERATOR_SHIFTS_MAX);
		return FALSE;
	}
	for (guint i = 0; i < yaml_size(list); i++)
		if (!add_shift(policy, yaml_item(list, i), error))
			return FALSE;
	qsort(policy->shifts, policy->n_shifts, sizeof policy->shifts[0], compare_starts);
	return TRUE;
}

static gint64 start_of(GTimeZone *zone, GDateTime *day, guint minutes)
{
	g_autoptr(GDateTime) start =
		g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
	                        g_date_time_get_day_of_month(day), (int)minutes / 60,
	                        (int)minutes % 60, 0);

	return g_date_time_to_unix(start) * G_USEC_PER_SEC;
}

gint64 operator_policy_shift_start_in(const struct operator_policy *policy, GTimeZone *zone,
                                      gint64 now_us)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) now = g_date_time_to_timezone(utc, zone);
	gint64 latest_us = G_MININT64;

	/* a zone may leave out a day */
	for (int back = 0; back <= 2; back++) {
		g_autoptr(GDateTime) day = g_date_time_add_days(now, -back);

		for (guint i = 0; i < policy->n_shifts; i++) {
			gint64 start_us = start_of(zone, day, policy->shifts[i]);

			if (start_us <= now_us)
				latest_us = MAX(latest_us, start_us);
		}
	}
	return latest_us;
}

gint64 operator_policy_shift_start(const struct operator_policy *policy, gint64 now_us)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_local();

	return operator_policy_shift_start_in(policy, zone, now_us);
}

/* --- what is scanned -------------------------------------------------------------------------- */

static gboolean read_serial(struct operator_policy *policy, const struct yaml_node *map,
                            GError **error)
{
	g_autoptr(GRegex) alone = NULL;
	g_autoptr(GError) cause = NULL;
	g_autofree char *whole = NULL;
	const char *pattern;

	if (!yaml_string_or(map, "serial", &pattern, NULL, error))
		return FALSE;
	if (!pattern)
		return TRUE;
	/* alone first: a bracket too many must not close ours */
	alone = g_regex_new(pattern, 0, 0, &cause);
	whole = g_strdup_printf("(?:%s)\\z", pattern);
	if (alone)
		policy->serial = g_regex_new(whole, G_REGEX_ANCHORED, 0, &cause);
	if (!policy->serial) {
		yaml_error(yaml_find(map, "serial"), error,
		           "serial: \"%s\" is no regular expression: %s", pattern, cause->message);
		return FALSE;
	}
	policy->serial_pattern = g_strdup(pattern);
	return TRUE;
}

gboolean operator_policy_serial_fits(const struct operator_policy *policy, const char *serial)
{
	return g_utf8_validate(serial, -1, NULL) &&
	       (!policy->serial || g_regex_match(policy->serial, serial, 0, NULL));
}

static gboolean read_affix(const struct yaml_node *map, const char *key, char **affix,
                           GError **error)
{
	const char *text;

	if (!yaml_string_or(map, key, &text, "", error))
		return FALSE;
	*affix = g_strdup(text);
	if (strlen(text) <= AFFIX_MAX)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s: %d bytes at most", key, AFFIX_MAX);
	return FALSE;
}

static gboolean read_scanner(struct operator_policy *policy, const struct yaml_node *map,
                             GError **error)
{
	if (!read_serial(policy, map, error) ||
	    !read_affix(map, "prefix", &policy->prefix, error) ||
	    !read_affix(map, "suffix", &policy->suffix, error) ||
	    !yaml_quantity_or(map, "scan_gap", "s", &policy->scan_gap_s, 0.03, error))
		return FALSE;
	if (policy->scan_gap_s >= 0.001 && policy->scan_gap_s <= 1)
		return TRUE;
	yaml_error(yaml_find(map, "scan_gap"), error, "scan_gap is 1 ms to 1 s");
	return FALSE;
}

/* --- files and rules -------------------------------------------------------------------------- */

static gboolean read_beside(const struct yaml_node *map, const char *key, const char *absent,
                            const char *config_path, char **path, GError **error)
{
	const char *name;

	if (!yaml_string_or(map, key, &name, absent, error))
		return FALSE;
	if (name && !*name) {
		yaml_error(yaml_find(map, key), error, "%s wants a name", key);
		return FALSE;
	}
	*path = name ? config_beside(config_path, name) : NULL;
	return TRUE;
}

static gboolean read_label(struct operator_policy *policy, const struct yaml_node *map,
                           const char *config_path, GError **error)
{
	const char *name;

	if (!yaml_string_or(map, "label", &name, NULL, error) ||
	    !config_load_command(map, "label_command", &policy->label_command, error) ||
	    !read_beside(map, "labels", NULL, config_path, &policy->labels_path, error))
		return FALSE;
	if (policy->label_command && !*policy->label_command[0]) {
		yaml_error(yaml_find(map, "label_command"), error,
		           "label_command wants the name of a program first");
		return FALSE;
	}
	if (!name)
		return TRUE;
	policy->label_path = config_find_file(config_path, "examples", name);
	if (!policy->label_path)
		yaml_error(yaml_find(map, "label"), error,
		           "label \"%s\" is neither beside this file nor among the installed "
		           "examples",
		           name);
	else if (!policy->label_command && !policy->labels_path)
		yaml_error(yaml_find(map, "label"), error,
		           "label wants label_command or labels, or it goes nowhere");
	else
		return TRUE;
	return FALSE;
}

static gboolean read_rules(struct operator_policy *policy, const struct yaml_node *map,
                           GError **error)
{
	gint64 retests;

	if (!yaml_int_or(map, "retests", 0, RETESTS_MAX, &retests, 1, error) ||
	    !yaml_quantity_or(map, "lock_after", "s", &policy->lock_after_s, 0, error))
		return FALSE;
	policy->retests = (guint)retests;
	if (policy->lock_after_s == 0 ||
	    (policy->lock_after_s >= 10 && policy->lock_after_s <= 86400))
		return TRUE;
	yaml_error(yaml_find(map, "lock_after"), error,
	           "lock_after is 10 s to a day, or 0 s for never");
	return FALSE;
}

struct operator_policy *operator_policy_load(const struct yaml_node *map, const char *config_path,
                                             GError **error)
{
	g_autoptr(operator_policy) policy = g_new0(struct operator_policy, 1);
	g_autoptr(yaml_doc) none = NULL;

	if (!map) {
		none = yaml_load_text("{}", -1, config_path, error);
		map = none ? yaml_root(none) : NULL;
	}
	if (map && read_beside(map, "users", NULL, config_path, &policy->users_path, error) &&
	    read_beside(map, "lots", "lots", config_path, &policy->lots_path, error) &&
	    read_shifts(policy, map, error) && read_scanner(policy, map, error) &&
	    read_rules(policy, map, error) && read_look(policy, map, error) &&
	    read_label(policy, map, config_path, error) && yaml_done(map, error))
		return g_steal_pointer(&policy);
	return NULL;
}
