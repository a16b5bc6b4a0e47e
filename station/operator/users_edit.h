/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_USERS_EDIT_H
#define STATION_OPERATOR_USERS_EDIT_H

#include "station/operator/users.h"

/*
 * Reads the file (one that is not there is an empty list), lets `change` change the list and
 * writes it, while no other call of this function does: whole or not at all, mode 0640, owner and
 * group as they were. Errors are those of users_load, of `change`, STATION_ERROR_AUTHORITY when we
 * may not write, STATION_ERROR_STORAGE when it cannot be written.
 */
gboolean users_edit(const char *path,
                    gboolean (*change)(struct users *users, gpointer data, GError **error),
                    gpointer data, GError **error);

#endif
