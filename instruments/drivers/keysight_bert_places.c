/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/drivers/keysight_bert_places.h"

#include "base/error.h"
#include "instruments/drivers/keysight_bert_counts.h"

#include <string.h>

gboolean keysight_bert_take_locations(struct instrument *bert, const char *key,
                                      const char *standard, char ***locations, guint *n,
                                      GError **error)
{
	const char *list = instrument_parameter(bert, key);
	*locations = scpi_split(list ? list : standard, ',');
	*n = g_strv_length(*locations);
	gboolean ok = *n >= 1 && *n <= KEYSIGHT_BERT_LOCATIONS_MAX;
	for (guint i = 0; ok && i < *n; i++)
		ok = bert_counts_is_location((*locations)[i]);
	if (!ok)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: \"%s\" is no list such as M1.DataOut1,M1.DataOut2", key,
		                  list ? list : standard);
	return ok;
}

gboolean keysight_bert_take_location(struct instrument *bert, const char *key, const char *standard,
                                     const char **location, GError **error)
{
	const char *given = instrument_parameter(bert, key);
	*location = given ? given : standard;
	if (bert_counts_is_location(*location))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: \"%s\" is no place such as %s", key,
	                  *location, standard);
	return FALSE;
}

gboolean keysight_bert_take_stress(struct instrument *bert, gboolean *stress, GError **error)
{
	const char *given = instrument_parameter(bert, "stress");
	*stress = given && strcmp(given, "yes") == 0;
	if (!given || *stress || strcmp(given, "no") == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "stress: \"%s\" is neither yes nor no",
	                  given);
	return FALSE;
}
