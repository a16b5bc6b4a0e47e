/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/source.h"

#include "base/unit.h"
#include "bench/eyetruth.h"

#include <math.h>

/* So that its SECQ is SOURCE_SECQ_DB; the test of this file holds it to that. */
#define BANDWIDTH_HZ       34.3e9
#define RIN_DB_HZ          (-150.0)
#define SAMPLES_PER_SYMBOL 16
/* Half the eye over its noise at the target of SECQ, symbol error ratio 4.8e-4. */
#define TARGET_Q 3.41407

double source_average_w(double oma_w)
{
	double er = unit_ratio_from_db(SOURCE_ER_DB);

	return oma_w * (er + 1) / (2 * (er - 1));
}

void source_lane(double oma_w, double isi, struct dut_lane *lane, struct world_tx_knobs *knobs)
{
	/* directly modulated, without a threshold: a watt for each ampere */
	*lane = (struct dut_lane){
		.kind = MODEL_VCSEL,
		.slope_w_per_a = 1,
		.rollover_a = 1e9,
		.threshold_t0_k = 1e9,
		.slope_t1_k = 1e9,
		.rin_db_hz = RIN_DB_HZ,
		.bandwidth_hz = BANDWIDTH_HZ,
		.mod_max_a = INFINITY,
	};
	*knobs = (struct world_tx_knobs){
		.laser_bias_a = source_average_w(oma_w),
		.mod_current_a = oma_w,
		.fir_post = isi,
	};
}

double source_quiet_secq_db(double isi, const guint8 *symbols, gsize n_symbols, guint n_taps)
{
	struct dut_lane lane;
	struct lightwave_request request = {
		.lane = &lane,
		.laser_degc = DUT_REFERENCE_DEGC,
		.symbols = symbols,
		.n_symbols = n_symbols,
		.samples_per_symbol = SAMPLES_PER_SYMBOL,
		.bandwidth_hz = LIGHTWAVE_BANDWIDTH_HZ,
	};
	g_autofree float *light = g_new(float, n_symbols *SAMPLES_PER_SYMBOL);
	struct eye_result eye;

	source_lane(1e-3, isi, &lane, &request.knobs);
	lightwave_make(&request, light);
	struct eye_input input = {
		.power_w = light,
		.n_symbols = n_symbols,
		.samples_per_symbol = SAMPLES_PER_SYMBOL,
		.symbols = symbols,
		.symbol_rate_bd = LIGHTWAVE_SYMBOL_RATE_BD,
		.rin_variance = lightwave_rin_variance(&lane, LIGHTWAVE_BANDWIDTH_HZ),
		.n_taps = n_taps,
	};
	return eye_measure(&input, &eye) ? eye.tdecq_db : INFINITY;
}

double source_noisy_secq_db(double quiet_db, double noise)
{
	/* squares of the noise that may be added, over what an ideal eye bears: OMA / (6 Q) */
	double own = 6 * TARGET_Q * noise;
	double left = pow(10, -quiet_db / 5) - own * own;

	return left > 0 ? -5 * log10(left) : INFINITY;
}
