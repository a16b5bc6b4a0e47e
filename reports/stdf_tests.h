/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_STDF_TESTS_H
#define REPORTS_STDF_TESTS_H

#include "reports/record.h"
#include "reports/stdf_record.h"

enum { STDF_HEAD = 1, STDF_ALL_HEADS = 255 };

/*
 * The tests of an STDF file. Every value has its own PTR with limits and units (readers that know
 * PTR and FTR only are common), yes and no have an FTR. Test numbers come from the test's identity,
 * step and name, so that they are the same in every file and need no table.
 */
struct stdf_tests;

struct stdf_tests *stdf_tests_new(void);
void stdf_tests_free(struct stdf_tests *tests);

/* Writes a record for each test of a run, and counts it. How many. */
guint stdf_tests_write(struct stdf_tests *tests, struct stdf *stdf,
                       const struct run_record *record);

/* Writes a TSR for each test that the file has. */
void stdf_tests_summarise(const struct stdf_tests *tests, struct stdf *stdf);

#endif
