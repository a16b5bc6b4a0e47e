/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCOPE_MEASURE_H
#define BENCH_SCOPE_MEASURE_H

#include "bench/scpi_call.h"

/* The measurements of FlexDCA's eye mode, :MEASure:EYE:..., for rows whose tag names one. */
enum scope_measure {
	SCOPE_MEASURE_TDECQ,
	SCOPE_MEASURE_OER,
	SCOPE_MEASURE_OMA,
	SCOPE_MEASURE_POWER,
	SCOPE_MEASURE_CEQ,
	SCOPE_MEASURE_EECQ,
	SCOPE_MEASURE_TRANSITION,
	SCOPE_MEASURE_LINEARITY,
	SCOPE_MEASURE_LEVEL,
	SCOPE_MEASURE_MARGIN,
};

void scope_measure_add(struct scpi_call *call);    /* puts it on the list */
void scope_measure_value(struct scpi_call *call);  /* ?, :MIN?, :MAX?, :MEAN? */
void scope_measure_spread(struct scpi_call *call); /* :SDEV? */
void scope_measure_count(struct scpi_call *call);  /* :COUNt? */
void scope_measure_source(struct scpi_call *call); /* :SOURce */
void scope_measure_source_query(struct scpi_call *call);
void scope_measure_status(struct scpi_call *call); /* :STATus? */
void scope_measure_reason(struct scpi_call *call); /* :STATus:REASon?, :DETails? */

#define SCOPE_MEASURE_ROWS(name, measure)                                                          \
	{"MEASure:EYE:" name, scope_measure_add, measure},                                         \
		{"MEASure:EYE:" name "?", scope_measure_value, measure},                           \
		{"MEASure:EYE:" name ":MINimum?", scope_measure_value, measure},                   \
		{"MEASure:EYE:" name ":MAXimum?", scope_measure_value, measure},                   \
		{"MEASure:EYE:" name ":MEAN?", scope_measure_value, measure},                      \
		{"MEASure:EYE:" name ":SDEViation?", scope_measure_spread, measure},               \
		{"MEASure:EYE:" name ":SDEV?", scope_measure_spread, measure},                     \
		{"MEASure:EYE:" name ":COUNt?", scope_measure_count, measure},                     \
		{"MEASure:EYE:" name ":SOURce#", scope_measure_source, measure},                   \
		{"MEASure:EYE:" name ":SOURce#?", scope_measure_source_query, measure},            \
		{"MEASure:EYE:" name ":STATus?", scope_measure_status, measure},                   \
		{"MEASure:EYE:" name ":STATus:REASon?", scope_measure_reason, measure},            \
	{                                                                                          \
		"MEASure:EYE:" name ":STATus:DETails?", scope_measure_reason, measure              \
	}

#endif
