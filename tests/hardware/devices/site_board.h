/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_SITE_BOARD_H
#define TESTS_HARDWARE_DEVICES_SITE_BOARD_H

#include "bench/sim_module.h"

#include <glib.h>

/*
 * A QSFP-DD socket whose lines are those of a chip of the kernel's and whose bus is an I2C adapter
 * on USB, with a module of the bench in it. What the station sets on the lines the module gets, and
 * the other way round: at each transfer, at each call of site_board_follow, and in between by a
 * thread, for a chip that is played does not tell when a line was set.
 */
struct site_board;

/* The module is borrowed. The chip's label is "socket". */
struct site_board *site_board_new(struct sim_module *module);
void site_board_free(struct site_board *board); /* null is allowed */

/* Its board file, without the insertions. Free with g_free. */
char *site_board_file(const struct site_board *board);

/* After a module was put in or taken out: for who looks before the thread does. */
void site_board_follow(struct site_board *board);

/* ResetL and LPMode have the levels that keep a module quiet, ModSelL deselects it. */
gboolean site_board_is_safe(const struct site_board *board);

/* Transactions with the module since the beginning. */
guint site_board_transfers(const struct site_board *board);

#endif
