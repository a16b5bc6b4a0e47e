/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_units.h"

#include "base/error.h"
#include "reports/reason.h"
#include "station/store/lot_units.h"
#include "station/store/query.h"
#include "station/store/touch.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 8 }; /* serial numbers that a message lists */

void lot_units_init(struct lot_units *units, const struct lot_file *lot, struct store *store,
                    enum lot_mode mode)
{
	gsize n = lot->units->len + 1;

	*units = (struct lot_units){.lot = lot, .store = store, .mode = mode};
	units->given = g_new0(gboolean, n);
	units->again = g_new0(gboolean, n);
	units->elsewhere = g_new0(gboolean, n);
	units->seen = g_new0(char *, n);
}

void lot_units_clear(struct lot_units *units)
{
	for (guint i = 0; units->seen && i < units->lot->units->len; i++)
		g_free(units->seen[i]);
	g_free(units->given);
	g_free(units->again);
	g_free(units->elsewhere);
	g_free(units->seen);
	g_clear_pointer(&units->claims, store_claims_close);
}

gboolean lot_units_open_claims(struct lot_units *units, const char *store_path, GError **error)
{
	units->claims = store_claims_open(store_path, error);
	return units->claims != NULL;
}

static const struct lot_unit *unit_of(const struct lot_units *units, guint i)
{
	return g_ptr_array_index(units->lot->units, i);
}

/* --- what the store says ---------------------------------------------------------------------- */

/* What was judged as one product is no result of another. */
static gboolean check_part(const struct lot_units *units, const struct lot_unit *unit,
                           const struct store_lot_unit *before, GError **error)
{
	if (units->mode == LOT_AGAIN || strcmp(unit->part_number, before->part_number) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%s:%d: %s is %s here, but this lot judged it as %s (%s): correct the "
	                  "file, give the lot another name, or test it once more with --again",
	                  units->lot->path, unit->line, unit->serial, unit->part_number,
	                  before->part_number, verdict_name(before->verdict));
	return FALSE;
}

/* Of one unit; `before` null: it has no run in this lot. */
static gboolean read_unit(struct lot_units *units, guint i, const struct store_lot_unit *before,
                          GError **error)
{
	const struct lot_unit *unit = unit_of(units, i);
	gboolean judged = before && store_is_try(before->verdict);
	g_autoptr(record_touch) touched = NULL;

	record_text(&units->seen[i], before ? before->run_id : NULL);
	units->given[i] = units->again[i] = FALSE;
	if (judged && !check_part(units, unit, before, error))
		return FALSE;
	if (!judged || units->mode != LOT_RESUME)
		return TRUE;
	if (before->verdict == VERDICT_PASS &&
	    !store_touched(units->store, unit->serial, &touched, error))
		return FALSE;
	units->again[i] = touched != NULL;
	units->given[i] = !units->again[i];
	if (units->given[i])
		units->resumed = verdict_worst(units->resumed, before->verdict);
	return TRUE;
}

static guint count_judged(const struct lot_units *units, const GPtrArray *before)
{
	guint n = 0;

	for (guint i = 0; i < units->lot->units->len; i++) {
		const struct store_lot_unit *unit =
			store_lot_units_find(before, unit_of(units, i)->serial);
		n += unit && store_is_try(unit->verdict);
	}
	return n;
}

gboolean lot_units_read(struct lot_units *units, GError **error)
{
	g_autoptr(GPtrArray) before = store_lot_units(units->store, units->lot->name, error);
	guint n = units->lot->units->len, judged;

	if (!before)
		return FALSE;
	units->to_run = 0;
	units->resumed = VERDICT_NONE;
	for (guint i = 0; i < n; i++) {
		if (!read_unit(units, i, store_lot_units_find(before, unit_of(units, i)->serial),
		               error))
			return FALSE;
		units->to_run += !units->given[i];
	}
	judged = units->mode == LOT_NEW ? count_judged(units, before) : 0;
	if (!judged)
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "lot %s was begun before, and %u of its %u units %s judged: --resume "
	                  "goes on with the others, --again tests all of them once more",
	                  units->lot->name, judged, n, judged == 1 ? "is" : "are");
	return FALSE;
}

/* --- what is told ----------------------------------------------------------------------------- */

static void append_name(GString *names, guint n, const char *serial)
{
	if (n < NAMES_MAX)
		g_string_append_printf(names, "%s%s", n ? ", " : "", serial);
	else if (n == NAMES_MAX)
		g_string_append(names, ", ...");
}

static void tell_touched(const struct lot_units *units)
{
	for (guint i = 0; i < units->lot->units->len; i++) {
		const char *serial = unit_of(units, i)->serial;
		g_autoptr(run_record) record = NULL;
		g_autofree char *why = NULL;

		if (units->again[i] && (record = store_load_run(units->store, serial, NULL)) &&
		    (why = reason_touched(record)))
			fprintf(stderr, "station: %s is tested again: %s\n", serial, why);
	}
}

static gboolean is_in_file(const struct lot_units *units, const char *serial)
{
	for (guint i = 0; i < units->lot->units->len; i++)
		if (strcmp(unit_of(units, i)->serial, serial) == 0)
			return TRUE;
	return FALSE;
}

/* Whether the latest run of the lot was made by a file with other bytes. */
static gboolean is_other_file(const struct lot_units *units, const GPtrArray *before)
{
	const struct store_lot_unit *last =
		before->len ? g_ptr_array_index(before, before->len - 1) : NULL;
	g_autoptr(run_record) record =
		last ? store_load_run(units->store, last->run_id, NULL) : NULL;

	for (guint i = 0; record && i < record->files->len; i++) {
		const struct record_file *file = g_ptr_array_index(record->files, i);
		if (strcmp(file->role, "lot") == 0)
			return strcmp(file->sha256, units->lot->sha256) != 0;
	}
	return FALSE;
}

static void tell_file(const struct lot_units *units)
{
	g_autoptr(GPtrArray) before = store_lot_units(units->store, units->lot->name, NULL);
	g_autoptr(GString) gone = g_string_new(NULL), fresh = g_string_new(NULL);
	guint n_gone = 0, n_fresh = 0;

	if (!before || !is_other_file(units, before))
		return;
	for (guint i = 0; i < before->len; i++) {
		const struct store_lot_unit *unit = g_ptr_array_index(before, i);
		if (!is_in_file(units, unit->serial))
			append_name(gone, n_gone++, unit->serial);
	}
	for (guint i = 0; i < units->lot->units->len; i++)
		if (!units->seen[i])
			append_name(fresh, n_fresh++, unit_of(units, i)->serial);
	fprintf(stderr, "station: %s is not the file that lot %s was last run with\n",
	        units->lot->path, units->lot->name);
	if (n_gone)
		fprintf(stderr, "station: no longer in it, their records stay: %s\n", gone->str);
	if (n_fresh)
		fprintf(stderr, "station: without a run in this lot yet: %s\n", fresh->str);
}

void lot_units_tell(const struct lot_units *units)
{
	tell_touched(units);
	tell_file(units);
}

/* --- in whose hands --------------------------------------------------------------------------- */

/* Judged since the beginning, by somebody else. */
static gboolean was_judged(struct lot_units *units, guint i, gboolean *judged, GError **error)
{
	g_autoptr(GPtrArray) runs =
		store_unit_runs(units->store, unit_of(units, i)->serial, units->lot->name, error);
	const struct store_run *last;

	*judged = FALSE;
	if (!runs)
		return FALSE;
	last = runs->len ? g_ptr_array_index(runs, runs->len - 1) : NULL;
	if (!last || !store_is_try(last->verdict) || g_strcmp0(last->run_id, units->seen[i]) == 0)
		return TRUE;
	*judged = TRUE;
	units->resumed = verdict_worst(units->resumed, last->verdict);
	fprintf(stderr, "station: %s was tested meanwhile by somebody else: %s\n", last->serial,
	        verdict_name(last->verdict));
	return TRUE;
}

gboolean lot_units_take(struct lot_units *units, guint i, gboolean *mine, GError **error)
{
	const char *serial = unit_of(units, i)->serial;
	gboolean judged = FALSE;

	*mine = TRUE;
	if (!units->claims)
		return TRUE;
	if (!store_claim(units->claims, units->lot->name, serial, mine, error))
		return FALSE;
	units->elsewhere[i] = !*mine;
	if (!*mine)
		return TRUE;
	if (was_judged(units, i, &judged, error) && !judged)
		return TRUE;
	lot_units_release(units, serial);
	*mine = FALSE;
	units->given[i] = judged;
	return judged;
}

void lot_units_release(struct lot_units *units, const char *serial)
{
	if (units->claims)
		store_claim_release(units->claims, units->lot->name, serial);
}

guint lot_units_elsewhere(struct lot_units *units)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < units->lot->units->len; i++) {
		gboolean judged = FALSE;

		if (!units->elsewhere[i] || units->given[i])
			continue;
		units->given[i] = was_judged(units, i, &judged, NULL) && judged;
		if (!units->given[i])
			append_name(names, n++, unit_of(units, i)->serial);
	}
	if (n)
		fprintf(stderr,
		        "station: somebody else tests the same lot and has in hand: %s; --resume "
		        "looks what became of them\n",
		        names->str);
	return n;
}
