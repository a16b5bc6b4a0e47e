/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config_load.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/yaml.h"
#include "station/engine/quirk_script.h"

#include <math.h>
#include <string.h>

/* The file under `key`; an error names the line when it is nowhere. */
static gboolean find_file(const struct config *config, const struct yaml_node *map, const char *key,
                          const char *folder, char **found, GError **error)
{
	const char *name;

	if (!yaml_string(map, key, &name, error))
		return FALSE;
	*found = config_find_file(config->path, folder, name);
	if (!*found)
		yaml_error(yaml_find(map, key), error,
		           "%s \"%s\" is neither beside this file nor among the installed %s", key,
		           name, folder);
	return *found != NULL;
}

/* --- instruments ------------------------------------------------------------------------------ */

/* A dialect file lies beside the configuration or among the installed ones. */
static char *find_dialect(const struct config *config, const struct yaml_node *node,
                          const char *name, GError **error)
{
	char *path = config_find_file(config->path, "dialects", name);

	if (!path)
		yaml_error(node, error,
		           "the dialect \"%s\" is neither beside this file nor among the installed "
		           "dialects",
		           name);
	return path;
}

static gboolean load_parameters(const struct config *config, struct config_instrument *item,
                                const struct yaml_node *map, GError **error)
{
	struct instrument_parameter *parameters;

	if (!map)
		return TRUE;
	parameters = g_new0(struct instrument_parameter, yaml_size(map) + 1);
	item->config.parameters = parameters;
	for (guint i = 0; i < yaml_size(map); i++) {
		const char *value;
		if (!yaml_as_string(yaml_value(map, i), &value, error))
			return FALSE;
		parameters[i].key = g_strdup(yaml_key(map, i));
		item->config.n_parameters++;
		parameters[i].value =
			strcmp(parameters[i].key, "dialect") == 0
				? find_dialect(config, yaml_value(map, i), value, error)
				: g_strdup(value);
		if (!parameters[i].value)
			return FALSE;
	}
	return TRUE;
}

/* The unit in which a class's uncertainty is told; null when it has none. */
static const char *uncertainty_unit(enum instrument_class class_id)
{
	switch (class_id) {
	case INSTRUMENT_POWER_METER:
	case INSTRUMENT_ATTENUATOR:
	case INSTRUMENT_SCOPE:
		return "dB";
	case INSTRUMENT_SUPPLY:
		return "V";
	case INSTRUMENT_THERMAL:
		return "degC";
	case INSTRUMENT_WAVELENGTH_METER:
		return "m";
	default:
		return NULL;
	}
}

gboolean config_check_date(const struct yaml_node *map, const char *date, GError **error)
{
	g_autofree char *same = date ? path_loss_date_after(date, 0) : NULL;

	if (!date || same)
		return TRUE;
	yaml_error(yaml_find(map, "calibration_due"), error,
	           "calibration_due \"%s\" is not a date such as 2027-03-31", date);
	return FALSE;
}

static gboolean load_text(const struct yaml_node *map, const char *key, char **text, GError **error)
{
	const char *value;

	if (!yaml_string_or(map, key, &value, NULL, error))
		return FALSE;
	*text = g_strdup(value);
	return TRUE;
}

/* Which one it has to be. */
static gboolean load_expected(struct config_instrument *item, const struct yaml_node *map,
                              GError **error)
{
	return load_text(map, "model", &item->model, error) &&
	       load_text(map, "serial", &item->serial, error) &&
	       load_text(map, "firmware", &item->firmware, error);
}

static gboolean load_instrument(struct config *config, const struct yaml_node *map, GError **error)
{
	struct config_instrument *item = g_new0(struct config_instrument, 1);
	const struct yaml_node *parameters;
	const char *name, *class_name, *driver, *resource, *due, *unit;
	GError *local = NULL;

	g_ptr_array_add(config->instruments, item);
	item->line = yaml_line(map);
	item->uncertainty = NAN;
	if (!yaml_string(map, "name", &name, error) ||
	    !yaml_string(map, "class", &class_name, error) ||
	    !yaml_string(map, "driver", &driver, error) ||
	    !yaml_string(map, "resource", &resource, error) ||
	    !yaml_string_or(map, "calibration_due", &due, NULL, error) ||
	    !config_check_date(map, due, error) ||
	    !yaml_map_or(map, "parameters", &parameters, error))
		return FALSE;
	if (config_instrument(config, name)) {
		yaml_error(map, error, "instrument \"%s\" is there twice", name);
		return FALSE;
	}
	if (!instrument_class_parse(class_name, &item->config.class, &local)) {
		yaml_error(yaml_find(map, "class"), error, "%s", local->message);
		g_clear_error(&local);
		return FALSE;
	}
	item->config.name = g_strdup(name);
	item->config.driver = g_strdup(driver);
	item->config.resource = g_strdup(resource);
	item->config.calibration_due = g_strdup(due);
	unit = uncertainty_unit(item->config.class);
	if (!load_parameters(config, item, parameters, error) || !load_expected(item, map, error) ||
	    (unit && !yaml_quantity_or(map, "uncertainty", unit, &item->uncertainty, NAN, error)) ||
	    !yaml_done(map, error))
		return FALSE;
	if (!instrument_config_check(&item->config, &local)) {
		yaml_error(map, error, "%s", local->message);
		g_clear_error(&local);
		return FALSE;
	}
	return TRUE;
}

/* --- products --------------------------------------------------------------------------------- */

static gboolean load_limits(const struct config *config, struct config_product *product,
                            const struct yaml_node *list, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < yaml_size(list); i++) {
		const char *name;
		char *path;

		if (!yaml_as_string(yaml_item(list, i), &name, error))
			return FALSE;
		path = config_find_file(config->path, "limits", name);
		if (!path) {
			yaml_error(yaml_item(list, i), error,
			           "limits \"%s\" are neither beside this file nor among the "
			           "installed limits",
			           name);
			return FALSE;
		}
		g_ptr_array_add(found, path);
	}
	if (!found->len) {
		yaml_error(list, error, "limits wants at least one file");
		return FALSE;
	}
	g_ptr_array_add(found, NULL);
	product->limits = (char **)g_ptr_array_steal(found, NULL);
	return TRUE;
}

/* The type is looked for by its name. */
static gboolean load_type(const struct config *config, struct config_product *product,
                          const struct yaml_node *map, GError **error)
{
	g_autofree char *file = NULL;
	g_autofree char *path = NULL;
	const char *type;

	if (!yaml_string(map, "type", &type, error))
		return FALSE;
	file = optical_type_file(type);
	path = config_find_file(config->path, "", file);
	if (!path) {
		yaml_error(yaml_find(map, "type"), error,
		           "type \"%s\": %s is neither beside this file nor among the installed "
		           "types",
		           type, file);
		return FALSE;
	}
	product->type = g_strdup(type);
	product->optics = optical_type_load(path, error);
	if (!product->optics)
		return FALSE;
	product->n_lanes = product->optics->n_lanes;
	if (strcmp(product->optics->name, type) == 0)
		return TRUE;
	yaml_error(yaml_find(map, "type"), error, "%s is of type \"%s\", not \"%s\"", path,
	           product->optics->name, type);
	return FALSE;
}

static char *find_firmware(const char *name, gpointer data)
{
	const struct config *config = data;

	return config_find_file(config->path, "firmware", name);
}

static gboolean load_firmware(struct config *config, struct config_product *product,
                              const struct yaml_node *map, GError **error)
{
	const struct yaml_node *firmware;

	if (!yaml_map_or(map, "firmware", &firmware, error))
		return FALSE;
	if (!firmware)
		return TRUE;
	product->firmware = firmware_policy_load(firmware, find_firmware, config, error);
	return product->firmware != NULL;
}

static gboolean load_personal(struct config_product *product, const struct yaml_node *map,
                              GError **error)
{
	const struct yaml_node *personal;

	if (!yaml_map_or(map, "personalise", &personal, error))
		return FALSE;
	if (!personal)
		return TRUE;
	product->personal = personal_policy_load(personal, error);
	return product->personal != NULL;
}

static gboolean load_product(struct config *config, const struct yaml_node *map, GError **error)
{
	struct config_product *product = g_new0(struct config_product, 1);
	const struct yaml_node *limits;
	const char *part, *edition;

	g_ptr_array_add(config->products, product);
	if (!yaml_string(map, "part_number", &part, error) ||
	    !load_type(config, product, map, error) ||
	    !config_load_form_factor(map, &product->form_factor, error) ||
	    !yaml_string(map, "edition", &edition, error) ||
	    !yaml_list(map, "limits", &limits, error) ||
	    !load_limits(config, product, limits, error) ||
	    !find_file(config, map, "plan", "plans", &product->plan, error) ||
	    !find_file(config, map, "knobs", "modules", &product->knobs, error) ||
	    !config_load_decision(product, map, error) ||
	    !load_firmware(config, product, map, error) || !load_personal(product, map, error) ||
	    !yaml_done(map, error))
		return FALSE;
	if (config_product(config, part)) {
		yaml_error(map, error, "product \"%s\" is there twice", part);
		return FALSE;
	}
	product->part_number = g_strdup(part);
	product->config_path = g_strdup(config->path);
	product->edition = g_strdup(edition);
	return TRUE;
}

/* --- the whole -------------------------------------------------------------------------------- */

static gboolean load_each(struct config *config, const struct yaml_node *root, const char *key,
                          gboolean (*load)(struct config *, const struct yaml_node *, GError **),
                          GError **error)
{
	const struct yaml_node *list;

	if (!yaml_list(root, key, &list, error))
		return FALSE;
	for (guint i = 0; i < yaml_size(list); i++)
		if (!load(config, yaml_item(list, i), error))
			return FALSE;
	return TRUE;
}

static gboolean load_operator(struct config *config, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *map;

	if (!yaml_map_or(root, "operator", &map, error))
		return FALSE;
	config->operator_policy = operator_policy_load(map, config->path, error);
	return config->operator_policy != NULL;
}

/* A bench is on this machine: its control port lets everybody do everything. */
static gboolean load_virtual_bench(struct config *config, const struct yaml_node *root,
                                   GError **error)
{
	static const char host[] = "127.0.0.1:";
	const char *text;
	guint64 port;

	if (!yaml_string_or(root, "virtual_bench", &text, NULL, error))
		return FALSE;
	if (!text)
		return TRUE;
	if (g_str_has_prefix(text, host) &&
	    g_ascii_string_to_unsigned(text + strlen(host), 10, 1, G_MAXUINT16, &port, NULL)) {
		config->virtual_bench_port = (guint16)port;
		return TRUE;
	}
	yaml_error(yaml_find(root, "virtual_bench"), error,
	           "virtual_bench \"%s\" is not the control port of a bench on this machine, "
	           "127.0.0.1:PORT",
	           text);
	return FALSE;
}

static gboolean load_factory(struct config *config, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *map;

	if (!yaml_map_or(root, "factory", &map, error))
		return FALSE;
	config->factory = factory_load(map, error);
	return config->factory != NULL;
}

static gboolean load_precheck(struct config *config, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *map;

	if (!yaml_map_or(root, "precheck", &map, error))
		return FALSE;
	config->precheck = map ? precheck_load(map, config->path, error) : NULL;
	return !map || config->precheck;
}

gboolean config_order_parse(const char *text, enum config_order *order)
{
	*order = strcmp(text, "free") == 0 ? CONFIG_ORDER_FREE : CONFIG_ORDER_PLAN;
	return *order == CONFIG_ORDER_FREE || strcmp(text, "plan") == 0;
}

static gboolean load_threads(struct config *config, const struct yaml_node *root, GError **error)
{
	const char *order;
	gint64 workers;

	if (!yaml_string_or(root, "order", &order, "plan", error) ||
	    !yaml_int_or(root, "analysis_workers", 0, CONFIG_WORKERS_MAX, &workers,
	                 MIN(g_get_num_processors(), CONFIG_WORKERS_MAX), error))
		return FALSE;
	config->analysis_workers = (guint)workers;
	if (config_order_parse(order, &config->order))
		return TRUE;
	yaml_error(yaml_find(root, "order"), error, "order is plan or free, not \"%s\"", order);
	return FALSE;
}

static gboolean load_sinks(struct config *config, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *list;

	if (!yaml_list_or(root, "sinks", &list, error))
		return FALSE;
	config->sink_place = g_new0(struct sink_place, 1);
	*config->sink_place =
		(struct sink_place){config->path, config->station_id, config->factory};
	config->sinks = sinks_load(list, config->sink_place, error);
	return config->sinks != NULL;
}

static gboolean load_root(struct config *config, const struct yaml_node *root, GError **error)
{
	const char *id, *store, *reports;

	if (!yaml_string(root, "station", &id, error) ||
	    !yaml_number_or(root, "time_scale", &config->time_scale, 1.0, error) ||
	    !yaml_quantity_or(root, "insert_limit", "s", &config->insert_limit_s, 600.0, error) ||
	    !yaml_quantity_or(root, "reconnect_limit", "s", &config->reconnect_limit_s, 60.0,
	                      error) ||
	    !yaml_string_or(root, "store", &store, "station.db", error) ||
	    !yaml_string_or(root, "reports", &reports, "reports", error) ||
	    !load_virtual_bench(config, root, error))
		return FALSE;
	if (!load_threads(config, root, error))
		return FALSE;
	if (!(config->insert_limit_s > 0 && config->insert_limit_s <= 86400)) {
		yaml_error(yaml_find(root, "insert_limit"), error,
		           "insert_limit must be above 0, a day at most");
		return FALSE;
	}
	if (!(config->reconnect_limit_s >= 0 && config->reconnect_limit_s <= 86400)) {
		yaml_error(yaml_find(root, "reconnect_limit"), error,
		           "reconnect_limit is 0 s to a day");
		return FALSE;
	}
	if (!(config->time_scale > 0)) {
		yaml_error(yaml_find(root, "time_scale"), error, "time_scale must be above 0");
		return FALSE;
	}
	config->station_id = g_strdup(id);
	config->store_path = config_beside(config->path, store);
	config->reports_path = config_beside(config->path, reports);
	return config_load_source(config, root, error) &&
	       load_each(config, root, "instruments", load_instrument, error) &&
	       load_each(config, root, "sites", config_load_site, error) &&
	       load_each(config, root, "products", load_product, error) &&
	       load_operator(config, root, error) && load_factory(config, root, error) &&
	       load_precheck(config, root, error) && load_sinks(config, root, error) &&
	       yaml_done(root, error);
}

/* Beside the configuration, or the one that is installed; a station can do without. */
static gboolean load_quirks(struct config *config, GError **error)
{
	g_autofree char *path = config_find_file(config->path, "modules", "quirks.yaml");

	config->quirks = path ? quirk_table_load(path, error) : NULL;
	return !path || (config->quirks && quirk_scripts_load(config->quirks, error));
}

static struct config *load(const char *path, gboolean uncalibrated, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_file(path, error);
	g_autoptr(config) config = NULL;

	if (!doc)
		return NULL;
	config = g_new0(struct config, 1);
	config->uncalibrated = uncalibrated;
	config->path = g_strdup(path);
	config->sha256 = g_strdup(yaml_sha256(doc));
	config->instruments = g_ptr_array_new_with_free_func(config_instrument_free);
	config->sites = g_ptr_array_new_with_free_func(config_site_free);
	config->products = g_ptr_array_new_with_free_func(config_product_free);
	if (!load_root(config, yaml_root(doc), error) || !load_quirks(config, error))
		return NULL;
	return g_steal_pointer(&config);
}

struct config *config_load(const char *path, GError **error)
{
	return load(path, FALSE, error);
}

struct config *config_load_uncalibrated(const char *path, GError **error)
{
	return load(path, TRUE, error);
}
