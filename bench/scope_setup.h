/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCOPE_SETUP_H
#define BENCH_SCOPE_SETUP_H

#include "bench/scpi_call.h"

/* FlexDCA's commands that make it find something: pattern, rate, its own offsets. For rows. */
void scope_run_lock(struct scpi_call *call);                 /* TRIGger:PLOCk */
void scope_run_lock_query(struct scpi_call *call);           /* TRIGger:PLOCk? */
void scope_run_pattern_detect(struct scpi_call *call);       /* SYSTem:PAUTodetect */
void scope_run_rate_detect(struct scpi_call *call);          /* SLOT#:TRIGger:SRATe:AUTodetect */
void scope_run_calibration_status(struct scpi_call *call);   /* CALibrate:...:STATus? */
void scope_run_calibration_start(struct scpi_call *call);    /* CALibrate:...:STARt */
void scope_run_calibration_continue(struct scpi_call *call); /* CALibrate:CONTinue */
void scope_run_calibration_prompt(struct scpi_call *call);   /* CALibrate:SDONe? */

#endif
