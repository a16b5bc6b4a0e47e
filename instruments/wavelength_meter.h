/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_WAVELENGTH_METER_H
#define INSTRUMENTS_WAVELENGTH_METER_H

#include "instruments/instrument.h"

/*
 * Optical spectrum analysers, for the wavelength, the side modes and the width of a laser; and
 * wavelength meters, which tell one wavelength and its power and nothing else.
 */

struct spectrum_setup {
	double centre_m, span_m; /* of the sweep; light outside of it is not looked at */
	double resolution_m;     /* ignored by what does not sweep */
};

/* What is not told by every model; facts and wavelength_meter_require have them as bits. */
enum spectrum_part {
	SPECTRUM_WIDTH = 1 << 0, /* rms_width_m */
	SPECTRUM_SMSR = 1 << 1,
	SPECTRUM_LINES = 1 << 2, /* more than one peak, centre_m the mean of them */
};

#define SPECTRUM_PEAKS_MAX 16

struct spectrum_peak {
	double wavelength_m;
	double power_dbm;
};

/* What one sweep shows. Wavelengths are those in vacuum. */
struct spectrum_result {
	struct spectrum_peak peaks[SPECTRUM_PEAKS_MAX]; /* by wavelength */
	guint n_peaks; /* the strongest, when there are more; 0: dark, and the rest is NaN */
	/* of all the light in the span, weighted by power; without SPECTRUM_LINES the one peak's */
	double centre_m;
	/* standard deviation of the same, the resolution's own included; NaN when never told */
	double rms_width_m;
	/* strongest peak over the next; where that is noise, a lower bound of it; NaN when never
	 * told */
	double smsr_db;
};

struct wavelength_meter_facts {
	guint parts;     /* enum spectrum_part that it tells */
	gboolean sweeps; /* has a span and a resolution; else those below mean nothing */
	double wavelength_min_m, wavelength_max_m; /* of a whole sweep */
	double span_min_m, span_max_m;
	double resolution_min_m, resolution_max_m;
	double wavelength_uncertainty_m; /* of the data sheet, over the whole range */
	double floor_dbm;                /* weaker light is not told from noise */
	double sweep_s;                  /* worst case of one sweep */
};

/* Called through the wrappers below only, with values already checked. */
struct wavelength_meter_ops {
	gboolean (*configure)(struct instrument *meter, const struct spectrum_setup *setup,
	                      const struct bounds *bounds, GError **error);
	gboolean (*measure)(struct instrument *meter, struct spectrum_result *result,
	                    const struct bounds *bounds, GError **error);
};

/*
 * Whether it tells these parts (bits of enum spectrum_part): STATION_ERROR_UNSUPPORTED names those
 * that it does not. Asks nothing of the instrument: to be called before anything is moved.
 */
gboolean wavelength_meter_require(const struct instrument *meter, guint parts, GError **error);

/* Centre, span and resolution of the next sweeps; read back and compared. */
gboolean wavelength_meter_configure(struct instrument *meter, const struct spectrum_setup *setup,
                                    const struct bounds *bounds, GError **error);

/*
 * One sweep as configured last, and its analysis. Darkness is no error: see n_peaks. DATA when
 * there are peaks but no finite centre, width or SMSR (of those that the model tells); PROTOCOL
 * when the peaks cannot be true (not in order, outside the range). The result has no peaks and NaN
 * when the call fails.
 */
gboolean wavelength_meter_measure(struct instrument *meter, struct spectrum_result *result,
                                  const struct bounds *bounds, GError **error);

#endif
