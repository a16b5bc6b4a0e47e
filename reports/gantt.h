/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_GANTT_H
#define REPORTS_GANTT_H

#include "reports/lot_use.h"
#include "reports/markup.h"

enum { GANTT_SESSIONS_MAX = 12 };

/*
 * A chart for each session: a row for each site with its units one after the other, when they had
 * instruments and when they waited for some (hatched), and a row for each instrument, in the
 * colours of the units that had it. Bars nearer to each other than can be seen are one, so that a
 * chart has a bounded size. Below it a table of the runs says the same in words. Of more sessions
 * the first GANTT_SESSIONS_MAX are drawn. Nothing when no run has ended.
 */
void gantt_write(struct markup *markup, const GPtrArray *records, const struct lot_use *use);

#endif
