/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "station/engine/hand.h"
#include "station/engine/module_compare.h"

#define LOOK_LIMIT_S 60.0

static gboolean read_all(const struct config *config, struct module *module,
                         struct module_image *image, char **part_number,
                         const struct bounds *bounds, GError **error)
{
	const struct cmis_identity *identity = module_identity(module);
	g_autoptr(knob_map) map = NULL;
	GError *cause = NULL;

	if (!identity) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the module is no CMIS module: its memory cannot be compared");
		return FALSE;
	}
	*part_number = g_strdup(identity->part_number);
	if (!module_read_image(module, image, bounds, error))
		return FALSE;
	map = module_compare_map(config, *part_number, &cause);
	if (cause) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	return !map || (knobs_unlock(module, map, bounds, error) &&
	                knobs_image(module, map, image, bounds, error));
}

gboolean module_look(const struct config *config, int site, struct module_image *image,
                     char **part_number, GError **error)
{
	g_autoptr(GPtrArray) unsafe = g_ptr_array_new_with_free_func(g_free);
	const struct hand_world world = {.config = config};
	struct bounds bounds = {0};
	struct hand *hand;
	gboolean ok;

	clock_set_scale(config->time_scale);
	bounds.deadline = deadline_in_s(LOOK_LIMIT_S);
	hand = hand_new(&world, config_site(config, site));
	ok = hand_power_up(hand, NULL, error) &&
	     read_all(config, hand_module(hand), image, part_number, &bounds, error);
	hand_free(hand, unsafe);
	/* what the look itself said counts more */
	if (ok && unsafe->len) {
		station_error_set(error, STATION_ERROR_INSTRUMENT, "not safe afterwards: %s",
		                  (const char *)g_ptr_array_index(unsafe, 0));
		ok = FALSE;
	}
	if (!ok)
		g_prefix_error(error, "site %d: ", site);
	return ok;
}
