/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_file.h"

#include "base/error.h"
#include "station/engine/type.h"

#include <math.h>

/* What code that is given a type takes for granted. */
static void check(const struct optical_type *type)
{
	g_assert_true(*type->name != '\0' && type->n_lanes >= 1 && type->n_lanes <= TYPE_LANES_MAX);
	for (guint l = 0; l < type->n_lanes; l++)
		g_assert_true(type->wavelength_m[l] > 0 && isfinite(type->wavelength_m[l]));
	g_assert_true(type->symbol_rate_bd > 0 && type->reach_m > 0);
	g_assert_true(type->bandwidth_hz > 0 && type->tdecq_bandwidth_hz > 0);
	g_assert_true(type->tdecq_bandwidth_hz <= type->bandwidth_hz);
	g_assert_true(type->taps >= 1 && type->taps <= TYPE_TAPS_MAX);
	g_assert_cmpuint(type->max_precursors, <, type->taps);
	g_assert_true(type->ber_limit > 0 && type->ber_limit < 1);
	g_assert_false(isinf(type->rx_damage_dbm) || isinf(type->secq_db) ||
	               isinf(type->stressed_oma_dbm) || isinf(type->aggressor_oma_dbm));
	g_assert_cmpuint(type->applications->len, >, 0);
	for (guint i = 0; i < type->applications->len; i++) {
		const struct type_application *item =
			&g_array_index(type->applications, struct type_application, i);
		g_assert_true(*item->name && item->host_lanes >= 1 && item->media_lanes >= 1);
		g_assert_cmpuint(item->media_lanes, <=, type->n_lanes);
	}
}

/* A type is read whole or refused with its name and line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file file = fuzz_file_open(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(optical_type) type = optical_type_load(file.path, &error);

	if (type) {
		g_assert_no_error(error);
		check(type);
	} else {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, file.path));
	}
	fuzz_file_close(&file);
	return 0;
}
