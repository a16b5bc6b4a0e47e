/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_LETTERS_H
#define STATION_OPERATOR_LETTERS_H

#include "station/operator/canvas.h"

/*
 * Words of block letters, to be read from across the room. They are reversed blanks, which every
 * terminal can show.
 */
enum { LETTER_ROWS = 5, LETTER_COLUMNS = 5 };

/*
 * Draws a word of A-Z, 0-9, '-', '?', '!' and blanks in the middle of the area, as large as fits;
 * lower case is drawn as upper. FALSE when not even the smallest size fits or a character has no
 * letter: nothing was drawn.
 */
gboolean letters_draw(struct canvas *canvas, struct area area, enum look look, const char *word);

/* The columns and rows that a word takes at a scale of 1. */
int letters_columns(const char *word);

#endif
