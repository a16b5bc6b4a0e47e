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

double receiver_ber(const struct dut_lane *lane, double oma_w)
{
	if (!(oma_w > 0))
		return 0.5;
	double sensitivity_w = unit_watt_from_dbm(lane->sensitivity_dbm);
	double thermal =
		sqrt(1 / (LIMIT_Q * LIMIT_Q) - 1 / (SOURCE_Q * SOURCE_Q)) * sensitivity_w / oma_w;
	double overload = oma_w > OVERLOAD_W ? 0.2 * (oma_w / OVERLOAD_W - 1) : 0;
	double q = 1 / sqrt(thermal * thermal + 1 / (SOURCE_Q * SOURCE_Q) + overload * overload);

	return fmin(0.75 * 0.5 * erfc(q * M_SQRT1_2) + FLOOR_BER, 0.5);
}

gboolean receiver_locks(const struct dut_lane *lane, double oma_w)
{
	return unit_dbm_from_watt(oma_w) > LOCK_DBM && receiver_ber(lane, oma_w) < 0.1;
}

double receiver_monitor_raw_w(const struct dut_lane *lane, double power_w)
{
	double raw_w = (power_w - lane->rx_mon_offset_w) / lane->rx_mon_slope;

	if (lane->rx_mon_limit_w > 0)
		raw_w = lane->rx_mon_limit_w * tanh(raw_w / lane->rx_mon_limit_w);
	return raw_w;
}

double receiver_monitor_power_w(const struct dut_lane *lane, double raw_w)
{
	if (lane->rx_mon_limit_w > 0) {
		if (fabs(raw_w) >= lane->rx_mon_limit_w)
			return NAN;
		raw_w = lane->rx_mon_limit_w * atanh(raw_w / lane->rx_mon_limit_w);
	}
	return lane->rx_mon_slope * raw_w + lane->rx_mon_offset_w;
}
