/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_ATTENUATOR_H
#define INSTRUMENTS_ATTENUATOR_H

#include "instruments/instrument.h"

/*
 * Variable optical attenuators with a shutter. Channels from 1. Attenuation in dB over that of the
 * attenuator's zero setting: the insertion loss is not in it and belongs to the light path.
 */

struct attenuator_facts {
	double attenuation_min_db, attenuation_max_db;
	double resolution_db; /* the readback may differ by this much */
	double wavelength_min_m, wavelength_max_m;
	double wavelength_step_m;
	double settle_s; /* after the movement is reported complete */
	double move_s;   /* worst case of a movement over the full range */
};

/* Called through the wrappers below only, with channel and values already checked. */
struct attenuator_ops {
	gboolean (*set_attenuation)(struct instrument *attenuator, guint channel,
	                            double attenuation_db, const struct bounds *bounds,
	                            GError **error);
	gboolean (*get_attenuation)(struct instrument *attenuator, guint channel,
	                            double *attenuation_db, const struct bounds *bounds,
	                            GError **error);
	gboolean (*set_wavelength)(struct instrument *attenuator, guint channel,
	                           double wavelength_m, const struct bounds *bounds,
	                           GError **error);
	gboolean (*open_shutter)(struct instrument *attenuator, guint channel, gboolean open,
	                         const struct bounds *bounds, GError **error);
};

/* Sets, reads back and compares, and returns when the light has settled. */
gboolean attenuator_set_db(struct instrument *attenuator, guint channel, double attenuation_db,
                           const struct bounds *bounds, GError **error);
gboolean attenuator_get_db(struct instrument *attenuator, guint channel, double *attenuation_db,
                           const struct bounds *bounds, GError **error);

/* Wavelength for which the attenuation is true; read back and compared. */
gboolean attenuator_set_wavelength(struct instrument *attenuator, guint channel,
                                   double wavelength_m, const struct bounds *bounds,
                                   GError **error);

/* Lets light through (TRUE) or blocks it; read back, settled on return. */
gboolean attenuator_open_shutter(struct instrument *attenuator, guint channel, gboolean open,
                                 const struct bounds *bounds, GError **error);

/* The largest attenuation that can be set, dB. */
double attenuator_max_db(const struct instrument *attenuator);

#endif
