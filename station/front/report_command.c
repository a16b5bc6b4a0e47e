/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"

#include "base/clock.h"
#include "reports/format.h"
#include "station/front/report_judge.h"
#include "station/front/report_span.h"
#include "station/front/store_choice.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct call {
	const char *what, *format, *output; /* format null: the default */
	const char *store;                  /* a sink to be read; null: the station's own */
	struct report_judge judge;          /* limits null: nothing is judged again */
	struct span_words words;            /* instead of `what` */
	struct report_span span;
};

static const char **option(struct call *call, const char *word)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{"--format", &call->format},         {"-o", &call->output},
		{"--output", &call->output},         {"--judge", &call->judge.limits},
		{"--edition", &call->judge.edition}, {"--product", &call->judge.product},
		{"--shift", &call->words.shift},     {"--since", &call->words.since},
		{"--until", &call->words.until},     {"--store", &call->store},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
		if (strcmp(word, options[i].name) == 0)
			return options[i].value;
	return NULL;
}

static gboolean parse(int argc, char **argv, struct call *call)
{
	for (int i = 1; i < argc; i++) {
		const char **value = option(call, argv[i]);

		if (value && i + 1 < argc)
			*value = argv[++i];
		else if (strcmp(argv[i], "--wide") == 0)
			call->judge.wide = TRUE;
		else if (argv[i][0] != '-' && !call->what)
			call->what = argv[i];
		else
			return FALSE;
	}
	if (span_is_asked(&call->words))
		return !call->what && !call->store && !call->judge.limits && !call->judge.edition &&
		       !call->judge.product && !call->judge.wide;
	return call->what && (call->judge.limits ||
	                      (!call->judge.edition && !call->judge.product && !call->judge.wide));
}

/* What was begun in the time that is asked for, which is reported like a lot; a lot when there is
 * one of that name, else a run or a serial number. */
static GPtrArray *load(struct store *store, const struct call *call, gboolean *is_lot,
                       GError **error)
{
	const struct report_span *span = &call->span;
	const char *what = call->what;
	struct run_record *record;
	GPtrArray *records;

	*is_lot = !what;
	if (!what)
		return store_load_span(store, span->station, span->since_us, span->until_us, error);
	if (!store_has_lot(store, what, is_lot, error))
		return NULL;
	if (*is_lot)
		return store_load_lot(store, what, error);
	record = store_load_run(store, what, error);
	if (!record)
		return NULL;
	records = g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);
	g_ptr_array_add(records, record);
	return records;
}

static gboolean put_file(const char *path, GBytes *bytes, GError **error)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	return g_file_set_contents(path, data, (gssize)size, error);
}

/* A file for each run, named as the folder of reports names them. */
static gboolean put_runs(const struct report_format *format, const struct report_set *set,
                         const char *folder, GError **error)
{
	for (guint i = 0; i < set->records->len; i++) {
		const struct run_record *record = set->records->pdata[i];
		g_autoptr(GPtrArray) one = g_ptr_array_new();
		const struct report_set run = {.records = one, .factory = set->factory};
		g_autofree char *name = g_strdup_printf("%s-%s.%s", record->serial, record->run_id,
		                                        format->extension);
		g_autofree char *path =
			g_build_filename(folder, g_strdelimit(name, "/ ", '_'), NULL);
		g_autoptr(GBytes) bytes = NULL;

		g_ptr_array_add(one, (gpointer)record);
		bytes = report_format_write(format, &run);
		if (!put_file(path, bytes, error))
			return FALSE;
	}
	return TRUE;
}

static int put(const struct report_format *format, const struct report_set *set, const char *output)
{
	g_autoptr(GBytes) bytes = NULL;
	GError *error = NULL;
	gboolean good;

	if (!output && format->is_binary && isatty(STDOUT_FILENO))
		return front_usage(&cli_report, "%s is not for a terminal: -o FILE", format->name);
	if (output && g_file_test(output, G_FILE_TEST_IS_DIR)) {
		good = put_runs(format, set, output, &error);
	} else {
		bytes = report_format_write(format, set);
		good = !output || put_file(output, bytes, &error);
		if (!output)
			fwrite(g_bytes_get_data(bytes, NULL), 1, g_bytes_get_size(bytes), stdout);
	}
	return good ? EXIT_CODE_OK : front_fail(error);
}

static int report(const struct call *call, GPtrArray *records, gboolean is_lot,
                  const struct config *config)
{
	const char *name = call->format ? call->format : "html";
	/* a folder gets a file for each run */
	gboolean as_lot =
		is_lot && !(call->output && g_file_test(call->output, G_FILE_TEST_IS_DIR));
	g_autofree char *span = span_is_asked(&call->words) ? span_name(&call->span) : NULL;
	const struct report_set set = {
		.lot = span     ? span
	               : is_lot ? call->what
	                        : NULL,
		.records = records,
		.factory = config->factory,
		.span = span ? &call->span : NULL,
		.bounds = span_bounds,
	};
	g_autoptr(GError) wrong = NULL;
	const struct report_format *format = report_format_find(name, as_lot, &wrong);

	if (format && !records->len && format->set != export_pdf && format->set) {
		fprintf(stderr, "station: no run was begun %s; html, pdf, json and csv say that\n",
		        span);
		return EXIT_CODE_ERROR;
	}
	return format ? put(format, &set, call->output)
	              : front_usage(&cli_report, "%s", wrong->message);
}

static int run_report(struct front *front, int argc, char **argv)
{
	struct call call = {0};
	int code = EXIT_CODE_OK;
	gboolean is_lot;
	g_autoptr(config) config = NULL;
	g_autoptr(store) store = NULL;
	g_autoptr(GPtrArray) records = NULL;
	g_autofree char *misread = NULL;
	GError *error = NULL;

	if (!parse(argc, argv, &call))
		return front_usage(&cli_report,
		                   "report wants one RUN, SERIAL or LOT, or a time by itself");
	config = front_config(front, &code);
	if (!config)
		return code;
	call.span.station = config->station_id;
	if (span_is_asked(&call.words) && !span_parse(&call.words, config->operator_policy,
	                                              clock_unix_us(), &call.span, &misread))
		return front_usage(&cli_report, "%s", misread);
	store = store_choice(config, call.store, &error);
	records = store ? load(store, &call, &is_lot, &error) : NULL;
	if (!records)
		return front_fail(error);
	call.judge.what = call.what;
	call.judge.format = call.format;
	call.judge.output = call.output;
	return call.judge.limits ? report_judge(&call.judge, records, config)
	                         : report(&call, records, is_lot, config);
}

const struct command cli_report = {
	.name = "report",
	.summary = "the report of a run, a serial number's latest run, a lot, or a shift",
	.usage = "report RUN|SERIAL|LOT [--format FORMAT] [-o FILE|FOLDER] [--store SINK]\n"
		 "       station report --shift now|last|today|yesterday|TIME [--format FORMAT] "
		 "[-o FILE|FOLDER]\n"
		 "       station report --since TIME [--until TIME] [--format FORMAT] "
		 "[-o FILE|FOLDER]\n"
		 "       station report --judge LIMITS.csv[,MORE.csv] [--edition E] [--product "
		 "PART] "
		 "RUN|SERIAL|LOT\n"
		 "                      [--format text|html|json|csv] [-o FILE] [--wide]",
	.details =
		"--store   the runs of a line: of the database of that sink (kind postgresql)\n"
		"--format  of a run or a lot:\n"
		"            html     one self-contained page (default)\n"
		"            pdf      a report to print\n"
		"            json     the run document, or a lot's figures\n"
		"            csv      a line for each measurement, or for each unit of a lot\n"
		"            junit    JUnit XML: a suite for each run, a case for each judged "
		"value\n"
		"            stdf     STDF V4: a part for each run, a PTR or FTR for each value\n"
		"            wsjf     WATS Standard JSON: a report for each run, a list for a lot\n"
		"            openhtf  OpenHTF's JSON: a record for each run, a list for a lot\n"
		"          of a run: constants-csv, a line for each calibration constant\n"
		"--shift   what this station began in the shift that it is now (now), in the one "
		"before\n"
		"          (last), in the one that TIME lies in, or in a local day (today, "
		"yesterday),\n"
		"          in the formats of a lot: with lots, operators, stops longer than 5 "
		"minutes,\n"
		"          and how busy the instruments were. Shifts begin as the configuration "
		"says\n"
		"--since   the same from any TIME on, to --until or now. TIME is 2026-01-31 (of "
		"--until\n"
		"          its end) or 2026-01-31T06:00, local time, or with Z or +01:00\n"
		"-o        write to FILE instead of standard output; a FOLDER that is there gets "
		"a\n"
		"          file for each run\n"
		"--judge   what the recorded values would be by other limits, without testing "
		"again:\n"
		"          yield, units, values and rows that have another verdict, and what "
		"cannot "
		"be\n"
		"          judged. Name all files of limits that the product is judged by, with "
		"commas\n"
		"          between. Nothing is stored\n"
		"--edition of these limits; without it the one that each run was judged by\n"
		"--product only runs of that part number\n"
		"--wide    all columns, whatever the terminal's width\n\n"
		"Exit code: 0; 2 usage; 3 configuration or limits; 7 the store cannot be read. "
		"With "
		"--judge\n"
		"1: a unit that passed would fail; 4: none would, but one cannot be judged.\n",
	.examples = "  station report SN0815 -o sn0815.html\n"
		    "  station report SN0815 --format pdf -o sn0815.pdf\n"
		    "  station report LOT-7 --format csv > lot7.csv\n"
		    "  station report LOT-7 --format junit -o lot7.xml\n"
		    "  station report LOT-7 --format stdf -o lot7.stdf\n"
		    "  station report LOT-7 --format wsjf -o /srv/wats/inbox\n"
		    "  station report --shift last -o shift.html\n"
		    "  station report --shift yesterday --format pdf -o yesterday.pdf\n"
		    "  station report --since 2026-11-22T06:00 --until 2026-11-22T14:00 --format "
		    "json\n"
		    "  station report --judge dr4-tighter.csv LOT-7\n"
		    "  station report --judge dr4-tighter.csv LOT-7 --format html -o judged.html\n",
	.run = run_report,
};
