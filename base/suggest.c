/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/suggest.h"

#include <string.h>

/* Letters in other case count as the same: a key typed in capitals is still that key. */
static gboolean same(char a, char b)
{
	return g_ascii_tolower(a) == g_ascii_tolower(b);
}

/* Fills `row` (of the table of edit distances) from the two before it. */
static void fill_row(gsize i, const char *word, const char *candidate, gsize *row,
                     const gsize *last, const gsize *before_last)
{
	row[0] = i;
	for (gsize j = 1; candidate[j - 1] != '\0'; j++) {
		gsize best = last[j - 1] + !same(word[i - 1], candidate[j - 1]);
		best = MIN(best, last[j] + 1);
		best = MIN(best, row[j - 1] + 1);
		/* Two letters swapped are one slip of the fingers. */
		if (i > 1 && j > 1 && same(word[i - 1], candidate[j - 2]) &&
		    same(word[i - 2], candidate[j - 1]))
			best = MIN(best, before_last[j - 2] + 1);
		row[j] = best;
	}
}

static gsize edit_distance(const char *word, const char *candidate)
{
	gsize width = strlen(candidate) + 1;
	g_autofree gsize *cells = g_new(gsize, 3 * width);
	gsize *rows[3] = {cells, cells + width, cells + 2 * width};
	for (gsize j = 0; j < width; j++)
		rows[0][j] = j;
	gsize length = strlen(word);
	for (gsize i = 1; i <= length; i++)
		fill_row(i, word, candidate, rows[i % 3], rows[(i - 1) % 3], rows[(i + 1) % 3]);
	return rows[length % 3][width - 1];
}

const char *suggest_nearest(const char *word, const char *const *candidates)
{
	gsize length = strlen(word);
	if (length == 0)
		return NULL;
	gsize limit = MAX(length / 3, 1);
	const char *nearest = NULL;
	for (; *candidates; candidates++) {
		gsize other = strlen(*candidates);
		if (MAX(length, other) - MIN(length, other) > limit)
			continue;
		gsize distance = edit_distance(word, *candidates);
		if (distance > limit || (nearest && distance == limit))
			continue;
		nearest = *candidates;
		limit = distance;
	}
	return nearest;
}
