/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/roster.h"

#include "instruments/registry.h"

#include <string.h>

char *roster_bare(const char *text)
{
	GString *letters = g_string_new(NULL);

	for (const char *p = text; *p; p++)
		if (g_ascii_isalnum(*p))
			g_string_append_c(letters, g_ascii_toupper(*p));
	return g_string_free(letters, FALSE);
}

static gboolean maker_is_known(const struct instrument_roster *roster, const char *maker)
{
	for (gsize i = 0; roster->makers[i]; i++)
		if (g_ascii_strncasecmp(maker, roster->makers[i], strlen(roster->makers[i])) == 0)
			return TRUE;
	return FALSE;
}

static gboolean model_matches(const char *wanted, const char *row)
{
	g_autofree char *known = roster_bare(row);

	return g_str_has_suffix(row, "*") ? g_str_has_prefix(wanted, known)
	                                  : strcmp(wanted, known) == 0;
}

const struct instrument_model *roster_find(const struct instrument_roster *roster,
                                           const char *maker, const char *model)
{
	g_autofree char *wanted = roster_bare(model);

	if (!maker_is_known(roster, maker))
		return NULL;
	for (gsize i = 0; i < roster->n_models; i++)
		if (model_matches(wanted, roster->models[i].model))
			return &roster->models[i];
	return NULL;
}

GPtrArray *roster_drivers(const char *maker, const char *model, GPtrArray **models)
{
	const struct instrument_driver *const *drivers = registry_drivers();
	GPtrArray *found = g_ptr_array_new();

	if (models)
		*models = g_ptr_array_new();
	for (guint i = 0; drivers[i]; i++) {
		const struct instrument_roster roster = {drivers[i]->makers, drivers[i]->models,
		                                         drivers[i]->n_models};
		const struct instrument_model *row = NULL;
		if (roster.makers && !drivers[i]->own_roster)
			row = roster_find(&roster, maker, model);
		if (!row)
			continue;
		g_ptr_array_add(found, (gpointer)drivers[i]);
		if (models)
			g_ptr_array_add(*models, (gpointer)row);
	}
	return found;
}
