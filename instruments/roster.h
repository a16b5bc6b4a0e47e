/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_ROSTER_H
#define INSTRUMENTS_ROSTER_H

#include "instruments/driver.h"

/* Who knows an instrument, by the makers and models of the drivers' tables. */

/* Letters and digits alone, in upper case: how models are compared. Free with g_free. */
char *roster_bare(const char *text);

/* The roster's row for a maker and model as *IDN? gives them; null: it has none. */
const struct instrument_model *roster_find(const struct instrument_roster *roster,
                                           const char *maker, const char *model);

/*
 * The drivers of the registry whose own tables have the model, and the row of each in *models (as
 * many; null: not wanted). Drivers that take their tables from a file are not among them. Elements
 * are borrowed; free both with g_ptr_array_unref.
 */
GPtrArray *roster_drivers(const char *maker, const char *model, GPtrArray **models);

#endif
