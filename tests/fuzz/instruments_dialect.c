/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_file.h"

#include "base/error.h"
#include "instruments/driver.h"
#include "instruments/generic/dialect.h"
#include "instruments/registry.h"

#include <math.h>
#include <string.h>

static void check_operation(const struct generic_operation *operation,
                            const struct generic_slot *slot)
{
	gboolean told = operation->send || operation->ask;

	g_assert_true(told || !slot->required);
	if (!told || !slot->unit)
		return;
	g_assert_true(isfinite(operation->scale) && operation->scale != 0);
	g_assert_true(isfinite(operation->tolerance) && operation->tolerance >= 0);
	if (operation->send && slot->kind == GENERIC_NUMBER)
		g_assert_true(operation->ask && operation->tolerance > 0);
}

static void check_dialect(const struct generic_dialect *dialect)
{
	const struct instrument_roster *roster = &dialect->roster;

	g_assert_true(roster->makers[0] && roster->n_models > 0);
	for (gsize i = 0; i < roster->n_models; i++) {
		const struct instrument_model *model = &roster->models[i];
		g_assert_true(model->model && *model->model);
		g_assert_true(model->n_channels >= 1 && model->n_channels <= GENERIC_CHANNELS_MAX);
		g_assert_true(isfinite(model->answer_s) && model->answer_s > 0);
		g_assert_nonnull(model->supply);
	}
	for (guint i = 0; i < dialect->class->n_slots; i++)
		check_operation(&dialect->operations[i], &dialect->class->slots[i]);
	g_assert_true(isfinite(dialect->settle_s) && dialect->settle_s >= 0);
	g_assert_true(isfinite(dialect->move_s) && dialect->move_s >= 0);
}

/* A dialect file is taken whole by the driver of its class, or refused with its name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const drivers[] = {"generic-supply", "generic-attenuator",
	                                      "generic-power-meter"};
	struct fuzz_file file = fuzz_file_open(data, size);
	guint taken = 0;

	for (guint i = 0; i < G_N_ELEMENTS(drivers); i++) {
		g_autoptr(GError) error = NULL;
		struct instrument trial = {.driver = registry_find(drivers[i], NULL)};
		trial.parameters = g_hash_table_new(g_str_hash, g_str_equal);
		g_hash_table_insert(trial.parameters, (char *)generic_parameters[0], file.path);
		if (trial.driver->prepare(&trial, &error)) {
			g_assert_no_error(error);
			check_dialect(trial.state);
			taken++;
		} else {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
			g_assert_nonnull(strstr(error->message, file.path));
		}
		if (trial.state)
			trial.driver->free_state(trial.state);
		g_hash_table_unref(trial.parameters);
	}
	g_assert_cmpuint(taken, <=, 1);
	fuzz_file_close(&file);
	return 0;
}
