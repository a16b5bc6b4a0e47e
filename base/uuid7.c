/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/uuid7.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define COUNTER_MAX 0xFFFu
#define MS_MASK     G_GUINT64_CONSTANT(0xFFFFFFFFFFFF)

static GMutex lock;
static struct uuid7_place last; /* under the lock */

void uuid7_next(struct uuid7_place *place, guint64 now_ms, const guint8 random[10],
                char text[UUID7_TEXT])
{
	now_ms &= MS_MASK;
	if (now_ms > place->ms) {
		place->ms = now_ms;
		/* half of the counter is left to count in (section 6.2) */
		place->counter = ((guint)random[8] << 8 | random[9]) & (COUNTER_MAX >> 1);
	} else if (place->counter < COUNTER_MAX) {
		place->counter++;
	} else {
		place->ms++;
		place->counter = 0;
	}
	snprintf(text, UUID7_TEXT, "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	         (guint)(place->ms >> 16), (guint)(place->ms & 0xFFFF), place->counter,
	         (random[0] & 0x3Fu) | 0x80u, random[1], random[2], random[3], random[4], random[5],
	         random[6], random[7]);
}

static gboolean is_uuid7(const char *text)
{
	for (int i = 0; i < UUID7_TEXT - 1; i++) {
		gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text[i] != '-' : !g_ascii_isxdigit(text[i]))
			return FALSE;
	}
	return text[UUID7_TEXT - 1] == '\0' && text[14] == '7' &&
	       strchr("89abAB", text[19]) != NULL;
}

/* All of them are hexadecimal digits. */
static guint64 digits(const char *text, int n)
{
	guint64 value = 0;

	for (int i = 0; i < n; i++)
		value = value << 4 | (guint64)g_ascii_xdigit_value(text[i]);
	return value;
}

gboolean uuid7_read(const char *text, struct uuid7_place *place)
{
	if (!is_uuid7(text))
		return FALSE;
	place->ms = digits(text, 8) << 16 | digits(text + 9, 4);
	place->counter = (guint)digits(text + 15, 3);
	return TRUE;
}

static void fill_random(guint8 *bytes, gsize n)
{
	/* up to 256 bytes come whole once the kernel has any; before that it waits */
	if (getrandom(bytes, n, 0) == (gssize)n)
		return;
	for (gsize i = 0; i < n; i++)
		bytes[i] = (guint8)g_random_int();
}

char *uuid7_new(void)
{
	guint64 now_ms = (guint64)clock_unix_us() / 1000;
	guint8 random[10];
	char text[UUID7_TEXT];

	fill_random(random, sizeof random);
	g_mutex_lock(&lock);
	uuid7_next(&last, now_ms, random, text);
	g_mutex_unlock(&lock);
	return g_strdup(text);
}

void uuid7_not_below(const char *text)
{
	struct uuid7_place place;

	if (!text || !uuid7_read(text, &place))
		return;
	g_mutex_lock(&lock);
	if (place.ms > last.ms || (place.ms == last.ms && place.counter > last.counter))
		last = place;
	g_mutex_unlock(&lock);
}
