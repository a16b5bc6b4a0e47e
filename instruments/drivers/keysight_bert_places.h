/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVERS_KEYSIGHT_BERT_PLACES_H
#define INSTRUMENTS_DRIVERS_KEYSIGHT_BERT_PLACES_H

#include "instruments/instrument.h"

/*
 * What the parameters say of an M8040A's modules. `standard` is taken where there is none of that
 * key. Errors are STATION_ERROR_CONFIG.
 */
#define KEYSIGHT_BERT_LOCATIONS_MAX 32

/* A list such as M1.DataOut1,M1.DataOut2; null-terminated, to be freed with g_strfreev. */
gboolean keysight_bert_take_locations(struct instrument *bert, const char *key,
                                      const char *standard, char ***locations, guint *n,
                                      GError **error);
/* One place; borrowed. */
gboolean keysight_bert_take_location(struct instrument *bert, const char *key, const char *standard,
                                     const char **location, GError **error);
/* "stress": yes or no, no when it is absent: not every generator has the noise source, and asking
 * one without is an error of its. */
gboolean keysight_bert_take_stress(struct instrument *bert, gboolean *stress, GError **error);

#endif
