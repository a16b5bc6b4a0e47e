/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_OPTICAL_SWITCH_H
#define INSTRUMENTS_OPTICAL_SWITCH_H

#include "instruments/instrument.h"

/* Optical 1xN switches; a chassis holds one or more of them (modules). Both numbered from 1. */

struct optical_switch_facts {
	guint max_modules;
	double poll_s; /* how often to ask whether it has arrived */
	double move_s; /* worst case of a movement */
};

/* Called through the wrapper below only. */
struct optical_switch_ops {
	gboolean (*route)(struct instrument *optical_switch, guint module, guint channel,
	                  const struct bounds *bounds, GError **error);
};

/*
 * Connects the common port of the module with the channel; has arrived and been read back on
 * return. STATION_ERROR_RANGE when there is no such module or channel.
 */
gboolean optical_switch_route(struct instrument *optical_switch, guint module, guint channel,
                              const struct bounds *bounds, GError **error);

#endif
