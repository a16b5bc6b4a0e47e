/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/pace.h"

#include "base/median.h"

#include <math.h>

struct seen {
	GArray *left_s; /* double, one for each run that had the step */
	guint run;      /* the last of them, from 1 */
};

struct pace {
	GArray *total_s;   /* double, one for each run */
	GHashTable *steps; /* key of a step to struct seen */
};

static void seen_free(gpointer data)
{
	struct seen *seen = data;

	g_array_unref(seen->left_s);
	g_free(seen);
}

struct pace *pace_new(void)
{
	struct pace *pace = g_new0(struct pace, 1);

	pace->total_s = g_array_new(FALSE, FALSE, sizeof(double));
	pace->steps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, seen_free);
	return pace;
}

void pace_free(struct pace *pace)
{
	if (!pace)
		return;
	g_array_unref(pace->total_s);
	g_hash_table_unref(pace->steps);
	g_free(pace);
}

/* Free with g_free. */
static char *key_of(const char *name, int lane, const char *corner)
{
	return g_strdup_printf("%d\n%s\n%s", lane, corner, name);
}

void pace_add_run(struct pace *pace, double total_s)
{
	g_array_append_val(pace->total_s, total_s);
}

void pace_add_step(struct pace *pace, const char *name, int lane, const char *corner, double left_s)
{
	g_autofree char *key = key_of(name, lane, corner);
	struct seen *seen = g_hash_table_lookup(pace->steps, key);

	g_return_if_fail(pace->total_s->len > 0);
	if (!seen) {
		seen = g_new0(struct seen, 1);
		seen->left_s = g_array_new(FALSE, FALSE, sizeof(double));
		g_hash_table_insert(pace->steps, g_steal_pointer(&key), seen);
	}
	if (seen->run == pace->total_s->len)
		return;
	seen->run = pace->total_s->len;
	g_array_append_val(seen->left_s, left_s);
}

static gboolean median(const GArray *values, double *out)
{
	*out = median_of_array(values);
	return !isnan(*out);
}

gboolean pace_left_s(const struct pace *pace, const char *name, int lane, const char *corner,
                     double *left_s)
{
	g_autofree char *key = key_of(name, lane, corner);
	const struct seen *seen = g_hash_table_lookup(pace->steps, key);

	return median(seen ? seen->left_s : NULL, left_s);
}

gboolean pace_total_s(const struct pace *pace, double *total_s)
{
	return median(pace->total_s, total_s);
}

guint pace_n_runs(const struct pace *pace)
{
	return pace->total_s->len;
}
