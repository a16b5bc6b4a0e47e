/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_HEAT_H
#define BENCH_HEAT_H

#include <glib.h>

#define HEAT_AMBIENT_DEGC 25.0

/*
 * One site's case temperature: first order towards the air of a thermal head (which regulates on
 * the case), or towards ambient and the unit's own heat when no air is blown on it.
 */
struct heat {
	double at_s;
	double case_degc;
	double air_degc;
	/* what holds from at_s on */
	gboolean flow;
	gboolean head_down;
	double setpoint_degc;
	double load_w;
};

void heat_init(struct heat *heat, double now_s);
/* Brings both temperatures to now_s; call it before any of the members is changed. */
void heat_advance(struct heat *heat, double now_s);

#endif
