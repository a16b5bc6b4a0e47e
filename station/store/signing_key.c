/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/signing_key.h"

#include "base/error.h"
#include "station/store/canon.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

G_STATIC_ASSERT(crypto_sign_PUBLICKEYBYTES == SIGNING_PUBLIC);
G_STATIC_ASSERT(crypto_sign_BYTES == SIGNING_SIGNATURE);

struct signing_key {
	guint8 public_key[crypto_sign_PUBLICKEYBYTES];
	guint8 secret[crypto_sign_SECRETKEYBYTES];
};

static gboolean fail(const char *path, const char *what, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "%s: %s: %s", path, what,
	                  g_strerror(errno));
	return FALSE;
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean write_all(int file, const char *text)
{
	gsize n = strlen(text);

	return write(file, text, n) == (gssize)n && fsync(file) == 0;
}

/* A line more; the file is made when it is not there. */
static gboolean add_public(const char *store_path, const guint8 *public_key, GError **error)
{
	g_autofree char *path = g_strconcat(store_path, ".pub", NULL);
	g_autofree char *hex = canon_hex(public_key, SIGNING_PUBLIC);
	g_autofree char *line = g_strconcat(hex, "\n", NULL);
	int file = g_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	gboolean ok = file >= 0 && write_all(file, line);

	if (!ok)
		fail(path, "write the public key", error);
	if (file >= 0)
		close(file);
	return ok;
}

/*
 * Under a name of its own first, then linked: of two programs that make a key at once one wins,
 * and nobody ever reads half of one.
 */
static gboolean put_secret(const char *path, const char *seed_hex, GError **error)
{
	g_autofree char *draft = g_strconcat(path, ".XXXXXX", NULL);
	int file = g_mkstemp_full(draft, O_RDWR | O_CLOEXEC, 0600);
	gboolean ok;

	if (file < 0)
		return fail(path, "make the key", error);
	ok = write_all(file, seed_hex) || fail(path, "write the key", error);
	close(file);
	if (ok && link(draft, path) != 0 && errno != EEXIST)
		ok = fail(path, "make the key", error);
	g_unlink(draft);
	return ok;
}

static gboolean make_key(const char *store_path, const char *path, GError **error)
{
	guint8 seed[crypto_sign_SEEDBYTES];
	guint8 public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
	char hex[2 * sizeof seed + 1];
	gboolean ok;

	randombytes_buf(seed, sizeof seed);
	crypto_sign_seed_keypair(public_key, secret, seed);
	sodium_bin2hex(hex, sizeof hex, seed, sizeof seed);
	/* a public key whose secret is then not taken does no harm */
	ok = add_public(store_path, public_key, error) && put_secret(path, hex, error);
	sodium_memzero(seed, sizeof seed);
	sodium_memzero(secret, sizeof secret);
	sodium_memzero(hex, sizeof hex);
	return ok;
}

/* --- the key ---------------------------------------------------------------------------------- */

static struct signing_key *read_key(const char *path, GError **error)
{
	guint8 seed[crypto_sign_SEEDBYTES];
	char text[2 * sizeof seed + 2] = "";
	int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	gssize n = file < 0 ? -1 : read(file, text, sizeof text - 1);
	struct signing_key *key = NULL;

	if (n < 0) {
		fail(path, "read the key", error);
	} else if (!canon_from_hex(text, seed, sizeof seed)) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: this is no key of a station (64 hexadecimal digits); put "
		                  "the one back that was kept, or move it away and a new one is "
		                  "made",
		                  path);
	} else {
		key = g_new0(struct signing_key, 1);
		crypto_sign_seed_keypair(key->public_key, key->secret, seed);
	}
	if (file >= 0)
		close(file);
	sodium_memzero(text, sizeof text);
	sodium_memzero(seed, sizeof seed);
	return key;
}

struct signing_key *signing_key_open(const char *store_path, gboolean make, GError **error)
{
	g_autofree char *path = g_strconcat(store_path, ".key", NULL);

	if (sodium_init() < 0) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: libsodium could not be started", path);
		return NULL;
	}
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		if (!make || !make_key(store_path, path, error))
			return NULL;
	}
	return read_key(path, error);
}

void signing_key_free(struct signing_key *key)
{
	if (!key)
		return;
	sodium_memzero(key, sizeof *key);
	g_free(key);
}

const guint8 *signing_key_public(const struct signing_key *key)
{
	return key->public_key;
}

void signing_key_sign(const struct signing_key *key, const guint8 *bytes, gsize n,
                      guint8 signature[SIGNING_SIGNATURE])
{
	crypto_sign_detached(signature, NULL, bytes, n, key->secret);
}

gboolean signing_verify(const guint8 public_key[SIGNING_PUBLIC], const guint8 *bytes, gsize n,
                        const guint8 signature[SIGNING_SIGNATURE])
{
	return crypto_sign_verify_detached(signature, bytes, n, public_key) == 0;
}

GArray *signing_read_public(const char *path, GError **error)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, SIGNING_PUBLIC);
	g_autofree char *text = NULL;
	g_autoptr(GError) cause = NULL;

	if (!g_file_get_contents(path, &text, NULL, &cause)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s: read public keys: %s", path,
		                  cause->message);
		return NULL;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		guint8 key[SIGNING_PUBLIC];
		const char *line = g_strstrip(lines[i]);

		if (*line == '\0' || *line == '#')
			continue;
		if (!canon_from_hex(line, key, sizeof key)) {
			station_error_set(error, STATION_ERROR_STORAGE,
			                  "%s:%u: a public key is 64 hexadecimal digits, as "
			                  "\"station db status\" prints it",
			                  path, i + 1);
			return NULL;
		}
		g_array_append_val(keys, key);
	}
	if (keys->len)
		return g_steal_pointer(&keys);
	station_error_set(error, STATION_ERROR_STORAGE, "%s: there is no public key in it", path);
	return NULL;
}
