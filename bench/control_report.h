/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_CONTROL_REPORT_H
#define BENCH_CONTROL_REPORT_H

#include <json-glib/json-glib.h>

struct control_command;
struct sim_fixture;
struct world;
struct world_truth;
struct world_truth_corner;

/*
 * Members of a reply of the control port, added to the object that is being built. What is no
 * number (no light, no result) is null.
 */
/* "corner": at one case temperature. */
void control_report_corner(JsonBuilder *reply, const struct world_truth_corner *corner);
void control_report_truth(JsonBuilder *reply, const struct world_truth *truth);
/* An object with the members of the row; "repair" where it has one. */
void control_report_command(JsonBuilder *reply, const struct control_command *command);
void control_report_state(JsonBuilder *reply, struct world *world, struct sim_fixture *fixture,
                          guint site);

#endif
