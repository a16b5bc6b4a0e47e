/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/operator_desk_world.h"

/* --- people -------------------------------------------------------------------------------------
 */

static void test_login(void)
{
	struct fake *fake = fake_new(1, TRUE);
	const struct desk_person person = {"4711", "Operator 1", FALSE};

	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_BADGE);
	fake_scan(fake, "SN:A1");
	assert_says(fake, "Log in first");
	assert_asked(fake, "beep\n");
	fake_scan(fake, "OP:4711");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_PIN);
	fake_type(fake, "1234", 0.3);
	assert_asked(fake, "pin 4711 1234\n");
	g_assert_true(fake->desk->checking_pin);
	/* impatient fingers are not another try */
	fake_type(fake, "1234", 0.3);
	assert_asked(fake, "");
	desk_nobody(fake->desk, "badge or PIN is wrong");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_BADGE);
	g_assert_cmpstr(fake->desk->refusal, ==, "badge or PIN is wrong");
	fake_scan(fake, "4711");
	fake_type(fake, "4321", 0.3);
	assert_asked(fake, "beep\npin 4711 4321\n");
	desk_person(fake->desk, &person);
	assert_asked(fake, "log 4711 login \n");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_NONE);
	g_assert_cmpstr(fake->desk->person.name, ==, "Operator 1");
	fake_scan(fake, "OP:9999");
	assert_says(fake, "F2 hands over");
	fake_free(fake);
}

/* A PIN may look like anything that a label can say, and is none of it. */
static void test_pin_is_no_scan(void)
{
	struct fake *fake = fake_new(1, TRUE);

	fake_scan(fake, "OP:1");
	fake_type(fake, "SITE:1", 0.3);
	assert_asked(fake, "pin 1 SITE:1\n");
	g_assert_cmpint(fake->desk->named_site, ==, 0);
	fake_free(fake);
}

static void log_in(struct fake *fake)
{
	const struct desk_person person = {"4711", "Operator 1", FALSE};

	fake_scan(fake, "OP:4711");
	fake_type(fake, "1234", 0.3);
	desk_person(fake->desk, &person);
}

static void test_handover(void)
{
	struct fake *fake = fake_new(1, TRUE);
	const struct store_counts counts = {5, 6, 4, 1, 0, 0, 5, 4};
	const struct store_counts none = {0};

	log_in(fake);
	desk_counts(fake->desk, &counts, &none,
	            g_array_new(FALSE, TRUE, sizeof(struct desk_cause)));
	g_string_truncate(fake->asked, 0);
	fake_press_f(fake, 2);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_HANDOVER);
	fake_key(fake, SCAN_KEY_ESCAPE);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_NONE);
	fake_press_f(fake, 2);
	fake_key(fake, SCAN_KEY_ENTER);
	assert_asked(fake, "log 4711 handover units=5 passed=4 failed=1 errors=0\n");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_BADGE);
	g_assert_false(desk_is_logged_in(fake->desk));
	fake_free(fake);
}

/* What runs goes on when nobody is there; a key keeps the desk open. */
static void test_lock(void)
{
	struct fake *fake = fake_new(1, TRUE);

	fake->policy.lock_after_s = 60;
	log_in(fake);
	fake_tick(fake, 50);
	fake_key(fake, DESK_KEY_UP);
	fake_tick(fake, 50);
	g_assert_true(desk_is_logged_in(fake->desk));
	fake_tick(fake, 11);
	g_assert_false(desk_is_logged_in(fake->desk));
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_BADGE);
	fake_free(fake);
}

/* --- lots and units -----------------------------------------------------------------------------
 */

static void test_lots(void)
{
	struct fake *fake = fake_new(1, FALSE);

	fake_scan(fake, "SN:A1");
	assert_says(fake, "lot first");
	fake_scan(fake, "LOT:L9");
	assert_says(fake, "there is no lot L9");
	fake_press_f(fake, 3);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_LOTS);
	fake_key(fake, DESK_KEY_DOWN);
	fake_key(fake, DESK_KEY_DOWN);
	g_assert_cmpuint(fake->desk->choice, ==, 1);
	fake_key(fake, SCAN_KEY_ENTER);
	g_assert_cmpstr(fake->desk->lot->name, ==, "L2");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_NONE);
	fake_scan(fake, "LOT:L1");
	g_assert_cmpstr(fake->desk->lot->name, ==, "L1");
	fake_free(fake);
}

static void test_pass(void)
{
	struct fake *fake = with_lot(1);

	fake_scan(fake, "A1");
	g_assert_cmpint(state(fake, 1), ==, SITE_CHECKING);
	assert_asked(fake, "unit? 1 A1 L1\n");
	fake_runs(fake, 1, "A1", "AE");
	assert_asked(fake, "run 1 A1 DR4-500 L1  1/4\n");
	fake_event(fake, EVENT_RUN_START, 1, "", "");
	fake_event(fake, EVENT_STEP_START, 1, "identify", "");
	g_assert_cmpfloat(desk_site(fake->desk, 1)->left_s, ==, 60);
	fake_end(fake, 1, VERDICT_PASS);
	g_assert_cmpint(state(fake, 1), ==, SITE_PASS);
	assert_asked(fake, "counts? L1\nunits?\n");
	fake_press_f(fake, 5);
	assert_asked(fake, "print run-1\nlog  print A1\n");
	/* a PASS needs no key before the next */
	fake_scan(fake, "A2");
	g_assert_cmpint(state(fake, 1), ==, SITE_CHECKING);
	fake_free(fake);
}

static void test_fail(void)
{
	struct fake *fake = with_lot(1);

	fake_begin(fake, 1, "A1");
	g_string_truncate(fake->asked, 0);
	fake_end(fake, 1, VERDICT_FAIL);
	assert_asked(fake, "beep\ncounts? L1\nunits?\n");
	g_assert_cmpint(state(fake, 1), ==, SITE_FAIL);
	fake_scan(fake, "A2");
	assert_says(fake, "press Enter");
	assert_asked(fake, "beep\n");
	/* before it has been seen it is not tested again either */
	fake_press_f(fake, 6);
	assert_says(fake, "F6 is not possible now");
	g_string_truncate(fake->asked, 0);
	fake_key(fake, SCAN_KEY_ENTER);
	assert_asked(fake, "log  acknowledge A1\n");
	fake_press_f(fake, 6);
	assert_asked(fake, "log  retest A1\nunit? 1 A1 L1\n");
	fake_runs(fake, 1, "A1", "F");
	assert_asked(fake, "run 1 A1 DR4-500 L1  1/4\n");
	fake_event(fake, EVENT_RUN_START, 1, "", "");
	fake_end(fake, 1, VERDICT_FAIL);
	fake_scan(fake, "CMD:ACK");
	fake_scan(fake, "CMD:RETEST");
	fake_runs(fake, 1, "A1", "FF");
	assert_says(fake, "failed 2 times");
	g_assert_cmpint(state(fake, 1), ==, SITE_IDLE);
	fake_free(fake);
}

/* A PASS that does not stand any more keeps nobody from testing. */
static void test_touched_unit(void)
{
	struct fake *fake = with_lot(1);

	fake_scan(fake, "A1");
	assert_asked(fake, "unit? 1 A1 L1\n");
	fake_runs(fake, 1, "A1", "FTE");
	assert_asked(fake, "run 1 A1 DR4-500 L1  1/4\n");
	fake_free(fake);
}

static void test_refused_units(void)
{
	struct fake *fake = with_lot(1);

	fake_scan(fake, "A9");
	assert_says(fake, "A9 is not in lot L1");
	fake_scan(fake, "F1");
	assert_says(fake, "does not fit site 1");
	g_assert_cmpint(state(fake, 1), ==, SITE_IDLE);
	fake_scan(fake, "A1");
	fake_runs(fake, 1, "A1", "FP");
	assert_says(fake, "passed already");
	g_assert_cmpint(state(fake, 1), ==, SITE_IDLE);
	fake_scan(fake, "A2");
	fake_runs(fake, 1, "A2", "TP");
	assert_says(fake, "passed already");
	fake->policy.serial = g_regex_new("^A[12]$", 0, 0, NULL);
	fake_scan(fake, "A3");
	assert_says(fake, "no serial number of ours");
	g_regex_unref(fake->policy.serial);
	fake->policy.serial = NULL;
	fake->refuse_run = TRUE;
	fake_scan(fake, "A1");
	fake_runs(fake, 1, "A1", "");
	assert_says(fake, "somebody else's");
	g_assert_cmpint(state(fake, 1), ==, SITE_IDLE);
	fake_free(fake);
}

/* Aloud, and with nothing done. */
static void test_scan_while_running(void)
{
	struct fake *fake = with_lot(1);

	fake_begin(fake, 1, "A1");
	g_string_truncate(fake->asked, 0);
	fake_scan(fake, "A2");
	assert_says(fake, "Site 1 is testing A1");
	fake_scan(fake, "A1");
	assert_says(fake, "being tested already");
	fake_scan(fake, "LOT:L2");
	assert_says(fake, "the lot cannot change now");
	assert_asked(fake, "beep\nbeep\nbeep\n");
	g_assert_cmpint(state(fake, 1), ==, SITE_RUNNING);
	fake_free(fake);
}

/* The lot on a unit's label may be its maker's: here it changes nothing. */
static void test_lot_on_a_label(void)
{
	struct fake *fake = with_lot(1);

	g_string_truncate(fake->asked, 0);
	fake_scan(fake, "SN:A1;LOT:L2");
	g_assert_cmpstr(fake->desk->lot->name, ==, "L1");
	g_assert_cmpint(state(fake, 1), ==, SITE_CHECKING);
	fake_free(fake);
}

/* No scan does what a key does: only its own words count. */
static void test_scans_press_nothing(void)
{
	static const char *const scans[] = {"q",       "1",    "y",           "YES",
	                                    "\\e[19~", "CMD:", "CMD:NOTHING", "F8"};
	struct fake *fake = with_lot(1);

	fake_begin(fake, 1, "A1");
	fake_press_f(fake, 8);
	g_string_truncate(fake->asked, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(scans); i++) {
		fake_scan(fake, scans[i]);
		g_assert_cmpint(fake->desk->dialog, ==, DIALOG_ABORT);
		g_assert_false(fake->desk->message[0] == '\0');
	}
	g_assert_null(strstr(fake->asked->str, "abort"));
	fake_free(fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/desk/login", test_login);
	g_test_add_func("/operator/desk/pin-is-no-scan", test_pin_is_no_scan);
	g_test_add_func("/operator/desk/handover", test_handover);
	g_test_add_func("/operator/desk/lock", test_lock);
	g_test_add_func("/operator/desk/lots", test_lots);
	g_test_add_func("/operator/desk/pass", test_pass);
	g_test_add_func("/operator/desk/fail", test_fail);
	g_test_add_func("/operator/desk/refused-units", test_refused_units);
	g_test_add_func("/operator/desk/touched-unit", test_touched_unit);
	g_test_add_func("/operator/desk/scan-while-running", test_scan_while_running);
	g_test_add_func("/operator/desk/lot-on-a-label", test_lot_on_a_label);
	g_test_add_func("/operator/desk/scans-press-nothing", test_scans_press_nothing);
	return g_test_run();
}
