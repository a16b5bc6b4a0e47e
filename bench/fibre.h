/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_FIBRE_H
#define BENCH_FIBRE_H

#include <glib.h>

/*
 * A spool of fibre. Chromatic dispersion by ITU-T G.652:
 * D = S0 / 4 * (wavelength - zero^4 / wavelength^3).
 * Loss by Rayleigh scattering: with the inverse fourth power of the wavelength.
 */
struct fibre {
	double length_m;
	double zero_dispersion_m;
	double slope_s_per_m3; /* S0 */
	double loss_db_per_m;  /* at loss_wavelength_m */
	double loss_wavelength_m;
	double modal_hz_m; /* multimode: -3 dB optical, times length; 0: single-mode */
};

/*
 * The longest span of 400GBASE-DR4 at its most positive dispersion: 500 m, zero at 1300 nm,
 * 0.092 ps/(nm^2 km); 0.35 dB/km at 1310 nm. From memory.
 */
void fibre_default(struct fibre *fibre);
/*
 * 100 m of OM4: 3 dB/km at 850 nm, modal bandwidth 4.7 GHz km, zero dispersion at 1316 nm. From
 * memory.
 */
void fibre_multimode(struct fibre *fibre);

/* Dispersion of the whole length, s/m (1e-3 s/m is 1 ps/nm). */
double fibre_dispersion_s_per_m(const struct fibre *fibre, double wavelength_m);
double fibre_loss_db(const struct fibre *fibre, double wavelength_m);

/* What light's modulation has to do with the spool: its wavelength and the modulator's chirp. */
struct fibre_light {
	double wavelength_m;
	double chirp;       /* alpha: phase change over relative amplitude change */
	double rms_width_m; /* of the spectrum, where it is wider than its modulation */
};

/*
 * Small-signal response of intensity behind direct detection, real and 1 at 0 Hz:
 * cos(theta) - alpha sin(theta), theta = pi wavelength^2 D L f^2 / c (Devaux, Sorel, Kerdiles
 * 1993). Of multimode fibre: the modes' delays and, through dispersion, the spectrum's width, both
 * as Gaussian pulses.
 */
double fibre_response(const struct fibre *fibre, const struct fibre_light *light, double f_hz);

/*
 * Sends one period of intensity through it, in place, without its loss. Good to some 1e-4 for what
 * the samples hold below 75 GHz; the sample rate must be above 300 GHz.
 */
void fibre_disperse(const struct fibre *fibre, const struct fibre_light *light, float *power_w,
                    gsize length, double sample_rate_hz);

#endif
