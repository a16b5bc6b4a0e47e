/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_RX_STRESS_H
#define STATION_STEPS_RX_STRESS_H

#include "instruments/bert.h"

/*
 * Finds the stress of a generator that brings its light to a SECQ. Interference between symbols
 * makes the first half of what is missing, noise the rest: the standards want at least half of it
 * from a low-pass [M].
 */
struct rx_stress_problem {
	double target_db, tolerance_db;
	struct bert_stress most;  /* that the generator may be told */
	struct bert_stress guess; /* begun with; zero: none */
	guint measurements;       /* at most */
	/* SECQ with that stress; infinite for a closed eye. FALSE when it could not be measured. */
	gboolean (*measure)(const struct bert_stress *stress, double *secq_db, gpointer data,
	                    GError **error);
	gpointer data;
};

struct rx_stress_result {
	gboolean converged;
	guint measurements;
	struct bert_stress stress; /* the last that was set */
	double secq_db;            /* measured with it */
	char why[160];             /* when not converged */
};

/* FALSE only when a measurement failed; not to converge is a result. */
gboolean rx_stress_find(const struct rx_stress_problem *problem, struct rx_stress_result *result,
                        GError **error);

#endif
