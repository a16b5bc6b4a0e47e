/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVERS_DRIVERS_H
#define INSTRUMENTS_DRIVERS_DRIVERS_H

#include "instruments/driver.h"

/* One driver a file; the sources of its facts are named there. */
extern const struct instrument_driver generic_attenuator_driver;
extern const struct instrument_driver generic_power_meter_driver;
extern const struct instrument_driver generic_supply_driver;
extern const struct instrument_driver intest_thermal_driver;
extern const struct instrument_driver keysight_attenuator_driver;
extern const struct instrument_driver keysight_bert_driver;
extern const struct instrument_driver keysight_power_meter_driver;
extern const struct instrument_driver keysight_scope_driver;
extern const struct instrument_driver keysight_supply_driver;
extern const struct instrument_driver keysight_switch_driver;
extern const struct instrument_driver oz_attenuator_driver;
extern const struct instrument_driver rigol_supply_driver;
extern const struct instrument_driver santec_switch_driver;
extern const struct instrument_driver thorlabs_power_meter_driver;
extern const struct instrument_driver yokogawa_osa_driver;
extern const struct instrument_driver anritsu_bert_driver;
extern const struct instrument_driver anritsu_scope_driver;
extern const struct instrument_driver bristol_wavemeter_driver;
extern const struct instrument_driver meerstetter_thermal_driver;

#endif
