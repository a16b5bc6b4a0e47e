/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/secret.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>

enum { SECRET_MAX = 16 * 1024 };

char *secret_read(const char *key, const char *path, char **words)
{
	g_autoptr(GError) error = NULL;
	char *secret = NULL;
	struct stat state;
	gsize len;

	if (stat(path, &state) != 0) {
		*words = g_strdup_printf("%s %s: %s", key, path, g_strerror(errno));
	} else if (state.st_mode & S_IRWXO) {
		*words = g_strdup_printf("%s %s is for everybody to read: chmod o= it", key, path);
	} else if (!g_file_get_contents(path, &secret, &len, &error)) {
		*words = g_strdup_printf("%s: %s", key, error->message);
	} else if (g_strstrip(secret), !*secret || len > SECRET_MAX || strpbrk(secret, "\r\n")) {
		*words = g_strdup_printf("%s %s is not one line", key, path);
		explicit_bzero(secret, len);
		g_clear_pointer(&secret, g_free);
	}
	return secret;
}

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}
