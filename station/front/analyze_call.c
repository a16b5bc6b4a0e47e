/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/analyze_call.h"

#include "base/number.h"
#include "base/suggest.h"
#include "signal/control_chart.h"

#include <string.h>

/* --- times ------------------------------------------------------------------------------------ */

/* The digits of `form` ('9' stands for one) in order into numbers; FALSE when the text is of
 * another form. */
static gboolean match(const char *text, const char *form, int *numbers)
{
	gboolean inside = FALSE;

	for (; *form; form++, text++) {
		if (*form != '9') {
			if (*text != *form)
				return FALSE;
			numbers += inside;
			inside = FALSE;
			continue;
		}
		if (!g_ascii_isdigit(*text))
			return FALSE;
		*numbers = inside ? *numbers * 10 + (*text - '0') : *text - '0';
		inside = TRUE;
	}
	return *text == '\0';
}

/* Cuts "Z" or "+01:00" off the text. */
static GTimeZone *cut_zone(char *text)
{
	gsize n = strlen(text);
	int offset[2];

	if (n > 1 && text[n - 1] == 'Z') {
		text[n - 1] = '\0';
		return g_time_zone_new_utc();
	}
	if (n > 6 &&
	    (match(text + n - 6, "+99:99", offset) || match(text + n - 6, "-99:99", offset))) {
		GTimeZone *zone = g_time_zone_new_identifier(text + n - 6);

		text[n - 6] = '\0';
		return zone;
	}
	return g_time_zone_new_local();
}

gboolean analyze_parse_time(const char *text, gboolean until, gint64 *time_us)
{
	int n[6] = {0};
	g_autofree char *rest = g_strdup(text);
	gboolean is_date = match(text, "9999-99-99", n);
	g_autoptr(GTimeZone) zone = is_date ? g_time_zone_new_local() : cut_zone(rest);
	g_autoptr(GDateTime) time = NULL;

	if (!is_date && !match(rest, "9999-99-99T99:99", n) &&
	    !match(rest, "9999-99-99T99:99:99", n))
		return FALSE;
	time = zone ? g_date_time_new(zone, n[0], n[1], n[2], n[3], n[4], n[5]) : NULL;
	if (time && is_date && until) {
		GDateTime *next = g_date_time_add_days(time, 1);

		g_date_time_unref(time);
		time = next;
	}
	if (time)
		*time_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
	return time != NULL;
}

/* --- options ---------------------------------------------------------------------------------- */

/* Takes a value; on FALSE *wrong tells what would have been right. */
typedef gboolean take_fn(struct analyze_call *call, const char *value, char **wrong);

static gboolean take_number(const char *value, int least, int most, gint64 *number, char **wrong)
{
	if (number_parse_int(value, least, most, number, NULL))
		return TRUE;
	*wrong = g_strdup_printf("a whole number from %d to %d", least, most);
	return FALSE;
}

#define TAKE_TEXT(function, field)                                                                 \
	static gboolean function(struct analyze_call *call, const char *value, char **wrong)       \
	{                                                                                          \
		call->field = value;                                                               \
		return TRUE;                                                                       \
	}
TAKE_TEXT(take_lot, selection.lot)
TAKE_TEXT(take_product, selection.product)
TAKE_TEXT(take_station, selection.station)
TAKE_TEXT(take_stage, selection.stage)
TAKE_TEXT(take_serial, selection.serial)
TAKE_TEXT(take_measurement, selection.measurement)
TAKE_TEXT(take_corner, selection.corner)
TAKE_TEXT(take_html, html)
TAKE_TEXT(take_store, store)

static gboolean take_site(struct analyze_call *call, const char *value, char **wrong)
{
	gint64 number = 0;
	gboolean good = take_number(value, 1, 999, &number, wrong);

	call->selection.site = (int)number;
	return good;
}

static gboolean take_lane(struct analyze_call *call, const char *value, char **wrong)
{
	gint64 number = 0;
	gboolean good = take_number(value, 0, 32, &number, wrong);

	call->selection.lane = (int)number;
	return good;
}

static gboolean take_top(struct analyze_call *call, const char *value, char **wrong)
{
	gint64 number = 0;
	gboolean good = take_number(value, 1, 100000, &number, wrong);

	call->settings.top = (guint)number;
	return good;
}

static gboolean take_baseline(struct analyze_call *call, const char *value, char **wrong)
{
	gint64 number = 0;
	gboolean good = take_number(value, 2, 1000000, &number, wrong);

	call->settings.baseline = (guint)number;
	call->has_baseline = TRUE;
	return good;
}

static gboolean take_time(const char *value, gboolean until, gint64 *time_us, char **wrong)
{
	if (analyze_parse_time(value, until, time_us))
		return TRUE;
	*wrong = g_strdup("a date such as 2026-01-31, or a time such as 2026-01-31T14:30");
	return FALSE;
}

static gboolean take_since(struct analyze_call *call, const char *value, char **wrong)
{
	return take_time(value, FALSE, &call->selection.since_us, wrong);
}

static gboolean take_until(struct analyze_call *call, const char *value, char **wrong)
{
	return take_time(value, TRUE, &call->selection.until_us, wrong);
}

static gboolean take_tries(struct analyze_call *call, const char *value, char **wrong)
{
	call->selection.all_tries = strcmp(value, "all") == 0;
	if (call->selection.all_tries || strcmp(value, "first") == 0)
		return TRUE;
	*wrong = g_strdup("first or all");
	return FALSE;
}

static gboolean take_by(struct analyze_call *call, const char *value, char **wrong)
{
	GString *known;

	call->has_by = TRUE;
	if (analyze_group_parse(value, &call->settings.by))
		return TRUE;
	known = g_string_new(NULL);
	for (guint i = 0; i < ANALYZE_N_GROUPS; i++)
		g_string_append_printf(known, "%s%s", i ? ", " : "",
		                       analyze_group_name((enum analyze_group)i));
	*wrong = g_string_free(known, FALSE);
	return FALSE;
}

static gboolean take_rules(struct analyze_call *call, const char *value, char **wrong)
{
	guint ewma = 1u << CONTROL_EWMA;

	if (strcmp(value, "nelson") == 0) {
		call->settings.rules = CONTROL_NELSON | ewma;
		call->settings.one_side = 9;
	} else if (strcmp(value, "western-electric") == 0) {
		call->settings.rules = CONTROL_WESTERN_ELECTRIC | ewma;
		call->settings.one_side = 8;
	} else if (strcmp(value, "ewma") == 0) {
		call->settings.rules = ewma;
	} else {
		*wrong = g_strdup("nelson, western-electric or ewma");
		return FALSE;
	}
	return TRUE;
}

static gboolean take_confidence(struct analyze_call *call, const char *value, char **wrong)
{
	double percent;

	if (!number_parse_double(value, &percent, NULL) || !(percent >= 50.0 && percent < 100.0)) {
		*wrong = g_strdup("percent, from 50 to below 100");
		return FALSE;
	}
	call->settings.confidence = percent / 100.0;
	return TRUE;
}

static gboolean take_json(struct analyze_call *call, const char *value, char **wrong)
{
	call->json = TRUE;
	return TRUE;
}

static gboolean take_wide(struct analyze_call *call, const char *value, char **wrong)
{
	call->wide = TRUE;
	return TRUE;
}

static const struct {
	const char *name;
	gboolean has_value;
	take_fn *take;
} options[] = {
	{"--lot", TRUE, take_lot},
	{"--product", TRUE, take_product},
	{"--station", TRUE, take_station},
	{"--site", TRUE, take_site},
	{"--stage", TRUE, take_stage},
	{"--serial", TRUE, take_serial},
	{"--since", TRUE, take_since},
	{"--until", TRUE, take_until},
	{"--measurement", TRUE, take_measurement},
	{"--lane", TRUE, take_lane},
	{"--corner", TRUE, take_corner},
	{"--tries", TRUE, take_tries},
	{"--by", TRUE, take_by},
	{"--top", TRUE, take_top},
	{"--rules", TRUE, take_rules},
	{"--baseline", TRUE, take_baseline},
	{"--confidence", TRUE, take_confidence},
	{"--json", FALSE, take_json},
	{"--wide", FALSE, take_wide},
	{"--html", TRUE, take_html},
	{"--store", TRUE, take_store},
};

static char *unknown(const char *what, const char *word, const char *const *names)
{
	const char *near = suggest_nearest(word, names);

	return g_strdup_printf("there is no %s \"%s\"%s%s%s", what, word,
	                       near ? "; did you mean \"" : "", near ? near : "",
	                       near ? "\"?" : "");
}

static char *unknown_option(const char *word)
{
	const char *names[G_N_ELEMENTS(options) + 1] = {0};

	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		names[i] = options[i].name;
	return unknown("option", word, names);
}

/* One option at argv[*i]; moves *i on to its value when that is a word of its own. */
static gboolean take_option(struct analyze_call *call, int argc, char **argv, int *i, char **wrong)
{
	const char *equals = strchr(argv[*i], '='), *value = equals ? equals + 1 : NULL;
	g_autofree char *name =
		equals ? g_strndup(argv[*i], (gsize)(equals - argv[*i])) : g_strdup(argv[*i]);
	g_autofree char *expected = NULL;
	gsize at = 0;

	while (at < G_N_ELEMENTS(options) && strcmp(options[at].name, name) != 0)
		at++;
	if (at == G_N_ELEMENTS(options)) {
		*wrong = unknown_option(name);
		return FALSE;
	}
	if (!options[at].has_value && value) {
		*wrong = g_strdup_printf("%s takes no value", name);
		return FALSE;
	}
	if (options[at].has_value && !value && *i + 1 < argc)
		value = argv[++*i];
	if (options[at].has_value && (!value || !*value)) {
		*wrong = g_strdup_printf("%s without a value", name);
		return FALSE;
	}
	if (options[at].take(call, value, &expected))
		return TRUE;
	*wrong = g_strdup_printf("%s \"%s\": %s", name, value, expected);
	return FALSE;
}

static const struct analyze_kind *find_kind(const char *name)
{
	for (guint i = 0; i < n_analyze_kinds; i++)
		if (strcmp(analyze_kinds[i].name, name) == 0)
			return &analyze_kinds[i];
	return NULL;
}

static gboolean take_kind(struct analyze_call *call, const char *word, char **wrong)
{
	g_autofree const char **names = g_new0(const char *, n_analyze_kinds + 1);

	call->kind = find_kind(word);
	if (call->kind)
		return TRUE;
	for (guint i = 0; i < n_analyze_kinds; i++)
		names[i] = analyze_kinds[i].name;
	*wrong = unknown("analysis", word, names);
	return FALSE;
}

static gboolean check_together(struct analyze_call *call, guint n_operands, char **wrong)
{
	const struct selection *s = &call->selection;

	if (n_operands != call->kind->n_operands)
		*wrong = g_strdup_printf("%s wants %s", call->kind->name,
		                         *call->kind->operands ? call->kind->operands
		                                               : "no further word");
	else if (s->since_us && s->until_us && s->since_us >= s->until_us)
		*wrong = g_strdup("--since is not before --until");
	return !*wrong;
}

/* What the kind wants unless the call says. */
static void settle(struct analyze_call *call)
{
	if (!call->has_by)
		call->settings.by = call->kind->by;
	if (!call->has_baseline)
		call->settings.baseline = call->kind->baseline;
	call->selection.all_tries = call->selection.all_tries || call->kind->all_tries;
	call->selection.within_lots = call->selection.lot || call->settings.by == ANALYZE_BY_LOT;
}

gboolean analyze_call_parse(struct analyze_call *call, int argc, char **argv, char **wrong)
{
	guint n_operands = 0;

	*call = (struct analyze_call){.settings = analyze_settings_default(), .selection.lane = -1};
	*wrong = NULL;
	for (int i = 1; i < argc; i++) {
		gboolean good = TRUE;

		if (argv[i][0] == '-')
			good = take_option(call, argc, argv, &i, wrong);
		else if (!call->kind)
			good = take_kind(call, argv[i], wrong);
		else if (n_operands++ < G_N_ELEMENTS(call->operands))
			call->operands[n_operands - 1] = argv[i];
		if (!good)
			return FALSE;
	}
	call->kind = call->kind ? call->kind : &analyze_kinds[0];
	settle(call);
	return check_together(call, n_operands, wrong);
}
