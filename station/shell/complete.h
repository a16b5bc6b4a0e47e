/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_COMPLETE_H
#define STATION_SHELL_COMPLETE_H

#include "station/shell/shell.h"

/* What may stand at a place of a line. */

struct candidate {
	char *text; /* as it is typed, with quotes where it needs them; a folder ends in "/" */
	char *help; /* a few words, or "" */
};

/* Array of struct candidate, owning, sorted; what may take the place of the bytes from *begin to
 * `cursor`. Empty when nothing is known. */
GPtrArray *complete(struct shell *shell, const char *line, gsize cursor, gsize *begin);

/* What all candidates begin with; "" when there is none. Free with g_free. */
char *complete_common(const GPtrArray *candidates);

#endif
