/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/presence.h"

void presence_watch(struct presence *presence, gboolean on)
{
	presence->on = on;
	presence->next_us = 0;
	presence->told = PRESENCE_UNTOLD;
	presence->is_blind = FALSE;
}

gint64 presence_next_us(const struct presence *presence, const struct config_site *site)
{
	if (!presence->on || g_str_has_prefix(site->fixture, "record:") ||
	    g_str_has_prefix(site->fixture, "replay:"))
		return PRESENCE_NEVER;
	return presence->next_us;
}

GCancellable *presence_begin(struct presence *presence)
{
	return presence->look = g_cancellable_new();
}

static gint64 in_s(double seconds)
{
	return g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
}

static void be_blind(struct presence *presence, const GError *error, struct event_bus *bus,
                     int site)
{
	struct event event = event_make(EVENT_NOTE, site, NULL);
	g_autofree char *text =
		g_strdup_printf("it is not seen whether a unit is in: fixture of site %d: %s", site,
	                        error->message);

	presence->next_us = in_s(PRESENCE_RETRY_S);
	presence->told = PRESENCE_UNTOLD;
	if (presence->is_blind)
		return;
	presence->is_blind = TRUE;
	event_set_text(&event, text);
	event_publish(bus, &event);
}

void presence_end(struct presence *presence, gboolean present, const GError *error,
                  struct event_bus *bus, int site)
{
	struct event event = event_make(EVENT_UNIT_PRESENT, site, NULL);
	int state = present ? PRESENCE_SEATED : PRESENCE_EMPTY;

	gboolean hurried = g_cancellable_is_cancelled(presence->look);

	presence->look = NULL;
	/* what a look that was cut short says is of no account, whatever it calls it */
	if ((error && hurried) || !presence->on)
		return;
	if (error) {
		be_blind(presence, error, bus, site);
		return;
	}
	presence->next_us = in_s(PRESENCE_LOOK_S);
	presence->is_blind = FALSE;
	if ((int)presence->told == state)
		return;
	presence->told = state;
	event.done = present;
	event_publish(bus, &event);
}

void presence_hurry(struct presence *presence)
{
	if (presence->look)
		g_cancellable_cancel(presence->look);
}
