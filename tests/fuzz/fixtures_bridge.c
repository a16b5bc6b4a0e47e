/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "fixtures/cp2112_report.h"
#include "fixtures/mcp2221_report.h"

#include <string.h>

/*
 * Answers of bridges on USB. The first byte says how many bytes are wanted, in units of 4; what
 * follows is a report. What is accepted lies within the report and within what is wanted, and what
 * is not is the fixture's fault.
 */

static void check_error(gboolean ok, GError **error)
{
	g_assert_cmpint(ok, ==, *error == NULL);
	if (!ok)
		g_assert_error(*error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(error);
}

static void try_cp2112(const guint8 *report, gsize len, gsize wanted)
{
	struct cp2112_status status;
	const guint8 *data = NULL;
	GError *error = NULL;
	gsize n = 0;
	gboolean ok = cp2112_unpack_status(report, len, &status, &error);

	check_error(ok, &error);
	if (ok && status.state == CP2112_FAILED) {
		enum fixture_nack nack = FIXTURE_NACK_NONE;

		cp2112_fail(&status, &nack, &error);
		g_assert_nonnull(error);
		/* only a module can refuse */
		if (nack != FIXTURE_NACK_NONE)
			g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
		g_clear_error(&error);
	}
	ok = cp2112_unpack_data(report, len, wanted, &data, &n, &error);
	check_error(ok, &error);
	if (ok) {
		g_assert_true(n >= 1 && n <= wanted);
		g_assert_true(data >= report && data + n <= report + len);
	}
}

static void try_transfer(const guint8 *report, gsize len, gsize wanted)
{
	const guint8 *data = NULL;
	gboolean taken = FALSE, ok;
	GError *error = NULL;
	guint8 state = 0;
	gsize n = 0;

	ok = mcp2221_unpack_begun(report, len, MCP2221_WRITE, &taken, &state, &error);
	check_error(ok, &error);
	ok = mcp2221_unpack_data(report, len, wanted, &data, &n, &state, &error);
	check_error(ok, &error);
	if (!ok)
		return;
	g_assert_cmpuint(len, ==, MCP2221_REPORT);
	g_assert_cmpuint(n, <=, MIN(wanted, MCP2221_CHUNK));
	g_assert_true(data + n <= report + len);
}

static void try_mcp2221(const guint8 *report, gsize len, gsize wanted)
{
	struct mcp2221_gp gps[MCP2221_GPS], again[MCP2221_GPS];
	struct mcp2221_status status;
	guint digital = 0, levels = 0;
	GError *error = NULL;
	gboolean ok;

	try_transfer(report, len, wanted);
	ok = mcp2221_unpack_status(report, len, &status, &error);
	check_error(ok, &error);
	if (ok)
		g_assert_cmpint(mcp2221_phase_of(status.state), <=, MCP2221_HELD);
	ok = mcp2221_unpack_gpio(report, len, &digital, &levels, &error);
	check_error(ok, &error);
	g_assert_cmpuint(levels & ~digital, ==, 0);
	ok = mcp2221_unpack_sram(report, len, gps, &error);
	check_error(ok, &error);
	if (ok) {
		guint8 back[MCP2221_REPORT];

		/* what is set again from what was read reads the same */
		mcp2221_pack_set_sram(back, gps);
		memmove(back + 22, back + 8, MCP2221_GPS);
		back[0] = MCP2221_GET_SRAM;
		back[1] = 0;
		g_assert_true(mcp2221_unpack_sram(back, sizeof(back), again, NULL));
		for (guint i = 0; i < MCP2221_GPS; i++)
			g_assert_true(gps[i].function == again[i].function &&
			              gps[i].is_input == again[i].is_input &&
			              gps[i].level == again[i].level);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	/* in a block of its own, so that reading beyond it is seen */
	gsize len = MIN(size - 1, 64);
	g_autofree guint8 *report = g_memdup2(data + 1, len);
	gsize wanted = 4 * (gsize)data[0];

	try_cp2112(report, len, wanted);
	try_mcp2221(report, len, wanted);
	return 0;
}
