/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_DISK_H
#define BASE_DISK_H

#include <gio/gio.h>

/*
 * Returns when what was written to the file is on the disk, or when `stop` (null: there is none)
 * was triggered: a disk that is busy keeps its callers for seconds, and whoever is to make
 * something safe has none. FALSE with errno; with ECANCELED it gets there when it does, and the
 * file may be used and closed meanwhile.
 */
gboolean disk_sync(int fd, GCancellable *stop);

#endif
