/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_INSTRUMENT_CLASSES_H
#define STATION_STEPS_INSTRUMENT_CLASSES_H

#include "instruments/instrument.h"

/* The bits 1 << enum instrument_class of "supply thermal"; "none" has none. STATION_ERROR_CONFIG
 * with a suggestion. */
gboolean instrument_classes_parse(const char *text, guint *mask, GError **error);

#endif
