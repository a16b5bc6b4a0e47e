/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_REGISTRY_H
#define INSTRUMENTS_REGISTRY_H

#include "instruments/driver.h"

/* All drivers, null-terminated. */
const struct instrument_driver *const *registry_drivers(void);

/* The driver of that name; STATION_ERROR_CONFIG with a suggestion when there is none. */
const struct instrument_driver *registry_find(const char *name, GError **error);

#endif
