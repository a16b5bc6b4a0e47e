/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PRESENCE_H
#define STATION_ENGINE_PRESENCE_H

#include "station/engine/config.h"
#include "station/engine/event.h"

#include <gio/gio.h>

/*
 * When an idle site looks whether a module is in its socket, and what of it is told: every
 * PRESENCE_LOOK_S of real time, where it cannot be seen every PRESENCE_RETRY_S, which is told once.
 * What is told, is told at the first look and at each change. Zeroed is off; under the lock of the
 * site.
 */
#define PRESENCE_LOOK_S  0.5
#define PRESENCE_RETRY_S 10.0
#define PRESENCE_NEVER   G_MAXINT64

struct presence {
	gboolean on;
	gint64 next_us;     /* when the next look is due, monotonic; 0: at once */
	GCancellable *look; /* of the one that goes on; borrowed, null: none does */
	enum { PRESENCE_UNTOLD, PRESENCE_EMPTY, PRESENCE_SEATED } told;
	gboolean is_blind; /* and that is told */
};

void presence_watch(struct presence *presence, gboolean on);

/* When to look; PRESENCE_NEVER where nobody wants to know, and where requests to the fixture are
 * recorded or played back, which must keep their order. */
gint64 presence_next_us(const struct presence *presence, const struct config_site *site);

/* A look begins: what cancels it, to be released by the caller after presence_end. */
GCancellable *presence_begin(struct presence *presence);
/* It has ended: error is null or why it was not seen. One that was cancelled counts for nothing. */
void presence_end(struct presence *presence, gboolean present, const GError *error,
                  struct event_bus *bus, int site);
/* Cuts short a look that goes on: the site has better things to do. */
void presence_hurry(struct presence *presence);

#endif
