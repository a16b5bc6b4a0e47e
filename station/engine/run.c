/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include "base/clock.h"
#include "base/error.h"

#include <string.h>

void run_publish(struct run *run, struct event *event)
{
	event->site = run->site->site;
	g_strlcpy(event->serial, run->request->serial, sizeof event->serial);
	g_strlcpy(event->run_id, run->record->run_id, sizeof event->run_id);
	event_publish(run->bus, event);
}

gboolean run_session_broken(const GError *error)
{
	return error && error->domain == STATION_ERROR &&
	       (error->code == STATION_ERROR_TIMEOUT || error->code == STATION_ERROR_IO ||
	        error->code == STATION_ERROR_PROTOCOL || error->code == STATION_ERROR_CANCELLED);
}

/* The names of the site's instruments for a mask of classes; returns how many. */
static guint names_of(const struct step_context *ctx, guint needs, const char **names,
                      enum instrument_class *classes)
{
	guint n = 0;

	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		if (!(needs & (1u << i)))
			continue;
		names[n] = ctx->run->site->uses[i];
		classes[n++] = i;
	}
	return n;
}

/* What the instruments said of themselves goes into the record when they are first used. */
static void record_instrument(struct run *run, const struct instrument *instrument)
{
	const struct instrument_identity *identity = instrument_identity(instrument);
	struct record_instrument *entry = NULL;

	for (guint i = 0; i < run->record->instruments->len; i++) {
		struct record_instrument *item = g_ptr_array_index(run->record->instruments, i);
		if (strcmp(item->name, instrument_name(instrument)) == 0)
			entry = item;
	}
	if (!entry || *entry->model)
		return;
	record_text(&entry->maker, identity->maker);
	record_text(&entry->model, identity->model);
	record_text(&entry->serial, identity->serial);
	record_text(&entry->firmware, identity->firmware);
	record_text(&entry->options, identity->options ? identity->options : "");
	record_text(&entry->evidence, evidence_name(instrument_evidence(instrument)));
}

gboolean run_take(struct step_context *ctx, guint needs, GError **error)
{
	const char *names[INSTRUMENT_N_CLASSES];
	enum instrument_class classes[INSTRUMENT_N_CLASSES];
	struct instrument *taken[INSTRUMENT_N_CLASSES];
	guint n = names_of(ctx, needs, names, classes);

	for (guint i = 0; i < n; i++) {
		if (names[i])
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "site %d has no %s, which this step needs", ctx->run->site->site,
		                  instrument_class_name(classes[i]));
		return FALSE;
	}
	if (!pool_take_for(ctx->run->pool, ctx->run->site->site, names, n, taken, &ctx->bounds,
	                   error))
		return FALSE;
	ctx->needs = needs;
	for (guint i = 0; i < n; i++) {
		ctx->instruments[classes[i]] = taken[i];
		record_instrument(ctx->run, taken[i]);
	}
	return TRUE;
}

void run_give(struct step_context *ctx, gboolean give_up)
{
	const char *names[INSTRUMENT_N_CLASSES];
	enum instrument_class classes[INSTRUMENT_N_CLASSES];
	guint n = names_of(ctx, ctx->needs, names, classes);

	pool_give(ctx->run->pool, names, n, give_up);
	memset(ctx->instruments, 0, sizeof ctx->instruments);
}

gboolean step_each_instrument(struct step_context *ctx, guint without, step_visit_fn visit,
                              GError **error)
{
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < INSTRUMENT_N_CLASSES; i++) {
		struct step_context one = *ctx;
		GError *cause = NULL;

		if (!ctx->run->site->uses[i] || (without & (1u << i)))
			continue;
		ok = run_take(&one, 1u << i, &cause);
		if (ok) {
			ok = visit(&one, one.instruments[i], &cause);
			run_give(&one, run_session_broken(cause));
		}
		if (cause)
			g_propagate_error(error, cause);
	}
	return ok;
}

double step_on_s(const struct step_context *ctx, const struct instrument *instrument)
{
	gint64 since_us = pool_on_since_us(ctx->run->pool, instrument_name(instrument));

	return (double)(g_get_real_time() - since_us) * 1e-6 * clock_scale();
}
