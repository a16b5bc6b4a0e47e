/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/ticket.h"

#include "base/child.h"
#include "base/error.h"
#include "base/suggest.h"

#include <glib/gstdio.h>
#include <string.h>

#define PRINT_LIMIT_S 10.0

enum { TEMPLATE_MAX = 64 * 1024, NAME_MAX_BYTES = 100 };

static const char built_in[] = "{serial}\n"
			       "{product} {type}\n"
			       "lot {lot}\n"
			       "{verdict} {marginal}\n"
			       "{reason}\n"
			       "{date} {time} {station} site {site} {operator}\n"
			       "{plan} {revision}\n"
			       "{run_id}\n";

/* --- the words -------------------------------------------------------------------------------- */

enum word {
	WORD_SERIAL,
	WORD_PART_NUMBER,
	WORD_PRODUCT,
	WORD_TYPE,
	WORD_LOT,
	WORD_VERDICT,
	WORD_MARGINAL,
	WORD_REASON,
	WORD_DATE,
	WORD_TIME,
	WORD_STATION,
	WORD_SITE,
	WORD_OPERATOR,
	WORD_PLAN,
	WORD_REVISION,
	WORD_RUN_ID,
	WORDS,
};

static const char *const words[] = {
	[WORD_SERIAL] = "serial",
	[WORD_PART_NUMBER] = "part_number",
	[WORD_PRODUCT] = "product",
	[WORD_TYPE] = "type",
	[WORD_LOT] = "lot",
	[WORD_VERDICT] = "verdict",
	[WORD_MARGINAL] = "marginal",
	[WORD_REASON] = "reason",
	[WORD_DATE] = "date",
	[WORD_TIME] = "time",
	[WORD_STATION] = "station",
	[WORD_SITE] = "site",
	[WORD_OPERATOR] = "operator",
	[WORD_PLAN] = "plan",
	[WORD_REVISION] = "revision",
	[WORD_RUN_ID] = "run_id",
	[WORDS] = NULL,
};

/* Local time of the run's end, of its start when it has none; "" outside the calendar. */
static char *when(const struct run_record *record, const char *format)
{
	gint64 us = record->end_us ? record->end_us : record->start_us;
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, format) : g_strdup("");
}

/* A text of the record, which may be null. */
static const char *text_of(const struct run_record *record, enum word word)
{
	switch (word) {
	case WORD_SERIAL:
		return record->serial;
	case WORD_PART_NUMBER:
		return record->part_number;
	case WORD_PRODUCT:
		return record->product;
	case WORD_TYPE:
		return record->type;
	case WORD_LOT:
		return record->lot;
	case WORD_VERDICT:
		return verdict_name(record->verdict);
	case WORD_MARGINAL:
		return record->marginal ? "marginal" : "";
	case WORD_REASON:
		return record->reason;
	case WORD_STATION:
		return record->station_id;
	case WORD_OPERATOR:
		return record->operator_name;
	case WORD_PLAN:
		return record->plan_name;
	case WORD_REVISION:
		return record->plan_revision;
	case WORD_RUN_ID:
		return record->run_id;
	default:
		return NULL;
	}
}

/* Free with g_free. */
static char *value_of(const struct run_record *record, enum word word)
{
	if (word == WORD_DATE)
		return when(record, "%Y-%m-%d");
	if (word == WORD_TIME)
		return when(record, "%H:%M");
	if (word == WORD_SITE)
		return g_strdup_printf("%d", record->site);
	return g_strdup(text_of(record, word));
}

static gboolean may_stand(gunichar c)
{
	return c == ' ' || (g_unichar_isgraph(c) && !g_unichar_isspace(c) && c != '^' && c != '~');
}

/* A value, with nothing in it that a printer could take for a command. */
static void put_value(GString *out, const char *value)
{
	g_autofree char *text = g_utf8_make_valid(value ? value : "", -1);

	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(out, c == '"' ? '\'' : may_stand(c) ? c : '?');
	}
}

/* --- the template ----------------------------------------------------------------------------- */

/* Which word `name` is; WORDS with error when it is none. */
static enum word find_word(const char *name, guint line, GError **error)
{
	const char *near = suggest_nearest(name, words);

	for (guint i = 0; i < WORDS; i++)
		if (strcmp(words[i], name) == 0)
			return (enum word)i;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "line %u: {%s} means nothing%s%s%s; a brace itself is {{", line, name,
	                  near ? "; did you mean {" : "", near ? near : "", near ? "}?" : "");
	return WORDS;
}

char *ticket_text(const char *template, const struct run_record *record, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint line = 1;

	for (const char *p = template; *p; p++) {
		gsize len = *p == '{' ? strcspn(p + 1, "{}\n") : 0;
		enum word word;

		line += *p == '\n';
		if (*p != '{' || p[1] == '{') {
			g_string_append_c(out, *p);
			p += *p == '{';
			continue;
		}
		if (p[1 + len] != '}') {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "line %u: { without }; a brace itself is {{", line);
			return NULL;
		}
		g_autofree char *name = g_strndup(p + 1, len);
		word = find_word(name, line, error);
		if (word == WORDS)
			return NULL;
		g_autofree char *value = value_of(record, word);
		put_value(out, value);
		p += 1 + len;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *read_template(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) cause = NULL;
	gsize len = 0;

	if (!g_file_get_contents(path, &text, &len, &cause))
		station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
	else if (len > TEMPLATE_MAX)
		station_error_set(error, STATION_ERROR_CONFIG, "%s: more than 64 KiB", path);
	else if (!g_utf8_validate_len(text, len, NULL))
		station_error_set(error, STATION_ERROR_CONFIG, "%s: not UTF-8 text", path);
	else
		return g_steal_pointer(&text);
	return NULL;
}

char *ticket_template(const struct operator_policy *policy, GError **error)
{
	g_autoptr(run_record) record = run_record_new();
	g_autofree char *template =
		policy->label_path ? read_template(policy->label_path, error) : g_strdup(built_in);
	g_autofree char *filled = NULL;
	g_autoptr(GError) cause = NULL;

	if (!template)
		return NULL;
	filled = ticket_text(template, record, &cause);
	if (filled)
		return g_steal_pointer(&template);
	station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", policy->label_path,
	                  cause->message);
	return NULL;
}

/* --- out -------------------------------------------------------------------------------------- */

/* No name of a file leads out of its folder or hides. Free with g_free. */
static char *name_part(const char *text)
{
	char *name = g_strndup(text && *text ? text : "_", NAME_MAX_BYTES);

	g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '_');
	if (*name == '.' || *name == '-')
		*name = '_';
	return name;
}

static gboolean write_file(const char *folder, const struct run_record *record, const char *text,
                           GError **error)
{
	g_autofree char *serial = name_part(record->serial);
	g_autofree char *run_id = name_part(record->run_id);
	g_autofree char *name = g_strdup_printf("%s-%s.txt", serial, run_id);
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GError) cause = NULL;

	/* when this fails, so does the next */
	g_mkdir_with_parents(folder, 0755);
	if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &cause))
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "label not written: %s", cause->message);
	return FALSE;
}

static gboolean run_command(char **command, const char *text, GError **error)
{
	struct bounds bounds = {deadline_in_s(PRINT_LIMIT_S), NULL};
	g_autofree char *said = NULL;

	switch (child_run(command, text, "label not printed", &bounds, &said, error)) {
	case CHILD_DONE:
		return TRUE;
	case CHILD_STOPPED:
		return FALSE;
	case CHILD_FAILED:
		station_error_set(error, STATION_ERROR_IO, "label not printed: %s failed%s%s",
		                  command[0], *said ? ": " : "", said);
		return FALSE;
	case CHILD_LOST:
		break;
	}
	station_error_set(error, STATION_ERROR_IO, "label not printed: %s", said);
	return FALSE;
}

gboolean ticket_wanted(const struct operator_policy *policy)
{
	return policy->labels_path || policy->label_command;
}

gboolean ticket_print(const struct operator_policy *policy, const struct run_record *record,
                      GError **error)
{
	g_autofree char *template = NULL;
	g_autofree char *text = NULL;
	gboolean ok = TRUE;

	if (!ticket_wanted(policy))
		return TRUE;
	template = ticket_template(policy, error);
	text = template ? ticket_text(template, record, error) : NULL;
	if (!text)
		return FALSE;
	if (policy->labels_path)
		ok = write_file(policy->labels_path, record, text, error);
	/* the first cause stays */
	if (policy->label_command)
		ok = run_command(policy->label_command, text, ok ? error : NULL) && ok;
	return ok;
}
