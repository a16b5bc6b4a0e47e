/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen.h"

#include "tests/unit/operator_desk_bed.h"
#include "tests/unit/operator_golden.h"
#include "tests/unit/words_bed.h"

/* Longer than any column. */
#define LONG_SERIAL "A-SERIAL-NUMBER-THAT-IS-LONGER-THAN-ANY-HERE-47"
#define LONG_REASON                                                                                \
	"lane 3 at 70 degC: tx_tdecq 4.31 dB > 3.40 dB, and the same at every other corner that "  \
	"was measured before the run was ended by the rule that a unit that fails at two corners " \
	"is not taken to the third"

static void add_run(struct desk *desk, const char *serial, enum verdict verdict, const char *step,
                    const char *reason)
{
	struct store_run *row = g_new0(struct store_run, 1);

	row->run_id = g_strdup_printf("run-%u", desk->units->len);
	row->serial = g_strdup(serial);
	row->part_number = g_strdup(DESK_BED_PART);
	row->lot = g_strdup("L2611-042");
	row->first_failing_step = g_strdup(step);
	row->reason = g_strdup(reason);
	row->site = 1 + (int)desk->units->len % 4;
	row->verdict = verdict;
	row->start_us = desk->now_utc_us - 400 * (gint64)G_USEC_PER_SEC * (desk->units->len + 1);
	row->seconds = 371;
	g_ptr_array_add(desk->units, row);
}

/* Verdicts of all kinds, then `more` that passed. */
static void add_runs(struct desk *desk, int more)
{
	add_run(desk, "DR400131", VERDICT_PASS, NULL, NULL);
	add_run(desk, "DR400130", VERDICT_FAIL, "tx-measure",
	        "lane 3 at 70 degC: tx_tdecq 4.31 dB > 3.40 dB, +2 more");
	add_run(desk, "DR400129", VERDICT_ERROR, "bring-up", "opm1: read: no answer within 5 s");
	add_run(desk, "DR400128", VERDICT_ABORTED, "tx-calibrate", "aborted by Op 471");
	add_run(desk, LONG_SERIAL, VERDICT_FAIL, "tx-measure", LONG_REASON);
	add_run(desk, "DR400126", VERDICT_NONE, NULL, NULL);
	((struct store_run *)g_ptr_array_index(desk->units, 0))->marginal = TRUE;
	for (int i = 0; i < more; i++) {
		g_autofree char *serial = g_strdup_printf("DR4%05d", 125 - i % 100);
		add_run(desk, serial, VERDICT_PASS, NULL, NULL);
	}
}

static void test_units(void)
{
	struct desk_bed *bed = desk_bed_new(4);

	bed->desk->page = PAGE_UNITS;
	expect_small_screen(bed->desk, "units-none");
	add_runs(bed->desk, 0);
	bed->desk->choice = 1;
	expect_screens(bed->desk, "units-few");
	add_runs(bed->desk, 188);
	bed->desk->choice = 10;
	expect_small_screen(bed->desk, "units-many");
	bed->desk->choice = 199;
	expect_small_screen(bed->desk, "units-end");
	g_clear_pointer(&bed->desk->units, g_ptr_array_unref);
	expect_small_screen(bed->desk, "units-unknown");
	bed->desk->units = g_ptr_array_new();
	desk_bed_free(bed);
}

/* --- why ----------------------------------------------------------------------------------------
 */

static void judge(struct record_measurement *measurement, double low, double high,
                  enum verdict verdict)
{
	struct judgement *judgement = g_new0(struct judgement, 1);
	double below = measurement->value - low, above = high - measurement->value;

	judgement->limit_id = g_strdup(measurement->id);
	judgement->low = judgement->low_guarded = low;
	judgement->high = judgement->high_guarded = high;
	judgement->value = measurement->value;
	judgement->margin = fmin(below, above);
	judgement->verdict = verdict;
	judgement->source = g_strdup("802.3");
	judgement->false_accept = judgement->uncertainty = NAN;
	g_ptr_array_add(measurement->judgements, judgement);
	measurement->verdict = verdict;
}

static struct record_measurement *measure(struct run_record *record, const char *id, guint step,
                                          int lane, double value, const char *unit)
{
	struct record_measurement *measurement =
		run_record_add_measurement(record, id, step, lane, value, unit);

	record_text(&measurement->corner, lane == 3 ? "70C 3.465V" : "25C 3.300V");
	return measurement;
}

static void add_step(struct run_record *record, const char *name, int lane, const char *corner,
                     enum verdict verdict, const char *reason)
{
	struct record_step *step = run_record_add_step(record);

	record_text(&step->name, name);
	record_text(&step->group, "main");
	record_text(&step->corner, corner);
	record_text(&step->reason, reason);
	step->lane = lane;
	step->attempt = verdict == VERDICT_FAIL ? 2 : 1;
	step->verdict = verdict;
}

static struct run_record *record_of(const struct desk *desk, enum verdict verdict,
                                    const char *reason)
{
	struct run_record *record = run_record_new();

	record_text(&record->serial, DESK_BED_SERIAL);
	record_text(&record->part_number, DESK_BED_PART);
	record_text(&record->lot, "L2611-042");
	record_text(&record->plan_name, "400G calibration and final test");
	record_text(&record->plan_revision, "3");
	record_text(&record->reason, reason);
	record->site = 2;
	record->start_us = desk->now_utc_us - 3600 * (gint64)G_USEC_PER_SEC;
	record->verdict = verdict;
	add_step(record, "tx-measure", 3, "70C 3.465V", verdict,
	         reason ? "tx_tdecq 4.31 dB > 3.40 dB, and 1 more" : NULL);
	return record;
}

static struct run_record *failed_record(const struct desk *desk)
{
	struct run_record *record =
		record_of(desk, VERDICT_FAIL, "lane 3: tx_tdecq 4.31 dB > 3.40 dB");
	struct record_measurement *tdecq, *oma, *finding, *none;

	add_step(record, "rx-waterfall", 0, "70C 3.465V", VERDICT_ERROR,
	         "bert1: read counts: no answer within 5 s; asked three times, then the site was "
	         "made safe and the step was given up");
	add_step(record, "personalise", 0, "", VERDICT_SKIPPED, "the unit is not good");
	/* the limit of one needs the value of the other */
	oma = measure(record, "tx_oma_minus_tdecq", 0, 3, -1.2, "dBm");
	judge(oma, NAN, NAN, VERDICT_FAIL);
	record_text(&oma->reason, "no value of tx_tdecq to compute the limit from");
	tdecq = measure(record, "tx_tdecq", 0, 3, 4.31, "dB");
	tdecq->uncertainty = 0.21;
	judge(tdecq, NAN, 3.4, VERDICT_FAIL);
	record_text(&tdecq->reason, "4.31 dB > 3.40 dB");
	judge(measure(record, "tx_avg", 0, 3, 5.02, "dBm"), -2.9, 4, VERDICT_FAIL);
	judge(measure(record, "cal_tx_monitor_residual", 0, 0, 3.1, "dB"), NAN, 2, VERDICT_FAIL);
	finding = measure(record, "module_ber_agrees", 0, 1, 0, "1");
	finding->verdict = VERDICT_FAIL;
	record_text(&finding->reason, "the module counts 3 times less");
	none = measure(record, "rx_sensitivity", 1, 2, NAN, "dBm");
	none->verdict = VERDICT_ERROR;
	record_text(&none->reason, LONG_REASON);
	judge(measure(record, "tx_er", 0, 1, 3.52, "dB"), 3.5, NAN, VERDICT_PASS);
	((struct record_measurement *)g_ptr_array_index(record->measurements, 6))->marginal = TRUE;
	judge(measure(record, "tx_er", 0, 2, 4.9, "dB"), 3.5, NAN, VERDICT_PASS);
	run_record_add_note(record, "operator Op 471: connector cleaned");
	run_record_add_note(record, "lane 1: no light before the module was bright");
	run_record_add_note(record, "lane 2: no light before the module was bright");
	return record;
}

static void test_why(void)
{
	struct desk_bed *bed = desk_bed_new(2);
	struct desk *desk = bed->desk;

	desk->page = PAGE_WHY;
	expect_small_screen(desk, "why-unknown");
	desk->why = failed_record(desk);
	expect_screens(desk, "why-fail");
	desk->scroll = G_MAXUINT;
	expect_small_screen(desk, "why-fail-end");
	run_record_free(desk->why);
	desk->scroll = 0;
	desk->why = record_of(desk, VERDICT_PASS, NULL);
	expect_small_screen(desk, "why-pass");
	desk_bed_free(bed);
}

/* --- lots, instruments, help --------------------------------------------------------------------
 */

static void add_cause(struct desk *desk, const char *what, guint count)
{
	struct desk_cause cause = {.count = count};

	g_strlcpy(cause.what, what, sizeof cause.what);
	g_array_append_val(desk->causes, cause);
}

static void test_lot(void)
{
	struct desk_bed *bed = desk_bed_new(1);
	struct desk *desk = bed->desk;

	desk->page = PAGE_LOT;
	desk->lot_counts = (struct store_counts){24, 29, 17, 4, 2, 1, 22, 16};
	add_cause(desk, "tx-measure: tx_tdecq", 3);
	add_cause(desk,
	          "rx-waterfall: rx_sensitivity, which this text says at a length that has "
	          "no room",
	          1);
	expect_screens(desk, "lot");
	for (int i = 0; i < 60; i++)
		add_cause(desk, "tx-measure: tx_er", 1);
	desk->scroll = 1000;
	expect_small_screen(desk, "lot-end");
	desk->scroll = 0;
	g_array_set_size(desk->causes, 0);
	desk->lot_counts = (struct store_counts){0};
	expect_small_screen(desk, "lot-new");
	g_clear_pointer(&desk->lot, lot_file_free);
	expect_small_screen(desk, "lot-none");
	desk_bed_free(bed);
}

static const struct {
	const char *name, *due, *model;
	enum instrument_class class;
} instruments[] = {
	{"opm1", "2027-03-31", "N7744A", INSTRUMENT_POWER_METER},
	{"voa1", "2026-01-31", "N7764A", INSTRUMENT_ATTENUATOR},
	{"scope", "2027-01-03", "N1092D-with-options", INSTRUMENT_SCOPE},
	{"a-name-too-long", NULL, NULL, INSTRUMENT_WAVELENGTH_METER},
	{"psu1", NULL, "E36312A", INSTRUMENT_SUPPLY},
};

static void add_instruments(struct desk_bed *bed)
{
	struct desk *desk = bed->desk;
	struct config_site *site = bed->config.sites->pdata[0];

	g_ptr_array_set_free_func(bed->config.instruments, g_free);
	for (gsize i = 0; i < G_N_ELEMENTS(instruments); i++) {
		struct config_instrument *instrument = g_new0(struct config_instrument, 1);
		instrument->config.name = instruments[i].name;
		instrument->config.class = instruments[i].class;
		instrument->config.calibration_due = instruments[i].due;
		instrument->model = (char *)instruments[i].model;
		g_ptr_array_add(bed->config.instruments, instrument);
	}
	desk_bed_instrument(bed, "opm1", "ready", FALSE);
	desk_bed_instrument(bed, "voa1", "", TRUE);
	desk_bed_instrument(bed, "scope",
	                    "lost: no answer within 5 s; it is asked again every 10 s", TRUE);
	desk_bed_instrument(bed, "psu1", "", FALSE);
	site->form_factor = (char *)"QSFP-DD";
	site->fixture = (char *)"sim:127.0.0.1:5040/site1";
	g_strlcpy(desk_bed_site(bed, 1)->condition, "head 25.1 \u00b0C, case 31.2 \u00b0C",
	          sizeof desk_bed_site(bed, 1)->condition);
	g_strlcpy(desk_bed_site(bed, 2)->down,
	          "the fixture does not answer: look at its cable, then press its button",
	          sizeof desk_bed_site(bed, 2)->down);
	g_ptr_array_add(desk->notes, g_strdup("site 1: the module was taken out and put in again"));
	g_ptr_array_add(desk->notes, g_strdup(LONG_REASON));
}

static void test_instruments(void)
{
	struct desk_bed *bed = desk_bed_new(2);
	struct desk *desk = bed->desk;

	desk->page = PAGE_INSTRUMENTS;
	expect_small_screen(desk, "instruments-none");
	add_instruments(bed);
	expect_screens(desk, "instruments");
	for (int i = 1; i <= 100; i++)
		g_ptr_array_add(desk->notes, g_strdup_printf("site 1: note %d", i));
	desk->scroll = 50;
	expect_small_screen(desk, "instruments-middle");
	desk->scroll = 1000;
	expect_small_screen(desk, "instruments-end");
	desk_bed_free(bed);
}

static void test_help(void)
{
	struct desk_bed *bed = desk_bed_new(1);

	bed->desk->page = PAGE_HELP;
	expect_screens(bed->desk, "help");
	bed->desk->scroll = 1000;
	expect_small_screen(bed->desk, "help-end");
	desk_bed_free(bed);
}

/* --- scrolling ----------------------------------------------------------------------------------
 */

static char *scrolled(struct desk *desk, guint scroll)
{
	struct canvas *canvas;
	char *text;

	desk->scroll = scroll;
	canvas = golden_draw(desk, 80, 24);
	text = canvas_dump(canvas);
	canvas_free(canvas);
	return text;
}

/* One line less than the most shows something else, more than it nothing new. */
static void test_scroll_most(void)
{
	static const enum desk_page pages[] = {PAGE_WHY, PAGE_LOT, PAGE_INSTRUMENTS, PAGE_HELP};
	struct desk_bed *bed = desk_bed_new(2);
	struct desk *desk = bed->desk;

	add_instruments(bed);
	desk->why = failed_record(desk);
	for (int i = 0; i < 60; i++) {
		g_autofree char *what = g_strdup_printf("cause %d", i);
		add_cause(desk, what, 1);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		desk->page = pages[i];
		guint most = screen_scroll_most(desk, 80, 24);
		g_assert_cmpuint(most, >, 0);
		g_autofree char *before = scrolled(desk, most - 1), *last = scrolled(desk, most);
		g_autofree char *beyond = scrolled(desk, most + 1), *far = scrolled(desk, 9999);
		g_assert_cmpstr(before, !=, last);
		g_assert_cmpstr(beyond, ==, last);
		g_assert_cmpstr(far, ==, last);
		g_assert_cmpuint(screen_scroll_most(desk, 200, 200), ==, 0);
	}
	desk->page = PAGE_SITES;
	g_assert_cmpuint(screen_scroll_most(desk, 80, 24), ==, 0);
	desk->page = PAGE_HELP;
	g_assert_cmpuint(screen_scroll_most(desk, 79, 24), ==, 0);
	desk_bed_free(bed);
}

static void fill(struct desk_bed *bed)
{
	struct desk *desk = bed->desk;

	add_instruments(bed);
	add_runs(desk, 30);
	desk->why = failed_record(desk);
	add_cause(desk, LONG_REASON, 1);
}

/* In every size that is allowed, in every set of signs, nothing has to be cut. */
static void test_sizes(void)
{
	struct desk_bed *bed = desk_bed_new(4);
	struct desk *desk = bed->desk;

	fill(bed);
	for (int columns = 80; columns < 240; columns += 7)
		for (enum desk_page page = PAGE_UNITS; page <= PAGE_HELP; page++) {
			desk->page = page;
			desk->signs = (enum signs)(columns % 3);
			canvas_free(golden_draw(desk, columns, 24 + columns % 50));
		}
	desk_bed_free(bed);
}

/* Nothing in wide characters either, and they stand where they should. */
static void test_chinese(void)
{
	static const char *const names[] = {
		[PAGE_UNITS] = "zh-units", [PAGE_WHY] = "zh-why",
		[PAGE_LOT] = "zh-lot",     [PAGE_INSTRUMENTS] = "zh-instruments",
		[PAGE_HELP] = "zh-help",
	};
	struct desk_bed *bed = desk_bed_new(4);
	struct desk *desk = bed->desk;

	words_bed("zh_CN");
	g_assert_cmpstr(words_of("PASS"), !=, "PASS");
	for (enum desk_page page = PAGE_UNITS; page <= PAGE_HELP; page++) {
		desk->page = page;
		canvas_free(golden_draw(desk, 80, 24));
	}
	fill(bed);
	for (enum desk_page page = PAGE_UNITS; page <= PAGE_HELP; page++) {
		desk->page = page;
		expect_small_screen(desk, names[page]);
		desk->scroll = screen_scroll_most(desk, 80, 24);
		canvas_free(golden_draw(desk, 80, 24));
		desk->scroll = 0;
	}
	words_bed("en");
	desk_bed_free(bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/screen/units", test_units);
	g_test_add_func("/screen/why", test_why);
	g_test_add_func("/screen/lot", test_lot);
	g_test_add_func("/screen/instruments", test_instruments);
	g_test_add_func("/screen/help", test_help);
	g_test_add_func("/screen/scroll-most", test_scroll_most);
	g_test_add_func("/screen/sizes", test_sizes);
	g_test_add_func("/screen/chinese", test_chinese);
	return g_test_run();
}
