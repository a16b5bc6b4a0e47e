/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/hand_struct.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/suggest.h"
#include "instruments/supply.h"

#include <string.h>

/* The unit in somebody's hands: into the socket, up, and what it is. */

#define LOADER_LIMIT_S 60.0
#define POWER_LIMIT_S  60.0
#define SETTLE_S       0.1
/* As the step "power-up" has it. */
#define CURRENT_LIMIT_A 4.5

static gboolean unload(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return loader_run(step_site(ctx), "unload", step_serial(ctx), bounds, error);
}

static gboolean load(struct step_context *ctx, gpointer data, GError **error)
{
	step_undo(ctx, 0, "unit out of the socket", unload);
	return loader_run(step_site(ctx), "load", step_serial(ctx), step_bounds(ctx), error);
}

gboolean hand_load(struct hand *hand, const char *serial, GCancellable *stop, GError **error)
{
	const struct hand_work work = {"load", 0, HAND_FIXTURE, 0, LOADER_LIMIT_S};

	if (!hand_undo(hand, error))
		return FALSE;
	hand_begin_unit(hand, serial, "");
	hand->given = TRUE;
	return !hand->site->loader || hand_do(hand, &work, load, NULL, stop, error);
}

static gboolean undo_supply(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return supply_set_output(step_instrument(ctx, INSTRUMENT_SUPPLY),
	                         step_site(ctx)->supply_channel, FALSE, bounds, error);
}

static gboolean undo_module(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return module_safe(step_module(ctx), bounds, error);
}

static gboolean power_up(struct step_context *ctx, gpointer data, GError **error)
{
	struct instrument *supply = step_instrument(ctx, INSTRUMENT_SUPPLY);
	guint channel = step_site(ctx)->supply_channel;
	const struct bounds *bounds = step_bounds(ctx);

	step_undo(ctx, 1u << INSTRUMENT_SUPPLY, "supply off", undo_supply);
	if (!supply_set(supply, channel, step_supply_v(ctx), CURRENT_LIMIT_A, bounds, error) ||
	    !supply_set_output(supply, channel, TRUE, bounds, error) ||
	    !clock_sleep_s(SETTLE_S, bounds, error))
		return FALSE;
	step_undo(ctx, 0, "module in reset", undo_module);
	return module_power_up(step_module(ctx), bounds, error) &&
	       module_identify(step_module(ctx), bounds, error);
}

static gboolean use_product(struct hand *hand, const struct config_product *product, GError **error)
{
	g_autofree char *misfit = config_misfit(hand->site, product);

	if (misfit) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", misfit);
		return FALSE;
	}
	if (!hand->world.steps)
		return TRUE;
	hand->run.files = product_files_for(hand->products, product, hand->world.steps, error);
	return hand->run.files != NULL;
}

gboolean hand_set_product(struct hand *hand, const char *part_number, GError **error)
{
	const struct config *config = hand->world.config;
	const struct config_product *product = config_product(config, part_number);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *near;

	if (product) {
		hand->chosen = use_product(hand, product, error);
		return hand->chosen;
	}
	for (guint i = 0; i < config->products->len; i++)
		g_ptr_array_add(names,
		                ((struct config_product *)config->products->pdata[i])->part_number);
	g_ptr_array_add(names, NULL);
	near = suggest_nearest(part_number, (const char *const *)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG, "%s: there is no product \"%s\"%s%s%s",
	                  config->path, part_number, near ? "; did you mean \"" : "",
	                  near ? near : "", near ? "\"?" : "");
	return FALSE;
}

/* Who it is, as it says itself; a module of no product can be looked at all the same. */
static gboolean take_identity(struct hand *hand, GError **error)
{
	const struct cmis_identity *identity = module_identity(hand->run.module);
	const struct config_product *product;

	if (!identity)
		return TRUE;
	if (!hand->given && strcmp(hand->request.serial, identity->serial_number) != 0)
		hand_begin_unit(hand, identity->serial_number, identity->part_number);
	record_text(&hand->request.part_number, identity->part_number);
	product = config_product(hand->world.config, identity->part_number);
	if (hand->chosen)
		return TRUE;
	hand->run.files = NULL;
	return !product || use_product(hand, product, error);
}

gboolean hand_power_up(struct hand *hand, GCancellable *stop, GError **error)
{
	const struct hand_work work = {"power up", 1u << INSTRUMENT_SUPPLY, HAND_FIXTURE, 0,
	                               POWER_LIMIT_S};

	hand->is_up = FALSE;
	if (!hand_do(hand, &work, power_up, NULL, stop, error))
		return FALSE;
	hand->is_up = TRUE;
	return take_identity(hand, error);
}
