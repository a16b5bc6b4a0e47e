/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_SIGNING_KEY_H
#define STATION_STORE_SIGNING_KEY_H

#include <glib.h>

/*
 * The station's own key pair (Ed25519), with which it signs how far its store goes. The secret is
 * in STORE.key, 64 hexadecimal digits of seed, mode 0600; what belongs to it in public stands as
 * 64 digits in a line of STORE.pub, which has a line for each key that the station ever had.
 */
enum { SIGNING_PUBLIC = 32, SIGNING_SIGNATURE = 64 };

struct signing_key;
typedef struct signing_key signing_key; /* for g_autoptr(signing_key) only */

/*
 * Reads the key of a store. Where there is none, one is made, with `make`; without, null without
 * error. Null with error (STATION_ERROR_STORAGE) when the file cannot be read or written, or is no
 * key.
 */
struct signing_key *signing_key_open(const char *store_path, gboolean make, GError **error);
void signing_key_free(struct signing_key *key); /* forgets the secret; null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(signing_key, signing_key_free)

/* Borrowed, as long as the key. */
const guint8 *signing_key_public(const struct signing_key *key);
void signing_key_sign(const struct signing_key *key, const guint8 *bytes, gsize n,
                      guint8 signature[SIGNING_SIGNATURE]);

gboolean signing_verify(const guint8 public_key[SIGNING_PUBLIC], const guint8 *bytes, gsize n,
                        const guint8 signature[SIGNING_SIGNATURE]);

/*
 * Public keys of a file: 64 hexadecimal digits in a line of their own, empty lines and what
 * follows a # aside. Array of guint8[SIGNING_PUBLIC] one after the other. Null with error
 * (STATION_ERROR_STORAGE, with the line) when it cannot be read, is something else or has none.
 */
GArray *signing_read_public(const char *path, GError **error);

#endif
