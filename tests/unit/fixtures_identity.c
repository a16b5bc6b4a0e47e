/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/identity.h"

#include "base/bytes.h"
#include "tests/unit/fixtures_parts.h"

/* Who a board is: in its EEPROM, in a file. */

static struct fixture *open_good(struct parts *parts)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fix = parts_open(parts, &error);

	g_assert_no_error(error);
	return fix;
}

static const struct identity someone = {"FX-0077", "B2", "2026-03-01", "QSFP-DD"};

static void test_identity(void)
{
	static const struct {
		guint at;
		guint8 value;
		gboolean fix_crc;
		const char *says;
	} rows[] = {
		{0, 'T', TRUE, "something else"},
		{9, 'Y', FALSE, "CRC is wrong"},
		{63, 0x12, FALSE, "CRC is wrong"},
		{4, 2, TRUE, "another version"},
		{5, 3, TRUE, "form"},
		{5, 0, TRUE, "form"},
		{8, 0, TRUE, "characters"},
		{9, ' ', TRUE, "characters"},
		{20, 'x', TRUE, "characters"},
		{33, 0x80, TRUE, "characters"},
	};
	guint8 bytes[IDENTITY_BYTES], bad[IDENTITY_BYTES];
	struct identity identity, empty = someone;
	g_autoptr(GError) error = NULL;

	g_assert_true(identity_encode(&someone, bytes, &error));
	g_assert_true(identity_decode(bytes, &identity, &error));
	g_assert_cmpstr(identity.serial_number, ==, "FX-0077");
	g_assert_cmpstr(identity.revision, ==, "B2");
	g_assert_cmpstr(identity.made, ==, "2026-03-01");
	g_assert_cmpstr(identity.form, ==, "QSFP-DD");
	/* typed from the table of the manual page */
	g_assert_cmpmem(bytes, 16, "STFX\x01\x01\0\0FX-0077\0", 16);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		memcpy(bad, bytes, sizeof(bad));
		bad[rows[i].at] = rows[i].value;
		if (rows[i].fix_crc) {
			guint16 crc = bytes_crc16(bad, 62);

			bad[62] = (guint8)(crc >> 8);
			bad[63] = (guint8)crc;
		}
		g_assert_false(identity_decode(bad, &identity, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_clear_error(&error);
	}
	memset(bad, 0xFF, sizeof(bad));
	g_assert_false(identity_decode(bad, &identity, &error));
	g_assert_nonnull(strstr(error->message, "erased"));
	g_clear_error(&error);
	empty.serial_number[0] = '\0';
	g_assert_false(identity_encode(&empty, bytes, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
}

static void test_eeprom(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_BUS PARTS_COUNT
	                                "serial_number: {eeprom: 0x57, offset: 64}\n");
	struct identity other = someone;
	g_autoptr(fixture) fix = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(parts_open(parts, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "EEPROM 0x57: identity: the memory is erased"));
	g_clear_error(&error);
	other.form = "OSFP";
	g_assert_true(identity_encode(&other, parts->eeprom + 64, &error));
	g_assert_null(parts_open(parts, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "the EEPROM says form OSFP"));
	g_clear_error(&error);
	g_assert_true(identity_encode(&someone, parts->eeprom + 64, &error));
	fix = open_good(parts);
	g_assert_cmpstr(fixture_serial_number(fix), ==, "FX-0077");
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

static void test_serial_file(void)
{
	struct parts *parts =
		parts_new(PARTS_QSFP PARTS_BUS PARTS_COUNT "serial_number: {file: serial.txt}\n");
	g_autofree char *path = g_build_filename(g_get_user_data_dir(), "serial.txt", NULL);
	g_autoptr(fixture) fix = NULL;
	g_autoptr(GError) error = NULL;

	g_unlink(path);
	g_assert_null(parts_open(parts, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(path, "10000000abcdef\n", 16, NULL));
	fix = open_good(parts);
	g_assert_cmpstr(fixture_serial_number(fix), ==, "10000000abcdef");
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/identity/format", test_identity);
	g_test_add_func("/fixtures/identity/eeprom", test_eeprom);
	g_test_add_func("/fixtures/identity/serial-file", test_serial_file);
	return g_test_run();
}
