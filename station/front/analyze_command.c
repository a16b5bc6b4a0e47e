/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/analyze_call.h"
#include "station/front/front.h"
#include "station/front/store_choice.h"

#include "station/engine/operator_policy.h"

#include <stdio.h>

/* --- kinds ------------------------------------------------------------------------------------ */

enum { GOLDEN_BASELINE = 20 };

const struct analyze_kind analyze_kinds[] = {
	{"overview", "", "yield, causes, worst capabilities and their trends (the default)", 0,
         ANALYZE_BY_LOT, FALSE, 0, analyze_overview},
	{"yield", "", "first-pass, second and final yield", 0, ANALYZE_BY_ALL, FALSE, 0,
         analyze_yield},
	{"pareto", "", "what fails first: steps and measurements", 0, ANALYZE_BY_ALL, FALSE, 0,
         analyze_pareto},
	{"capability", "", "Cp, Cpk, Pp and Ppk of each measurement, the worst first", 0,
         ANALYZE_BY_ALL, FALSE, 0, analyze_capability},
	{"trend", "", "control charts over time, and which rules they break", 0, ANALYZE_BY_ALL,
         FALSE, 0, analyze_trend},
	{"bias", "", "whether sites (or --by) measure alike", 0, ANALYZE_BY_SITE, FALSE, 0,
         analyze_bias},
	{"correlate", "A B", "two measurements against each other", 2, ANALYZE_BY_ALL, FALSE, 0,
         analyze_correlate},
	{"rr", "", "gauge R&R of units measured again at each site (or --by)", 0, ANALYZE_BY_SITE,
         TRUE, 0, analyze_gauge},
	{"golden", "SERIAL", "control charts of a unit that is measured again and again", 1,
         ANALYZE_BY_ALL, TRUE, GOLDEN_BASELINE, analyze_trend},
};
const guint n_analyze_kinds = G_N_ELEMENTS(analyze_kinds);

/* --- what comes of it ------------------------------------------------------------------------- */

static int show(const struct analyze_call *call, const struct analysis *analysis)
{
	GError *error = NULL;

	if (call->html) {
		g_autofree char *page = analysis_page(analysis);

		if (!g_file_set_contents(call->html, page, -1, &error))
			return front_fail(error);
	}
	g_autofree char *text = call->json
	                                ? analysis_json(analysis)
	                                : analyze_text(analysis, call->wide ? 0 : analyze_width(),
	                                               g_get_charset(NULL));
	fputs(text, stdout);
	return EXIT_CODE_OK;
}

static gint64 shift_start(gint64 time_us, gpointer policy)
{
	return operator_policy_shift_start(policy, time_us);
}

/* What is correlated is what was named, whatever --measurement says; a golden unit is its own
 * selection. */
static void apply_operands(struct analyze_call *call)
{
	if (call->kind->run == analyze_correlate) {
		call->selection.measurement = NULL;
		call->settings.x = call->operands[0];
		call->settings.y = call->operands[1];
	}
	if (call->kind->run == analyze_trend && call->operands[0])
		call->selection.serial = call->operands[0];
}

enum { WORTH_A_WORD = 200 };

/* A store from before there were packed runs keeps people waiting once. */
static gboolean tell_unpacked(struct store *store, GError **error)
{
	guint n;

	if (!store_unpacked(store, &n, error))
		return FALSE;
	if (n >= WORTH_A_WORD)
		fprintf(stderr, "station: %u older runs are read for the first time\n", n);
	return TRUE;
}

static int run_analyze(struct front *front, int argc, char **argv)
{
	struct analyze_call call;
	int code = EXIT_CODE_OK;
	g_autofree char *wrong = NULL;
	g_autoptr(config) config = NULL;
	g_autoptr(store) store = NULL;
	g_autoptr(population) population = NULL;
	g_autoptr(analysis) analysis = NULL;
	GError *error = NULL;

	if (!analyze_call_parse(&call, argc, argv, &wrong))
		return front_usage(&cli_analyze, "analyze: %s", wrong);
	config = front_config(front, &code);
	if (!config)
		return code;
	apply_operands(&call);
	call.settings.shift_start = shift_start;
	call.settings.data = config->operator_policy;
	store = store_choice(config, call.store, &error);
	if (store && tell_unpacked(store, &error))
		population = population_new(store, &call.selection, &error);
	analysis = population ? call.kind->run(population, &call.settings, &error) : NULL;
	if (!analysis)
		return front_fail(error);
	return show(&call, analysis);
}

/* clang-format off */
const struct command cli_analyze = {
	.name = "analyze",
	.summary = "what the records of many units say: yield, capability, trends, bias, gauge R&R",
	.usage = "analyze [ANALYSIS] [OPTIONS]",
	.details =
		"overview       yield, causes, worst capabilities and their trends (the default)\n"
		"yield          first-pass, second and final yield, with bounds\n"
		"pareto         what fails first: steps and measurements\n"
		"capability     Cp, Cpk, Pp and Ppk with bounds of each measurement, the worst first\n"
		"trend          control charts over time, and which rules they break where\n"
		"bias           whether sites (or --by) measure alike: distances of means, ANOVA\n"
		"correlate A B  two measurements against each other\n"
		"rr             gauge R&R of units measured again at each site (or --by)\n"
		"golden SERIAL  control charts of a unit that is measured again and again\n"
		"\n"
		"Which runs and measurements:\n"
		"--lot LOT, --product PART-NUMBER, --station STATION, --site N, --stage STAGE,\n"
		"--serial SERIAL\n"
		"--since TIME, --until TIME   runs that began then; 2026-01-31 (--until: to its end),\n"
		"               2026-01-31T14:30, local time, or with Z or +01:00\n"
		"--measurement PATTERN, --corner PATTERN   * and ? stand for others\n"
		"--lane N       0: what belongs to the whole unit\n"
		"--store SINK   the runs of a line: of the database of that sink (kind postgresql)\n"
		"--tries all    every run that judged its unit; without it, and for overview to\n"
		"               correlate, each unit's first. ERROR and ABORTED are no tries\n"
		"\n"
		"How:\n"
		"--by GROUP     all, lot, product, station, site, operator, stage, shift, day\n"
		"--top N        only the first rows\n"
		"--rules SET    nelson (default), western-electric or ewma; EWMA goes with all\n"
		"--baseline N   centre and sigma of control charts from the first N values (golden: 20)\n"
		"--confidence P of bounds, in percent (95)\n"
		"\n"
		"What is told:\n"
		"--json         a JSON document, schema station-analysis-1, SI units\n"
		"--html FILE    also a page with tables and charts, in one file\n"
		"--wide         all columns, whatever the terminal's width\n"
		"\n"
		"Exit code: 0; 2 usage; 3 configuration; 4 a name that no run has, nothing selected, too\n"
		"little for the analysis; 7 the store cannot be read.\n",
	.examples =
		"  station analyze --lot LOT-7 --html lot7.html      # a dashboard\n"
		"  station analyze yield --by shift --since 2026-01-01\n"
		"  station analyze capability --measurement 'tx_*' --lane 1\n"
		"  station analyze correlate tx_oma tx_tdecq --lot LOT-7\n"
		"  station analyze golden GOLD01 --measurement tx_oma --rules western-electric\n",
	.run = run_analyze,
};
/* clang-format on */
