/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_file.h"

#include "base/error.h"
#include "station/operator/users.h"

#include <string.h>
#include <sys/stat.h>

static struct users *load(const uint8_t *data, size_t size, GError **error)
{
	struct fuzz_file input = fuzz_file_open(data, size);
	struct users *users;

	g_assert_cmpint(fchmod(input.fd, 0600), ==, 0);
	users = users_load(input.path, error);
	fuzz_file_close(&input);
	return users;
}

/* A file of users is read whole or refused; what was read is written so that it reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(users) first = load(data, size, &error);

	if (!first) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		return 0;
	}
	g_autofree char *text = users_text(first);
	g_autoptr(users) second = load((const uint8_t *)text, strlen(text), &error);
	g_assert_no_error(error);
	g_assert_false(users_had_comments(second));
	g_assert_cmpuint(users_size(first), ==, users_size(second));
	for (guint i = 0; i < users_size(first); i++) {
		const struct user *a = users_at(first, i), *b = users_at(second, i);

		g_assert_true(users_is_badge(a->badge));
		g_assert_true(users_find(first, a->badge) == a);
		g_assert_cmpstr(a->badge, ==, b->badge);
		g_assert_cmpstr(a->name, ==, b->name);
		g_assert_cmpstr(a->hash, ==, b->hash);
		g_assert_cmpint(a->role, ==, b->role);
	}
	return 0;
}
