/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_STEPS_H
#define STATION_STEPS_STEPS_H

#include "station/engine/step.h"

/* Everything the station can do to a module, in the order of a unit's way. steps.c has the array.
 */
extern const struct step_table steps_table;

extern const struct step_def step_self_test;
extern const struct step_def step_warm_up;
extern const struct step_def step_power_up;
extern const struct step_def step_recover;
extern const struct step_def step_identify;
extern const struct step_def step_firmware_policy;
extern const struct step_def step_set_corner;
extern const struct step_def step_corner_begin;
extern const struct step_def step_corner_soak;
extern const struct step_def step_bring_up;
extern const struct step_def step_calibrate_begin;
extern const struct step_def step_lane_check;
extern const struct step_def step_connector_check;
extern const struct step_def step_sensor_read;
extern const struct step_def step_sensor_calibrate;
extern const struct step_def step_wavelength_calibrate;
extern const struct step_def step_tx_li;
extern const struct step_def step_tx_calibrate;
extern const struct step_def step_tx_fir_calibrate;
extern const struct step_def step_tx_tables;
extern const struct step_def step_tx_monitor_calibrate;
extern const struct step_def step_rx_monitor_calibrate;
extern const struct step_def step_los_calibrate;
extern const struct step_def step_store_constants;
extern const struct step_def step_tx_measure;
extern const struct step_def step_tx_measure_direct;
extern const struct step_def step_tx_spectrum;
extern const struct step_def step_tx_total_power;
extern const struct step_def step_tx_off;
extern const struct step_def step_rx_waterfall;
extern const struct step_def step_rx_stressed;
extern const struct step_def step_los_measure;
extern const struct step_def step_monitor_accuracy;
extern const struct step_def step_breakout;
extern const struct step_def step_application_ber;
extern const struct step_def step_module_ber;
extern const struct step_def step_module_vdm;
extern const struct step_def step_module_power;
extern const struct step_def step_personalise;
extern const struct step_def step_operator_question;
extern const struct step_def step_power_down;

/* What the module says of itself, as it was identified, into the record. */
void step_record_identity(struct step_context *ctx);

#endif
