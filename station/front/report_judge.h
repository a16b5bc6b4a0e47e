/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_REPORT_JUDGE_H
#define STATION_FRONT_REPORT_JUDGE_H

#include "station/engine/config.h"

/* A call of "station report --judge". Texts are borrowed; null: not given. */
struct report_judge {
	const char *what;   /* lot, run or serial number */
	const char *limits; /* files, with commas between */
	const char *edition, *product;
	const char *format, *output;
	gboolean wide; /* all columns, whatever the terminal's width */
};

/* Judges the records (struct run_record) again and says what differs. The exit code. */
int report_judge(const struct report_judge *call, const GPtrArray *records,
                 const struct config *config);

#endif
