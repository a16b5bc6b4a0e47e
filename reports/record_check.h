/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_RECORD_CHECK_H
#define REPORTS_RECORD_CHECK_H

#include "reports/record.h"

/* That arrays which belong together have one length, and what names a step names one that there is.
 * STATION_ERROR_STORAGE. */
gboolean record_check(const struct run_record *record, GError **error);

#endif
