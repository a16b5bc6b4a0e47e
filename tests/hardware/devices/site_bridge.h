/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_SITE_BRIDGE_H
#define TESTS_HARDWARE_DEVICES_SITE_BRIDGE_H

#include "bench/sim_module.h"

#include <glib.h>

/* What site_board.h is, with all of the socket on one bridge on USB, a CP2112. */
struct site_bridge;

struct site_bridge *site_bridge_new(struct sim_module *module); /* plugged in; module borrowed */
void site_bridge_free(struct site_bridge *bridge);              /* null is allowed */

/* Its board file, without the insertions. Constant. */
const char *site_bridge_file(void);

void site_bridge_follow(struct site_bridge *bridge);
gboolean site_bridge_is_safe(struct site_bridge *bridge);

/* Without it the socket's lines are where resistors pull them. */
void site_bridge_unplug(struct site_bridge *bridge);
void site_bridge_plug(struct site_bridge *bridge);

#endif
