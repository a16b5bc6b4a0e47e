/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_TRUTH_LIMITS_H
#define BENCH_TRUTH_LIMITS_H

#include "bench/world.h"

/*
 * What units of a type are truly good by. NaN: the type has no such row, or only one from memory
 * that nobody should be failed on.
 */
struct truth_limits {
	const char *type;
	double wavelength_min_m, wavelength_max_m; /* from the nominal one of a lane */
	double smsr_min_db;
	double rms_width_max_m;
	double avg_max_dbm;
	double total_max_dbm;
	double oma_max_dbm, oma_min_dbm;
	double lane_difference_max_db;
	/* OMA - TDECQ at least this, and this below an ER; of SR4 the larger of TDECQ and TECQ */
	double oma_tdecq_min_dbm, oma_tdecq_low_er_dbm, split_er_db;
	double tdecq_max_db;
	double er_min_db;
	double transition_max_s;
	double sensitivity_max_dbm;
	/* of the module's power, average or OMA, by which its LOS goes */
	double los_assert_min_dbm, los_deassert_max_dbm;
};

const struct truth_limits *truth_limits_of(const struct world_model *model);

/* Appends to why what the corner breaks, but nothing that `said` has a bit for; sets the bits.
 * said: one word for each lane, the last for the unit. */
void truth_judge_corner(const struct world_model *model, const struct world_truth_corner *corner,
                        guint32 said[WORLD_LANES + 1], GPtrArray *why);

#endif
