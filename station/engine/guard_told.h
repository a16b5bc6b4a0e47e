/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_GUARD_TOLD_H
#define STATION_ENGINE_GUARD_TOLD_H

#include <glib.h>

/*
 * What a station tells its guard (guard.h): messages of one line, each whole. "begin SHA256
 * PROCESS" comes first and names the configuration; "energised SITE [fixture] [CLASS ...]" says all
 * of a site that is not safe, and takes the place of what was said of it before; "end" comes last.
 */

#define GUARD_TOLD_MAX 256

/* What of a site may be energised. */
struct guard_site {
	int site;
	gboolean fixture;
	guint classes; /* bits 1 << enum instrument_class: the instruments that the site uses */
};

/* Free with g_free. */
char *guard_told_begin(const char *sha256, gint64 process);
char *guard_told_site(const struct guard_site *site);
#define GUARD_TOLD_END "end"

enum guard_told_kind {
	GUARD_TOLD_BEGIN,
	GUARD_TOLD_SITE,
	GUARD_TOLD_CLEAN, /* "end" */
	GUARD_TOLD_WRONG, /* none of them */
};

struct guard_told {
	char sha256[65];
	gint64 process;
	struct guard_site site;
};

/* Reads one message; the members of its kind are set in *told. */
enum guard_told_kind guard_told_parse(const char *text, struct guard_told *told);

#endif
