/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/type.h"

#include "base/yaml.h"

#include <math.h>
#include <string.h>

static void application_clear(gpointer data)
{
	g_free(((struct type_application *)data)->name);
}

void optical_type_free(struct optical_type *type)
{
	if (!type)
		return;
	g_free(type->path);
	g_free(type->sha256);
	g_free(type->name);
	g_free(type->connector);
	g_free(type->pattern);
	g_free(type->rx_damage_source);
	g_free(type->note);
	g_clear_pointer(&type->applications, g_array_unref);
	g_free(type);
}

const char *optical_type_fibre_name(enum type_fibre fibre)
{
	return fibre == TYPE_MMF ? "MMF" : "SMF";
}

gboolean optical_type_fibre_parse(const char *name, enum type_fibre *fibre)
{
	for (enum type_fibre f = TYPE_SMF; f <= TYPE_MMF; f++) {
		if (strcmp(name, optical_type_fibre_name(f)) != 0)
			continue;
		*fibre = f;
		return TRUE;
	}
	return FALSE;
}

char *optical_type_file(const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	return g_strconcat("types/", lower, ".yaml", NULL);
}

/* --- parts of a file -------------------------------------------------------------------------- */

static gboolean take_text(const struct yaml_node *map, const char *key, char **text, GError **error)
{
	const char *value;

	if (!yaml_string(map, key, &value, error))
		return FALSE;
	if (!*value) {
		yaml_error(yaml_find(map, key), error, "%s must not be empty", key);
		return FALSE;
	}
	*text = g_strdup(value);
	return TRUE;
}

/* A quantity that has to be above zero. */
static gboolean take_size(const struct yaml_node *map, const char *key, const char *unit,
                          double *value, GError **error)
{
	if (!yaml_quantity(map, key, unit, value, error))
		return FALSE;
	if (*value > 0)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s must be above zero", key);
	return FALSE;
}

static gboolean take_fraction(const struct yaml_node *map, const char *key, double *value,
                              GError **error)
{
	if (!yaml_number(map, key, value, error))
		return FALSE;
	if (*value > 0 && *value < 1)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s must be between 0 and 1", key);
	return FALSE;
}

static gboolean take_code(const struct yaml_node *map, const char *key, guint8 *code,
                          GError **error)
{
	gint64 value;

	if (!yaml_int(map, key, 1, 255, &value, error))
		return FALSE;
	*code = (guint8)value;
	return TRUE;
}

static gboolean take_count(const struct yaml_node *map, const char *key, gint64 min, gint64 max,
                           guint *count, GError **error)
{
	gint64 value;

	if (!yaml_int(map, key, min, max, &value, error))
		return FALSE;
	*count = (guint)value;
	return TRUE;
}

static gboolean load_wavelengths(struct optical_type *type, const struct yaml_node *map,
                                 GError **error)
{
	const struct yaml_node *list;

	if (!yaml_list(map, "wavelengths", &list, error))
		return FALSE;
	if (yaml_size(list) != type->n_lanes) {
		yaml_error(list, error, "%u wavelengths for %u lanes", yaml_size(list),
		           type->n_lanes);
		return FALSE;
	}
	for (guint i = 0; i < type->n_lanes; i++) {
		if (!yaml_as_quantity(yaml_item(list, i), "m", &type->wavelength_m[i], error))
			return FALSE;
		if (type->wavelength_m[i] >= 800e-9 && type->wavelength_m[i] <= 1700e-9)
			continue;
		yaml_error(yaml_item(list, i), error, "a wavelength outside 800 to 1700 nm");
		return FALSE;
	}
	return TRUE;
}

static gboolean load_medium(struct optical_type *type, const struct yaml_node *map, GError **error)
{
	const char *medium, *fibre;

	if (!yaml_string(map, "medium", &medium, error) ||
	    !yaml_string(map, "fibre", &fibre, error))
		return FALSE;
	type->wdm = strcmp(medium, "wdm") == 0;
	if (!type->wdm && strcmp(medium, "parallel") != 0) {
		yaml_error(yaml_find(map, "medium"), error,
		           "medium is \"parallel\" or \"wdm\", not \"%s\"", medium);
		return FALSE;
	}
	if (optical_type_fibre_parse(fibre, &type->fibre))
		return TRUE;
	yaml_error(yaml_find(map, "fibre"), error, "fibre is \"SMF\" or \"MMF\", not \"%s\"",
	           fibre);
	return FALSE;
}

/* What stands for the fibre is a fibre, or a lower bandwidth; never both. */
static gboolean load_dispersion(struct optical_type *type, const struct yaml_node *map,
                                GError **error)
{
	const char *by;

	if (!yaml_string(map, "by", &by, error))
		return FALSE;
	type->tdecq_by_fibre = strcmp(by, "fibre") == 0;
	if (type->tdecq_by_fibre) {
		type->tdecq_bandwidth_hz = type->bandwidth_hz;
		return TRUE;
	}
	if (strcmp(by, "bandwidth") != 0) {
		yaml_error(yaml_find(map, "by"), error,
		           "by is \"fibre\" or \"bandwidth\", not \"%s\"", by);
		return FALSE;
	}
	if (!take_size(map, "bandwidth", "Hz", &type->tdecq_bandwidth_hz, error))
		return FALSE;
	if (type->tdecq_bandwidth_hz <= type->bandwidth_hz)
		return TRUE;
	yaml_error(yaml_find(map, "bandwidth"), error,
	           "bandwidth is above the receiver's: it could not stand for a fibre");
	return FALSE;
}

/* More than this is no adjustment any more. */
#define THRESHOLD_LIMIT_MAX 0.05

static gboolean load_tdecq(struct optical_type *type, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *map;

	if (!yaml_map(root, "tdecq", &map, error) || !load_dispersion(type, map, error) ||
	    !take_text(map, "pattern", &type->pattern, error) ||
	    !take_count(map, "taps", 1, TYPE_TAPS_MAX, &type->taps, error) ||
	    !take_count(map, "max_precursors", 0, type->taps - 1, &type->max_precursors, error) ||
	    !take_fraction(map, "main_tap_min", &type->main_tap_min, error) ||
	    !take_fraction(map, "target_ser", &type->target_ser, error) ||
	    !yaml_number_or(map, "threshold_limit", &type->threshold_limit, 0, error) ||
	    !yaml_bool_or(map, "slide_windows", &type->windows_slide, FALSE, error))
		return FALSE;
	if (!(type->threshold_limit >= 0 && type->threshold_limit <= THRESHOLD_LIMIT_MAX)) {
		yaml_error(yaml_find(map, "threshold_limit"), error,
		           "threshold_limit is a part of OMA from 0 to %g", THRESHOLD_LIMIT_MAX);
		return FALSE;
	}
	return yaml_done(map, error);
}

static gboolean load_receiver(struct optical_type *type, const struct yaml_node *root,
                              GError **error)
{
	const struct yaml_node *map;

	if (!yaml_map(root, "receiver", &map, error) ||
	    !yaml_quantity_or(map, "damage", "dBm", &type->rx_damage_dbm, NAN, error) ||
	    (!isnan(type->rx_damage_dbm) &&
	     !take_text(map, "damage_source", &type->rx_damage_source, error)) ||
	    !take_fraction(map, "ber_limit", &type->ber_limit, error) ||
	    !yaml_quantity_or(map, "secq", "dB", &type->secq_db, NAN, error) ||
	    !yaml_quantity_or(map, "stressed_oma", "dBm", &type->stressed_oma_dbm, NAN, error) ||
	    !yaml_quantity_or(map, "aggressor_oma", "dBm", &type->aggressor_oma_dbm, NAN, error))
		return FALSE;
	return yaml_done(map, error);
}

static gboolean load_application(struct optical_type *type, const struct yaml_node *map,
                                 GError **error)
{
	struct type_application *item;

	g_array_set_size(type->applications, type->applications->len + 1);
	item = &g_array_index(type->applications, struct type_application,
	                      type->applications->len - 1);
	return take_text(map, "name", &item->name, error) &&
	       take_code(map, "host_id", &item->host_id, error) &&
	       take_code(map, "media_id", &item->media_id, error) &&
	       take_count(map, "host_lanes", 1, TYPE_LANES_MAX, &item->host_lanes, error) &&
	       take_count(map, "media_lanes", 1, type->n_lanes, &item->media_lanes, error) &&
	       yaml_done(map, error);
}

static gboolean load_applications(struct optical_type *type, const struct yaml_node *root,
                                  GError **error)
{
	const struct yaml_node *list;

	type->applications = g_array_new(FALSE, TRUE, sizeof(struct type_application));
	g_array_set_clear_func(type->applications, application_clear);
	if (!yaml_list(root, "applications", &list, error))
		return FALSE;
	for (guint i = 0; i < yaml_size(list); i++)
		if (!load_application(type, yaml_item(list, i), error))
			return FALSE;
	if (!type->applications->len)
		yaml_error(list, error, "applications wants at least one");
	return type->applications->len > 0;
}

/* --- the whole -------------------------------------------------------------------------------- */

static gboolean load_root(struct optical_type *type, const struct yaml_node *root, GError **error)
{
	const char *note;

	if (!take_text(root, "type", &type->name, error) ||
	    !take_count(root, "lanes", 1, TYPE_LANES_MAX, &type->n_lanes, error) ||
	    !load_medium(type, root, error) ||
	    !take_text(root, "connector", &type->connector, error) ||
	    !take_code(root, "media_type", &type->media_type, error) ||
	    !take_size(root, "reach", "m", &type->reach_m, error) ||
	    !take_size(root, "symbol_rate", "Bd", &type->symbol_rate_bd, error) ||
	    !load_wavelengths(type, root, error) ||
	    !take_size(root, "receiver_bandwidth", "Hz", &type->bandwidth_hz, error) ||
	    !load_tdecq(type, root, error) || !load_receiver(type, root, error) ||
	    !load_applications(type, root, error) ||
	    !yaml_string_or(root, "note", &note, NULL, error))
		return FALSE;
	type->note = g_strdup(note);
	return yaml_done(root, error);
}

struct optical_type *optical_type_load(const char *path, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_file(path, error);
	g_autoptr(optical_type) type = NULL;

	if (!doc)
		return NULL;
	type = g_new0(struct optical_type, 1);
	type->path = g_strdup(path);
	type->sha256 = g_strdup(yaml_sha256(doc));
	return load_root(type, yaml_root(doc), error) ? g_steal_pointer(&type) : NULL;
}
