/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_CLAIM_H
#define STATION_STORE_CLAIM_H

#include <glib.h>

/*
 * Who tests a unit of a lot now, among all programs that use a store: a lock of the kernel's on a
 * place in an empty file beside it (STORE-claims), which ends with the program that has it, however
 * that ends. Errors are STATION_ERROR_STORAGE.
 */
struct store_claims;
typedef struct store_claims store_claims; /* for g_autoptr(store_claims) only */

struct store_claims *store_claims_open(const char *store_path, GError **error);
void store_claims_close(struct store_claims *claims); /* gives all of them back; null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(store_claims, store_claims_close)

/* Never waits. *mine FALSE: somebody else has the unit. Claiming once more what one has is allowed.
 */
gboolean store_claim(struct store_claims *claims, const char *lot, const char *serial,
                     gboolean *mine, GError **error);
void store_claim_release(struct store_claims *claims, const char *lot, const char *serial);

#endif
