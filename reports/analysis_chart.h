/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_ANALYSIS_CHART_H
#define REPORTS_ANALYSIS_CHART_H

#include "reports/analysis.h"
#include "reports/markup.h"

/* A chart of an analysis as inline SVG; nothing for one without points. */
void analysis_chart_svg(struct markup *markup, const struct analysis_chart *chart);

#endif
