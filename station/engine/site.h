/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_SITE_H
#define STATION_ENGINE_SITE_H

#include "station/engine/run.h"

/*
 * A site's thread: takes unit requests from a queue, one after the other, and owns the fixture and
 * the module while it runs them.
 */
struct site;

/* What all sites share; borrowed, must outlive the site. */
struct site_shared {
	const struct config *config;
	const struct step_table *steps;
	struct pool *pool;
	struct event_bus *bus;
	struct store *store;
	struct workers *workers; /* null: every site computes for itself */
};

struct site *site_start(const struct site_shared *shared, const struct config_site *config);
/* Aborts what runs, waits for the thread to end and frees. */
void site_stop(struct site *site);

int site_number(const struct site *site);
/*
 * On the site's thread, before any unit: opens the fixture and puts its safe levels on, for a run
 * that an earlier start left open, and lets the loader take `inside` out (null: nothing was left
 * in). The instruments of the site are to be safe already. FALSE with the first thing that is not
 * safe; it is undone before the next unit here, which waits for it. A unit that no loader takes
 * out has to be taken out before the next one.
 */
gboolean site_make_safe(struct site *site, const char *inside, GError **error);
/* Takes the request over. */
void site_queue(struct site *site, struct unit_request *request);
/* Whether the thread, when idle, tells who comes and goes in its socket (presence.h). */
void site_watch_presence(struct site *site, gboolean on);
/* Questions of this site's runs; borrowed. */
struct question *site_question(struct site *site);
/* A reference to the latest eye of this site's runs, or null. */
const struct live_eye *site_eye(struct site *site);
/* Drops what is queued, triggers the abort of the present run and tells how many were dropped. From
 * any thread. */
guint site_abort(struct site *site);

#endif
