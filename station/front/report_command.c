/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"

#include "base/error.h"
#include "reports/report.h"

#include <stdio.h>
#include <string.h>

struct call {
	const char *what, *format, *output;
};

static gboolean parse(int argc, char **argv, struct call *call)
{
	call->format = "html";
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--format") == 0 && i + 1 < argc)
			call->format = argv[++i];
		else if ((strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0) &&
		         i + 1 < argc)
			call->output = argv[++i];
		else if (argv[i][0] != '-' && !call->what)
			call->what = argv[i];
		else
			return FALSE;
	}
	return call->what != NULL;
}

static char *write_lot(const struct call *call, GPtrArray *records)
{
	struct lot_report lot = {.lot = call->what, .records = records};

	if (strcmp(call->format, "html") == 0)
		return report_lot_html(&lot);
	if (strcmp(call->format, "json") == 0)
		return report_lot_json(&lot);
	return strcmp(call->format, "csv") == 0 ? report_lot_csv(&lot) : NULL;
}

static char *write_unit(const struct call *call, const struct run_record *record)
{
	if (strcmp(call->format, "html") == 0)
		return report_unit_html(record);
	if (strcmp(call->format, "json") == 0)
		return run_record_to_json(record);
	if (strcmp(call->format, "constants-csv") == 0)
		return report_constants_csv(record);
	return strcmp(call->format, "csv") == 0 ? report_unit_csv(record) : NULL;
}

/* A lot when there is one of that name, else a run or a serial number. */
static gboolean make_report(struct store *store, const struct call *call, char **text,
                            GError **error)
{
	gboolean is_lot;

	if (!store_has_lot(store, call->what, &is_lot, error))
		return FALSE;
	if (is_lot) {
		g_autoptr(GPtrArray) records = store_load_lot(store, call->what, error);
		*text = records ? write_lot(call, records) : NULL;
		return records != NULL;
	}
	g_autoptr(run_record) record = store_load_run(store, call->what, error);
	*text = record ? write_unit(call, record) : NULL;
	return record != NULL;
}

static int run_report(struct front *front, int argc, char **argv)
{
	struct call call = {0};
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	g_autoptr(store) store = NULL;
	g_autofree char *text = NULL;
	GError *error = NULL;

	if (!parse(argc, argv, &call))
		return front_usage(&cli_report, "report wants one RUN, SERIAL or LOT");
	config = front_config(front, &code);
	if (!config)
		return code;
	store = store_open(config->store_path, &error);
	if (!store || !make_report(store, &call, &text, &error))
		return front_fail(error);
	if (!text)
		return front_usage(&cli_report,
		                   "\"--format %s\": html, json or csv; of a unit constants-csv",
		                   call.format);
	if (call.output) {
		if (!g_file_set_contents(call.output, text, -1, &error))
			return front_fail(error);
		return EXIT_CODE_OK;
	}
	fputs(text, stdout);
	return EXIT_CODE_OK;
}

const struct command cli_report = {
	.name = "report",
	.summary = "the report of a run, a serial number's latest run, or a lot",
	.usage = "report RUN|SERIAL|LOT [--format html|json|csv|constants-csv] [-o FILE]",
	.details =
		"--format  html (default): one self-contained page; json: the run document, or "
		"for a lot its\n          figures; csv: a line per measurement, or for a lot per "
		"unit; constants-csv: of a run,\n          a line per calibration constant\n"
		"-o FILE   write there instead of standard output\n",
	.examples = "  station report SN0815 -o sn0815.html\n"
		    "  station report LOT-7 --format csv > lot7.csv\n",
	.run = run_report,
};
