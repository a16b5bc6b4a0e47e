/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_SER_H
#define SIGNAL_TDECQ_SER_H

#include <glib.h>

/*
 * Symbol error ratio of one TDECQ window when Gaussian noise is added. Power is relative to the
 * average, in units of OMAouter. Every sample pays at each threshold for its distance from it,
 * whatever symbol was sent (the sums of 802.3 equations 121-4 to 121-8 exchanged).
 */
#define SER_BINS  2048
#define SER_RANGE 1.0

/* Samples by the level sent and their value; each is shared linearly between two bins. */
struct ser_histogram {
	float count[4][SER_BINS + 1];
};

#define SER_TABLE_PER_UNIT 512
#define SER_TABLE_END      9

/* Q and its density on a fine grid. */
struct ser_table {
	double tail[SER_TABLE_END * SER_TABLE_PER_UNIT + 2];
	double density[SER_TABLE_END * SER_TABLE_PER_UNIT + 2];
};

void ser_table_init(struct ser_table *table);

struct ser_model {
	const struct ser_table *table;
	double threshold[3];
	double gain2;    /* of the added noise: Ceq^2 */
	double extra[4]; /* variance in addition to gain2 * noise^2, by level; may be negative */
};

struct ser_slopes {
	double ser;
	double log_noise;    /* d ser / d ln noise */
	double threshold[3]; /* d ser / d threshold */
	double sigma[4];     /* d ser / d sigma of a level */
};

/* rms noise at the decision for a level. */
double ser_sigma(const struct ser_model *model, guint level, double noise);

/* Error ratio at a noise, and its slopes. */
struct ser_slopes ser_at(const struct ser_histogram *histogram, const struct ser_model *model,
                         double noise);

/*
 * The noise at which the error ratio is `target`, from a first guess. When even `least` noise gives
 * more errors, the result is `least`. slopes are those at the result.
 */
double ser_solve(const struct ser_histogram *histogram, const struct ser_model *model,
                 double target, double least, double guess, struct ser_slopes *slopes);

/* Writes factor * d ser / d value for a sample of each level and bin into table. */
void ser_value_slopes(const struct ser_model *model, double noise, double factor,
                      float table[4][SER_BINS + 1]);

/* Position of a value among the bins, 0 .. SER_BINS - 1 and a part of one. */
static inline float ser_position(float value)
{
	float at = (value + (float)SER_RANGE) * (float)(SER_BINS / (2.0 * SER_RANGE));

	/* Beyond the range no threshold is near: the end bins stand for all that is outside. */
	return at < 0.0f ? 0.0f : at > SER_BINS - 0.01f ? SER_BINS - 0.01f : at;
}

#endif
