/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/precheck_message.h"
#include "station/factory/precheck_parts.h"

#include "base/error.h"
#include "base/suggest.h"
#include "station/factory/setting.h"

#include <string.h>

#define TIMEOUT_S 5.0

static const struct {
	const char *name;
	struct precheck *(*load)(const struct yaml_node *map, const char *config_path,
	                         GError **error);
} kinds[] = {
	{"program", precheck_program_load},
	{"https", precheck_https_load},
};

const char *precheck_said_name(enum precheck_said said)
{
	static const char *const names[] = {
		[PRECHECK_ALLOWED] = "allowed",
		[PRECHECK_DENIED] = "denied",
		[PRECHECK_OTHER] = "other",
		[PRECHECK_UNANSWERED] = "unanswered",
	};

	return names[said];
}

/* --- configuration ------------------------------------------------------------------------------
 */

static struct precheck *load_kind(const struct yaml_node *map, const char *config_path,
                                  GError **error)
{
	const char *names[G_N_ELEMENTS(kinds) + 1] = {NULL};
	g_autofree char *all = NULL;
	const char *kind, *near;

	if (!yaml_string(map, "kind", &kind, error))
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].load(map, config_path, error);
		names[i] = kinds[i].name;
	}
	all = g_strjoinv(", ", (char **)names);
	near = suggest_nearest(kind, names);
	yaml_error(yaml_find(map, "kind"), error, "a pre-check is none of kind \"%s\": %s%s%s%s",
	           kind, all, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return NULL;
}

static gboolean load_unanswered(struct precheck *precheck, const struct yaml_node *map,
                                GError **error)
{
	const char *word;

	if (!yaml_string_or(map, "unanswered", &word, "deny", error))
		return FALSE;
	precheck->unanswered_allows = strcmp(word, "allow") == 0;
	if (precheck->unanswered_allows || strcmp(word, "deny") == 0)
		return TRUE;
	yaml_error(yaml_find(map, "unanswered"), error, "unanswered is deny or allow");
	return FALSE;
}

struct precheck *precheck_load(const struct yaml_node *map, const char *config_path, GError **error)
{
	g_autoptr(precheck) precheck = load_kind(map, config_path, error);

	if (precheck && setting_time(map, "timeout", TIMEOUT_S, &precheck->timeout_s, error) &&
	    load_unanswered(precheck, map, error) && yaml_done(map, error))
		return g_steal_pointer(&precheck);
	return NULL;
}

void precheck_free(struct precheck *precheck)
{
	if (precheck)
		precheck->ops->free(precheck);
}

/* --- asking -------------------------------------------------------------------------------------
 */

gboolean precheck_ask(const struct precheck *precheck, const struct precheck_unit *unit,
                      GCancellable *cancellable, struct precheck_answer *answer, GError **error)
{
	struct bounds bounds = {deadline_in_s(precheck->timeout_s), cancellable};
	g_autofree char *request = precheck_request(unit);
	g_autofree char *words = NULL;
	GError *stopped = NULL;
	g_autoptr(GBytes) reply = precheck->ops->ask(precheck, request, &bounds, &words, &stopped);

	*answer = (struct precheck_answer){PRECHECK_UNANSWERED};
	if (g_error_matches(stopped, STATION_ERROR, STATION_ERROR_CANCELLED)) {
		g_propagate_error(error, stopped);
		return FALSE;
	}
	if (reply)
		precheck_judge(unit, reply, answer);
	else if (stopped)
		answer->words = g_strdup_printf("no answer within %g s", precheck->timeout_s);
	else
		answer->words = g_steal_pointer(&words);
	if (answer->said == PRECHECK_UNANSWERED)
		answer->allowed = precheck->unanswered_allows;
	g_clear_error(&stopped);
	return TRUE;
}

char *precheck_text(const struct precheck *precheck)
{
	g_autofree char *text = precheck->ops->text(precheck);

	return g_strdup_printf("%s %s", precheck->ops->kind, text);
}

gboolean precheck_is_reachable(const struct precheck *precheck, const struct bounds *bounds,
                               char **words)
{
	return precheck->ops->is_reachable(precheck, bounds, words);
}
