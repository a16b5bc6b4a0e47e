/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/pdf.h"

#include "reports/lot.h"

static GBytes *make_unit(const struct run_record *record)
{
	g_autofree char *title = g_strdup_printf("%s %s: %s", record->part_number, record->serial,
	                                         record->touched ? "touched by hand"
	                                                         : verdict_name(record->verdict));
	g_autofree char *subject =
		g_strdup_printf("Test report of %s, stage %s", record->serial, record->stage);
	g_autofree char *foot =
		g_strdup_printf("Run %s, station %s", record->run_id, record->station_id);
	const struct pdf_head head = {title, subject, foot,
	                              record->end_us > 0 ? record->end_us : record->start_us};
	return pdf_make(&head, pdf_unit, record);
}

static GBytes *make_lot(const struct report_set *set)
{
	gint64 end_us = 0;
	for (guint i = 0; i < set->records->len; i++) {
		const struct run_record *record = set->records->pdata[i];
		end_us = MAX(end_us, MAX(record->end_us, record->start_us));
	}
	g_autofree char *title = lot_title(set->lot, set->span);
	g_autofree char *subject = g_strdup_printf("Report: %s", title);
	g_autofree char *foot = g_strdup_printf("%u runs", set->records->len);
	const struct pdf_head head = {title, subject, foot, end_us};
	return pdf_make(&head, pdf_lot, set);
}

GBytes *export_pdf(const struct report_set *set)
{
	return set->lot ? make_lot(set) : make_unit(set->records->pdata[0]);
}
