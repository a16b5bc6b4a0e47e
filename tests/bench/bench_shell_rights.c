/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/shell_bed.h"

#include "station/engine/quirk_script.h"
#include "station/store/touch.h"

/* Who may touch a unit: what an operator may not do does not happen, what engineers do is theirs;
 * and what it is taken for. */

/* Hashes that take no time: 8 KiB, one pass; of 1234 and 2345. */
#define HASH_1234                                                                                  \
	"$argon2id$v=19$m=8,t=1,p=1$rBElP6y2lr0eiF2iVX2gOQ$"                                       \
	"3I70/4rjhXiypR/0gQiXESbhGzYVuf/1GytC2MaA5+I"
#define HASH_2345                                                                                  \
	"$argon2id$v=19$m=8,t=1,p=1$2VMtfmJPhiotGJgKA6M/Sg$"                                       \
	"aoC817JUFX/D3eYMiHhAeNTXEhfQPCZczu5MbU7ypTU"
static const char users_file[] =
	"users:\n"
	"  - {badge: O-1, name: Op1, role: operator, pin: \"" HASH_1234 "\"}\n"
	"  - {badge: E-1, name: Eng1, role: engineer, pin: \"" HASH_2345 "\"}\n"
	"  - {badge: E-2, name: Eng2, role: engineer, pin: \"" HASH_2345 "\"}\n";

static char *put(const struct shell_bed *bed, const char *name, const char *text)
{
	char *path = g_build_filename(bed->folder, name, NULL);

	g_assert_true(
		g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	return path;
}

/* Logs in with the PIN of a file in the bed's folder. */
static void login(struct shell_bed *bed, const char *badge, const char *pin_file)
{
	g_autofree char *line = g_strdup_printf("login %s %s/%s", badge, bed->folder, pin_file);

	shell_bed_expect(bed, line, "");
}

/* Who touched SN1 last, "" nobody. Free with g_free. */
static char *touched_by(struct shell_bed *bed)
{
	g_autoptr(record_touch) touch = NULL;
	GError *error = NULL;

	store_touched(shell_store(bed->shell, NULL), "SN1", &touch, &error);
	g_assert_no_error(error);
	return g_strdup(touch ? touch->who : "");
}

#define assert_touched_by(bed, name)                                                               \
	do {                                                                                       \
		g_autofree char *who = touched_by(bed);                                            \
		g_assert_cmpstr(who, ==, name);                                                    \
	} while (0)

static void test_rights(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "module up", "error: module up energises: it needs an engineer: *");
	login(bed, "O-1", "pin1");
	shell_bed_expect(bed, "module up", "error: *it needs an engineer, not Op1: login BADGE\n");
	shell_bed_expect(bed, "site show", "*scope1*");
	login(bed, "E-1", "pin2");
	shell_bed_expect(bed, "module up", "*serial SN1*");
	assert_touched_by(bed, "");
	shell_bed_expect(bed, "module write lane.tx_output_disable on 1", "*");
	assert_touched_by(bed, "Eng1");
	g_assert_true(hand_is_up(shell_hand(bed->shell, NULL)));
	/* nobody answers for it: it is off */
	shell_bed_expect(bed, "logout", "");
	g_assert_false(hand_is_up(shell_hand(bed->shell, NULL)));
	shell_bed_expect(bed, "module up", "error: *it needs an engineer: login BADGE\n");
	login(bed, "E-2", "pin2");
	shell_bed_expect(bed, "module up", "*serial SN1*");
	shell_bed_expect(bed, "module write lane.tx_output_disable off 1", "*");
	assert_touched_by(bed, "Eng2");
}

/* A quirk's script changes what the shell takes the unit for, and the shell tells both. */
static void test_quirk(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	GError *error = NULL;
	g_autofree char *path =
		put(bed, "quirks.yaml",
	            "quirks:\n  - {vendor: 'VIRTUAL*', quirk: identity, script: ours.lua, "
	            "reason: a test, source: here}\n");

	shell_bed_expect(bed, "site release", "");
	shell_bed_open(bed, FALSE);
	quirk_table_free(bed->config->quirks);
	g_free(put(bed, "ours.lua", "return function(is) return {serial = 'X' .. is.serial} end"));
	bed->config->quirks = quirk_table_load(path, &error);
	g_assert_no_error(error);
	g_assert_true(quirk_scripts_load(bed->config->quirks, &error));
	login(bed, "E-2", "pin2");
	shell_bed_expect(bed, "module up", "*VB-QDD-DR4-500, serial XSN1*");
	shell_bed_expect(bed, "module quirks",
	                 "*identity*ours.lua*serial number \"SN1\" taken as \"XSN1\"*");
}

int main(int argc, char **argv)
{
	struct shell_bed bed;

	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	shell_bed_begin(&bed);
	bed.config->operator_policy->users_path = put(&bed, "users.yaml", users_file);
	g_free(put(&bed, "pin1", "1234\n"));
	g_free(put(&bed, "pin2", "2345\n"));
	g_test_add_data_func("/shell/rights/unit", &bed, test_rights);
	g_test_add_data_func("/shell/rights/quirk", &bed, test_quirk);
	int code = g_test_run();
	shell_bed_end(&bed);
	return code;
}
