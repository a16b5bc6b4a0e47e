/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include "base/error.h"

static gboolean load_limits(struct product_files *files, GError **error)
{
	for (char **path = files->product->limits; *path; path++) {
		struct limit_set *set = limit_set_load(*path, files->product->edition, error);
		if (!set)
			return FALSE;
		g_ptr_array_add(files->limits, set);
	}
	return TRUE;
}

static gboolean check_fit(const struct product_files *files, GError **error)
{
	const struct config_product *product = files->product;

	if (!knob_map_fits(files->knobs, product->part_number)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: the knob map is not for part number %s", product->knobs,
		                  product->part_number);
		return FALSE;
	}
	return TRUE;
}

struct product_files *product_files_load(const struct config_product *product,
                                         const struct step_table *steps, GError **error)
{
	struct product_files *files = g_new0(struct product_files, 1);

	files->product = product;
	files->type = product->optics;
	files->limits = g_ptr_array_new_with_free_func((GDestroyNotify)limit_set_free);
	files->plan =
		plan_load_with(product->plan, steps, product->type, product->config_path, error);
	files->knobs = files->plan ? knob_map_load(product->knobs, error) : NULL;
	if (files->knobs && load_limits(files, error) && check_fit(files, error))
		return files;
	product_files_free(files);
	return NULL;
}

void product_files_free(struct product_files *files)
{
	if (!files)
		return;
	plan_free(files->plan);
	knob_map_free(files->knobs);
	g_ptr_array_unref(files->limits);
	g_free(files);
}

void unit_request_free(struct unit_request *request)
{
	if (!request)
		return;
	g_free(request->serial);
	g_free(request->part_number);
	g_free(request->lot);
	g_free(request->lot_sha256);
	g_free(request->operator_name);
	g_free(request);
}

const struct product_files *product_files_for(GPtrArray *loaded,
                                              const struct config_product *product,
                                              const struct step_table *steps, GError **error)
{
	struct product_files *files;

	for (guint i = 0; i < loaded->len; i++) {
		files = g_ptr_array_index(loaded, i);
		if (files->product == product)
			return files;
	}
	files = product_files_load(product, steps, error);
	if (files)
		g_ptr_array_add(loaded, files);
	return files;
}
