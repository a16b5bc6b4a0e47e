/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_CONTROL_HANDLING_H
#define BENCH_CONTROL_HANDLING_H

#include <json-glib/json-glib.h>

struct world;

/*
 * The commands of the control port that do what people do at a site (handling.h): swap, rx-swap,
 * demux, age, laser-bias, thermal-stuck, source, probe. The request's "command" has to be one of
 * them.
 */
gboolean control_handle(struct world *world, guint site, JsonObject *request, GError **error);

#endif
