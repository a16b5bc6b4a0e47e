/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_file.h"

#include "base/error.h"
#include "fixtures/knob_map.h"

#include <math.h>

static void check_knob(const struct knob_map *map, const struct knob *knob)
{
	guint last = knob->byte + (knob->lanes ? (knob->lanes - 1u) * knob->stride : 0u) +
	             knob_lane_size(knob) - 1u,
	      entry;
	double min, max;

	/* what is written stays within the page, and what is set within the register */
	g_assert_true(knob->byte >= 128 && last <= 255 && knob->lanes <= CMIS_MAX_LANES);
	knob_limits(knob, &min, &max);
	g_assert_true(isfinite(min) && min < max && isfinite(max));
	g_assert_true(knob_map_find(map, knob->name, NULL) == knob);
	if (knob->entries) {
		g_autofree char *name = knob_entry_name(knob, knob->entries - 1u);
		g_assert_true(knob_map_find_entry(map, name, &entry, NULL) == knob);
		g_assert_cmpuint(entry, ==, knob->entries - 1u);
	}
}

/* A map is read whole or refused with its name and line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file file = fuzz_file_open(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(knob_map) map = knob_map_load(file.path, &error);

	if (map) {
		guint n;
		const struct knob *knobs = knob_map_knobs(map, &n);

		g_assert_no_error(error);
		g_assert_true(n > 0 && *knob_map_part_numbers(map));
		for (guint i = 0; i < n; i++) {
			const struct knob_table *table = knob_map_table(map, knobs[i].name);
			check_knob(map, &knobs[i]);
			g_assert_true(!table || (table->n >= 2 && table->step_degc > 0 &&
			                         isfinite(table->first_degc)));
		}
	} else {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, file.path));
	}
	fuzz_file_close(&file);
	return 0;
}
