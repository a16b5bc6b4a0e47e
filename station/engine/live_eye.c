/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/live_eye.h"

#include <string.h>

static void copy_text(char *to, gsize size, const char *text)
{
	g_strlcpy(to, text ? text : "", size);
}

static void sum(struct live_eye *to, const struct record_eye *eye, guint across, guint down)
{
	for (guint row = 0; row < eye->rows; row++)
		for (guint column = 0; column < eye->columns; column++) {
			guint32 more =
				g_array_index(eye->counts, guint32, row * eye->columns + column);
			guint32 *count = &to->counts[row / down * to->columns + column / across];

			*count = more > G_MAXUINT32 - *count ? G_MAXUINT32 : *count + more;
		}
}

const struct live_eye *live_eye_new(const struct record_eye *eye)
{
	guint across = (eye->columns + LIVE_EYE_COLUMNS - 1) / LIVE_EYE_COLUMNS;
	guint down = (eye->rows + LIVE_EYE_ROWS - 1) / LIVE_EYE_ROWS;
	struct live_eye *live;

	if (!across || !down || !eye->counts || eye->counts->len < (gsize)eye->columns * eye->rows)
		return NULL;
	guint columns = (eye->columns + across - 1) / across;
	guint rows = (eye->rows + down - 1) / down;
	gsize size = sizeof *live + (gsize)columns * rows * sizeof live->counts[0];
	live = g_malloc0(size);
	live->refs = 1;
	copy_text(live->id, sizeof live->id, eye->id);
	copy_text(live->kind, sizeof live->kind, eye->kind);
	copy_text(live->route, sizeof live->route, eye->route);
	copy_text(live->corner, sizeof live->corner, eye->corner);
	copy_text(live->note, sizeof live->note, eye->note);
	live->lane = eye->lane;
	live->x_span_ui = eye->x_span_ui;
	live->y_min_w = eye->y_min_w;
	live->y_max_w = eye->y_max_w;
	live->columns = columns;
	live->rows = rows;
	sum(live, eye, across, down);
	return live;
}

const struct live_eye *live_eye_ref(const struct live_eye *eye)
{
	g_atomic_int_inc(&((struct live_eye *)eye)->refs);
	return eye;
}

void live_eye_unref(const struct live_eye *eye)
{
	if (eye && g_atomic_int_dec_and_test(&((struct live_eye *)eye)->refs))
		g_free((gpointer)eye);
}

void eye_slot_put(struct eye_slot *slot, const struct live_eye *eye)
{
	const struct live_eye *before;

	g_mutex_lock(&slot->lock);
	before = slot->latest;
	slot->latest = eye;
	g_mutex_unlock(&slot->lock);
	live_eye_unref(before);
}

const struct live_eye *eye_slot_get(struct eye_slot *slot)
{
	const struct live_eye *eye;

	g_mutex_lock(&slot->lock);
	eye = slot->latest ? live_eye_ref(slot->latest) : NULL;
	g_mutex_unlock(&slot->lock);
	return eye;
}

void eye_slot_clear(struct eye_slot *slot)
{
	eye_slot_put(slot, NULL);
	g_mutex_clear(&slot->lock);
}
