/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_RECEIVER_H
#define BENCH_RECEIVER_H

#include "bench/dut.h"

/* Pre-FEC limit at which sensitivity is told. */
#define RECEIVER_LIMIT_BER 2.4e-4

/* OMA at that error ratio, at a case temperature. */
double receiver_sensitivity_dbm(const struct dut_lane *lane, double case_degc);

/*
 * Bit error ratio of a lane before FEC for that OMA at its receiver, from the bench's reference
 * transmitter (SECQ 0.9 dB): thermal noise so that 2.4e-4 falls on the lane's sensitivity, the
 * source's own noise as a floor, compression above +5 dBm. 0.5 without light.
 */
double receiver_ber(const struct dut_lane *lane, double case_degc, double oma_w);

/* True when there is enough modulated light for the clock recovery. */
gboolean receiver_locks(const struct dut_lane *lane, double case_degc, double oma_w);

/*
 * What the RX power monitor reads, without noise, at a power: OMA where the model's monitor is in
 * OMA, else average.
 */
double receiver_monitor_raw_w(const struct dut_lane *lane, double case_degc, double power_w);
/* The power at which it reads raw_w; NaN when it never does. */
double receiver_monitor_power_w(const struct dut_lane *lane, double case_degc, double raw_w);

#endif
