/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config.h"

#include "station/engine/config_load.h"

#include <math.h>
#include <string.h>

/* --- freeing ---------------------------------------------------------------------------------- */

void config_instrument_free(gpointer data)
{
	struct config_instrument *item = data;
	struct instrument_parameter *parameters =
		(struct instrument_parameter *)item->config.parameters;

	for (gsize i = 0; i < item->config.n_parameters; i++) {
		g_free((char *)parameters[i].key);
		g_free((char *)parameters[i].value);
	}
	g_free(parameters);
	g_free((char *)item->config.name);
	g_free((char *)item->config.driver);
	g_free((char *)item->config.resource);
	g_free((char *)item->config.calibration_due);
	g_free(item->model);
	g_free(item->serial);
	g_free(item->firmware);
	g_free(item);
}

void config_site_free(gpointer data)
{
	struct config_site *site = data;

	g_free(site->form_factor);
	g_free(site->fixture);
	g_strfreev(site->loader);
	g_strfreev(site->reference);
	g_free(site->path_loss_path);
	path_loss_free(site->path_loss);
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		g_free(site->uses[i]);
	g_free(site);
}

void config_product_free(gpointer data)
{
	struct config_product *product = data;

	g_free(product->part_number);
	g_free(product->type);
	g_free(product->form_factor);
	g_free(product->plan);
	g_free(product->config_path);
	g_free(product->knobs);
	g_free(product->edition);
	g_strfreev(product->limits);
	optical_type_free(product->optics);
	firmware_policy_free(product->firmware);
	personal_policy_free(product->personal);
	g_free(product);
}

static void source_free(struct config_source *source)
{
	if (!source)
		return;
	g_free(source->serial);
	g_free(source->calibration_due);
	g_free(source);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	g_free(config->path);
	g_free(config->sha256);
	g_free(config->station_id);
	g_free(config->store_path);
	g_free(config->reports_path);
	quirk_table_free(config->quirks);
	source_free(config->source);
	g_clear_pointer(&config->instruments, g_ptr_array_unref);
	g_clear_pointer(&config->sites, g_ptr_array_unref);
	g_clear_pointer(&config->products, g_ptr_array_unref);
	operator_policy_free(config->operator_policy);
	report_factory_free(config->factory);
	precheck_free(config->precheck);
	g_clear_pointer(&config->sinks, g_ptr_array_unref);
	g_free(config->sink_place);
	g_free(config);
}

/* --- files ------------------------------------------------------------------------------------ */

char *config_beside(const char *config_path, const char *name)
{
	g_autofree char *folder = g_path_get_dirname(config_path);

	return g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
}

char *config_find_file(const char *config_path, const char *folder, const char *name)
{
	const char *data[] = {g_getenv("STATION_DATADIR"), STATION_DATADIR};
	g_autofree char *first = config_beside(config_path, name);

	if (g_file_test(first, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer(&first);
	for (guint i = 0; i < G_N_ELEMENTS(data); i++) {
		if (!data[i] || g_path_is_absolute(name))
			continue;
		g_autofree char *path = g_build_filename(data[i], folder, name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			return g_steal_pointer(&path);
	}
	return NULL;
}

const char *config_data_folder(void)
{
	const char *given = g_getenv("STATION_DATADIR");

	return given ? given : STATION_DATADIR;
}

const struct config_site *config_site(const struct config *config, int site)
{
	for (guint i = 0; i < config->sites->len; i++) {
		const struct config_site *item = g_ptr_array_index(config->sites, i);
		if (item->site == site)
			return item;
	}
	return NULL;
}

const struct config_product *config_product(const struct config *config, const char *part_number)
{
	for (guint i = 0; i < config->products->len; i++) {
		const struct config_product *item = g_ptr_array_index(config->products, i);
		if (g_strcmp0(item->part_number, part_number) == 0)
			return item;
	}
	return NULL;
}

const struct config_instrument *config_instrument(const struct config *config, const char *name)
{
	for (guint i = 0; i < config->instruments->len; i++) {
		const struct config_instrument *item = g_ptr_array_index(config->instruments, i);
		if (g_strcmp0(item->config.name, name) == 0)
			return item;
	}
	return NULL;
}

const struct config_lane *config_lane(const struct config_site *site, int lane)
{
	for (guint i = 0; i < site->n_lanes; i++)
		if (site->lanes[i].lane == lane)
			return &site->lanes[i];
	return NULL;
}

double config_path_uncertainty_db(const struct config_site *site, int lane)
{
	double greatest_db = NAN;

	for (guint i = 0; i < site->n_lanes; i++) {
		double own_db = site->lanes[i].path_uncertainty_db;

		if (!lane || site->lanes[i].lane == lane)
			/* fmax leaves a NaN aside */
			greatest_db = fmax(greatest_db,
			                   isnan(own_db) ? site->path_uncertainty_db : own_db);
	}
	return greatest_db;
}

static const char *medium_name(gboolean wdm)
{
	return wdm ? "wdm" : "parallel";
}

char *config_misfit(const struct config_site *site, const struct config_product *product)
{
	const struct optical_type *type = product->optics;

	if (strcmp(site->form_factor, product->form_factor) != 0)
		return g_strdup_printf("its socket is for %s, not for %s", site->form_factor,
		                       product->form_factor);
	if (site->wdm != type->wdm)
		return g_strdup_printf("its light paths are %s, those of %s %s",
		                       medium_name(site->wdm), type->name, medium_name(type->wdm));
	if (site->fibre != type->fibre)
		return g_strdup_printf("its fibres are %s, those of %s %s",
		                       optical_type_fibre_name(site->fibre), type->name,
		                       optical_type_fibre_name(type->fibre));
	for (guint lane = 1; lane <= type->n_lanes; lane++)
		if (!config_lane(site, (int)lane))
			return g_strdup_printf("it has no light path for lane %u of %s", lane,
			                       type->name);
	if (type->tdecq_by_fibre &&
	    fabs(site->fibre_m - type->reach_m) > CONFIG_FIBRE_TOLERANCE * type->reach_m)
		return g_strdup_printf("its fibre has %g m, TDECQ of %s wants %g m", site->fibre_m,
		                       type->name, type->reach_m);
	return NULL;
}

gboolean config_is_over(const char *date)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");

	/* dates of this form sort as text */
	return date && strcmp(date, today) < 0;
}

const struct config_instrument *config_expired(const struct config *config)
{
	for (guint i = 0; i < config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(config->sites, i);
		for (guint c = 0; c < INSTRUMENT_N_CLASSES; c++) {
			const struct config_instrument *item =
				site->uses[c] ? config_instrument(config, site->uses[c]) : NULL;
			if (item && config_is_over(item->config.calibration_due))
				return item;
		}
	}
	return NULL;
}

const struct config_site *config_path_expired(const struct config *config)
{
	g_autofree char *today = path_loss_today();

	for (guint i = 0; i < config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(config->sites, i);
		if (site->path_loss && path_loss_age(site->path_loss, today) == PATH_LOSS_EXPIRED)
			return site;
	}
	return NULL;
}
