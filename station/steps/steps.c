/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"

#include "station/steps/sweep.h"

static const struct step_def *const steps[] = {
	&step_self_test,
	&step_warm_up,
	&step_power_up,
	&step_recover,
	&step_identify,
	&step_firmware_policy,
	&step_set_corner,
	&step_corner_begin,
	&step_corner_soak,
	&step_bring_up,
	&step_calibrate_begin,
	&step_lane_check,
	&step_connector_check,
	&step_sensor_read,
	&step_sensor_calibrate,
	&step_wavelength_calibrate,
	&step_tx_li,
	&step_tx_calibrate,
	&step_tx_fir_calibrate,
	&step_tx_tables,
	&step_tx_monitor_calibrate,
	&step_rx_monitor_calibrate,
	&step_los_calibrate,
	&step_store_constants,
	&step_tx_measure,
	&step_tx_measure_direct,
	&step_tx_spectrum,
	&step_tx_total_power,
	&step_tx_off,
	&step_rx_waterfall,
	&step_rx_stressed,
	&step_los_measure,
	&step_monitor_accuracy,
	&step_breakout,
	&step_application_ber,
	&step_module_ber,
	&step_module_vdm,
	&step_module_power,
	&step_eye_sweep,
	&step_ber_sweep,
	&step_personalise,
	&step_operator_question,
	&step_power_down,
};

const struct step_table steps_table = {steps, G_N_ELEMENTS(steps)};
