/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/model_set.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/yaml.h"

#include <math.h>
#include <string.h>

#define MOST_PART_NUMBER 16 /* characters, as in page 00h */
#define SHORTEST_M       800e-9
#define LONGEST_M        1650e-9
#define NEAREST_M        0.5e-9 /* WDM neighbours */
#define MOST_REACH_M     10e3

struct model_set {
	GPtrArray *rows; /* of struct world_model, owned, strings too */
};

static void row_free(gpointer data)
{
	struct world_model *row = data;

	g_free((char *)row->name);
	g_free((char *)row->part_number);
	g_free((char *)row->type);
	g_free(row);
}

struct model_set *model_set_new(void)
{
	struct model_set *set = g_new0(struct model_set, 1);

	set->rows = g_ptr_array_new_with_free_func(row_free);
	return set;
}

void model_set_free(struct model_set *set)
{
	if (!set)
		return;
	g_ptr_array_unref(set->rows);
	g_free(set);
}

static guint own_rows(void)
{
	guint n = 0;

	while (world_model_at(n))
		n++;
	return n;
}

const struct world_model *model_set_at(const struct model_set *set, guint i)
{
	guint own = own_rows();

	if (i < own)
		return world_model_at(i);
	return i - own < set->rows->len ? set->rows->pdata[i - own] : NULL;
}

static const struct world_model *find(const struct model_set *set, const char *name)
{
	for (guint i = 0; model_set_at(set, i); i++)
		if (strcmp(model_set_at(set, i)->name, name) == 0)
			return model_set_at(set, i);
	return NULL;
}

const struct world_model *model_set_find(const struct model_set *set, const char *name,
                                         GError **error)
{
	const struct world_model *row = find(set, name);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (row)
		return row;
	for (guint i = 0; model_set_at(set, i); i++)
		g_ptr_array_add(names, (gpointer)model_set_at(set, i)->name);
	g_ptr_array_add(names, NULL);
	const char *nearest = suggest_nearest(name, (const char *const *)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG, "there is no model \"%s\"%s%s%s", name,
	                  nearest ? "; did you mean " : "", nearest ? nearest : "",
	                  nearest ? "?" : "");
	return NULL;
}

/* ---- a file's rows ---- */

static gboolean read_word(const struct yaml_node *map, const char *key, const char *const *words,
                          guint *value, GError **error)
{
	const char *text = NULL;

	if (!yaml_string_or(map, key, &text, NULL, error))
		return FALSE;
	if (!text)
		return TRUE;
	for (guint i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			*value = i;
			return TRUE;
		}
	}
	g_autofree char *all = g_strjoinv(", ", (char **)words);
	yaml_error(yaml_find(map, key), error, "%s: expected one of: %s", key, all);
	return FALSE;
}

static gboolean read_byte(const struct yaml_node *map, const char *key, guint8 *value,
                          GError **error)
{
	gint64 number = *value;

	if (!yaml_int_or(map, key, 0, 255, &number, *value, error))
		return FALSE;
	*value = (guint8)number;
	return TRUE;
}

static gboolean read_count(const struct yaml_node *map, const char *key, guint most, guint *value,
                           GError **error)
{
	gint64 number = *value;

	if (!yaml_int_or(map, key, 1, most, &number, *value, error))
		return FALSE;
	*value = (guint)number;
	return TRUE;
}

/* What the row is called. Takes copies. */
static gboolean read_names(const struct model_set *set, const struct yaml_node *map,
                           struct world_model *row, GError **error)
{
	const char *name = NULL, *like = NULL, *part_number = NULL, *type = NULL;

	if (!yaml_string(map, "name", &name, error) || !yaml_string(map, "like", &like, error) ||
	    !yaml_string(map, "part_number", &part_number, error) ||
	    !yaml_string(map, "type", &type, error))
		return FALSE;
	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name)) {
		yaml_error(yaml_find(map, "name"), error, "name: expected letters a-z, digits, -");
		return FALSE;
	}
	if (find(set, name)) {
		yaml_error(yaml_find(map, "name"), error, "there is a model %s", name);
		return FALSE;
	}
	if (!*part_number || strlen(part_number) > MOST_PART_NUMBER ||
	    !g_str_is_ascii(part_number)) {
		yaml_error(yaml_find(map, "part_number"), error,
		           "part_number: expected 1 to %d ASCII characters", MOST_PART_NUMBER);
		return FALSE;
	}
	const struct world_model *origin = world_model_find(like);
	if (!origin) {
		yaml_error(yaml_find(map, "like"), error, "the program has no model %s", like);
		return FALSE;
	}
	*row = *origin;
	row->like = origin;
	row->name = g_strdup(name);
	row->part_number = g_strdup(part_number);
	row->type = g_strdup(type);
	return TRUE;
}

static gboolean read_kind(const struct yaml_node *map, struct world_model *row, GError **error)
{
	static const char *const forms[] = {"QSFP-DD", "OSFP", NULL};
	static const char *const transmitters[] = {[MODEL_EML] = "eml",
	                                           [MODEL_EML_COOLED] = "eml-cooled",
	                                           [MODEL_VCSEL] = "vcsel",
	                                           NULL};
	static const char *const monitors[] = {[MODEL_RSSI_LINEAR] = "linear",
	                                       [MODEL_RSSI_QUADRATIC] = "quadratic",
	                                       [MODEL_RSSI_TWO_SLOPES] = "two-slopes",
	                                       NULL};
	guint form = row->osfp, transmitter = row->transmitter, rssi = row->rssi;

	if (!read_word(map, "form", forms, &form, error) ||
	    !yaml_bool_or(map, "wdm", &row->wdm, row->wdm, error) ||
	    !yaml_bool_or(map, "multimode", &row->multimode, row->multimode, error) ||
	    !read_word(map, "transmitter", transmitters, &transmitter, error) ||
	    !read_word(map, "rssi", monitors, &rssi, error) ||
	    !yaml_bool_or(map, "rx_in_oma", &row->rx_in_oma, row->rx_in_oma, error))
		return FALSE;
	row->osfp = form == 1;
	row->transmitter = (enum model_transmitter)transmitter;
	row->rssi = (enum model_rssi)rssi;
	gboolean vcsel = row->transmitter == MODEL_VCSEL;
	if (vcsel != row->multimode || vcsel != row->like->multimode) {
		yaml_error(map, error, "a VCSEL goes with multimode fibre and like a model of it");
		return FALSE;
	}
	if (row->wdm && row->multimode) {
		yaml_error(map, error, "WDM is for single-mode fibre");
		return FALSE;
	}
	return TRUE;
}

static gboolean read_wavelengths(const struct yaml_node *map, struct world_model *row,
                                 GError **error)
{
	const struct yaml_node *list = NULL;

	if (!yaml_list_or(map, "wavelengths", &list, error))
		return FALSE;
	if (list && yaml_size(list) != row->n_lanes) {
		yaml_error(list, error, "wavelengths: expected %u, one for each lane",
		           row->n_lanes);
		return FALSE;
	}
	for (guint i = 0; list && i < row->n_lanes; i++) {
		const struct yaml_node *item = yaml_item(list, i);
		if (!yaml_as_quantity(item, "m", &row->wavelength_m[i], error))
			return FALSE;
		if (!(row->wavelength_m[i] >= SHORTEST_M && row->wavelength_m[i] <= LONGEST_M)) {
			yaml_error(item, error, "wavelengths: expected 800 nm to 1650 nm");
			return FALSE;
		}
	}
	for (guint i = 1; row->wdm && i < row->n_lanes; i++) {
		if (!(row->wavelength_m[i] - row->wavelength_m[i - 1] >= NEAREST_M)) {
			yaml_error(list ? list : map, error,
			           "wavelengths of WDM rise, by 0.5 nm at least");
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_lanes(const struct yaml_node *map, struct world_model *row, GError **error)
{
	if (!read_count(map, "lanes", MODEL_LANES, &row->n_lanes, error) ||
	    !read_count(map, "host_lanes", 2 * MODEL_LANES, &row->n_host_lanes, error))
		return FALSE;
	if (row->n_host_lanes != row->n_lanes && row->n_host_lanes != 2 * row->n_lanes) {
		yaml_error(map, error, "host_lanes: expected as many as lanes, or twice as many");
		return FALSE;
	}
	if (!read_wavelengths(map, row, error) ||
	    !yaml_quantity_or(map, "reach", "m", &row->reach_m, row->reach_m, error))
		return FALSE;
	if (!(row->reach_m > 0 && row->reach_m <= MOST_REACH_M)) {
		yaml_error(yaml_find(map, "reach"), error, "reach: expected more than 0, to 10 km");
		return FALSE;
	}
	return TRUE;
}

static gboolean read_application(const struct yaml_node *map, const struct world_model *row,
                                 struct model_application *out, GError **error)
{
	gint64 value[6] = {0};

	if (yaml_kind(map) != YAML_MAP) {
		yaml_error(map, error, "applications: expected a map");
		return FALSE;
	}
	if (!yaml_int(map, "host_id", 1, 254, &value[0], error) ||
	    !yaml_int(map, "media_id", 0, 255, &value[1], error) ||
	    !yaml_int(map, "host_lanes", 1, row->n_host_lanes, &value[2], error) ||
	    !yaml_int(map, "media_lanes", 1, row->n_lanes, &value[3], error) ||
	    !yaml_int(map, "starts", 1, 255, &value[4], error) ||
	    !yaml_int(map, "media_starts", 1, 255, &value[5], error))
		return FALSE;
	*out = (struct model_application){.host_id = (guint8)value[0],
	                                  .media_id = (guint8)value[1],
	                                  .lanes = (guint8)(value[2] << 4 | value[3]),
	                                  .starts = (guint8)value[4],
	                                  .media_starts = (guint8)value[5]};
	return yaml_done(map, error);
}

static gboolean read_management(const struct yaml_node *map, struct world_model *row,
                                GError **error)
{
	double power_w = row->max_power_quarter_w * 0.25;
	const struct yaml_node *list = NULL;

	if (!read_byte(map, "media_type", &row->media_type, error) ||
	    !read_byte(map, "connector", &row->connector, error) ||
	    !read_byte(map, "technology", &row->technology, error) ||
	    !yaml_quantity_or(map, "max_power", "W", &power_w, power_w, error) ||
	    !yaml_list_or(map, "applications", &list, error))
		return FALSE;
	if (!(power_w >= 0.25 && power_w <= 63.75) || rint(power_w * 4) != power_w * 4) {
		yaml_error(yaml_find(map, "max_power"), error,
		           "max_power: expected 0.25 W to 63.75 W in steps of 0.25 W");
		return FALSE;
	}
	row->max_power_quarter_w = (guint8)(power_w * 4);
	if (!list &&
	    (row->n_lanes != row->like->n_lanes || row->n_host_lanes != row->like->n_host_lanes)) {
		yaml_error(map, error, "applications are missing: the lanes are not those of %s",
		           row->like->name);
		return FALSE;
	}
	if (!list)
		return TRUE;
	if (yaml_size(list) < 1 || yaml_size(list) > MODEL_APPLICATIONS) {
		yaml_error(list, error, "applications: expected 1 to %d", MODEL_APPLICATIONS);
		return FALSE;
	}
	memset(row->applications, 0, sizeof row->applications);
	for (guint i = 0; i < yaml_size(list); i++)
		if (!read_application(yaml_item(list, i), row, &row->applications[i], error))
			return FALSE;
	return TRUE;
}

/* Adds a row; owned by the set from the first string on. */
static gboolean read_row(struct model_set *set, const struct yaml_node *map, GError **error)
{
	struct world_model *row = g_new0(struct world_model, 1);

	if (yaml_kind(map) != YAML_MAP) {
		yaml_error(map, error, "models: expected a map");
	} else if (read_names(set, map, row, error) && read_kind(map, row, error) &&
	           read_lanes(map, row, error) && read_management(map, row, error) &&
	           yaml_done(map, error)) {
		g_ptr_array_add(set->rows, row);
		return TRUE;
	}
	row_free(row);
	return FALSE;
}

static gboolean read_rows(struct model_set *set, const struct yaml_doc *doc, GError **error)
{
	const struct yaml_node *root = yaml_root(doc), *list = NULL;
	guint before = set->rows->len;
	gboolean fine = yaml_kind(root) == YAML_MAP;

	if (!fine)
		yaml_error(root, error, "expected models:");
	fine = fine && yaml_list(root, "models", &list, error) && yaml_done(root, error);
	for (guint i = 0; fine && i < yaml_size(list); i++)
		fine = read_row(set, yaml_item(list, i), error);
	if (!fine)
		g_ptr_array_set_size(set->rows, (int)before);
	return fine;
}

gboolean model_set_load(struct model_set *set, const char *path, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_file(path, error);

	return doc && read_rows(set, doc, error);
}

gboolean model_set_load_text(struct model_set *set, const char *text, const char *name,
                             GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, name, error);

	return doc && read_rows(set, doc, error);
}
