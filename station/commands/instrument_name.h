/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_INSTRUMENT_NAME_H
#define STATION_COMMANDS_INSTRUMENT_NAME_H

#include "station/shell/command.h"
#include "station/shell/site.h"

/* The class of the site's instrument that a name or the name of a class means.
 * STATION_ERROR_CONFIG with the nearest. */
gboolean shell_instrument_class(struct shell *shell, const char *text, enum instrument_class *class,
                                GError **error);
/* Names and classes, for completion. */
void shell_instrument_names(struct shell *shell, GPtrArray *names);

#define INSTRUMENT_ARGUMENT                                                                        \
	{                                                                                          \
		"NAME", ARGUMENT_NAME, .complete = shell_instrument_names                          \
	}

#endif
