/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/telling.h"

#include "base/clock.h"
#include <stdio.h>

struct telling {
	const struct config *config;
	struct store *store;
	struct sender *sender; /* null: a later start sends */
};

struct telling *telling_begin(const struct config *config, struct store *store, gboolean now)
{
	g_autofree const char **names = sinks_names(config->sinks);
	struct telling *telling;

	if (!config->sinks->len)
		return NULL;
	store_set_sinks(store, names);
	telling = g_new0(struct telling, 1);
	telling->config = config;
	telling->store = store;
	telling->sender = now ? sender_new(store, config->sinks) : NULL;
	return telling;
}

void telling_wake(struct telling *telling)
{
	if (telling && telling->sender)
		sender_wake(telling->sender);
}

struct sender_news *telling_news(struct telling *telling)
{
	return telling && telling->sender ? sender_next_news(telling->sender) : NULL;
}

/* Of sinks that the configuration still has. */
static void tell_left(const struct telling *telling)
{
	g_autoptr(GPtrArray) states = outbox_states(telling->store, NULL);

	for (guint i = 0; states && i < states->len; i++) {
		const struct outbox_state *state = g_ptr_array_index(states, i);
		const struct sender_news news = {state->sink, state->waiting, state->refused,
		                                 state->oldest_us, state->words};
		g_autofree char *text = sender_news_text(&news, clock_unix_us());

		if ((state->waiting || state->refused) &&
		    sinks_find(telling->config->sinks, state->sink))
			fprintf(stderr, "station: %s; \"station db sync%s\" sends %s\n", text,
			        state->waiting ? "" : " --retry",
			        state->waiting ? "them, and so does the next start" : "again");
	}
}

void telling_end(struct telling *telling, double seconds)
{
	if (!telling)
		return;
	if (telling->sender)
		sender_drain(telling->sender, seconds, NULL);
	sender_free(telling->sender);
	tell_left(telling);
	g_free(telling);
}
