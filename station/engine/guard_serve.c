/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/guard_serve.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What of a site was said before counts no more. */
static void take_site(GArray *sites, const struct guard_site *site)
{
	for (guint i = 0; i < sites->len; i++)
		if (g_array_index(sites, struct guard_site, i).site == site->site)
			g_array_remove_index(sites, i--);
	if (site->fixture || site->classes)
		g_array_append_val(sites, *site);
}

static gboolean is_right(const struct config *config, const char *sha256, GError **error)
{
	if (strcmp(config->sha256, sha256) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%s was changed since the station started with it", config->path);
	return FALSE;
}

/* A whole message; "" when the station is gone. */
static gboolean receive(int fd, char text[GUARD_TOLD_MAX], GError **error)
{
	ssize_t n;

	do
		n = recv(fd, text, GUARD_TOLD_MAX - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != ECONNRESET) {
		station_error_set(error, STATION_ERROR_IO, "%s", g_strerror(errno));
		return FALSE;
	}
	text[MAX(n, 0)] = '\0';
	return TRUE;
}

gboolean guard_serve(const struct config *config, int fd, GError **error)
{
	g_autoptr(GArray) sites = g_array_new(FALSE, FALSE, sizeof(struct guard_site));
	char text[GUARD_TOLD_MAX];
	gint64 process = 0;

	while (receive(fd, text, error)) {
		struct guard_told told;

		if (!*text) {
			guard_act(config, sites, process, g_get_monotonic_time());
			return TRUE;
		}
		switch (guard_told_parse(text, &told)) {
		case GUARD_TOLD_BEGIN:
			if (!is_right(config, told.sha256, error))
				return FALSE;
			process = told.process;
			break;
		case GUARD_TOLD_SITE:
			take_site(sites, &told.site);
			break;
		case GUARD_TOLD_CLEAN:
			return TRUE;
		case GUARD_TOLD_WRONG:
			station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\"", text);
			return FALSE;
		}
	}
	return FALSE;
}
