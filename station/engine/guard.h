/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_GUARD_H
#define STATION_ENGINE_GUARD_H

#include "station/engine/config.h"
#include "station/engine/event.h"
#include "station/engine/guard_told.h"

/*
 * A process beside the station that makes safe what is energised when the station dies, by whatever
 * kills it. It is this program again ("station --guard"), in a session of its own, joined by a
 * socket: it is told what is energised and where, and when the socket closes without a word it does
 * what guard_serve.h says. When it dies itself, another one is started. May be called from any
 * thread.
 */
struct guard;

/*
 * Starts one for the configuration's station, before any instrument is taken. Null where there is
 * to be none: config->guard is null, or recordings answer. One that cannot be started is told by an
 * EVENT_NOTE, as is one that died; `bus` (null: nobody is told) must live longer.
 */
struct guard *guard_start(const struct config *config, struct event_bus *bus);

/*
 * All of a site that is not safe, before it is energised and after it was made safe; costs nothing
 * when nothing changed. Only classes of GUARD_CLASSES count. Null is allowed.
 */
#define GUARD_CLASSES                                                                              \
	(1u << INSTRUMENT_ATTENUATOR | 1u << INSTRUMENT_BERT | 1u << INSTRUMENT_SUPPLY |           \
	 1u << INSTRUMENT_THERMAL)
void guard_tell(struct guard *guard, const struct guard_site *site);

/* The guard's process; 0: there is none at the moment. */
gint64 guard_process(struct guard *guard);

/* The station ends by itself: so does the guard, which has nothing to do. Null is allowed. */
void guard_end(struct guard *guard);

#endif
