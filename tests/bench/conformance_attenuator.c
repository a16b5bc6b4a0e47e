/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "bench/sim_attenuator.h"
#include "bench/sim_oz.h"
#include "instruments/attenuator.h"

#include <math.h>

#define NEAR_DB 0.05

/* What the channel takes away. */
static double blocked_db(const struct conformance *bed, guint channel)
{
	struct world_site_state state;
	world_site_state(bed->world, 0, &state);
	return state.attenuator_open[channel - 1] ? state.attenuator_db[channel - 1] : INFINITY;
}

static void assert_closed(const struct conformance *bed, guint channel)
{
	double closed_db = attenuator_closed_db(bed->instrument);
	if (isinf(closed_db))
		g_assert_true(isinf(blocked_db(bed, channel)));
	else
		g_assert_cmpfloat_with_epsilon(blocked_db(bed, channel), closed_db, NEAR_DB);
}

static void set(struct conformance *bed, guint channel, double db)
{
	g_autoptr(GError) error = NULL;
	attenuator_set_db(bed->instrument, channel, db, &bed->bounds, &error);
	g_assert_no_error(error);
}

static void let(struct conformance *bed, guint channel, gboolean open)
{
	g_autoptr(GError) error = NULL;
	gboolean is_open = !open;
	attenuator_open_shutter(bed->instrument, channel, open, &bed->bounds, &error);
	g_assert_no_error(error);
	attenuator_is_open(bed->instrument, channel, &is_open, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_true(is_open == open);
}

static void assert_told(struct conformance *bed, guint channel, double db)
{
	g_autoptr(GError) error = NULL;
	double told_db = NAN;
	attenuator_get_db(bed->instrument, channel, &told_db, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat_with_epsilon(told_db, db, NEAR_DB);
}

/* Nothing lets light through but opening. */
static void test_rests(struct conformance *bed)
{
	for (guint channel = 1; channel <= instrument_channels(bed->instrument); channel++) {
		assert_closed(bed, channel);
		set(bed, channel, 3);
		assert_closed(bed, channel);
		assert_told(bed, channel, 3);
	}
}

static void test_opens(struct conformance *bed)
{
	set(bed, 1, 12.5);
	let(bed, 1, TRUE);
	g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), 12.5, NEAR_DB);
	set(bed, 1, 4);
	g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), 4, NEAR_DB);
	assert_told(bed, 1, 4);
	let(bed, 1, FALSE);
	assert_closed(bed, 1);
	assert_told(bed, 1, 4);
	set(bed, 1, 7);
	assert_closed(bed, 1);
	let(bed, 1, TRUE);
	let(bed, 1, TRUE);
	g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), 7, NEAR_DB);
	let(bed, 1, FALSE);
	let(bed, 1, FALSE);
	assert_closed(bed, 1);
}

/* Both ends of the range and steps through it. */
static void test_range(struct conformance *bed)
{
	double max_db = attenuator_max_db(bed->instrument);
	g_assert_cmpfloat(max_db, >=, 30);
	let(bed, 1, TRUE);
	for (double db = max_db; db > 0; db -= 4.7) {
		set(bed, 1, db);
		g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), db, NEAR_DB);
	}
	set(bed, 1, 0);
	g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), 0, NEAR_DB);
}

static void test_several(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	guint n = MIN(instrument_channels(bed->instrument), WORLD_LANES);
	struct attenuator_setting settings[WORLD_LANES];
	guint channels[WORLD_LANES];
	for (guint i = 0; i < n; i++) {
		settings[i] = (struct attenuator_setting){i + 1, 5.0 + i};
		channels[i] = i + 1;
	}
	attenuator_set_several(bed->instrument, settings, n, &bed->bounds, &error);
	g_assert_no_error(error);
	attenuator_open_several(bed->instrument, channels, n, &bed->bounds, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < n; i++)
		g_assert_cmpfloat_with_epsilon(blocked_db(bed, i + 1), 5.0 + i, NEAR_DB);
	attenuator_close_several(bed->instrument, channels, n, &bed->bounds, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < n; i++)
		assert_closed(bed, i + 1);
}

static void test_wavelength(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	attenuator_set_wavelength(it, 1, 1310e-9, &bed->bounds, &error);
	g_assert_no_error(error);
	conformance_expect(attenuator_set_wavelength(it, 1, 600e-9, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	guint n = instrument_channels(it);
	double over_db = attenuator_max_db(it) + 1;
	set(bed, 1, 6);
	let(bed, 1, TRUE);
	conformance_expect(attenuator_set_db(it, 1, over_db, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(attenuator_set_db(it, 1, -1, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(attenuator_set_db(it, 1, NAN, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(attenuator_set_db(it, n + 1, 1, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(attenuator_open_shutter(it, 0, TRUE, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), 6, NEAR_DB);
}

/* After it a channel is closed for who asks, too. */
static void test_safe_state(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	set(bed, 1, 6);
	let(bed, 1, TRUE);
	instrument_safe_state(bed->instrument, &bed->bounds, &error);
	g_assert_no_error(error);
	assert_closed(bed, 1);
	set(bed, 1, 2);
	assert_closed(bed, 1);
	let(bed, 1, TRUE);
	g_assert_cmpfloat_with_epsilon(blocked_db(bed, 1), 2, NEAR_DB);
}

/*
 * Whatever happens to an answer: no wrong value, and the next call finds its way back. The second
 * copy of an answer may come so late that it is the next call that sees it, or, while the same is
 * asked again and again, none: so it comes last.
 */
static void test_faults(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT,  FAULT_LATE,       FAULT_TWICE};
	let(bed, 1, TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds brief = bounds_within(&bed->bounds, 0.3);
		double told_db = NAN;
		set(bed, 1, 3 + i);
		faults_arm(bed->faults, kinds[i], 1);
		for (int call = 0; call < (kinds[i] == FAULT_TWICE ? 2 : 1); call++) {
			if (attenuator_get_db(bed->instrument, 1, &told_db, &brief, &error))
				g_assert_cmpfloat_with_epsilon(told_db, 3 + i, NEAR_DB);
			g_clear_error(&error);
		}
		faults_clear(bed->faults);
		assert_told(bed, 1, 3 + i);
	}
}

/* Closing and the safe state are tried again past a fault. */
static void test_faulty_close(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct bounds brief = bounds_within(&bed->bounds, 0.3);
	set(bed, 1, 3);
	let(bed, 1, TRUE);
	faults_arm(bed->faults, FAULT_SILENT, 1);
	g_assert_false(attenuator_open_shutter(bed->instrument, 1, FALSE, &brief, &error));
	g_clear_error(&error);
	faults_clear(bed->faults);
	let(bed, 1, FALSE);
	assert_closed(bed, 1);
}

int main(int argc, char **argv)
{
	g_autofree char *dialect =
		g_build_filename(g_getenv("STATION_SRC"), "tests/data/dialects/n7764a.yaml", NULL);
	const struct instrument_parameter generic = {"dialect", dialect};
	const struct conformance_row rows[] = {
		{"keysight-attenuator", &sim_attenuator, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
		{"keysight-attenuator", &sim_attenuator, "TCPIP::127.0.0.1::inst0@", "::INSTR",
	         NULL, 0, CONFORMANCE_VXI11},
		{"oz-attenuator", &sim_oz, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
		{"oz-attenuator", &sim_oz, "ASRL/dev/ttyUSB0::INSTR", NULL, NULL, 0,
	         CONFORMANCE_SERIAL},
		{"generic-attenuator", &sim_attenuator, "TCPIP::127.0.0.1::", "::SOCKET", &generic,
	         1},
	};
	gsize n = G_N_ELEMENTS(rows);
	conformance_init(&argc, &argv);
	conformance_add(rows, n, "rests", test_rests);
	conformance_add(rows, n, "opens", test_opens);
	conformance_add(rows, n, "range", test_range);
	conformance_add(rows, n, "several", test_several);
	conformance_add(rows, n, "wavelength", test_wavelength);
	conformance_add(rows, n, "refuses", test_refuses);
	conformance_add(rows, n, "safe_state", test_safe_state);
	conformance_add(rows, n, "faults", test_faults);
	conformance_add(rows, n, "faulty_close", test_faulty_close);
	return g_test_run();
}
