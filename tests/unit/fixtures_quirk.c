/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* What single modules do otherwise than the standard: the table, and each kind on a module. */
#include "base/bytes.h"
#include "base/error.h"
#include "fixtures/quirk.h"
#include "tests/unit/fixtures_module_bed.h"

#include <glib/gstdio.h>
#include <string.h>

#define WHY "reason: r, source: s}\n"

static struct quirk_table *table_of(const char *rows, GError **error)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "quirks-XXXXXX", NULL);
	g_autofree char *text = g_strconcat("quirks:\n", rows, NULL);
	struct quirk_table *table;
	int fd = g_mkstemp(path);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	table = quirk_table_load(path, error);
	g_unlink(path);
	return table;
}

static void test_refused(void)
{
	static const struct {
		const char *row, *says;
	} rows[] = {
		{"  - {vendor: X, quirk: split-read, source: s}\n", "reason"},
		{"  - {vendor: X, quirk: split-read, reason: r}\n", "source"},
		{"  - {vendor: X, quirk: split-read, reason: r, source: ''}\n", "source: empty"},
		{"  - {quirk: split-read, " WHY, "it would apply to all"},
		{"  - {firmware: '1.*', quirk: split-read, " WHY, "it would apply to all"},
		{"  - {vendor: X, quirk: wobbles, " WHY, "\"wobbles\" is not known"},
		{"  - {vendor: X, quirk: read-max, " WHY, "value"},
		{"  - {vendor: X, quirk: read-max, value: 129, " WHY, "not from 1 to 128"},
		{"  - {vendor: X, quirk: mgmt-init, value: 0, " WHY, "not from"},
		{"  - {vendor: X, quirk: split-read, value: 1, " WHY, "value"},
		{"  - {vendor: X, quirk: split-read, serial: 1, " WHY, "serial"},
		{"  - {vendor: X, quirk: identity, " WHY, "script"},
		{"  - {vendor: X, quirk: identity, script: ../x.lua, " WHY, "not the name of a"},
		{"  - {vendor: X, quirk: identity, script: .x.lua, " WHY, "not the name of a"},
		{"  - {vendor: X, quirk: split-read, script: x.lua, " WHY, "script"},
		{"  - X\n", ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(table_of(rows[i].row, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].says));
	}
}

static void test_matches(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(quirk_table) table =
		table_of("  - {vendor: ACME, part_number: 'Q-4*', firmware: '1.?', "
	                 "quirk: read-max, value: 8, reason: it repeats, source: a test}\n",
	                 &error);
	const struct quirk *quirk;
	const struct quirk_module fits = {"ACME", "Q-400", "1.4"};
	const struct quirk_module others[] = {
		{"ACME2", "Q-400", "1.4"}, {"ACME", "R-400", "1.4"}, {"ACME", "Q-400", "1.40"},
		{NULL, "Q-400", "1.4"},    {"ACME", "Q-400", NULL},
	};
	g_autofree char *text = NULL;

	g_assert_no_error(error);
	quirk = g_ptr_array_index(table->rows, 0);
	g_assert_true(quirk_applies(quirk, &fits));
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_false(quirk_applies(quirk, &others[i]));
	text = quirk_text(quirk);
	g_assert_cmpstr(text, ==, "read-max 8: it repeats (a test)");
	g_assert_cmpuint(strlen(table->sha256), ==, 64);
}

/* The table that is installed can be read, and says why in every row. */
static void test_installed(void)
{
	const char *sources = g_getenv("STATION_SRC");
	g_autofree char *path =
		g_build_filename(sources, "fixtures", "modules", "quirks.yaml", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(quirk_table) table = quirk_table_load(path, &error);

	g_assert_no_error(error);
	for (guint i = 0; i < table->rows->len; i++) {
		const struct quirk *quirk = g_ptr_array_index(table->rows, i);

		g_assert_cmpuint(strlen(quirk->reason), >=, 10);
		g_assert_cmpuint(strlen(quirk->source), >=, 10);
	}
}

/* --- on a module ------------------------------------------------------------------------------ */

static struct quirk_table *give(struct bench *bench, const char *rows, const char *expected)
{
	g_autoptr(GError) error = NULL;
	struct quirk_table *table = table_of(rows, &error);

	g_assert_no_error(error);
	module_set_quirks(bench->module, table, expected);
	return table;
}

static void wake(struct bench *bench)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	module_power_up(bench->module, &fake->bounds, &error);
	g_assert_no_error(error);
	module_identify(bench->module, &fake->bounds, &error);
	g_assert_no_error(error);
}

/* A wrong checksum of that page is let off, of others it is not, and never without a row. */
static void test_checksum(struct bench *bench, gconstpointer data)
{
	g_autoptr(quirk_table) table =
		give(bench, "  - {vendor: VIRTUAL BENCH, quirk: checksum, value: 1, " WHY, NULL);
	g_autoptr(GError) error = NULL;

	wake(bench);
	g_assert_cmpuint(module_quirks(bench->module)->len, ==, 1);
	bench->fake->pages[1][255 - 128]++;
	g_assert_true(module_check_checksums(bench->module, &bench->fake->bounds, &error));
	bench->fake->pages[2][255 - 128]++;
	g_assert_false(module_check_checksums(bench->module, &bench->fake->bounds, &error));
	g_assert_nonnull(strstr(error->message, "page 02h"));
	g_clear_error(&error);
	bench->fake->pages[2][255 - 128]--;
	module_set_quirks(bench->module, NULL, NULL);
	g_assert_false(module_check_checksums(bench->module, &bench->fake->bounds, &error));
	g_assert_cmpuint(module_quirks(bench->module)->len, ==, 0);
}

/* The module takes no repeated start: the fake, which does, sees what came as one transfer. */
static void test_split_read(struct bench *bench, gconstpointer data)
{
	g_autoptr(quirk_table) table =
		give(bench, "  - {part_number: 'PN-*', quirk: split-read, " WHY, "PN-1");
	g_autoptr(GError) error = NULL;
	guint8 identifier = 0;

	bench->fake->no_repeated_start = TRUE;
	g_assert_true(module_power_up(bench->module, &bench->fake->bounds, &error));
	g_assert_true(cmis_memory_read(module_memory(bench->module), 0, &identifier, 1,
	                               &bench->fake->bounds, &error));
	g_assert_cmphex(identifier, ==, 0x18);
	module_set_quirks(bench->module, table, "QN-1");
	g_assert_false(cmis_memory_read(module_memory(bench->module), 0, &identifier, 1,
	                                &bench->fake->bounds, &error));
}

/* Fewer bytes in one READ than any module has to give. */
static void test_read_max(struct bench *bench, gconstpointer data)
{
	g_autoptr(quirk_table) table =
		give(bench, "  - {part_number: 'PN-*', quirk: read-max, value: 4, " WHY, "PN-1");

	bench->fake->read_limit = 4;
	g_assert_true(module_power_up(bench->module, &bench->fake->bounds, NULL));
	{
		guint8 name[16];

		g_assert_true(cmis_memory_read(module_memory(bench->module), 129, name,
		                               sizeof(name), &bench->fake->bounds, NULL));
		g_assert_cmpmem(name, 13, "VIRTUAL BENCH", 13);
	}
}

/* Longer than the standard has it; what is expected decides, for it has not said who it is. */
static void test_mgmt_init(struct bench *bench, gconstpointer data)
{
	g_autoptr(quirk_table) table =
		give(bench, "  - {part_number: 'PN-*', quirk: mgmt-init, value: 60, " WHY, "PN-1");
	g_autoptr(GError) error = NULL;
	double start_s = clock_now_s();

	bench->fake->address_nacks = G_MAXUINT;
	g_assert_false(module_power_up(bench->module, &bench->fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	/* half as long again, and what the bus may take (clock scale) */
	g_assert_cmpfloat(clock_now_s() - start_s, >=, 1.5 * 60 + 0.09 * clock_scale());
}

static void test_counts(struct bench *bench, gconstpointer data)
{
	g_autoptr(quirk_table) table =
		give(bench,
	             "  - {vendor: VIRTUAL BENCH, quirk: counts-big-endian, " WHY
	             "  - {vendor: VIRTUAL BENCH, quirk: counts-bits-first, " WHY,
	             NULL);
	struct fake *fake = bench->fake;
	struct cmis_error_count counts[CMIS_MAX_LANES] = {0};
	g_autoptr(GError) error = NULL;
	guint8 *at = &fake->pages[0x14][192 - 128];

	wake(bench);
	g_assert_cmpuint(module_quirks(bench->module)->len, ==, 2);
	put_be32(at + 4, 1000000); /* bits */
	put_be32(at + 12, 7);      /* errors */
	fake->pages[0x13][130 - 128] |= 0x02;
	g_assert_true(cmis_counts_read(module_memory(bench->module), CMIS_HOST, FALSE, counts,
	                               &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(counts[0].bits, ==, 1000000);
	g_assert_cmpuint(counts[0].errors, ==, 7);
}

/* In place of a script: what it is given, and what it makes of that. */
struct script { /* a row's code */
	char *was[QUIRK_FIELDS];
	const char *reads[QUIRK_FIELDS];
	gboolean fails;
};

static gboolean fake_reader(const struct quirk *quirk, const char *const *is, char **reads,
                            const struct bounds *bounds, GError **error)
{
	struct script *script = quirk->code;

	for (guint i = 0; i < QUIRK_FIELDS; i++) {
		g_free(script->was[i]);
		script->was[i] = g_strdup(is[i]);
		reads[i] = g_strdup(script->reads[i]);
	}
	if (script->fails)
		station_error_set(error, STATION_ERROR_CONFIG, "%s:3: broken", quirk->script);
	return !script->fails;
}

static void script_clear(struct script *script)
{
	for (guint i = 0; i < QUIRK_FIELDS; i++)
		g_free(script->was[i]);
	memset(script, 0, sizeof *script);
}

static void give_script(struct quirk_table *table, struct script *script)
{
	((struct quirk *)g_ptr_array_index(table->rows, 0))->code = script;
	table->reader = fake_reader;
}

#define IDENTITY_ROW                                                                               \
	"  - {part_number: '*', quirk: identity, script: x.lua, reason: pads, source: seen}\n"

static void test_identity(struct bench *bench, gconstpointer data)
{
	g_autoptr(quirk_table) table = give(bench, IDENTITY_ROW, NULL);
	const struct cmis_identity *identity;
	struct script script = {0};

	give_script(table, &script);
	wake(bench);
	identity = module_identity(bench->module);
	g_assert_cmpstr(script.was[QUIRK_VENDOR], ==, identity->vendor_name);
	g_assert_cmpstr(script.was[QUIRK_SERIAL], ==, identity->serial_number);
	g_autofree char *part_number = g_strdup(identity->part_number);
	g_autofree char *firmware = g_strdup(script.was[QUIRK_FIRMWARE]);
	const struct quirk *quirk = g_ptr_array_index(module_quirks(bench->module), 0);
	g_autofree char *same = module_quirk_text(bench->module, quirk);
	g_assert_cmpstr(same, ==, "identity x.lua: pads (seen)");
	script.reads[QUIRK_PART_NUMBER] = "ABC";
	script.reads[QUIRK_FIRMWARE] = "200.13";
	script.reads[QUIRK_SERIAL] = identity->serial_number;
	wake(bench);
	identity = module_identity(bench->module);
	g_assert_cmpstr(identity->part_number, ==, "ABC");
	g_assert_cmpuint(identity->firmware_major, ==, 200);
	g_assert_cmpuint(identity->firmware_minor, ==, 13);
	g_autofree char *text = module_quirk_text(bench->module, quirk);
	g_autofree char *expected =
		g_strdup_printf("identity x.lua: pads (seen); part number \"%s\" taken as \"ABC\", "
	                        "firmware \"%s\" taken as \"200.13\"",
	                        part_number, firmware);
	g_assert_cmpstr(text, ==, expected);
	/* what the module itself says is what is asked next time too */
	wake(bench);
	g_assert_cmpstr(script.was[QUIRK_PART_NUMBER], ==, part_number);
	script_clear(&script);
}

/* A script that is wrong is the station's fault, and leaves no module identified. */
static void test_identity_refused(struct bench *bench, gconstpointer data)
{
	static const struct {
		enum quirk_field field;
		const char *reads, *says;
	} rows[] = {
		{QUIRK_PART_NUMBER, "ABCDEFGHIJKLMNOPQ",
	         "part_number: \"*\" longer than CMIS has it"},
		{QUIRK_REVISION, "123", "longer than"},
		{QUIRK_DATE_CODE, "123456789", "longer than"},
		{QUIRK_PART_NUMBER, "A\tB", "not printable"},
		{QUIRK_PART_NUMBER, "\xc3\xa4", "not printable"},
		{QUIRK_PART_NUMBER, "ABC ", "blank at an end"},
		{QUIRK_PART_NUMBER, "", "nothing is left of it"},
		{QUIRK_FIRMWARE, "1", "is not such as"},
		{QUIRK_FIRMWARE, "1.2.3", "is not such as"},
		{QUIRK_FIRMWARE, "1.256", "is not such as"},
	};
	g_autoptr(quirk_table) table = give(bench, IDENTITY_ROW, NULL);
	const struct bounds *bounds = &bench->fake->bounds;
	struct script script = {0};
	g_autoptr(GError) error = NULL;

	module_power_up(bench->module, bounds, &error);
	g_assert_no_error(error);
	g_assert_false(module_identify(bench->module, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_cmpstr(error->message, ==, "identity: x.lua: nothing here runs scripts");
	g_clear_error(&error);
	give_script(table, &script);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *pattern = g_strdup_printf("identity: x.lua: *%s*", rows[i].says);
		script_clear(&script);
		script.reads[rows[i].field] = rows[i].reads;
		g_assert_false(module_identify(bench->module, bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(pattern, error->message))
			g_error("%s", error->message);
		g_assert_null(module_identity(bench->module));
		g_clear_error(&error);
	}
	script_clear(&script);
	script.fails = TRUE;
	g_assert_false(module_identify(bench->module, bounds, &error));
	g_assert_cmpstr(error->message, ==, "identity: x.lua:3: broken");
	script_clear(&script);
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/quirk/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/quirk/refused", test_refused);
	g_test_add_func("/fixtures/quirk/matches", test_matches);
	g_test_add_func("/fixtures/quirk/installed", test_installed);
	add("checksum", test_checksum);
	add("split-read", test_split_read);
	add("read-max", test_read_max);
	add("mgmt-init", test_mgmt_init);
	add("counts", test_counts);
	add("identity", test_identity);
	add("identity-refused", test_identity_refused);
	return g_test_run();
}
