/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_DUT_H
#define BENCH_DUT_H

#include "bench/defects.h"
#include "bench/fibre.h"
#include "bench/random.h"

/* Where temperature coefficients start: of lasers their own temperature, of the rest the case's. */
#define DUT_REFERENCE_DEGC 25.0

/*
 * The true parameters of a unit: what a factory would never know exactly. A pure function of
 * model, seed, serial number and defects.
 */
struct dut_lane {
	enum model_transmitter kind;
	enum model_rssi rssi;
	/* laser: P = slope (I - Ith) (1 - (I - Ith) / rollover), at 25 degC, into the fibre */
	double threshold_a;
	double slope_w_per_a;
	double rollover_a;
	double threshold_t0_k; /* Ith grows with exp(dT / T0) */
	double slope_t1_k;     /* slope falls with exp(-dT / T1) */
	double kink_a;         /* from this current on the light is less by kink_loss; 0: no kink */
	double kink_loss;
	double rin_db_hz; /* relative intensity noise */
	double smsr_db;   /* EML: main over strongest side mode */
	double wavelength_per_k;
	/* electro-absorption modulator: T = floor + (1 - floor) / (1 + exp((V - v0) / vs)) */
	double mod_v0;
	double mod_vs;
	double mod_floor;
	double mod_v0_per_k;
	/* driver; of a VCSEL the laser is what is slow: at 5 mA over threshold and 25 degC */
	double bandwidth_hz;
	double bandwidth_per_a; /* relative, by current over threshold; 0 of an EML */
	double bandwidth_per_k; /* relative, by laser temperature */
	double echo;            /* a reflection on the driver's line, fraction of the signal */
	double echo_delay_s;
	double jitter_s;    /* rms */
	double swing_max_v; /* what the driver can give, however much more is asked */
	double mod_max_a;   /* the same of a VCSEL's driver */
	double stuck_inner; /* inner levels of a compressed driver, 0..1; 0 is sound: 1/3, skewed */
	/* monitors: P = slope * raw + offset at 25 degC; the raw reading grows by ..._per_k */
	double tx_mon_slope;
	double tx_mon_offset_w;
	double tx_mon_per_k;
	double rx_mon_slope;
	double rx_mon_offset_w;
	double rx_mon_per_k;
	double rx_mon_quad_per_w;  /* quadratic: + quad * raw^2 */
	double rx_mon_break_raw_w; /* two slopes: from here on rx_mon_slope_high, without a step */
	double rx_mon_slope_high;
	double rx_mon_limit_w; /* where a broken monitor stops following; 0 is sound */
	double bias_sense;     /* sensed over true laser current */
	/* receiver */
	double sensitivity_dbm; /* OMA at BER 2.4e-4, at a clean connector, 25 degC */
	double sensitivity_db_per_k;
	/* chirp of the modulator; wavelength and width of the laser at 25 degC of its own */
	struct fibre_light light;
};

struct dut {
	const struct world_model *model;
	struct dut_lane lanes[WORLD_LANES];
	/* sensors: true = gain * raw + offset, but for a bow of the temperature's about 25 degC */
	double temp_gain;
	double temp_offset_k;
	double temp_bow_per_k;
	double vcc_gain;
	double vcc_offset_v;
	double low_power_w;
	double high_power_w;   /* at 25 degC and 3.3 V, without the lasers */
	double power_w_per_k;  /* of the electronics, by case temperature */
	double cooler_w_per_k; /* by what the cooler holds; 0 without one */
	double cooler_reach_k; /* that it can hold lasers below the case */
};

void dut_init(struct dut *dut, const struct world_model *model, guint64 seed, const char *serial,
              const struct defect_set *defects);

/* The same with normal distributions so many times as wide; 1 is dut_init. */
void dut_init_wide(struct dut *dut, const struct world_model *model, guint64 seed,
                   const char *serial, const struct defect_set *defects, double width);

/*
 * With the probability `rate` one thing of the unit becomes worse, by anything from nothing to far
 * beyond what a limit allows; which, how much and on which lane follow from seed and serial number.
 * Returns that as text, free with g_free; null when nothing is worse.
 */
char *dut_degrade(struct dut *dut, guint64 seed, const char *serial, double rate);

/* The sensitivity that units of a model have on average. */
double dut_typical_sensitivity_dbm(const struct world_model *model);

/* What the defects that are physical do to a lane, drawn from a stream of their own. */
void dut_spoil(struct dut *dut, guint lane, const struct defect_set *defects,
               struct random_stream *s);

/* Keeps threshold and slope at `sound_degc` and makes them worse the warmer it gets. */
void dut_spoil_heat(struct dut_lane *lane, double sound_degc, double t0_k, double t1_k);

/* Laser temperature at 25 degC case, where a unit with a hot laser is sound. */
double dut_sound_degc(const struct dut_lane *lane);

/* Under what a unit works. */
struct dut_state {
	gboolean high_power;
	double case_degc;
	double tec_degc; /* set point of the cooler */
	double volt;     /* supply */
	double bias_a[WORLD_LANES];
};

/* Power drawn: everything but the lasers, theirs, and the cooler's. */
double dut_power_w(const struct dut *dut, const struct dut_state *state);

/*
 * Temperature of the lasers in high power: the case and their own heat, or what the cooler is set
 * to, where it reaches that far.
 */
double dut_laser_degc(const struct dut *dut, double case_degc, double tec_degc);

/* What the module's sensors read without noise. */
double dut_temp_raw_degc(const struct dut *dut, double case_degc);
double dut_vcc_raw_v(const struct dut *dut, double volt);

#endif
