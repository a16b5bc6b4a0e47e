/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/guard_told.h"

#include "base/number.h"
#include "instruments/instrument.h"

#include <string.h>

#define BEGIN   "begin"
#define SITE    "energised"
#define FIXTURE "fixture"

char *guard_told_begin(const char *sha256, gint64 process)
{
	return g_strdup_printf(BEGIN " %s %" G_GINT64_FORMAT, sha256, process);
}

char *guard_told_site(const struct guard_site *site)
{
	GString *text = g_string_new(SITE);

	g_string_append_printf(text, " %d%s", site->site, site->fixture ? " " FIXTURE : "");
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		if (site->classes & (1u << i))
			g_string_append_printf(text, " %s", instrument_class_name(i));
	return g_string_free(text, FALSE);
}

static gboolean parse_begin(char **words, struct guard_told *told)
{
	return g_strv_length(words) == 3 && strlen(words[1]) < sizeof told->sha256 &&
	       g_strlcpy(told->sha256, words[1], sizeof told->sha256) > 0 &&
	       number_parse_int(words[2], 1, G_MAXINT64, &told->process, NULL);
}

static gboolean parse_site(char **words, struct guard_site *site)
{
	gint64 number;

	if (!words[1] || !number_parse_int(words[1], 1, G_MAXINT, &number, NULL))
		return FALSE;
	*site = (struct guard_site){.site = (int)number};
	for (char **word = words + 2; *word; word++) {
		enum instrument_class class;

		if (strcmp(*word, FIXTURE) == 0)
			site->fixture = TRUE;
		else if (instrument_class_parse(*word, &class, NULL))
			site->classes |= 1u << class;
		else
			return FALSE;
	}
	return TRUE;
}

enum guard_told_kind guard_told_parse(const char *text, struct guard_told *told)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	if (g_strcmp0(words[0], BEGIN) == 0 && parse_begin(words, told))
		return GUARD_TOLD_BEGIN;
	if (g_strcmp0(words[0], SITE) == 0 && parse_site(words, &told->site))
		return GUARD_TOLD_SITE;
	return strcmp(text, GUARD_TOLD_END) == 0 ? GUARD_TOLD_CLEAN : GUARD_TOLD_WRONG;
}
