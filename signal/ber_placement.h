/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BER_PLACEMENT_H
#define SIGNAL_BER_PLACEMENT_H

#include "signal/ber_waterfall.h"

/*
 * Where the next point of a waterfall tells most about the sensitivity, and when enough is known.
 *
 * What is believed of the line log10 x = a + b P is Gaussian: before any point a receiver's slope
 * of 0.1 per dB within 0.03, and a sensitivity anywhere between the powers; each point that the fit
 * can use adds to it, one that it cannot says on which side to look. A point at a power is worth
 * the expected logarithm of the ratio by which it makes the variance of the sensitivity smaller (D.
 * V. Lindley, Ann. Math. Statist. 27 (1956) 986, for a Gaussian), over what it may turn out to be,
 * a ratio too high or too low to be used among that.
 *
 * Beliefs only place points. The sensitivity, and whether it is known well enough, is what
 * ber_waterfall_fit makes of the points alone.
 */
struct ber_placement {
	struct ber_waterfall_settings fit;
	double high_dbm, low_dbm; /* points are not placed outside */
	double bits;              /* that a point is going to have */
	double apart_db;          /* no nearer to another point: 0.25 */
	double standard_error_db; /* of the sensitivity, wanted: 0.02 */
	guint least;              /* points that the fit must use: 4 */
	double burst;             /* errors that may come together, for ber_placement_counted: 10 */
};

/* Between the two powers, with the settings of ber_waterfall_settings_default. */
void ber_placement_default(struct ber_placement *placement, double high_dbm, double low_dbm);

/*
 * FALSE: the points do. They have a sensitivity that is as sure as wanted, lies among them and is
 * without doubt, or there is no place left for another. TRUE: *oma_dbm is where to go. Points need
 * not be sorted; with impossible counts FALSE.
 */
gboolean ber_placement_next(const struct ber_placement *placement, const struct ber_point *points,
                            guint n, double *oma_dbm);

/*
 * Whether longer counting at a point would tell no more: its counts scatter less than a third of
 * what the power does, or its ratio is surely one that the fit does not use.
 */
gboolean ber_placement_counted(const struct ber_placement *placement, guint64 bits, guint64 errors);

#endif
