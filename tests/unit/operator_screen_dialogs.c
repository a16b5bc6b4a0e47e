/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen.h"

#include "tests/unit/operator_desk_bed.h"
#include "tests/unit/operator_golden.h"
#include "tests/unit/words_bed.h"

/* Over a page of few lines, but for questions, which are of the site that is shown. */
static void open_dialog(struct desk_bed *bed, enum desk_dialog dialog)
{
	bed->desk->page = dialog == DIALOG_QUESTION ? PAGE_SITES : PAGE_LOT;
	bed->desk->dialog = dialog;
}

/* --- login --------------------------------------------------------------------------------------
 */

static struct desk_bed *nobody(int sites)
{
	struct desk_bed *bed = desk_bed_new(sites);

	bed->desk->person = (struct desk_person){""};
	open_dialog(bed, DIALOG_BADGE);
	return bed;
}

static void test_badge(void)
{
	struct desk_bed *bed = nobody(1);

	expect_screens(bed->desk, "login-badge");
	g_strlcpy(bed->desk->refusal,
	          "the PIN is wrong, or there is no badge 4711; after three more the badge is "
	          "locked for five minutes: ask an engineer",
	          sizeof bed->desk->refusal);
	desk_bed_type(bed, "47");
	expect_small_screen(bed->desk, "login-refused");
	desk_bed_free(bed);
}

/* A PIN is nowhere on the screen, and neither is it in what is checked. */
static void test_pin(void)
{
	struct desk_bed *bed = nobody(2);
	struct canvas *canvas;

	open_dialog(bed, DIALOG_PIN);
	g_strlcpy(bed->desk->badge, "4711", sizeof bed->desk->badge);
	expect_small_screen(bed->desk, "login-pin");
	desk_bed_type(bed, "83\u00e9915");
	expect_small_screen(bed->desk, "login-pin-typed");
	canvas = golden_draw(bed->desk, 80, 24);
	g_autofree char *text = canvas_dump(canvas);
	canvas_free(canvas);
	g_assert_null(strstr(text, "83"));
	g_assert_null(strstr(text, "915"));
	g_assert_nonnull(strstr(text, " ****** "));
	bed->desk->checking_pin = TRUE;
	desk_bed_run(bed, 2, DESK_BED_SERIAL, 30);
	expect_small_screen(bed->desk, "login-checking");
	desk_bed_free(bed);
}

/* More stars than the field has room for. */
static void test_long_pin(void)
{
	struct desk_bed *bed = nobody(1);

	open_dialog(bed, DIALOG_PIN);
	memset(bed->desk->badge, 'B', sizeof bed->desk->badge - 1);
	for (int i = 0; i < 10; i++)
		desk_bed_type(bed, "12345678");
	expect_small_screen(bed->desk, "login-long");
	desk_bed_free(bed);
}

/* --- lots ---------------------------------------------------------------------------------------
 */

static char **some_lots(int n)
{
	GPtrArray *lots = g_ptr_array_new();

	for (int i = 0; i < n; i++)
		g_ptr_array_add(lots, g_strdup_printf("L2611-%03d", 42 + i));
	if (n > 3) {
		g_free(lots->pdata[2]);
		lots->pdata[2] = g_strdup("a lot that was given a name that is much longer than "
		                          "there is room for");
	}
	g_ptr_array_add(lots, NULL);
	return (char **)g_ptr_array_free(lots, FALSE);
}

static void test_lots(void)
{
	struct desk_bed *bed = desk_bed_new(4);
	struct desk *desk = bed->desk;

	open_dialog(bed, DIALOG_LOTS);
	expect_small_screen(desk, "lots-unknown");
	desk->lots = some_lots(0);
	expect_small_screen(desk, "lots-none");
	g_strfreev(desk->lots);
	desk->lots = some_lots(4);
	desk->choice = 2;
	expect_small_screen(desk, "lots-few");
	g_strfreev(desk->lots);
	desk->lots = some_lots(200);
	desk->choice = 0;
	expect_screens(desk, "lots-many");
	desk->choice = 500;
	expect_small_screen(desk, "lots-end");
	desk_bed_free(bed);
}

/* --- confirmations ------------------------------------------------------------------------------
 */

static void test_abort(void)
{
	struct desk_bed *bed = desk_bed_new(4);

	open_dialog(bed, DIALOG_ABORT);
	expect_small_screen(bed->desk, "abort-nothing");
	desk_bed_run(bed, 1, DESK_BED_SERIAL, 40);
	desk_bed_run(bed, 3, "A-SERIAL-NUMBER-THAT-IS-LONGER-THAN-ANY-HERE-47", 10);
	expect_screens(bed->desk, "abort-all");
	bed->desk->zoom = 2;
	expect_small_screen(bed->desk, "abort-one");
	bed->desk->signs = SIGNS_ASCII;
	expect_small_screen(bed->desk, "abort-ascii");
	desk_bed_free(bed);
}

static void test_handover(void)
{
	struct desk_bed *bed = desk_bed_new(2);

	open_dialog(bed, DIALOG_HANDOVER);
	expect_small_screen(bed->desk, "handover");
	desk_bed_run(bed, 2, DESK_BED_SERIAL, 40);
	bed->desk->shift = (struct store_counts){0};
	bed->desk->person.name[0] = '\0';
	expect_screens(bed->desk, "handover-busy");
	desk_bed_free(bed);
}

/* More under test than there is room for: how to answer is seen all the same. */
static void test_many_sites(void)
{
	struct desk_bed *bed = desk_bed_new(16);
	struct canvas *canvas;

	for (int site = 1; site <= 16; site++)
		desk_bed_run(bed, site, DESK_BED_SERIAL, 2);
	for (enum desk_dialog dialog = DIALOG_ABORT; dialog <= DIALOG_QUIT; dialog++) {
		open_dialog(bed, dialog);
		canvas = golden_draw(bed->desk, 80, 24);
		g_autofree char *text = canvas_dump(canvas);
		canvas_free(canvas);
		g_assert_nonnull(strstr(text, "  Enter "));
		g_assert_nonnull(strstr(text, "    Esc "));
	}
	desk_bed_free(bed);
}

static void test_quit(void)
{
	struct desk_bed *bed = desk_bed_new(2);

	open_dialog(bed, DIALOG_QUIT);
	expect_small_screen(bed->desk, "quit");
	desk_bed_run(bed, 1, DESK_BED_SERIAL, 40);
	expect_screens(bed->desk, "quit-busy");
	desk_bed_free(bed);
}

/* --- questions ----------------------------------------------------------------------------------
 */

static void ask(struct desk_bed *bed, int site, const char *question, const char *const *answers)
{
	struct desk_site *at = desk_bed_site(bed, site);

	g_strlcpy(at->question, question, sizeof at->question);
	memset(at->answers, 0, sizeof at->answers);
	for (int i = 0; answers && answers[i]; i++)
		g_strlcpy(at->answers[i], answers[i], sizeof at->answers[i]);
	bed->desk->zoom = site - 1;
	open_dialog(bed, DIALOG_QUESTION);
}

static void test_question(void)
{
	static const char *const answers[] = {"cleaned", "cleaned twice", "left as it was", NULL};
	static const char *const longest[] = {
		"an answer of as many as possible",
		"an answer of as many as possible",
		"an answer of as many as possible",
		"an answer of as many as possible",
		"an answer of as many as possible",
		"an answer of as many as possible",
		NULL,
	};
	struct desk_bed *bed = desk_bed_new(2);
	g_autofree char *words = g_strnfill(239, 'w');

	desk_bed_run(bed, 2, DESK_BED_SERIAL, 40);
	ask(bed, 2, "Clean the connector of lane 3. How was it done?", answers);
	desk_bed_site(bed, 2)->chosen = 1;
	expect_screens(bed->desk, "question-choice");
	for (gsize i = 9; i < 238; i += 11)
		words[i] = ' ';
	ask(bed, 2, words, longest);
	desk_bed_site(bed, 2)->chosen = DESK_ANSWERS_MAX - 1;
	expect_small_screen(bed->desk, "question-long");
	ask(bed, 2, "Which fibre is connected to the reference? Scan or type its number.", NULL);
	expect_small_screen(bed->desk, "question-words");
	for (int i = 0; i < 12; i++)
		desk_bed_type(bed, "fibre 12345 ");
	desk_bed_type(bed, "the end");
	expect_small_screen(bed->desk, "question-typed");
	/* no site is zoomed: nobody knows whose question it is */
	bed->desk->zoom = -1;
	expect_small_screen(bed->desk, "question-nowhere");
	desk_bed_free(bed);
}

/* --- in Chinese ---------------------------------------------------------------------------------
 */

static void test_chinese(void)
{
	static const char *const names[] = {
		[DIALOG_BADGE] = "zh-badge",       [DIALOG_PIN] = "zh-pin",
		[DIALOG_LOTS] = "zh-lots",         [DIALOG_ABORT] = "zh-abort",
		[DIALOG_HANDOVER] = "zh-handover", [DIALOG_QUIT] = "zh-quit",
		[DIALOG_QUESTION] = "zh-question",
	};
	static const char *const answers[] = {"cleaned", "left as it was", NULL};
	struct desk_bed *bed = desk_bed_new(2);

	words_bed("zh_CN");
	g_assert_cmpstr(words_of("PASS"), !=, "PASS");
	for (enum desk_dialog dialog = DIALOG_BADGE; dialog <= DIALOG_QUESTION; dialog++) {
		open_dialog(bed, dialog);
		canvas_free(golden_draw(bed->desk, 80, 24));
	}
	desk_bed_run(bed, 2, DESK_BED_SERIAL, 40);
	bed->desk->lots = some_lots(3);
	ask(bed, 2, "\u8bf7\u6e05\u6d01\u901a\u9053 3 \u7684\u8fde\u63a5\u5668", answers);
	for (enum desk_dialog dialog = DIALOG_BADGE; dialog <= DIALOG_QUESTION; dialog++) {
		open_dialog(bed, dialog);
		expect_small_screen(bed->desk, names[dialog]);
	}
	words_bed("en");
	desk_bed_free(bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/screen/badge", test_badge);
	g_test_add_func("/screen/pin", test_pin);
	g_test_add_func("/screen/long-pin", test_long_pin);
	g_test_add_func("/screen/lots", test_lots);
	g_test_add_func("/screen/abort", test_abort);
	g_test_add_func("/screen/handover", test_handover);
	g_test_add_func("/screen/many-sites", test_many_sites);
	g_test_add_func("/screen/quit", test_quit);
	g_test_add_func("/screen/question", test_question);
	g_test_add_func("/screen/chinese", test_chinese);
	return g_test_run();
}
