/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include "base/clock.h"
#include "base/error.h"

#include <string.h>

/* So many instruments of a run have a bit in its record's uses. */
#define USES_BITS 52

void run_publish(struct run *run, struct event *event)
{
	event->site = run->site->site;
	g_strlcpy(event->serial, run->request->serial, sizeof event->serial);
	g_strlcpy(event->run_id, run->record->run_id, sizeof event->run_id);
	event_publish(run->bus, event);
}

void run_does(struct run *run, enum usage_doing doing)
{
	usage_does(pool_usage(run->pool), run->site->site, doing, g_get_monotonic_time());
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

/* What the instruments said of themselves goes into the record when they are first used. Returns
 * the bit of its place there, 0 when it has none. */
static guint64 record_instrument(struct run *run, const struct instrument *instrument)
{
	const struct instrument_identity *identity = instrument_identity(instrument);
	struct record_instrument *entry = NULL;
	guint64 bit = 0;

	for (guint i = 0; i < run->record->instruments->len; i++) {
		struct record_instrument *item = g_ptr_array_index(run->record->instruments, i);
		if (strcmp(item->name, instrument_name(instrument)) != 0)
			continue;
		entry = item;
		bit = i < USES_BITS ? (guint64)1 << i : 0;
	}
	if (!entry || *entry->model)
		return bit;
	record_text(&entry->maker, identity->maker);
	record_text(&entry->model, identity->model);
	record_text(&entry->serial, identity->serial);
	record_text(&entry->firmware, identity->firmware);
	record_text(&entry->options, identity->options ? identity->options : "");
	record_text(&entry->evidence, evidence_name(instrument_evidence(instrument)));
	return bit;
}

static double waited_s(const struct step_context *ctx)
{
	return usage_waited_s(pool_usage(ctx->run->pool), ctx->run->site->site);
}

/* When the run had what, for how long it waited: an entry of the record's uses. In an undo there is
 * no step. */
static void record_use(struct step_context *ctx, guint64 instruments, double waited_s)
{
	struct run_record *record = run_record_of(ctx);
	gboolean in_step = ctx->item && ctx->step_index < record->steps->len;

	ctx->had_mono_us = g_get_monotonic_time();
	ctx->use = run_record_add_use(record, in_step ? (int)ctx->step_index : -1, instruments,
	                              (clock_unix_us() - ctx->run->record->start_us) / 1000,
	                              (gint64)(waited_s * 1e3));
}

gboolean run_take(struct step_context *ctx, guint needs, GError **error)
{
	const char *names[INSTRUMENT_N_CLASSES];
	enum instrument_class classes[INSTRUMENT_N_CLASSES];
	struct instrument *taken[INSTRUMENT_N_CLASSES];
	guint n = names_of(ctx, needs, names, classes);
	guint64 bits = 0;

	for (guint i = 0; i < n; i++) {
		if (names[i])
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "site %d has no %s, which this step needs", ctx->run->site->site,
		                  instrument_class_name(classes[i]));
		return FALSE;
	}
	if (!pool_take_for(ctx->run->pool, ctx->run->site->site, names, n, taken, &ctx->bounds,
	                   error)) {
		record_use(ctx, 0, waited_s(ctx));
		return FALSE;
	}
	ctx->needs = needs;
	for (guint i = 0; i < n; i++) {
		ctx->instruments[classes[i]] = taken[i];
		bits |= record_instrument(ctx->run, taken[i]);
	}
	if (n)
		record_use(ctx, bits, waited_s(ctx));
	return TRUE;
}

gboolean run_are_free(const struct step_context *ctx, guint needs)
{
	const char *names[INSTRUMENT_N_CLASSES];
	enum instrument_class of[INSTRUMENT_N_CLASSES];
	guint n = names_of(ctx, needs, names, of);

	return pool_are_free(ctx->run->pool, names, n);
}

struct run_record *run_record_of(const struct step_context *ctx)
{
	return ctx->ahead ? ctx->ahead : ctx->run->record;
}

static void end_use(struct step_context *ctx)
{
	run_record_end_use(run_record_of(ctx), ctx->use,
	                   (g_get_monotonic_time() - ctx->had_mono_us) / 1000);
}

void step_release(struct step_context *ctx, guint classes)
{
	const char *names[INSTRUMENT_N_CLASSES];
	enum instrument_class of[INSTRUMENT_N_CLASSES];
	guint n = names_of(ctx, ctx->needs & classes, names, of);
	guint64 bits = 0;

	if (ctx->is_within || !n)
		return;
	pool_give(ctx->run->pool, names, n, FALSE);
	end_use(ctx);
	for (guint i = 0; i < n; i++)
		ctx->instruments[of[i]] = NULL;
	ctx->needs &= ~classes;
	/* what it keeps is another use */
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		if (ctx->needs & (1u << i))
			bits |= record_instrument(ctx->run, ctx->instruments[i]);
	if (ctx->needs)
		record_use(ctx, bits, 0.0);
}

void run_give(struct step_context *ctx, gboolean give_up)
{
	const char *names[INSTRUMENT_N_CLASSES];
	enum instrument_class classes[INSTRUMENT_N_CLASSES];
	guint n = names_of(ctx, ctx->needs, names, classes);

	pool_give(ctx->run->pool, names, n, give_up);
	if (n)
		end_use(ctx);
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
