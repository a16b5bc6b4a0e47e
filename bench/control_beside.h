/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_CONTROL_BESIDE_H
#define BENCH_CONTROL_BESIDE_H

#include "bench/sim_fixture.h"

#include <json-glib/json-glib.h>

/* The commands of the control port about what stands beside a socket: beside, lid, start. The
 * request's "command" has to be one of them. */
gboolean control_beside(struct sim_fixture *fixture, JsonObject *request, GError **error);

/* "lid", "start" and "tower" (the lamps that are lit) of a fixture that has them. */
void control_report_beside(JsonBuilder *reply, struct sim_fixture *fixture);

#endif
