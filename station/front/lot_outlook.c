/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_outlook.h"

#include "station/engine/plan.h"
#include "station/store/query.h"

#include <math.h>

/* The last runs of a plan that are looked at. */
#define RUNS_MAX 20

static double took_before_s(const struct config_product *product, const struct step_table *steps,
                            struct store *store)
{
	struct plan *plan =
		plan_load_with(product->plan, steps, product->type, product->config_path, NULL);
	g_autoptr(pace) pace = NULL;
	double total_s = NAN;

	if (plan)
		pace = store_pace(store, product->part_number, plan->name, plan->revision, RUNS_MAX,
		                  NULL);
	plan_free(plan);
	return pace && pace_total_s(pace, &total_s) ? total_s : NAN;
}

static void add_unit(struct lot_forecast *forecast, const struct config *config,
                     const struct lot_unit *unit, int only_site)
{
	const struct config_product *product = config_product(config, unit->part_number);
	g_autofree int *sites = g_new0(int, config->sites->len + 1);
	guint n = 0;

	for (guint s = 0; s < config->sites->len; s++) {
		const struct config_site *site = g_ptr_array_index(config->sites, s);
		g_autofree char *misfit = config_misfit(site, product);

		if (!misfit && (!unit->site || unit->site == site->site) &&
		    (!only_site || only_site == site->site))
			sites[n++] = site->site;
	}
	lot_forecast_add_unit(forecast, unit->serial, unit->part_number, sites, n);
}

struct lot_forecast *lot_outlook(const struct config *config, const struct lot_file *lot,
                                 const gboolean *skipped, int only_site, guint at_most,
                                 const struct step_table *steps, struct store *store)
{
	struct lot_forecast *forecast = lot_forecast_new();
	g_autoptr(GHashTable) asked = g_hash_table_new(g_str_hash, g_str_equal);
	guint n = 0;

	for (guint i = 0; i < lot->units->len; i++) {
		const struct lot_unit *unit = g_ptr_array_index(lot->units, i);

		if (skipped[i] || (at_most && n == at_most))
			continue;
		n++;
		add_unit(forecast, config, unit, only_site);
		if (g_hash_table_add(asked, unit->part_number))
			lot_forecast_expect(forecast, unit->part_number,
			                    took_before_s(config_product(config, unit->part_number),
			                                  steps, store));
	}
	return forecast;
}
