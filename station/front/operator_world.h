/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_OPERATOR_WORLD_H
#define STATION_FRONT_OPERATOR_WORLD_H

#include "station/engine/engine.h"
#include "station/operator/desk.h"

/*
 * The world of the operator's desk: engine, store, users, labels and reports. What takes time is
 * done by two clerks, one for questions of the desk and one for what is written after a unit.
 */
struct operator_world;

/* Everything is borrowed and must live longer. STATION_ERROR_CONFIG when the users' file is wrong.
 */
struct operator_world *operator_world_new(const struct config *config,
                                          const struct step_table *steps, struct store *store,
                                          struct engine *engine, GError **error);
/* Waits for what is being written. Null is allowed. */
void operator_world_free(struct operator_world *world);

/* A desk in this world; free it before the world. */
struct desk *operator_world_desk(struct operator_world *world);

/* What an event means for the world: reports, labels, pictures. After the desk has had it. */
void operator_world_event(struct operator_world *world, const struct event *event);

/* Brings what the clerks have done to the desk. */
void operator_world_deliver(struct operator_world *world);
/* Descriptors that can be read when there is something to deliver: two. */
void operator_world_fds(const struct operator_world *world, int fds[2]);

/* How often the desk wanted to be heard since the last time that it was asked. */
guint operator_world_beeps(struct operator_world *world);

#endif
