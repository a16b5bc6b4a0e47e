/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_POSTGRES_READ_H
#define STATION_STORE_POSTGRES_READ_H

#include "station/store/store.h"

#include <gio/gio.h>

/*
 * The store of a line (postgres.h), to be read as reading.h tells: for lots, analyses and reports
 * of all its stations. The target has to be somebody of the role station_analyst. cancellable may
 * be null, and is borrowed until store_close.
 */
struct store *postgres_read(const char *target, GCancellable *cancellable, GError **error);

#endif
