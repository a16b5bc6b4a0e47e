/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"

static const struct step_def *const steps[] = {
	&step_power_up,
	&step_identify,
	&step_set_corner,
	&step_bring_up,
	&step_connector_check,
	&step_sensor_calibrate,
	&step_tx_calibrate,
	&step_tx_monitor_calibrate,
	&step_rx_monitor_calibrate,
	&step_los_calibrate,
	&step_store_constants,
	&step_tx_measure,
	&step_tx_measure_direct,
	&step_tx_off,
	&step_rx_waterfall,
	&step_los_measure,
	&step_monitor_accuracy,
	&step_module_power,
	&step_power_down,
};

const struct step_table steps_table = {steps, G_N_ELEMENTS(steps)};
