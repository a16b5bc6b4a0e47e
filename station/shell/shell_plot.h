/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_SHELL_PLOT_H
#define STATION_SHELL_SHELL_PLOT_H

#include "station/operator/plot.h"
#include "station/shell/shell.h"

/* Plots in the lines of a terminal. */

/* Whether there is one to draw on: not when results are objects, or nobody sees them. */
gboolean shell_can_plot(const struct shell *shell);

/* The plot as lines, with braille where the terminal has it; "" where there is nothing to draw.
 * Free with g_free. */
char *shell_plot_text(const struct shell *shell, const struct plot *plot);

/* Lines that are drawn in the place of those before; *lines is how many these were, 0 at first. */
void shell_plot_redraw(struct shell *shell, const char *text, guint *lines);

#endif
