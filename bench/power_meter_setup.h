/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_POWER_METER_SETUP_H
#define BENCH_POWER_METER_SETUP_H

#include "bench/random.h"
#include "bench/scpi.h"
#include "bench/settings.h"

struct power_logging;
struct world;

/* State and settings of the simulated N7745A (sim_power_meter.c). */

#define SLOTS 8
#define SLOT  "SENSe#[:CHANnel#]:"

enum power_meter_setting_row {
	WAVELENGTH,
	AVERAGING,
	RANGE,
	RANGE_AUTO,
	GAIN_AUTO,
	CORRECTION,
	REFERENCE_STATE,
	REFERENCE_DISPLAY,
	TRIGGER_INPUT,
	TRIGGER_OUTPUT,
	TRIGGER_CONFIGURATION,
};
extern const struct settings_model power_meter_settings_model;

struct slot {
	gboolean in_watt;
	gboolean continuous;
	gboolean triggered; /* a single measurement was started and is not fetched yet */
	gboolean has_value;
	double started_s; /* of the averaging that runs */
	double ready_s;   /* of the single measurement */
	double value_w;   /* the latest, as measured */
	double reference_dbm;
	gboolean zero_failed;
	struct power_logging *logging;
};

struct n7745a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	double zeroed_s;           /* when zeroing ends or ended */
	struct random_stream dark; /* noise of ports that have no fibre */
	struct slot slots[SLOTS];
};

double power_meter_now_s(const struct n7745a *meter);
/* The slot named in the header. */
gboolean power_meter_take_slot(struct scpi_call *call, int *slot);

/* For rows. */
void power_meter_run_unit(struct scpi_call *call);             /* SENSe#:POWer:UNIT */
void power_meter_run_unit_query(struct scpi_call *call);       /* SENSe#:POWer:UNIT? */
void power_meter_run_unit_all(struct scpi_call *call);         /* SENSe:POWer:UNIT:ALL:CSV? */
void power_meter_run_continuous(struct scpi_call *call);       /* INITiate#:CONTinuous */
void power_meter_run_continuous_query(struct scpi_call *call); /* INITiate#:CONTinuous? */
void power_meter_run_reference(struct scpi_call *call);        /* SENSe#:POWer:REFerence */
void power_meter_run_reference_query(struct scpi_call *call);  /* SENSe#:POWer:REFerence? */

#endif
