/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_DUT_H
#define BENCH_DUT_H

#include "bench/defects.h"
#include "bench/fibre.h"

/*
 * The true parameters of a unit: what a factory would never know exactly. A pure function of seed,
 * serial number and defects.
 */
struct dut_lane {
	/* laser: P = slope (I - Ith) (1 - (I - Ith) / rollover), at 25 degC, into the fibre */
	double threshold_a;
	double slope_w_per_a;
	double rollover_a;
	double threshold_t0_k; /* Ith grows with exp(dT / T0) */
	double slope_t1_k;     /* slope falls with exp(-dT / T1) */
	double rin_db_hz;      /* relative intensity noise */
	/* electro-absorption modulator: T = floor + (1 - floor) / (1 + exp((V - v0) / vs)) */
	double mod_v0;
	double mod_vs;
	double mod_floor;
	double mod_v0_per_k;
	/* driver */
	double bandwidth_hz;
	double echo; /* a reflection on the driver's line, fraction of the signal */
	double echo_delay_s;
	double jitter_s;    /* rms */
	double swing_max_v; /* what the driver can give, however much more is asked */
	double stuck_inner; /* inner levels of a compressed driver, 0..1; 0 is sound: 1/3, skewed */
	/* monitors: P = slope * raw + offset */
	double tx_mon_slope;
	double tx_mon_offset_w;
	double rx_mon_slope;
	double rx_mon_offset_w;
	double rx_mon_limit_w; /* where a broken monitor stops following; 0 is sound */
	double bias_sense;     /* sensed over true laser current */
	/* receiver */
	double sensitivity_dbm;   /* OMA at BER 2.4e-4, at a clean connector */
	struct fibre_light light; /* wavelength of the laser, chirp of the modulator */
};

struct dut {
	struct dut_lane lanes[WORLD_LANES];
	double temp_offset_k; /* true = raw + offset */
	double vcc_offset_v;
	double low_power_w;
	double high_power_w; /* without the lasers */
};

void dut_init(struct dut *dut, guint64 seed, const char *serial, const struct defect_set *defects);

/* Power drawn: everything but the lasers, and theirs. */
double dut_power_w(const struct dut *dut, gboolean high_power, const double bias_a[WORLD_LANES]);

#endif
