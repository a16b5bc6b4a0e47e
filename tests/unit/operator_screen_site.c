/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen.h"
#include "station/operator/theme.h"

#include "tests/unit/operator_desk_bed.h"
#include "tests/unit/operator_golden.h"
#include "tests/unit/words_bed.h"

#define CORNER "25C 3.300V"
#define WHY                                                                                        \
	"lane 3 at 25C 3.300V: tx_tdecq 3.61 dB > 3.40 dB, after the connector was cleaned and "   \
	"the lane was measured once more"

static void add_fail(struct desk_bed *bed, int site)
{
	struct site_value value = {3.61, NAN, 3.4, VERDICT_FAIL};

	desk_bed_value(bed, site, "tx_tdecq", 3, CORNER, "dB", &value);
	desk_bed_step_end(bed, site, "module-power", 0, VERDICT_PASS, "");
}

/* Brings a site into a state as its run would. */
static void enter(struct desk_bed *bed, int site, enum site_state state)
{
	struct desk_site *at = desk_bed_site(bed, site);
	g_autofree char *serial = g_strdup_printf("DR40012%d", site);

	switch (state) {
	case SITE_CHECKING:
		site_view_begin(at->view, serial);
		g_strlcpy(at->part_number, DESK_BED_PART, sizeof at->part_number);
		break;
	case SITE_RUNNING:
		desk_bed_run(bed, site, serial, 70);
		desk_bed_eye(bed, site, 80, 64);
		desk_bed_points(bed, site, 8);
		break;
	case SITE_PASS:
		desk_bed_run(bed, site, serial, bed->outline.total);
		desk_bed_end(bed, site, VERDICT_PASS, "", "");
		break;
	case SITE_FAIL:
		desk_bed_run(bed, site, serial, 70);
		add_fail(bed, site);
		desk_bed_end(bed, site, VERDICT_FAIL, "tx-measure", WHY);
		break;
	case SITE_ERROR:
		desk_bed_run(bed, site, serial, 30);
		desk_bed_end(bed, site, VERDICT_ERROR, "tx-calibrate",
		             "opm1: no answer within 5 s");
		break;
	case SITE_ABORTED:
		desk_bed_run(bed, site, serial, 30);
		g_strlcpy(at->view->undone, "light off, supply off", sizeof at->view->undone);
		desk_bed_end(bed, site, VERDICT_ABORTED, "tx-calibrate", "aborted by Op 471");
		break;
	case SITE_LOCKED:
		g_strlcpy(at->down, "fixture1: no answer within 5 s", sizeof at->down);
		break;
	default:
		break;
	}
}

static struct desk_bed *bed_in(enum site_state state)
{
	struct desk_bed *bed = desk_bed_new(1);

	desk_bed_instrument(bed, "scope1", "averaging 12 of 64", FALSE);
	desk_bed_instrument(bed, "opm1", "", FALSE);
	desk_bed_instrument(bed, "tec1", "lost", TRUE);
	enter(bed, 1, state);
	return bed;
}

/* Sites in all the states, in turn; each at a time of its own. */
static struct desk_bed *bed_of_many(int sites)
{
	static const enum site_state states[] = {SITE_RUNNING, SITE_FAIL,    SITE_PASS,
	                                         SITE_ERROR,   SITE_RUNNING, SITE_ABORTED,
	                                         SITE_LOCKED,  SITE_IDLE};
	struct desk_bed *bed = desk_bed_new(sites);

	for (int site = 1; site <= sites; site++) {
		gint64 now_us = bed->desk->now_us;
		enter(bed, site, states[site - 1]);
		bed->desk->now_us = now_us;
	}
	desk_bed_tick(bed, 3);
	return bed;
}

static gboolean shows(const struct desk *desk, int columns, int rows, const char *text)
{
	struct canvas *canvas = golden_draw(desk, columns, rows);
	g_autofree char *picture = canvas_dump(canvas);

	canvas_free(canvas);
	return strstr(picture, text) != NULL;
}

/* --- pictures -----------------------------------------------------------------------------------
 */

static void test_states(void)
{
	static const char *const names[SITE_STATES] = {
		"site-ready", "site-checking", "site-running", "site-pass",
		"site-fail",  "site-error",    "site-aborted", "site-locked",
	};

	for (enum site_state state = SITE_IDLE; state < SITE_STATES; state++) {
		struct desk_bed *bed = bed_in(state);
		expect_screens(bed->desk, names[state]);
		desk_bed_free(bed);
	}
}

static void test_panes(void)
{
	static const char *const names[PANES] = {"run-values", "run-eye", "run-waterfall",
	                                         "run-steps"};
	struct desk_bed *bed = bed_in(SITE_RUNNING);

	for (enum desk_pane pane = PANE_VALUES; pane < PANES; pane++) {
		bed->desk->pane = pane;
		bed->desk->signs = SIGNS_BRAILLE;
		expect_small_screen(bed->desk, names[pane]);
		/* what a console and an old terminal can show */
		g_autofree char *blocks = g_strconcat(names[pane], "-blocks", NULL);
		g_autofree char *ascii = g_strconcat(names[pane], "-ascii", NULL);
		bed->desk->signs = SIGNS_BLOCKS;
		expect_small_screen(bed->desk, blocks);
		bed->desk->signs = SIGNS_ASCII;
		expect_small_screen(bed->desk, ascii);
	}
	desk_bed_free(bed);
}

/* Nothing has been measured yet. */
static void test_begins(void)
{
	struct desk_bed *bed = desk_bed_new(1);

	desk_bed_start(bed, 1, DESK_BED_SERIAL);
	for (enum desk_pane pane = PANE_VALUES; pane < PANES; pane++) {
		bed->desk->pane = pane;
		canvas_free(golden_draw(bed->desk, 80, 24));
	}
	expect_screen(bed->desk, "run-begins", 132, 43);
	desk_bed_free(bed);
}

static void test_many(void)
{
	static const struct {
		int sites, zoom;
		const char *name;
	} rows[] = {
		{2, -1, "two-sites"},    {4, -1, "four-sites"},   {8, -1, "eight-sites"},
		{2, 0, "two-sites-1"},   {4, 1, "four-sites-2"},  {4, 2, "four-sites-3"},
		{8, 3, "eight-sites-4"}, {8, 0, "eight-sites-1"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct desk_bed *bed = bed_of_many(rows[i].sites);
		bed->desk->zoom = rows[i].zoom;
		bed->desk->named_site = rows[i].zoom < 0 ? 2 : 0;
		expect_small_screen(bed->desk, rows[i].name);
		desk_bed_free(bed);
	}
}

/* --- what must not be overlooked ----------------------------------------------------------------
 */

static void test_loud(void)
{
	struct desk_bed *bed = bed_in(SITE_PASS);
	struct site_view *view = desk_bed_site(bed, 1)->view;

	view->marginal = TRUE;
	expect_small_screen(bed->desk, "pass-marginal");
	desk_bed_free(bed);
	bed = bed_in(SITE_RUNNING);
	view = desk_bed_site(bed, 1)->view;
	desk_bed_tell(bed, 1, EVENT_PROMPT, "Clean the connector of lane 3 and put it back");
	desk_bed_site(bed, 1)->aborting = TRUE;
	desk_bed_type(bed, "DR4001");
	expect_small_screen(bed->desk, "run-prompt");
	desk_bed_end(bed, 1, VERDICT_ERROR, "tx-measure", "disk full");
	view->stored = FALSE;
	view->undo_failed = TRUE;
	g_strlcpy(bed->desk->store_fault, "database or disk is full",
	          sizeof bed->desk->store_fault);
	bed->desk->calibration_over = TRUE;
	desk_say(bed->desk, LOOK_WARNING, "No further unit: the store does not take records");
	expect_small_screen(bed->desk, "error-not-stored");
	site_view_acknowledge(view);
	site_view_clear(view);
	/* no unit is taken any more, and that is to be seen from afar */
	expect_small_screen(bed->desk, "locked-calibration");
	desk_bed_free(bed);
}

static void test_left(void)
{
	struct desk_bed *bed = bed_in(SITE_RUNNING);
	struct desk_site *site = desk_bed_site(bed, 1);

	site->left_s = 65;
	desk_bed_tick(bed, 5);
	g_assert_true(shows(bed->desk, 80, 24, " 1:00 left"));
	desk_bed_tick(bed, 500);
	g_assert_true(shows(bed->desk, 80, 24, " 0:00 left"));
	site->left_s = 4000;
	g_assert_true(shows(bed->desk, 80, 24, " 58:15 left"));
	site->left_s = 40000;
	g_assert_true(shows(bed->desk, 80, 24, " 10:58:15 left"));
	site->left_s = NAN;
	g_assert_false(shows(bed->desk, 80, 24, "left"));
	desk_bed_free(bed);
}

static void end_attempt(struct desk_bed *bed, int attempt, enum verdict verdict)
{
	struct event event = event_make(EVENT_STEP_START, 1, DESK_BED_SERIAL);

	g_strlcpy(event.name, "power-up", sizeof event.name);
	g_strlcpy(event.group, "setup", sizeof event.group);
	event.attempt = attempt;
	event.total = bed->outline.total;
	desk_bed_event(bed, &event);
	desk_bed_step_end(bed, 1, "power-up", 0, verdict, "");
}

/* What was done again counts once, and as it ended. */
static void test_attempts(void)
{
	struct desk_bed *bed = desk_bed_new(1);

	desk_bed_start(bed, 1, DESK_BED_SERIAL);
	bed->desk->pane = PANE_STEPS;
	end_attempt(bed, 1, VERDICT_FAIL);
	g_assert_true(shows(bed->desk, 80, 24, "\u2717 power-up"));
	end_attempt(bed, 2, VERDICT_PASS);
	g_assert_true(shows(bed->desk, 80, 24, "\u2713 power-up"));
	g_assert_true(shows(bed->desk, 80, 24, " 1/6"));
	desk_bed_free(bed);
}

/* --- without colours ----------------------------------------------------------------------------
 */

static gboolean seen_reversed(const struct cell *cell)
{
	const struct theme *mono = theme_without_colour();

	return !cell->reverse != !mono->styles[cell->look].reverse;
}

/* Cells that differ to an eye that sees neither colour nor bold. */
static int differing(const struct canvas *a, const struct canvas *b)
{
	int n = 0;

	for (int i = 0; i < a->columns * a->rows; i++)
		n += a->cells[i].c != b->cells[i].c ||
		     seen_reversed(&a->cells[i]) != seen_reversed(&b->cells[i]);
	return n;
}

static int cells_of(const struct canvas *canvas, enum look look)
{
	int n = 0;

	for (int i = 0; i < canvas->columns * canvas->rows; i++)
		n += canvas->cells[i].look == look;
	return n;
}

/* From across the room: a verdict fills a third of the screen at least, and no two states look
 * alike, whatever the terminal shows. */
static void test_told_apart(void)
{
	static const enum signs signs[] = {SIGNS_ASCII, SIGNS_BLOCKS, SIGNS_BRAILLE};

	for (gsize size = 0; size < G_N_ELEMENTS(golden_sizes); size++)
		for (gsize k = 0; k < G_N_ELEMENTS(signs); k++) {
			struct canvas *pictures[SITE_STATES];
			for (enum site_state state = SITE_IDLE; state < SITE_STATES; state++) {
				struct desk_bed *bed = bed_in(state);
				bed->desk->signs = signs[k];
				pictures[state] = golden_draw(bed->desk, golden_sizes[size][0],
				                              golden_sizes[size][1]);
				desk_bed_free(bed);
			}
			int cells = pictures[0]->columns * pictures[0]->rows;
			for (int i = SITE_PASS; i <= SITE_ERROR; i++)
				g_assert_cmpint(cells_of(pictures[i], screen_state_look(i)), >=,
				                cells / 3);
			for (int i = 0; i < SITE_STATES; i++)
				for (int j = 0; j < i; j++)
					g_assert_cmpint(differing(pictures[i], pictures[j]), >=,
					                cells / 20);
			for (int i = 0; i < SITE_STATES; i++)
				canvas_free(pictures[i]);
		}
}

/* --- odd sizes, words and values ----------------------------------------------------------------
 */

static void draw_everywhere(struct desk *desk)
{
	static const int sizes[][2] = {{80, 24},  {81, 25},  {100, 30}, {119, 24}, {120, 27},
	                               {132, 43}, {133, 24}, {80, 60},  {200, 60}, {300, 90}};

	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
		for (int signs = SIGNS_ASCII; signs <= SIGNS_BRAILLE; signs++) {
			desk->signs = signs;
			canvas_free(golden_draw(desk, sizes[i][0], sizes[i][1]));
		}
}

/* In both languages: every text is whole. */
static void test_whole(void)
{
	static const char *const languages[] = {"zh_CN", "en"};

	for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
		words_bed(languages[i]);
		g_assert_true((strcmp(words_of("PASS"), "PASS") == 0) ==
		              (strcmp(languages[i], "en") == 0));
		for (enum site_state state = SITE_IDLE; state < SITE_STATES; state++) {
			struct desk_bed *bed = bed_in(state);
			for (enum desk_pane pane = PANE_VALUES; pane < PANES; pane++) {
				bed->desk->pane = pane;
				draw_everywhere(bed->desk);
			}
			desk_bed_free(bed);
		}
		for (int sites = 2; sites <= 8; sites++) {
			struct desk_bed *bed = bed_of_many(sites);
			for (int zoom = -1; zoom < sites; zoom++) {
				bed->desk->zoom = zoom;
				draw_everywhere(bed->desk);
			}
			desk_bed_free(bed);
		}
	}
}

static void test_chinese(void)
{
	struct desk_bed *bed = bed_in(SITE_FAIL);

	words_bed("zh_CN");
	g_assert_cmpstr(words_of("PASS"), !=, "PASS");
	expect_small_screen(bed->desk, "zh-fail");
	desk_bed_free(bed);
	bed = bed_in(SITE_RUNNING);
	expect_screens(bed->desk, "zh-running");
	desk_bed_free(bed);
	bed = bed_of_many(8);
	expect_small_screen(bed->desk, "zh-eight-sites");
	bed->desk->zoom = 0;
	expect_small_screen(bed->desk, "zh-eight-sites-1");
	desk_bed_free(bed);
	words_bed("en");
}

/* Shifts of thousands, and names as long as they may be. */
static void test_long(void)
{
	struct desk_bed *bed = bed_in(SITE_FAIL);
	struct desk *desk = bed->desk;
	struct desk_site *site = desk_bed_site(bed, 1);

	memset(site->view->serial, 'S', sizeof site->view->serial - 1);
	memset(site->part_number, 'P', sizeof site->part_number - 1);
	memset(site->lot, 'L', sizeof site->lot - 1);
	memset(site->view->reason, 'r', sizeof site->view->reason - 1);
	memset(desk->person.name, 'N', sizeof desk->person.name - 1);
	desk->shift = (struct store_counts){9999, 10250, 9000, 990, 9, 0, 9990, 8999};
	g_strlcpy(desk->calibration, "a-spectrum-analyser-of-the-second-rack 2027-01-03",
	          sizeof desk->calibration);
	desk_say(desk, LOOK_ERROR, site->view->reason);
	expect_small_screen(desk, "fail-long");
	site->view->state = SITE_RUNNING;
	draw_everywhere(desk);
	desk_bed_free(bed);
}

static void tell_odd_values(struct desk_bed *bed)
{
	static const struct site_value values[] = {
		{NAN, NAN, NAN, VERDICT_ERROR},
		{INFINITY, 0, 1, VERDICT_FAIL},
		{1.5, 2, 1, VERDICT_FAIL},
		{0, 0, 0, VERDICT_PASS},
		{-1.2345678e-12, NAN, 0, VERDICT_PASS},
		{6.02e23, -INFINITY, INFINITY, VERDICT_NONE},
		{2.3e-5, NAN, 2.4e-4, VERDICT_PASS},
		{NAN, -3, 4, VERDICT_FAIL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree char *name = g_strdup_printf("odd_%d", (int)i);
		desk_bed_value(bed, 1, name, 0, "", "1", &values[i]);
		desk_bed_value(bed, 1, "a_parameter_with_a_name_as_long_as_it_may_be_and_more",
		               1 + (int)i, "", "m", &values[i]);
	}
}

/* What is no number is a dash; nothing is drawn outside, whatever events were lost. */
static void test_odd_values(void)
{
	struct desk_bed *bed = desk_bed_new(1);
	struct desk_site *site = desk_bed_site(bed, 1);

	desk_bed_start(bed, 1, DESK_BED_SERIAL);
	tell_odd_values(bed);
	expect_small_screen(bed->desk, "odd-values");
	g_assert_false(shows(bed->desk, 80, 24, "nan"));
	g_assert_false(shows(bed->desk, 80, 24, "inf"));
	site->view->lost = 12;
	site->view->done = 9;
	site->view->total = 3;
	site->view->fraction = -INFINITY;
	site->eye.columns = site->eye.rows = 1000; /* of which nothing came */
	site->outline = NULL;
	bed->desk->shift.first_tries = 0;
	g_assert_true(shows(bed->desk, 80, 24, "12 not shown"));
	g_assert_true(shows(bed->desk, 80, 24, "FPY -"));
	for (enum desk_pane pane = PANE_VALUES; pane < PANES; pane++) {
		bed->desk->pane = pane;
		draw_everywhere(bed->desk);
	}
	desk_bed_free(bed);
}

/* What a window that was made too small still says. */
static void test_too_small(void)
{
	struct desk_bed *bed = bed_of_many(4);

	expect_screen(bed->desk, "too-small", 60, 20);
	for (int columns = 1; columns < 80; columns += 13)
		canvas_free(golden_draw(bed->desk, columns, 1 + columns / 4));
	canvas_free(golden_draw(bed->desk, 200, 23));
	desk_bed_free(bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/screen/states", test_states);
	g_test_add_func("/screen/panes", test_panes);
	g_test_add_func("/screen/begins", test_begins);
	g_test_add_func("/screen/many", test_many);
	g_test_add_func("/screen/loud", test_loud);
	g_test_add_func("/screen/left", test_left);
	g_test_add_func("/screen/attempts", test_attempts);
	g_test_add_func("/screen/told-apart", test_told_apart);
	g_test_add_func("/screen/whole", test_whole);
	g_test_add_func("/screen/chinese", test_chinese);
	g_test_add_func("/screen/long", test_long);
	g_test_add_func("/screen/odd-values", test_odd_values);
	g_test_add_func("/screen/too-small", test_too_small);
	return g_test_run();
}
