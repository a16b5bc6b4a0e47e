/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/fault.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"

#include <string.h>

enum fault {
	FAULT_DELAY,
	FAULT_DROP,
	FAULT_CUT,
	FAULT_GARBLE,
	FAULT_DISCONNECT,
	FAULT_HANG,
	FAULTS,
	KEY_DELAY_S = FAULTS,
	KEY_SEED,
	KEY_AT,
	KEYS,
};

static const char *const keys[] = {
	[FAULT_DELAY] = "delay",   [FAULT_DROP] = "drop",
	[FAULT_CUT] = "cut",       [FAULT_GARBLE] = "garble",
	[FAULT_HANG] = "hang",     [FAULT_DISCONNECT] = "disconnect",
	[KEY_DELAY_S] = "delay_s", [KEY_SEED] = "seed",
	[KEY_AT] = "at",           [KEYS] = NULL,
};

static const double longest_s = 1e6;

struct fault_settings {
	double chance[FAULTS];
	double delay_s;
	gint64 at; /* 0: every read */
	guint64 seed;
	guint given; /* one bit for each key */
};

struct fault_link {
	struct link link;
	struct link *below;
	struct fault_settings settings;
	guint64 state;
	gint64 reads;
	gboolean disconnected, hanging;
};

static struct fault_link *fault_of(struct link *link)
{
	return (struct fault_link *)link;
}

/* ---- argument ---- */

static gboolean bad(const char *pair, const char *why, GError **error)
{
	station_error_set(error, STATION_ERROR_CONFIG, "fault: %s: %s", pair, why);
	return FALSE;
}

static int find_key(const char *name)
{
	for (int i = 0; i < KEYS; i++)
		if (strcmp(keys[i], name) == 0)
			return i;
	return -1;
}

static gboolean take_value(const char *pair, int key, const char *text,
                           struct fault_settings *settings, GError **error)
{
	gint64 whole = 0;
	double value = 0;

	if (key == KEY_SEED || key == KEY_AT) {
		if (!number_parse_int(text, key == KEY_AT, G_MAXINT64, &whole, NULL))
			return bad(pair, "a whole number is needed", error);
		if (key == KEY_AT)
			settings->at = whole;
		else
			settings->seed = (guint64)whole;
		return TRUE;
	}
	double most = key == KEY_DELAY_S ? longest_s : 1;
	if (!number_parse_double(text, &value, NULL) || !(value >= 0 && value <= most))
		return bad(pair, key == KEY_DELAY_S ? "seconds are needed" : "0 to 1 is possible",
		           error);
	*(key == KEY_DELAY_S ? &settings->delay_s : &settings->chance[key]) = value;
	return TRUE;
}

static gboolean take_pair(const char *pair, struct fault_settings *settings, GError **error)
{
	const char *equals = strchr(pair, '=');
	g_autofree char *name = equals ? g_strndup(pair, (gsize)(equals - pair)) : g_strdup(pair);
	int key = find_key(name);

	if (key < 0) {
		const char *near = suggest_nearest(name, keys);
		g_autofree char *why =
			g_strdup_printf("unknown key%s%s", near ? "; did you mean " : "",
		                        near ? near : "");
		return bad(pair, why, error);
	}
	if (!equals)
		return bad(pair, "KEY=VALUE is needed", error);
	if (settings->given & 1u << key)
		return bad(pair, "twice", error);
	settings->given |= 1u << key;
	return take_value(pair, key, equals + 1, settings, error);
}

static gboolean parse(const char *argument, struct fault_settings *settings, GError **error)
{
	g_auto(GStrv) pairs = g_strsplit(argument, ",", -1);
	guint delays = (1u << FAULT_DELAY) | (1u << KEY_DELAY_S);

	for (guint i = 0; pairs[i]; i++)
		if (!take_pair(pairs[i], settings, error))
			return FALSE;
	if ((settings->given & delays) && (settings->given & delays) != delays)
		return bad(argument, "delay and delay_s belong together", error);
	if (!(settings->given & ((1u << FAULTS) - 1)))
		return bad(argument, "nothing is to be spoilt", error);
	return TRUE;
}

/* ---- chance ---- */

/* SplitMix64, Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014. */
static guint64 next_random(struct fault_link *top)
{
	guint64 z = top->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Which faults this read has, one bit for each. All are drawn always: see fault.h. */
static guint draw(struct fault_link *top)
{
	guint drawn = 0;

	for (int i = 0; i < FAULTS; i++) {
		double uniform = (double)(next_random(top) >> 11) * 0x1p-53;
		if (uniform < top->settings.chance[i])
			drawn |= 1u << i;
	}
	top->reads++;
	return !top->settings.at || top->settings.at == top->reads ? drawn : 0;
}

/* ---- operations ---- */

static gboolean wait_real_s(double seconds, const struct bounds *bounds, GError **error)
{
	return clock_sleep_s(seconds * clock_scale(), bounds, error);
}

/* Silence for so long, or up to the bounds; always an error. */
static gboolean silence(double seconds, const struct bounds *bounds, GError **error)
{
	if (wait_real_s(seconds, bounds, error))
		station_error_set(error, STATION_ERROR_TIMEOUT, "no answer in time");
	return FALSE;
}

static gboolean until_deadline(const struct bounds *bounds, GError **error)
{
	return silence(deadline_left_s(bounds->deadline), bounds, error);
}

static gboolean lost(GError **error)
{
	station_error_set(error, STATION_ERROR_IO, "the connection is lost");
	return FALSE;
}

/* What keeps every operation from being passed on. */
static gboolean usable(const struct fault_link *top, const struct bounds *bounds, GError **error)
{
	if (top->hanging)
		return until_deadline(bounds, error);
	return !top->disconnected || lost(error);
}

static gboolean fault_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                            const struct bounds *bounds, GError **error)
{
	struct fault_link *top = fault_of(link);

	return usable(top, bounds, error) &&
	       top->below->ops->write(top->below, data, len, end_len, bounds, error);
}

/* The answer came and is to be spoilt. */
static gboolean spoil(struct fault_link *top, guint drawn, GByteArray *reply,
                      const struct bounds *bounds, GError **error)
{
	double stall_s = top->link.settings->stall_s;
	guint64 random = next_random(top);

	if (drawn & 1u << FAULT_DROP) {
		g_byte_array_set_size(reply, 0);
		return until_deadline(bounds, error);
	}
	if (drawn & 1u << FAULT_CUT) {
		g_byte_array_set_size(reply, (guint)(random % (reply->len + 1)));
		return stall_s > 0 ? silence(stall_s, bounds, error)
		                   : until_deadline(bounds, error);
	}
	if (drawn & 1u << FAULT_GARBLE) {
		if (reply->len > 0)
			reply->data[random / 8 % reply->len] ^= (guint8)(1u << random % 8);
		return TRUE;
	}
	g_byte_array_set_size(reply, 0);
	top->disconnected = TRUE;
	return lost(error);
}

static gboolean fault_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                           const struct bounds *bounds, GError **error)
{
	struct fault_link *top = fault_of(link);
	guint drawn = draw(top);
	guint later = drawn & ~(1u << FAULT_DELAY);

	if (later == 1u << FAULT_HANG)
		top->hanging = TRUE;
	if (!usable(top, bounds, error))
		return FALSE;
	if ((drawn & 1u << FAULT_DELAY) && !wait_real_s(top->settings.delay_s, bounds, error))
		return FALSE;
	return top->below->ops->read(top->below, frame, reply, bounds, error) &&
	       (!later || spoil(top, later, reply, bounds, error));
}

static gboolean fault_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct fault_link *top = fault_of(link);

	if (top->hanging)
		return until_deadline(bounds, error);
	top->disconnected = FALSE;
	return top->below->ops->clear(top->below, bounds, error);
}

static gsize fault_unread(struct link *link)
{
	struct fault_link *top = fault_of(link);

	return top->hanging || top->disconnected ? 0 : top->below->ops->unread(top->below);
}

static gboolean fault_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                  GError **error)
{
	return usable(fault_of(link), bounds, error) &&
	       link_status_byte(fault_of(link)->below, status, bounds, error);
}

static gboolean fault_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	return usable(fault_of(link), bounds, error) &&
	       link_trigger(fault_of(link)->below, bounds, error);
}

static gboolean fault_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                    GError **error)
{
	return usable(fault_of(link), bounds, error) &&
	       link_await_service(fault_of(link)->below, status, bounds, error);
}

static gboolean fault_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	return usable(fault_of(link), bounds, error) &&
	       link_lock(fault_of(link)->below, bounds, error);
}

static gboolean fault_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	return usable(fault_of(link), bounds, error) &&
	       link_unlock(fault_of(link)->below, bounds, error);
}

static void fault_close(struct link *link)
{
	link_close(fault_of(link)->below);
	link_done(link);
	g_free(link);
}

static const struct link_ops fault_ops = {
	.name = "fault",
	.write = fault_write,
	.read = fault_read,
	.clear = fault_clear,
	.unread = fault_unread,
	.status_byte = fault_status_byte,
	.trigger = fault_trigger,
	.await_service = fault_await_service,
	.lock = fault_lock,
	.unlock = fault_unlock,
	.close = fault_close,
};

struct link *fault_open(const char *argument, struct link *below, GError **error)
{
	struct fault_settings settings = {.seed = 1};

	if (!parse(argument, &settings, error)) {
		link_close(below);
		return NULL;
	}
	struct fault_link *top = g_new0(struct fault_link, 1);
	link_init(&top->link, &fault_ops, below->resource, below->settings);
	top->below = below;
	top->settings = settings;
	top->state = settings.seed;
	return &top->link;
}
