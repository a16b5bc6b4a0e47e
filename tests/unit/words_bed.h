/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_WORDS_BED_H
#define TESTS_UNIT_WORDS_BED_H

#include "station/operator/words.h"

#include <locale.h>

/* Texts in a language ("zh_CN", "en"), from the catalogues of the build. */
static inline void words_bed(const char *language)
{
	const char *datadir = g_getenv("STATION_DATADIR");

	/* no other locale is sure to be there */
	g_assert_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	words_setup(language, datadir ? datadir : "build/release/share/station");
	/* or pictures would be compared in English */
	if (g_strcmp0(language, "zh_CN") == 0)
		g_assert_cmpstr(_("Lot %s"), !=, "Lot %s");
}

#endif
