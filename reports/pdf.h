/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_PDF_H
#define REPORTS_PDF_H

#include "reports/export.h"
#include "reports/pdf_page.h"

/* What stands in the report of a unit (data is a struct run_record) and of a lot (a struct
 * report_set); for pdf_make. */
void pdf_unit(struct pdf *pdf, gconstpointer data);
void pdf_lot(struct pdf *pdf, gconstpointer data);

#endif
