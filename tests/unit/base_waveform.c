/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/waveform.h"

#include "base/error.h"

#include <math.h>

static void test_new(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = waveform_new(1000, 16, 53.125e9, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(waveform_length(wave), ==, 16000);
	g_assert_cmpuint(wave->passes, ==, 1);
	g_assert_cmpfloat(wave->scope_noise_w, ==, 0);
	g_assert_cmpfloat(wave->filter_bandwidth_hz, ==, 0);
	for (gsize i = 0; i < waveform_length(wave); i++)
		g_assert_cmpfloat(wave->power_w[i], ==, 0);
	waveform_free(NULL);
}

static void test_refuse(void)
{
	static const struct {
		gsize n_symbols;
		guint samples_per_symbol;
		double symbol_rate_bd;
	} rows[] = {
		{0, 16, 53.125e9},
		{16, 0, 53.125e9},
		{((gsize)1 << 28) + 1, 1, 53.125e9},
		{(gsize)1 << 27, 3, 53.125e9},
		{G_MAXSIZE, G_MAXUINT, 53.125e9},
		{(gsize)1 << 63, 2, 53.125e9},
		{16, 16, 0},
		{16, 16, -1},
		{16, 16, NAN},
		{16, 16, INFINITY},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(waveform_new(rows[i].n_symbols, rows[i].samples_per_symbol,
		                           rows[i].symbol_rate_bd, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/waveform/new", test_new);
	g_test_add_func("/base/waveform/refuse", test_refuse);
	return g_test_run();
}
