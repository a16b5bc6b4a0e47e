/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/instrument_name.h"

#include "base/error.h"
#include "base/suggest.h"

#include <string.h>

gboolean shell_instrument_class(struct shell *shell, const char *text, enum instrument_class *class,
                                GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *near;

	if (!hand)
		return FALSE;
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		const char *name = hand_site(hand)->uses[i];
		if (!name)
			continue;
		*class = i;
		if (strcmp(name, text) == 0 || strcmp(instrument_class_name(i), text) == 0)
			return TRUE;
		g_ptr_array_add(known, (char *)name);
		g_ptr_array_add(known, (char *)instrument_class_name(i));
	}
	g_ptr_array_add(known, NULL);
	near = suggest_nearest(text, (const char *const *)known->pdata);
	station_error_set(error, STATION_ERROR_CONFIG, "site %d uses no \"%s\"%s%s%s",
	                  hand_site(hand)->site, text, near ? "; did you mean \"" : "",
	                  near ? near : "", near ? "\"?" : "");
	return FALSE;
}

void shell_instrument_names(struct shell *shell, GPtrArray *names)
{
	const struct config *config = shell_world(shell)->config;

	for (guint i = 0; config && i < config->instruments->len; i++) {
		const struct config_instrument *item = g_ptr_array_index(config->instruments, i);
		g_ptr_array_add(names, g_strdup(item->config.name));
	}
	for (guint i = 0; config && i < INSTRUMENT_N_CLASSES; i++)
		g_ptr_array_add(names, g_strdup(instrument_class_name(i)));
}
