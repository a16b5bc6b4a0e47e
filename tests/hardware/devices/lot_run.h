/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_LOT_RUN_H
#define TESTS_HARDWARE_DEVICES_LOT_RUN_H

#include "tests/hardware/devices/whole_site.h"

/* What a user does with the station at a site: the program is started, and its words are read. */

/* An event of the lot, while it goes on: its kind, and its step's name or its words, or null. */
typedef void (*lot_event_fn)(struct whole_site *site, const char *event, const char *what,
                             void *data);

/*
 * Runs a lot of these units, up to a null, unattended. The exit status. heard: null for nobody,
 * called for each event before the next is read.
 */
int lot_run(struct whole_site *site, const char *const *serials, lot_event_fn heard, void *data);

/* The document of a unit's latest run. Free with json_node_unref. */
JsonNode *lot_record(struct whole_site *site, const char *serial);

/* A unit's latest run has that verdict, and its reason says the word; null: any. */
void lot_assert_verdict(struct whole_site *site, const char *serial, const char *verdict,
                        const char *word);

#endif
