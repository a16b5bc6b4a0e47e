/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_WORDS_H
#define STATION_OPERATOR_WORDS_H

#include <glib.h>

/*
 * What operators read, in their language: the catalogues station/po/LANGUAGE.po, refreshed by
 * "make po". A text is English in the source, and its own key; what has no translation stays so.
 *
 *   canvas_text(..., _("Scan a unit"));
 *   static const char *const names[] = {N_("PASS"), N_("FAIL")};  ... _(names[i])
 *   g_strdup_printf(words_count("%d unit", "%d units", n), n)
 *
 * A comment that begins with "words:" just before a text is for its translators.
 */

#define _(text)  words_of(text)
#define N_(text) (text)

/* The text in the language that was set up, UTF-8, static storage. Never null. */
const char *words_of(const char *text) G_GNUC_FORMAT(1);
/* By how many there are. */
const char *words_count(const char *one, const char *many, gulong n) G_GNUC_FORMAT(1)
	G_GNUC_FORMAT(2);

/*
 * Finds the catalogues of this data folder (PREFIX/share/station: they are in ../locale). language
 * ("zh_CN", "en"; null or "": what the locale says) wins over the locale, and needs none of its own
 * as long as the locale is not C itself; with no locale set at all it takes C.UTF-8. Changes the
 * environment (LANGUAGE) and perhaps the locale: before the first thread, after setlocale.
 */
void words_setup(const char *language, const char *datadir);

#endif
