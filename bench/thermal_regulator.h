/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_THERMAL_REGULATOR_H
#define BENCH_THERMAL_REGULATOR_H

#include <glib.h>

struct faults;
struct world;

/* State of the simulated ATS-545 (sim_thermal.c) and how it regulates; all with its lock held. */

#define CYCLE_POINTS 18     /* set points; the first three: hot, ambient, cold */
#define RAMP_FREE    9999.0 /* K/min: as fast as it can */

enum number {
	SETN,
	WNDW,
	SOAK,
	LLIM,
	ULIM,
	ADMD,
	TTIM,
	RAMP,
	DUTM,
	DSNS,
	DUTC,
	COOL,
	CYCL,
	CYCC,
	NEXT,
	SFIL,
	CFIL,
	RMPS,
	RMPC,
	LRNM,
	NUMBERS,
};

enum tecr { TECR_AT = 1, TECR_NOT_AT = 2, TECR_TEST_END = 4, TECR_STOPPED = 32 };

struct ats {
	struct world *world;
	guint site;
	struct faults *faults;
	char *idn;
	GMutex lock;
	double number[NUMBERS];
	double setp[CYCLE_POINTS];
	gboolean flow;
	gboolean head_down;
	gboolean remote;
	guint tesr;
	guint esr;
	guint eror;
	double dynamic_degc;   /* set point as the ramp has it now */
	double air_offset_k;   /* integral part in DUT mode */
	double inside_since_s; /* NaN while outside the window */
	double flow_since_s;
	double ticked_s;
	gboolean test_ended;
	gboolean quit;
	GCond wake;
	GThread *regulator;
};

double thermal_target_degc(const struct ats *ats);
/* Temperature that counts: of the case in DUT mode, else of the air. */
double thermal_measured_degc(const struct ats *ats);
/* Tells the world flow, head and this temperature of the air, within the limits that are set. */
void thermal_drive(struct ats *ats, double air_degc);
/* One step: ramp, air, soak, test time. */
void thermal_regulate(struct ats *ats);
/* Inside the window for the soak time. */
gboolean thermal_has_soaked(const struct ats *ats);
/* Regulates while the flow is on, until `quit`; takes the lock itself. data: struct ats. */
void *thermal_regulator_thread(void *data);

#endif
