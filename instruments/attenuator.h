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

struct attenuator_setting {
	guint channel;
	double attenuation_db;
};

/* Called through the wrappers below only, with channels and values already checked. */
struct attenuator_ops {
	gboolean (*set_attenuations)(struct instrument *attenuator,
	                             const struct attenuator_setting *settings, guint n,
	                             const struct bounds *bounds, GError **error);
	gboolean (*get_attenuation)(struct instrument *attenuator, guint channel,
	                            double *attenuation_db, const struct bounds *bounds,
	                            GError **error);
	gboolean (*set_wavelength)(struct instrument *attenuator, guint channel,
	                           double wavelength_m, const struct bounds *bounds,
	                           GError **error);
	gboolean (*open_shutters)(struct instrument *attenuator, const guint *channels, guint n,
	                          const struct bounds *bounds, GError **error);
	gboolean (*close_shutters)(struct instrument *attenuator, const guint *channels, guint n,
	                           const struct bounds *bounds, GError **error);
};

/*
 * Sets n channels, reads each back and compares, and returns when the light of all has settled:
 * they move at the same time. STATION_ERROR_RANGE for one of them before any is moved; after
 * another error those before it may have moved.
 */
gboolean attenuator_set_several(struct instrument *attenuator,
                                const struct attenuator_setting *settings, guint n,
                                const struct bounds *bounds, GError **error);
/* The same for one. */
gboolean attenuator_set_db(struct instrument *attenuator, guint channel, double attenuation_db,
                           const struct bounds *bounds, GError **error);
gboolean attenuator_get_db(struct instrument *attenuator, guint channel, double *attenuation_db,
                           const struct bounds *bounds, GError **error);

/* Wavelength for which the attenuation is true; read back and compared. Not set when it is so. */
gboolean attenuator_set_wavelength(struct instrument *attenuator, guint channel,
                                   double wavelength_m, const struct bounds *bounds,
                                   GError **error);

/*
 * Let the light of n channels through; read back, all settled on return. What the instrument says
 * is open is not opened again. STATION_ERROR_RANGE before anything opens; the first that does not
 * open ends it.
 */
gboolean attenuator_open_several(struct instrument *attenuator, const guint *channels, guint n,
                                 const struct bounds *bounds, GError **error);
/*
 * Block it; read back, all settled on return. Nothing is taken for dark: each is closed, whatever
 * it says it is and also when another cannot be; the first error is told.
 */
gboolean attenuator_close_several(struct instrument *attenuator, const guint *channels, guint n,
                                  const struct bounds *bounds, GError **error);
/* Either for one. */
gboolean attenuator_open_shutter(struct instrument *attenuator, guint channel, gboolean open,
                                 const struct bounds *bounds, GError **error);

/* The largest attenuation that can be set, dB. */
double attenuator_max_db(const struct instrument *attenuator);

#endif
