/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_SUPPLY_H
#define INSTRUMENTS_SUPPLY_H

#include "instruments/instrument.h"

/* DC power supplies. Channels from 1. */

struct supply_channel_facts {
	double volt_min, volt_max;
	double ampere_min, ampere_max;             /* of the current limit */
	double volt_resolution, ampere_resolution; /* the readback may differ by this much */
};

struct supply_facts {
	const struct supply_channel_facts *channels; /* one a channel */
	double settle_s;                             /* from a setting to a true measurement */
};

/* Called through the wrappers below only, with channel and values already checked. */
struct supply_ops {
	gboolean (*set)(struct instrument *supply, guint channel, double volt,
	                double current_limit_a, const struct bounds *bounds, GError **error);
	gboolean (*set_output)(struct instrument *supply, guint channel, gboolean on,
	                       const struct bounds *bounds, GError **error);
	gboolean (*is_on)(struct instrument *supply, guint channel, gboolean *on,
	                  const struct bounds *bounds, GError **error);
	gboolean (*measure)(struct instrument *supply, guint channel, double *volt, double *ampere,
	                    const struct bounds *bounds, GError **error);
	gboolean (*protection_tripped)(struct instrument *supply, guint channel, gboolean *tripped,
	                               const struct bounds *bounds, GError **error);
};

/* Voltage and current limit of a channel; both read back and compared. Does not switch it on. */
gboolean supply_set(struct instrument *supply, guint channel, double volt, double current_limit_a,
                    const struct bounds *bounds, GError **error);

/* Read back; settled on return. Turning one channel on or off leaves the others alone. */
gboolean supply_set_output(struct instrument *supply, guint channel, gboolean on,
                           const struct bounds *bounds, GError **error);
/* Whether the channel is switched on, as the instrument says. */
gboolean supply_is_on(struct instrument *supply, guint channel, gboolean *on,
                      const struct bounds *bounds, GError **error);

/* Measured at the output. */
gboolean supply_measure(struct instrument *supply, guint channel, double *volt, double *ampere,
                        const struct bounds *bounds, GError **error);

/* TRUE when over-voltage or over-current protection has switched the channel off. */
gboolean supply_protection_tripped(struct instrument *supply, guint channel, gboolean *tripped,
                                   const struct bounds *bounds, GError **error);

#endif
