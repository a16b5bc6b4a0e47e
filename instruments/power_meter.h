/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_POWER_METER_H
#define INSTRUMENTS_POWER_METER_H

#include "instruments/instrument.h"

/* Optical power meters. Channels from 1; powers in watt of average light, never corrected here. */

struct power_meter_facts {
	double wavelength_min_m, wavelength_max_m;
	double wavelength_step_m; /* finest setting: the nearest is taken */
	double averaging_min_s, averaging_max_s;
	double settle_s;  /* worst case the instrument adds to the averaging time of a reading */
	double zeroing_s; /* worst case of zeroing all channels */
	/* Of a meter that takes light for darkness without a word: more than this is light. 0: it
	 * tells. */
	double dark_max_w;
};

/* Called through the wrappers below only, with channel and values already checked. */
struct power_meter_ops {
	gboolean (*set_wavelength)(struct instrument *meter, guint channel, double wavelength_m,
	                           const struct bounds *bounds, GError **error);
	gboolean (*set_averaging)(struct instrument *meter, guint channel, double averaging_s,
	                          const struct bounds *bounds, GError **error);
	gboolean (*read)(struct instrument *meter, guint channel, double *power_w,
	                 const struct bounds *bounds, GError **error);
	/* Null where there is one channel: read does it. */
	gboolean (*read_all)(struct instrument *meter, double *power_w, const struct bounds *bounds,
	                     GError **error);
	gboolean (*zero)(struct instrument *meter, const struct bounds *bounds, GError **error);
};

/*
 * Wavelength for which the responsivity is taken: the nearest that can be set, which is within half
 * of wavelength_step_m; read back and compared.
 */
gboolean power_meter_set_wavelength(struct instrument *meter, guint channel, double wavelength_m,
                                    const struct bounds *bounds, GError **error);

/*
 * Averaging time of a reading. The instrument takes the nearest of its own list, or so many samples
 * of its own rate; INSTRUMENT when that is not within a factor of two of what was asked.
 */
gboolean power_meter_set_averaging_s(struct instrument *meter, guint channel, double averaging_s,
                                     const struct bounds *bounds, GError **error);

/*
 * One new reading of one channel in watt: triggers, waits for the averaging time, reads. Dark
 * channels give noise around zero, which may be negative. STATION_ERROR_DATA when the instrument
 * has no value (over or under range).
 */
gboolean power_meter_read_w(struct instrument *meter, guint channel, double *power_w,
                            const struct bounds *bounds, GError **error);

/*
 * One new simultaneous reading of all channels: power_w[0] is channel 1. n_channels must be
 * instrument_channels(). A channel without a value (over or under range) gives NaN.
 */
gboolean power_meter_read_all_w(struct instrument *meter, double *power_w, gsize n_channels,
                                const struct bounds *bounds, GError **error);

/*
 * Takes the present reading of every channel as darkness: the caller makes it dark first.
 * INSTRUMENT when a channel could not be zeroed (light on it); the text names the channels.
 */
gboolean power_meter_zero(struct instrument *meter, const struct bounds *bounds, GError **error);

#endif
