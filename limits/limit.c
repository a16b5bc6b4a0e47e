/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/limit.h"

#include "base/csv.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "limits/formula.h"
#include "limits/limit_set.h"

#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"id",     "measure", "lane",       "condition", "low",
                                      "high",   "unit",    "guard_band", "gate",      "edition",
                                      "source", "mark",    NULL};

static const char *const gate_names[] = {"GATE", "CHECK", "HOLD", "INFO", NULL};

enum { LANE_MAX = 16 };

const char *limit_gate_name(enum limit_gate gate)
{
	g_return_val_if_fail((gsize)gate < G_N_ELEMENTS(gate_names) - 1, "GATE");
	return gate_names[gate];
}

gboolean limit_gate_parse(const char *name, enum limit_gate *gate)
{
	for (gsize i = 0; name && gate_names[i]; i++) {
		if (strcmp(gate_names[i], name) == 0) {
			*gate = (enum limit_gate)i;
			return TRUE;
		}
	}
	return FALSE;
}

/* --- ownership ------------------------------------------------------------------------------ */

static void entry_free(gpointer data)
{
	struct limit_entry *entry = data;
	g_free(entry->row.id);
	g_free(entry->row.measure);
	g_free(entry->row.condition);
	g_free(entry->row.low);
	g_free(entry->row.high);
	g_free(entry->row.unit);
	g_free(entry->row.edition);
	g_free(entry->row.source);
	g_free(entry);
}

void limit_set_free(struct limit_set *set)
{
	if (!set)
		return;
	g_free(set->path);
	g_free(set->sha256);
	formula_set_free(set->formulas);
	g_ptr_array_unref(set->entries);
	g_free(set);
}

/* --- one row -------------------------------------------------------------------------------- */

struct loader {
	struct csv *table;
	struct limit_set *set;
	const char *edition;
	GHashTable *units;    /* owned measure to owned unit, over all rows */
	GHashTable *editions; /* owned names but "*" */
	GHashTable *ids;      /* owned "EDITION/ID" */
};

static gboolean is_name(const char *text)
{
	if (!g_ascii_islower(*text))
		return FALSE;
	for (; *text != '\0'; text++) {
		if (!g_ascii_islower(*text) && !g_ascii_isdigit(*text) && *text != '_')
			return FALSE;
	}
	return TRUE;
}

static char *optional_text(const char *text)
{
	return *text != '\0' ? g_strdup(text) : NULL;
}

static gboolean check_names(const struct loader *loader, guint i, GError **error)
{
	static const char *const names[] = {"id", "measure"};
	for (gsize n = 0; n < G_N_ELEMENTS(names); n++) {
		const char *name = csv_field(loader->table, i, names[n]);
		if (is_name(name) && !formula_is_reserved(name))
			continue;
		csv_error(loader->table, i, error,
		          "%s: \"%s\" is not a name of small letters, digits and underscores that "
		          "begins with a letter and is no word of formulas",
		          names[n], name);
		return FALSE;
	}
	static const char *const texts[] = {"edition", "source"};
	for (gsize n = 0; n < G_N_ELEMENTS(texts); n++) {
		if (*csv_field(loader->table, i, texts[n]) != '\0')
			continue;
		csv_error(loader->table, i, error, "%s: empty", texts[n]);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_lane(const struct csv *table, guint i, int *lane, GError **error)
{
	const char *text = csv_field(table, i, "lane");
	gint64 number = 0;
	if (strcmp(text, "*") != 0 && !number_parse_int(text, 1, LANE_MAX, &number, NULL)) {
		csv_error(table, i, error, "lane: expected * or a number from 1 to %d, got \"%s\"",
		          LANE_MAX, text);
		return FALSE;
	}
	*lane = (int)number;
	return TRUE;
}

static gboolean read_choices(const struct csv *table, guint i, struct limit_row *row,
                             GError **error)
{
	const char *gate = csv_field(table, i, "gate");
	const char *mark = csv_field(table, i, "mark");
	if (!limit_gate_parse(gate, &row->gate)) {
		const char *near = suggest_nearest(gate, gate_names);
		csv_error(table, i, error, "gate: \"%s\" is none of GATE, CHECK, HOLD, INFO%s%s%s",
		          gate, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
		return FALSE;
	}
	if (strlen(mark) != 1 || !strchr("CMX", *mark)) {
		csv_error(table, i, error, "mark: \"%s\" is none of C, M, X", mark);
		return FALSE;
	}
	row->mark = *mark;
	if (!unit_is_known(row->unit)) {
		csv_error(table, i, error,
		          "unit: \"%s\" is not a base unit; there are V, A, W, Hz, s, m, Bd, "
		          "bit/s, degC, dBm, dB, dB/Hz, %% and 1",
		          row->unit);
		return FALSE;
	}
	const char *guard = csv_field(table, i, "guard_band");
	if (!number_parse_double(guard, &row->guard_band, NULL) || row->guard_band < 0) {
		csv_error(table, i, error, "guard_band: expected a number from 0 up, got \"%s\"",
		          guard);
		return FALSE;
	}
	return TRUE;
}

static gboolean compile(const struct loader *loader, guint i, const char *column, const char *text,
                        int *formula, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	if (!formula_set_add(loader->set->formulas, text, names, formula, &cause)) {
		csv_error(loader->table, i, error, "%s: %s", column, cause->message);
		return FALSE;
	}
	for (guint n = 0; n < names->len; n++) {
		if (g_hash_table_contains(loader->units, names->pdata[n]))
			continue;
		g_autofree const char **known =
			(const char **)g_hash_table_get_keys_as_array(loader->units, NULL);
		const char *near = suggest_nearest(names->pdata[n], known);
		csv_error(loader->table, i, error,
		          "%s: \"%s\" is the measure of no row of this file%s%s%s", column,
		          (const char *)names->pdata[n], near ? "; did you mean " : "",
		          near ? near : "", near ? "?" : "");
		return FALSE;
	}
	return TRUE;
}

static gboolean read_bound(const struct loader *loader, guint i, const char *column,
                           struct limit_bound *bound, GError **error)
{
	const char *text = csv_field(loader->table, i, column);
	if (*text == '\0')
		return TRUE;
	bound->kind = BOUND_NUMBER;
	if (number_parse_double(text, &bound->number, NULL))
		return TRUE;
	bound->kind = BOUND_FORMULA;
	return compile(loader, i, column, text, &bound->formula, error);
}

static gboolean check_bounds(const struct loader *loader, guint i, const struct limit_entry *entry,
                             GError **error)
{
	const struct limit_bound *low = &entry->low, *high = &entry->high;
	const struct limit_row *row = &entry->row;
	if (low->kind == BOUND_NONE && high->kind == BOUND_NONE && row->gate != LIMIT_INFO) {
		csv_error(loader->table, i, error,
		          "neither low nor high; only INFO rows can do without");
		return FALSE;
	}
	if (low->kind != BOUND_NUMBER || high->kind != BOUND_NUMBER)
		return TRUE;
	if (low->number > high->number) {
		csv_error(loader->table, i, error, "low %s is above high %s", row->low, row->high);
		return FALSE;
	}
	if (high->number - low->number < 2 * row->guard_band) {
		csv_error(loader->table, i, error,
		          "guard_band: nothing is left between low and high");
		return FALSE;
	}
	return TRUE;
}

static struct limit_entry *read_row(const struct loader *loader, guint i, GError **error)
{
	const struct csv *table = loader->table;
	struct limit_entry *entry = g_new0(struct limit_entry, 1);
	struct limit_row *row = &entry->row;
	row->id = g_strdup(csv_field(table, i, "id"));
	row->measure = g_strdup(csv_field(table, i, "measure"));
	row->condition = optional_text(csv_field(table, i, "condition"));
	row->low = optional_text(csv_field(table, i, "low"));
	row->high = optional_text(csv_field(table, i, "high"));
	row->unit = g_strdup(csv_field(table, i, "unit"));
	row->edition = g_strdup(csv_field(table, i, "edition"));
	row->source = g_strdup(csv_field(table, i, "source"));
	row->line = csv_line(table, i);
	if (read_lane(table, i, &row->lane, error) && read_choices(table, i, row, error) &&
	    (!row->condition ||
	     compile(loader, i, "condition", row->condition, &entry->condition, error)) &&
	    read_bound(loader, i, "low", &entry->low, error) &&
	    read_bound(loader, i, "high", &entry->high, error) &&
	    check_bounds(loader, i, entry, error))
		return entry;
	entry_free(entry);
	return NULL;
}

/* --- the whole file ------------------------------------------------------------------------- */

static gboolean add_id(const struct loader *loader, guint i, const char *edition, GError **error)
{
	const char *id = csv_field(loader->table, i, "id");
	g_autofree char *key = g_strdup_printf("%s/%s", edition, id);
	if (g_hash_table_add(loader->ids, g_steal_pointer(&key)))
		return TRUE;
	csv_error(loader->table, i, error, "id: \"%s\" is there twice", id);
	return FALSE;
}

/* Names first: a formula may use a measure of a later row. */
static gboolean collect_names(const struct loader *loader, GError **error)
{
	for (guint i = 0; i < csv_rows(loader->table); i++) {
		if (!check_names(loader, i, error))
			return FALSE;
		const char *measure = csv_field(loader->table, i, "measure");
		const char *unit = csv_field(loader->table, i, "unit");
		const char *before = g_hash_table_lookup(loader->units, measure);
		if (before && strcmp(before, unit) != 0) {
			csv_error(loader->table, i, error,
			          "unit: \"%s\", but another row of %s has \"%s\"", unit, measure,
			          before);
			return FALSE;
		}
		g_hash_table_replace(loader->units, g_strdup(measure), g_strdup(unit));
		const char *edition = csv_field(loader->table, i, "edition");
		if (strcmp(edition, "*") != 0)
			g_hash_table_add(loader->editions, g_strdup(edition));
	}
	return TRUE;
}

/* A row for every edition must differ in id from the rows of each. */
static gboolean check_ids(const struct loader *loader, GError **error)
{
	for (guint i = 0; i < csv_rows(loader->table); i++) {
		const char *edition = csv_field(loader->table, i, "edition");
		if (!add_id(loader, i, edition, error))
			return FALSE;
		if (strcmp(edition, "*") != 0)
			continue;
		GHashTableIter iter;
		gpointer name;
		g_hash_table_iter_init(&iter, loader->editions);
		while (g_hash_table_iter_next(&iter, &name, NULL)) {
			if (!add_id(loader, i, name, error))
				return FALSE;
		}
	}
	return TRUE;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean check_edition(const struct loader *loader, GError **error)
{
	guint n = 0;
	g_autofree gpointer *names = g_hash_table_get_keys_as_array(loader->editions, &n);
	if (n == 0 || g_hash_table_contains(loader->editions, loader->edition))
		return TRUE;
	qsort(names, n, sizeof *names, compare_texts);
	g_autofree char *list = g_strjoinv(", ", (char **)names);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%s: no rows of edition \"%s\"; the file has: %s", loader->set->path,
	                  loader->edition, list);
	return FALSE;
}

static gboolean read_rows(const struct loader *loader, GError **error)
{
	for (guint i = 0; i < csv_rows(loader->table); i++) {
		struct limit_entry *entry = read_row(loader, i, error);
		if (!entry)
			return FALSE;
		const char *edition = entry->row.edition;
		if (strcmp(edition, "*") == 0 || strcmp(edition, loader->edition) == 0)
			g_ptr_array_add(loader->set->entries, entry);
		else
			entry_free(entry);
	}
	if (csv_rows(loader->table) > 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: no rows", loader->set->path);
	return FALSE;
}

struct limit_set *limit_set_load(const char *path, const char *edition, GError **error)
{
	g_autoptr(csv) table = csv_load_file(path, error);
	if (!table || !csv_check_columns(table, columns, NULL, error))
		return NULL;
	g_autoptr(limit_set) set = g_new0(struct limit_set, 1);
	set->path = g_strdup(path);
	set->sha256 = g_strdup(csv_sha256(table));
	set->entries = g_ptr_array_new_with_free_func(entry_free);
	set->formulas = formula_set_new(error);
	if (!set->formulas)
		return NULL;
	g_autoptr(GHashTable) units =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GHashTable) editions =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct loader loader = {table, set, edition, units, editions, ids};
	if (!collect_names(&loader, error) || !check_edition(&loader, error) ||
	    !check_ids(&loader, error) || !read_rows(&loader, error))
		return NULL;
	return g_steal_pointer(&set);
}

const char *limit_set_path(const struct limit_set *set)
{
	return set->path;
}

const char *limit_set_sha256(const struct limit_set *set)
{
	return set->sha256;
}

guint limit_set_size(const struct limit_set *set)
{
	return set->entries->len;
}

const struct limit_row *limit_set_row(const struct limit_set *set, guint i)
{
	g_return_val_if_fail(i < set->entries->len, NULL);
	return &((const struct limit_entry *)set->entries->pdata[i])->row;
}

gboolean limit_set_has(const struct limit_set *set, const char *measure)
{
	for (guint i = 0; i < set->entries->len; i++) {
		if (strcmp(limit_set_row(set, i)->measure, measure) == 0)
			return TRUE;
	}
	return FALSE;
}
