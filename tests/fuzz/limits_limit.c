/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "limits/limit.h"

#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

/* A limits file is refused, or its rows never let pass what is no number. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(limit_set) set = NULL;
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("limits-XXXXXX", &path, &error);

	g_assert_no_error(error);
	g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
	close(fd);
	set = limit_set_load(path, "802.3bs", &error);
	g_unlink(path);
	if (!set) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, path));
		return 0;
	}
	for (guint i = 0; i < limit_set_size(set); i++) {
		const struct limit_row *row = limit_set_row(set, i);

		g_assert_cmpint(limit_judge(set, row->measure, row->lane, NAN, row->unit, NULL,
		                            NULL, NULL),
		                !=, VERDICT_PASS);
	}
	return 0;
}
