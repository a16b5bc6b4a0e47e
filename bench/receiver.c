/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/receiver.h"

#include "base/unit.h"

#include <math.h>

/* Half the eye over its noise at 2.4e-4: 0.75 Q(3.41407) for Gray-coded PAM4. */
#define LIMIT_Q 3.41407
/* What the reference transmitter's noise alone would allow. */
#define SOURCE_Q   20.0
#define OVERLOAD_W 3.16e-3
#define FLOOR_BER  1e-13
#define LOCK_DBM   -13.0

double receiver_sensitivity_dbm(const struct dut_lane *lane, double case_degc)
{
	return lane->sensitivity_dbm +
	       lane->sensitivity_db_per_k * (case_degc - DUT_REFERENCE_DEGC);
}

double receiver_ber(const struct dut_lane *lane, double case_degc, double oma_w)
{
	if (!(oma_w > 0))
		return 0.5;
	double sensitivity_w = unit_watt_from_dbm(receiver_sensitivity_dbm(lane, case_degc));
	double thermal =
		sqrt(1 / (LIMIT_Q * LIMIT_Q) - 1 / (SOURCE_Q * SOURCE_Q)) * sensitivity_w / oma_w;
	double overload = oma_w > OVERLOAD_W ? 0.2 * (oma_w / OVERLOAD_W - 1) : 0;
	double q = 1 / sqrt(thermal * thermal + 1 / (SOURCE_Q * SOURCE_Q) + overload * overload);

	return fmin(0.75 * 0.5 * erfc(q * M_SQRT1_2) + FLOOR_BER, 0.5);
}

gboolean receiver_locks(const struct dut_lane *lane, double case_degc, double oma_w)
{
	return unit_dbm_from_watt(oma_w) > LOCK_DBM && receiver_ber(lane, case_degc, oma_w) < 0.1;
}

/* What the monitor's own curve gives for a raw reading at 25 degC, and its inverse. */
static double curve(const struct dut_lane *lane, double raw_w)
{
	double power_w = lane->rx_mon_slope * raw_w + lane->rx_mon_offset_w;

	switch (lane->rssi) {
	case MODEL_RSSI_QUADRATIC:
		return power_w + lane->rx_mon_quad_per_w * raw_w * raw_w;
	case MODEL_RSSI_TWO_SLOPES:
		return power_w + fmax(raw_w - lane->rx_mon_break_raw_w, 0) *
		                         (lane->rx_mon_slope_high - lane->rx_mon_slope);
	case MODEL_RSSI_LINEAR:
		break;
	}
	return power_w;
}

static double curve_raw_w(const struct dut_lane *lane, double power_w)
{
	double above_w = power_w - lane->rx_mon_offset_w, slope = lane->rx_mon_slope;

	if (lane->rssi == MODEL_RSSI_QUADRATIC) /* stable for the smallest curvature */
		return 2 * above_w /
		       (slope +
		        sqrt(fmax(slope * slope + 4 * lane->rx_mon_quad_per_w * above_w, 0)));
	double raw_w = above_w / slope;
	if (lane->rssi == MODEL_RSSI_TWO_SLOPES && raw_w > lane->rx_mon_break_raw_w)
		return lane->rx_mon_break_raw_w +
		       (above_w - slope * lane->rx_mon_break_raw_w) / lane->rx_mon_slope_high;
	return raw_w;
}

static double drift(const struct dut_lane *lane, double case_degc)
{
	return 1 + lane->rx_mon_per_k * (case_degc - DUT_REFERENCE_DEGC);
}

double receiver_monitor_raw_w(const struct dut_lane *lane, double case_degc, double power_w)
{
	double raw_w = curve_raw_w(lane, power_w);

	if (lane->rx_mon_limit_w > 0)
		raw_w = lane->rx_mon_limit_w * tanh(raw_w / lane->rx_mon_limit_w);
	return raw_w * drift(lane, case_degc);
}

double receiver_monitor_power_w(const struct dut_lane *lane, double case_degc, double raw_w)
{
	raw_w /= drift(lane, case_degc);
	if (lane->rx_mon_limit_w > 0) {
		if (fabs(raw_w) >= lane->rx_mon_limit_w)
			return NAN;
		raw_w = lane->rx_mon_limit_w * atanh(raw_w / lane->rx_mon_limit_w);
	}
	return curve(lane, raw_w);
}
