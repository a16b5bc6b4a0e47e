/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_TDECQ_TRIAL_H
#define TESTS_REFERENCE_TDECQ_TRIAL_H

#include "signal/pam4.h"
#include "signal/tdecq.h"
#include "tests/reference/tdecq_reference.h"
#include "tests/reference/wave_generator.h"
#include "tests/reference/wave_measures.h"

#include <glib.h>

/*
 * One waveform, measured by signal/ and by the judge. PRBS9Q has no runs for OMAouter: it is told
 * the one at launch, and `measured` is left out.
 */
struct tdecq_trial {
	struct wave_spec spec;
	struct tdecq_settings settings;
	guint random_points; /* of the judge's verification */
	struct wave_measures own;
	struct reference_result judge;
	struct pam4_result measured;    /* everything found in the samples */
	struct tdecq_result told;       /* start, average and OMA told by the definitions */
	struct reference_result theirs; /* the judge's value at the point of `told` */
	double statistics_db;           /* standard uncertainty of TDECQ from the noise, OMA told */
	double oma_db;                  /* and of OMAouter, in dB of TDECQ */
	char refusal[160];              /* of signal/, empty if none */
};

/*
 * Draws a waveform with a TDECQ below a drawn cap between 0.5 and 4.3 dB. noisy: adds noise of
 * signal and scope, averaged over 64 passes, that costs up to 0.5 dB more.
 */
void tdecq_trial_draw(struct tdecq_trial *trial, enum wave_pattern pattern, guint taps,
                      gboolean noisy, guint64 seed);

/* Fills in the rest. */
void tdecq_trial_run(struct tdecq_trial *trial);

/*
 * The differences, measured less judge, in dB. The second is 0 where a doubtful
 * start decides it.
 */
double tdecq_trial_told(const struct tdecq_trial *trial);
double tdecq_trial_whole(const struct tdecq_trial *trial);

/*
 * Compares everything. Null, or the text of the first disagreement (caller frees). Tolerances:
 * TDECQ 0.005 dB, with noise plus four times its standard uncertainty; see the table in the code.
 */
char *tdecq_trial_fault(const struct tdecq_trial *trial);

/* A line for a table. */
char *tdecq_trial_line(const struct tdecq_trial *trial);

/* For reference_input. */
void tdecq_trial_exact_at(gconstpointer wave, double t, double *power, double *slope);

/* What the judge needs of a waveform. */
void tdecq_trial_input(const struct wave_spec *spec, const struct exact_wave *exact,
                       const struct wave_measures *own, struct reference_input *input);

#endif
