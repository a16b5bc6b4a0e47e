/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/words.h"

#include <libintl.h>
#include <locale.h>

static const char domain[] = "station";

const char *words_of(const char *text)
{
	/* the empty text is the key of the catalogue's header */
	return *text ? dgettext(domain, text) : text;
}

const char *words_count(const char *one, const char *many, gulong n)
{
	return dngettext(domain, one, many, n);
}

static gboolean is_set(const char *name)
{
	const char *value = g_getenv(name);

	return value && *value;
}

void words_setup(const char *language, const char *datadir)
{
	/* GNU gettext's manual, 11.2.4: without it, what was found for another LANGUAGE stays */
	extern int _nl_msg_cat_cntr;
	g_autofree char *folder = g_build_filename(datadir, "..", "locale", NULL);

	if (language && *language) {
		/* in the locale C gettext asks for no language; somebody who set it means it */
		if (!is_set("LC_ALL") && !is_set("LC_CTYPE") && !is_set("LANG")) {
			setlocale(LC_CTYPE, "C.UTF-8");
			setlocale(LC_MESSAGES, "C.UTF-8");
		}
		g_setenv("LANGUAGE", language, TRUE);
	}
	bindtextdomain(domain, folder);
	bind_textdomain_codeset(domain, "UTF-8");
	_nl_msg_cat_cntr++;
}
