/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_TELLING_H
#define STATION_FRONT_TELLING_H

#include "station/engine/config.h"
#include "station/factory/sender.h"
#include "station/store/store.h"

/*
 * The sinks of a configuration while a face runs: what is saved is due to them, and they are told
 * meanwhile. All is null, and does nothing, where there are none.
 */
struct telling;

/* now FALSE: they are told by a later start. */
struct telling *telling_begin(const struct config *config, struct store *store, gboolean now);
/* A run was saved. */
void telling_wake(struct telling *telling);
/* What changed with a sink; null when nothing did. Free with sender_news_free. */
struct sender_news *telling_news(struct telling *telling);
/* Waits so many seconds at most for what is due, says on standard error what is left, and ends. */
void telling_end(struct telling *telling, double seconds);

#endif
