/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_file.h"

#include "base/error.h"
#include "fixtures/board_file.h"

/* What is driven is an output with its safe level, and no two pins are one line. */
static void check_pins(const struct board_file *file)
{
	g_assert_cmpuint(file->n_pins, <=, BOARD_ROLES);
	for (guint role = 0; role < BOARD_ROLES; role++)
		g_assert_cmpint(file->pin_of[role], <, (int)file->n_pins);
	g_assert_true(file->pins[file->pin_of[BOARD_RESET]].is_output);
	g_assert_false(file->pins[file->pin_of[BOARD_RESET]].level);
	g_assert_true(file->pins[file->pin_of[BOARD_POWER]].is_output);
	for (guint i = 0; i < file->n_pins; i++)
		for (guint k = 0; k < i; k++)
			g_assert_false(g_str_equal(file->pins[i].chip, file->pins[k].chip) &&
			               g_str_equal(file->pins[i].line, file->pins[k].line));
}

/* A board file is read whole or refused with its name and line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file input = fuzz_file_open(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(board_file) file = board_file_load(input.path, &error);

	if (file) {
		g_assert_no_error(error);
		check_pins(file);
		g_assert_true(!file->bus.device || !file->bus.adapter);
		g_assert_true(file->bus.device || file->bus.adapter ||
		              file->bus.bridge < file->n_bridges);
		g_assert_true(file->n_bridges <= BOARD_BRIDGES_MAX && file->count_file);
		g_assert_cmpint((file->serial_number != NULL) + (file->serial_file != NULL) +
		                        (file->eeprom.address != 0),
		                ==, 1);
	} else {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, input.path));
	}
	fuzz_file_close(&input);
	return 0;
}
