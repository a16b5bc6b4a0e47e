/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_CELLS_H
#define STATION_OPERATOR_CELLS_H

#include "station/operator/canvas.h"

/* What a terminal does with the cells of a canvas before it sends any. */

/* Row y of the canvas, `columns` wide: what is outside of the canvas is blank. */
void cells_row(const struct canvas *canvas, int y, struct cell *cells, int columns);

gboolean cells_same(const struct cell *a, const struct cell *b, int n);

/*
 * Large letters are reversed blanks. To say reverse and back takes some forty bytes where there are
 * colours, a whole block (U+2588) three: all pieces of reversed blanks become blocks when that is
 * less for the picture as a whole, so that no letter is of both. usable: looks in which a block
 * looks like a reversed blank. The locale must have the block.
 */
void cells_use_blocks(struct canvas *canvas, const gboolean usable[LOOK_N]);

#endif
