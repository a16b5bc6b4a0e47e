/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SCRIPT_DECLARATION_H
#define STATION_SCRIPT_DECLARATION_H

#include "limits/sandbox_value.h"
#include "station/engine/step.h"

/*
 * What the table of a script says of its step, as a row of the table of steps: all but its name and
 * its function. STATION_ERROR_CONFIG names the field that is missing, unknown or wrong; `def` is to
 * be cleared in either case.
 */
gboolean declaration_read(const struct sandbox_value *table, struct step_def *def, GError **error);

/* Frees what declaration_read put there; a zeroed one is allowed. */
void declaration_clear(struct step_def *def);

#endif
