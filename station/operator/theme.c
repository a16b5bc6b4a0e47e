/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/theme.h"

#include <string.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, PLAIN = THEME_PLAIN };

static const struct theme themes[] = {
	{"blue",
         "white on blue passes, black on yellow fails, white on magenta is an error",
         {
		 [LOOK_TEXT] = {WHITE, BLACK},
		 [LOOK_DIM] = {CYAN, BLACK},
		 [LOOK_TITLE] = {BLACK, WHITE},
		 [LOOK_KEY] = {BLACK, CYAN},
		 [LOOK_INPUT] = {WHITE, BLACK, .bold = TRUE, .underline = TRUE},
		 [LOOK_RUNNING] = {CYAN, BLACK, .bold = TRUE},
		 [LOOK_PASS] = {WHITE, BLUE, .bold = TRUE},
		 [LOOK_FAIL] = {BLACK, YELLOW},
		 [LOOK_ERROR] = {WHITE, MAGENTA, .bold = TRUE},
		 [LOOK_WARNING] = {YELLOW, BLACK, .bold = TRUE},
		 [LOOK_LOCKED] = {BLACK, WHITE, .underline = TRUE},
	 }},
	{"classic",
         "white on green passes, white on red fails, black on yellow is an error",
         {
		 [LOOK_TEXT] = {WHITE, BLACK},
		 [LOOK_DIM] = {CYAN, BLACK},
		 [LOOK_TITLE] = {BLACK, WHITE},
		 [LOOK_KEY] = {BLACK, CYAN},
		 [LOOK_INPUT] = {WHITE, BLACK, .bold = TRUE, .underline = TRUE},
		 [LOOK_RUNNING] = {CYAN, BLACK, .bold = TRUE},
		 [LOOK_PASS] = {BLACK, GREEN},
		 [LOOK_FAIL] = {WHITE, RED, .bold = TRUE},
		 [LOOK_ERROR] = {BLACK, YELLOW},
		 [LOOK_WARNING] = {YELLOW, BLACK, .bold = TRUE},
		 [LOOK_LOCKED] = {BLACK, WHITE, .underline = TRUE},
	 }},
	{"mono",
         "no colours: bold, underlined and reversed",
         {
		 [LOOK_TEXT] = {PLAIN, PLAIN},
		 [LOOK_DIM] = {PLAIN, PLAIN},
		 [LOOK_TITLE] = {PLAIN, PLAIN, .reverse = TRUE},
		 [LOOK_KEY] = {PLAIN, PLAIN, .reverse = TRUE},
		 [LOOK_INPUT] = {PLAIN, PLAIN, .underline = TRUE},
		 [LOOK_RUNNING] = {PLAIN, PLAIN, .bold = TRUE},
		 [LOOK_PASS] = {PLAIN, PLAIN, .reverse = TRUE},
		 [LOOK_FAIL] = {PLAIN, PLAIN, .bold = TRUE, .reverse = TRUE},
		 [LOOK_ERROR] = {PLAIN, PLAIN, .bold = TRUE, .reverse = TRUE, .underline = TRUE},
		 [LOOK_WARNING] = {PLAIN, PLAIN, .bold = TRUE},
		 [LOOK_LOCKED] = {PLAIN, PLAIN, .reverse = TRUE, .underline = TRUE},
	 }},
};

const struct theme *theme_at(guint index)
{
	return index < G_N_ELEMENTS(themes) ? &themes[index] : NULL;
}

const struct theme *theme_by_name(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(themes); i++)
		if (strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

const struct theme *theme_without_colour(void)
{
	return &themes[G_N_ELEMENTS(themes) - 1];
}
