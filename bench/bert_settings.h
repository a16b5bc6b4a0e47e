/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_BERT_SETTINGS_H
#define BENCH_BERT_SETTINGS_H

#include "bench/bert_counting.h"
#include "bench/settings.h"

/* The settings of the simulated M8040A that need only be kept, and its locations. */

#define BERT_OUTPUTS 8

/* Numbers of locations for the settings. */
enum location { LOCATION_OUT = 1, LOCATION_IN = 11, LOCATION_CLOCK = 21, LOCATION_SYSTEM = 31 };

enum bert_setting_row {
	OUTPUT_STATE,
	OUTPUT_GLOBAL,
	OUTPUT_COUPLING,
	OUTPUT_POLARITY,
	AMPLITUDE,
	OFFSET,
	FREQUENCY,
	CODING,
	MAPPING,
	MAPPING_CUSTOM,
	DEEMPHASIS_UNIT,
	DEEMPHASIS_PRE,
	DEEMPHASIS_POST,
	DEEMPHASIS_CURSOR,
	NOISE_AMPLITUDE,
	NOISE_STATE,
	INPUT_POLARITY,
	INPUT_COUPLING,
	INPUT_THRESHOLD,
	CLOCK_SOURCE,
	CDR_BANDWIDTH,
	INSERTION_MODE,
	INSERTION_RATIO,
	INSERTION_STATE,
	BERT_SETTING_ROWS,
};
enum coding { CODING_NRZ, CODING_PAM4 };
enum mapping { MAPPING_GRAY };

extern const struct setting bert_setting_rows[];

/* Number of a location such as "M1.DataOut3" when it is of one of the classes, else -1. Classes: O
 * outputs, I inputs, C clock, S system. */
int bert_locate(const char *text, const char *classes);

#endif
