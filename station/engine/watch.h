/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_WATCH_H
#define STATION_ENGINE_WATCH_H

#include "fixtures/fixture.h"

/*
 * Looks after what people can do to a site while a unit is under test: the lid is opened, the unit
 * pulled out, the fixture unplugged. It does so on a thread of its own, every WATCH_LOOK_S of real
 * time, whatever the site's thread waits for. What happens trips it, once: outputs of the fixture
 * take their safe levels at once, then the run is cancelled, with the reason kept here. A run that
 * was cancelled before is not tripped any more: that was an abort.
 *
 * This is a help, not a protection: what must be dark when the lid is open is switched by the lid.
 */
#define WATCH_LOOK_S 0.02
/* A lid that could not be looked at for so long counts as open. */
#define WATCH_BLIND_S 1.0

struct watch;

/*
 * From now on, with one look at once. Null where there is nothing to look at (the fixture has no
 * lid) and where the fixture's requests are recorded or played back, which must keep their order.
 * Everything is borrowed and must live until watch_stop.
 */
struct watch *watch_start(struct fixture *fixture, int site, GCancellable *cancellable);

/* One more look, by the caller. */
void watch_look(struct watch *watch);

/*
 * TRUE when it has tripped, with the reason: STATION_ERROR_REFUSED lid, STATION_ERROR_ABSENT unit,
 * STATION_ERROR_FIXTURE fixture. Null never has. From any thread.
 */
gboolean watch_tripped(struct watch *watch, GError **error);

/* Ends the thread: nothing is cancelled any more when it returns. Null is allowed. */
void watch_stop(struct watch *watch);

#endif
