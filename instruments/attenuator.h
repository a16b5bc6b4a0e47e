/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_ATTENUATOR_H
#define INSTRUMENTS_ATTENUATOR_H

#include "instruments/instrument.h"

/*
 * Variable optical attenuators. Channels from 1. Attenuation in dB over that of the attenuator's
 * zero setting: the insertion loss is not in it and belongs to the light path.
 *
 * Every channel has a shutter for who uses it. Where the instrument has none, closed is the largest
 * attenuation: an attenuation set meanwhile is kept and reached when the channel is opened, so that
 * nothing lets light through but opening. Closed is then not dark: attenuator_closed_db tells what
 * stands between. After instrument_open and instrument_safe_state all channels are closed.
 */

struct attenuator_facts {
	double attenuation_min_db, attenuation_max_db;
	double resolution_db; /* the readback may differ by this much */
	double wavelength_min_m, wavelength_max_m;
	double wavelength_step_m;
	double settle_s; /* after the movement is reported complete */
	double move_s;   /* worst case of a movement over the full range */
	/* The hooks for shutters are null; the driver's start and safe_state set the maximum. */
	gboolean without_shutter;
	/* One calibration holds for all wavelengths above: the hook is null, none can be set. */
	gboolean without_wavelength;
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
	gboolean (*is_open)(struct instrument *attenuator, guint channel, gboolean *open,
	                    const struct bounds *bounds, GError **error);
};

/*
 * Sets n channels, reads each back and compares, and returns when the light of all has settled:
 * they move at the same time. STATION_ERROR_RANGE for one of them before any is moved; after
 * another error those before it may have moved. A closed channel without a shutter moves, and is
 * read back, when it is opened.
 */
gboolean attenuator_set_several(struct instrument *attenuator,
                                const struct attenuator_setting *settings, guint n,
                                const struct bounds *bounds, GError **error);
/* The same for one. */
gboolean attenuator_set_db(struct instrument *attenuator, guint channel, double attenuation_db,
                           const struct bounds *bounds, GError **error);
/* What the channel has when it is open. */
gboolean attenuator_get_db(struct instrument *attenuator, guint channel, double *attenuation_db,
                           const struct bounds *bounds, GError **error);

/*
 * Wavelength for which the attenuation is true; read back and compared. Not set when it is so, nor
 * where one calibration holds for all: such an attenuator only refuses what is outside of it.
 */
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
/* Whether it lets light through now, as the instrument says; without a shutter, as it was told. */
gboolean attenuator_is_open(struct instrument *attenuator, guint channel, gboolean *open,
                            const struct bounds *bounds, GError **error);

/* The largest attenuation that can be set, dB. */
double attenuator_max_db(const struct instrument *attenuator);
/* What a closed channel takes away, dB: infinity with a shutter, else attenuator_max_db. */
double attenuator_closed_db(const struct instrument *attenuator);

#endif
