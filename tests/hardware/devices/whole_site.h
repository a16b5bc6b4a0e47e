/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_WHOLE_SITE_H
#define TESTS_HARDWARE_DEVICES_WHOLE_SITE_H

#include "tests/hardware/devices/site_board.h"

#include <json-glib/json-glib.h>

/*
 * One site of the virtual bench as a station finds it, all of it one world: its socket is a board
 * of the kernel's lines and I2C, its power meter a USBTMC instrument, its thermal head on a serial
 * line of USB, its other instruments on TCP. Whatever cannot be made ends the program.
 */
struct whole_site;

enum whole_site_device { WHOLE_SITE_METER, WHOLE_SITE_HEAD, WHOLE_SITE_BRIDGE };

/* What the socket is wired to: site_board.h, or site_bridge.h, which can be pulled out. */
enum whole_site_wiring { WHOLE_SITE_LINES, WHOLE_SITE_BRIDGED };

/* What the configuration calls them, and what it says where they are. */
#define WHOLE_SITE_METER_AT "USB::0x0957::0x3718::DE50200101::INSTR"
#define WHOLE_SITE_HEAD_AT  "ASRL/dev/ttyUSB0::INSTR?baud=57600"

/* Skips the test, with the reason, where this kernel cannot have it. */
gboolean whole_site_missing(void);

/* With the shipped plan and limits for units of VB-QDD-DR4-500. */
struct whole_site *whole_site_new(enum whole_site_wiring wiring, double time_scale);
void whole_site_free(struct whole_site *site); /* null is allowed */

/* The folder of station.yaml and of what the station writes. Borrowed. */
const char *whole_site_folder(const struct whole_site *site);
/* A file in it. */
void whole_site_write(const struct whole_site *site, const char *name, const char *text);
/* In station.yaml, where the old text must be exactly once. */
void whole_site_change(const struct whole_site *site, const char *old, const char *new);
struct site_board *whole_site_board(const struct whole_site *site); /* borrowed; may be null */
/* Makes a unit known with its defects, world_declare_unit. */
void whole_site_declare(struct whole_site *site, const char *serial, const char *defects);

/* What the bench's control port replies to that request. Free with json_node_unref. */
JsonNode *whole_site_ask(struct whole_site *site, const char *request);

/* No light and no voltage, shutters closed, the board's outputs at their safe levels. */
void whole_site_assert_safe(struct whole_site *site);

/* Pulls it out, and puts it in again. */
void whole_site_pull(struct whole_site *site, enum whole_site_device device);
void whole_site_put(struct whole_site *site, enum whole_site_device device);

#endif
