/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/claim.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct store_claims {
	char *path;
	int fd;
};

struct store_claims *store_claims_open(const char *store_path, GError **error)
{
	struct store_claims *claims = g_new0(struct store_claims, 1);

	claims->path = g_strconcat(store_path, "-claims", NULL);
	claims->fd = open(claims->path, O_RDWR | O_CREAT | O_CLOEXEC, 0664);
	if (claims->fd >= 0)
		return claims;
	station_error_set(error, STATION_ERROR_STORAGE,
	                  "%s: %s: the station has to be able to write beside its store",
	                  claims->path, g_strerror(errno));
	store_claims_close(claims);
	return NULL;
}

void store_claims_close(struct store_claims *claims)
{
	if (!claims)
		return;
	if (claims->fd >= 0)
		close(claims->fd);
	g_free(claims->path);
	g_free(claims);
}

/* A unit's place is 62 bits of a hash of its names: that two of them meet is not to be feared. */
static struct flock place_of(const char *lot, const char *serial, short type)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize length = sizeof digest;
	gint64 start;

	g_checksum_update(sum, (const guchar *)lot, (gssize)strlen(lot) + 1);
	g_checksum_update(sum, (const guchar *)serial, (gssize)strlen(serial));
	g_checksum_get_digest(sum, digest, &length);
	memcpy(&start, digest, sizeof start);
	return (struct flock){.l_type = type,
	                      .l_whence = SEEK_SET,
	                      .l_start = start & (G_MAXINT64 >> 1),
	                      .l_len = 1};
}

/* Locks of the open file, not of the process: a copy of the file that is closed leaves them. */
gboolean store_claim(struct store_claims *claims, const char *lot, const char *serial,
                     gboolean *mine, GError **error)
{
	struct flock place = place_of(lot, serial, F_WRLCK);

	*mine = fcntl(claims->fd, F_OFD_SETLK, &place) == 0;
	if (*mine || errno == EAGAIN || errno == EACCES)
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s: cannot lock %s: %s", claims->path,
	                  serial, g_strerror(errno));
	return FALSE;
}

void store_claim_release(struct store_claims *claims, const char *lot, const char *serial)
{
	struct flock place = place_of(lot, serial, F_UNLCK);

	fcntl(claims->fd, F_OFD_SETLK, &place);
}
