/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/cells.h"

#define BLOCK 0x2588
/* that many blocks are as long as reverse and back */
#define BLOCKS_MOST 12

void cells_row(const struct canvas *canvas, int y, struct cell *cells, int columns)
{
	for (int x = 0; x < columns; x++)
		cells[x] = y < canvas->rows && x < canvas->columns
		                   ? canvas->cells[y * canvas->columns + x]
		                   : (struct cell){' ', LOOK_TEXT, FALSE};
}

gboolean cells_same(const struct cell *a, const struct cell *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i].c != b[i].c || a[i].look != b[i].look || !a[i].reverse != !b[i].reverse)
			return FALSE;
	return TRUE;
}

/* How many of n cells, from the first on, are reversed and of one look; `blank`: all of them. */
static int reversed_run(const struct cell *cells, int n, gboolean *blank)
{
	int length = 0;

	*blank = TRUE;
	for (; length < n && cells[length].reverse && cells[length].look == cells->look; length++)
		*blank = *blank && cells[length].c == ' ';
	return length;
}

/* Gives how many reversed blanks there are, and in *pieces in how many pieces; makes blocks of them
 * when told to. */
static int reversed_blanks(struct canvas *canvas, const gboolean usable[LOOK_N], gboolean change,
                           int *pieces)
{
	int count = 0;

	*pieces = 0;
	for (int y = 0; y < canvas->rows; y++)
		for (int x = 0, n; x < canvas->columns; x += MAX(n, 1)) {
			struct cell *cells = &canvas->cells[y * canvas->columns + x];
			gboolean blank;
			n = reversed_run(cells, canvas->columns - x, &blank);
			if (n == 0 || !blank || !usable[cells->look])
				continue;
			count += n;
			++*pieces;
			for (int i = 0; i < n && change; i++)
				cells[i] = (struct cell){BLOCK, cells[i].look, FALSE};
		}
	return count;
}

void cells_use_blocks(struct canvas *canvas, const gboolean usable[LOOK_N])
{
	int pieces;

	if (reversed_blanks(canvas, usable, FALSE, &pieces) < BLOCKS_MOST * pieces)
		reversed_blanks(canvas, usable, TRUE, &pieces);
}
