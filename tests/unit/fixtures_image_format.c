/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* One memory in every format that is understood, and formats that are damaged. */
#include "base/error.h"
#include "fixtures/cmis/cmis_memory.h"
#include "fixtures/image_format.h"

#include <string.h>

#define PAGES 4
#define BYTES (128 * (PAGES + 1))

/* Lower memory and pages 00h to 03h; a row of zeros and one that is repeated are among them. */
static void fill(guint8 bytes[BYTES])
{
	for (guint i = 0; i < BYTES; i++)
		bytes[i] = (guint8)(i * 37 + i / 128);
	memset(bytes + 256, 0, 96);
	bytes[0] = 0x18;
	bytes[126] = bytes[127] = 0;
}

static struct module_image *read_ok(const char *text, gsize len, enum image_format want,
                                    GPtrArray **notes)
{
	g_autoptr(GError) error = NULL;
	enum image_format format = IMAGE_FORMAT_N;
	struct module_image *image = image_format_read(text, len, "in", &format, notes, &error);

	g_assert_no_error(error);
	g_assert_nonnull(image);
	g_assert_cmpint(format, ==, want);
	return image;
}

static void assert_memory(const struct module_image *image, const guint8 *bytes, guint len)
{
	for (guint i = 0; i < len; i++) {
		guint32 address = i < 128 ? i : CMIS_ADDRESS(0, i / 128 - 1, 128 + i % 128);
		guint8 byte = 0;

		g_assert_true(module_image_get(image, address, &byte, 1));
		g_assert_cmphex(byte, ==, bytes[i]);
	}
	g_assert_false(module_image_get(image, CMIS_ADDRESS(0, len / 128 - 1, 128), NULL, 1));
}

static void add_letters(GString *text, const guint8 *bytes, char high)
{
	for (guint i = 0; i < 16; i++)
		g_string_append_c(text, g_ascii_isprint((char)bytes[i])     ? (char)bytes[i]
		                        : bytes[i] == 0 || bytes[i] == 0xFF ? '.'
		                                                            : high);
}

static char *as_ethtool(const guint8 *bytes, gboolean heading)
{
	GString *text = g_string_new(heading ? "Offset\t\tValues\n------\t\t------\n" : NULL);

	for (guint at = 0; at < BYTES; at += 16) {
		g_string_append_printf(text, "0x%04x:\t\t", at);
		for (guint i = 0; i < 16; i++)
			g_string_append_printf(text, "%02x ", bytes[at + i]);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static char *as_hexdump(const guint8 *bytes)
{
	GString *text = g_string_new(NULL);
	gboolean star = FALSE;

	for (guint at = 0; at < BYTES; at += 16) {
		if (at && memcmp(bytes + at, bytes + at - 16, 16) == 0) {
			g_string_append(text, star ? "" : "*\n");
			star = TRUE;
			continue;
		}
		star = FALSE;
		g_string_append_printf(text, "%08x ", at);
		for (guint i = 0; i < 16; i++)
			g_string_append_printf(text, "%s%02x", i == 8 ? "  " : " ", bytes[at + i]);
		g_string_append(text, "  |");
		add_letters(text, bytes + at, '.');
		g_string_append(text, "|\n");
	}
	g_string_append_printf(text, "%08x\n", BYTES);
	return g_string_free(text, FALSE);
}

/* The window that a module shows: lower memory and a page, which byte 127 names. */
static void add_i2cdump(GString *text, const guint8 *bytes, guint page)
{
	guint8 window[256];

	memcpy(window, bytes, 128);
	memcpy(window + 128, bytes + 128 * (page + 1), 128);
	window[127] = (guint8)page;
	g_string_append(text, "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f    "
	                      "0123456789abcdef\n");
	for (guint at = 0; at < 256; at += 16) {
		g_string_append_printf(text, "%02x: ", at);
		for (guint i = 0; i < 16; i++)
			g_string_append_printf(text, "%02x ", window[at + i]);
		g_string_append(text, "   ");
		add_letters(text, window + at, '?');
		g_string_append_c(text, '\n');
	}
}

static void test_formats(void)
{
	guint8 bytes[BYTES];
	g_autofree char *plain = NULL, *headed = NULL, *dump = NULL, *own = NULL, *indented = NULL;
	g_autoptr(module_image) raw = NULL, one = NULL, two = NULL, three = NULL, four = NULL,
				five = NULL;

	fill(bytes);
	plain = as_ethtool(bytes, FALSE);
	headed = as_ethtool(bytes, TRUE);
	indented = g_strconcat("# ethtool -m eth0 hex on\n  ", plain, NULL);
	dump = as_hexdump(bytes);
	raw = read_ok((char *)bytes, BYTES, IMAGE_FORMAT_RAW, NULL);
	own = module_image_to_text(raw);
	one = read_ok(plain, strlen(plain), IMAGE_FORMAT_ETHTOOL, NULL);
	two = read_ok(headed, strlen(headed), IMAGE_FORMAT_ETHTOOL, NULL);
	g_assert_nonnull(strstr(dump, "*\n"));
	three = read_ok(dump, strlen(dump), IMAGE_FORMAT_HEXDUMP, NULL);
	four = read_ok(own, strlen(own), IMAGE_FORMAT_PAGES, NULL);
	five = read_ok(indented, strlen(indented), IMAGE_FORMAT_ETHTOOL, NULL);
	assert_memory(raw, bytes, BYTES);
	assert_memory(five, bytes, BYTES);
	assert_memory(one, bytes, BYTES);
	assert_memory(two, bytes, BYTES);
	assert_memory(three, bytes, BYTES);
	assert_memory(four, bytes, BYTES);
}

static void test_windows(void)
{
	guint8 bytes[BYTES];
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(module_image) image = NULL;
	g_autoptr(GPtrArray) notes = NULL;

	fill(bytes);
	for (guint page = 0; page < PAGES; page++)
		add_i2cdump(text, bytes, page);
	bytes[14]++; /* it got warmer */
	add_i2cdump(text, bytes, 0);
	bytes[14]--;
	image = read_ok(text->str, text->len, IMAGE_FORMAT_I2CDUMP, &notes);
	assert_memory(image, bytes, BYTES);
	g_assert_cmpuint(notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(notes, 0), "dump 5 has 1 byte other"));
}

/* What could not be read stays unknown, and with byte 127 so does the page. */
static void test_unreadable(void)
{
	static const char text[] = "00: 18 40 XX 07    18 bytes would be cut\n";
	static const char rows[] =
		"70: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 XX    ...............X\n"
		"80: 11 22 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		"00: 18 40 XX 07 00 00 00 00 00 00 00 00 00 00 00 00    ?@X?............\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) sorted = g_string_new(strstr(rows, "00: 18"));
	g_autoptr(module_image) image = NULL;
	g_autoptr(GPtrArray) notes = NULL, gaps = NULL;
	enum image_format format;

	g_string_append_len(sorted, rows, strstr(rows, "00: 18") - rows);
	image = read_ok(sorted->str, sorted->len, IMAGE_FORMAT_I2CDUMP, &notes);
	g_assert_true(module_image_get(image, 0, NULL, 2));
	g_assert_false(module_image_get(image, 2, NULL, 1));
	g_assert_false(module_image_get(image, 128, NULL, 1));
	g_assert_cmpuint(notes->len, ==, 1);
	gaps = image_format_gaps(image);
	g_assert_cmpuint(gaps->len, ==, 3);
	g_assert_cmpstr(g_ptr_array_index(gaps, 0), ==, "lower 2");
	g_assert_cmpstr(g_ptr_array_index(gaps, 1), ==, "lower 16-111");
	g_assert_cmpstr(g_ptr_array_index(gaps, 2), ==, "lower 127");
	g_assert_null(image_format_read(text, strlen(text), "in", &format, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
}

#define ROW     "11 07 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
#define LETTERS "|................|"

static const struct {
	const char *name, *text, *says;
} damaged[] = {
	{"empty", "", "in:1: not an image"},
	{"words", "Identifier : 0x18 (QSFP-DD)\n", "in:1: not an image"},
	{"offset", "0x0000: " ROW "\n" ROW "\n", "in:2: a row of ethtool"},
	{"short", "0x0000: 11 07\n0x0010: " ROW "\n", "in:1: the row has fewer"},
	{"long", "0x0000: " ROW " 00\n", "in:1: the row has more than 16"},
	{"digit", "0x0000: 11 0g\n", "in:1: a byte is two hexadecimal digits"},
	{"joined", "0x0000: 1107\n", "in:1: a byte is two hexadecimal digits"},
	{"short and again", "0x0000: 11\n\n0x0000: 12\n", "in:1: the row has fewer"},
	{"other", "0x0000: " ROW "\n0x0000: 12\n", "in:2: offset 0000h is 12 here and was 11"},
	{"beyond", "0x8080: 11\n", "in:1: beyond the last page"},
	{"huge", "0xffffffff: 11\n", "in:1: beyond the last page"},
	{"letters", "00000000  41 42  |AC|\n", "in:1: the letters between the bars do not fit"},
	{"bars", "00000000  41 42  |A|\n", "in:1: the letters between the bars are not"},
	{"lost rows", "00000000  " ROW "  " LETTERS "\n00000030\n", "in:2: the end is not"},
	{"star", "*\n", "in:1: not an image"},
	{"open star", "00000000  " ROW "\n*\n", "in:3: nothing ends the rows"},
	{"cells", "00: " ROW " 00\n", "in:1: the row has more than 16 places"},
	{"few cells", "00: 11 07\n", "in:1: the row ends before its 16"},
	{"cell", "00: 11 0 " ROW "\n", "in:1: a place of i2cdump"},
	{"again", "10: " ROW "\n00: " ROW "\n", "in:2: the row was there before"},
	{"middle", "04: " ROW "\n", "in:1: a row of i2cdump"},
	{"only XX", "00: XX XX XX XX XX XX XX XX XX XX XX XX XX XX XX XX\n",
         "in: there is no byte"},
	{"page twice", "@LOWER\n00: 18\n00: 19\n", "in:3: a byte was told before"},
	{"page address", "@LOWER\n80: 18\n", "in:2: the address is not of this half"},
};

static void test_damaged(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(damaged); i++) {
		g_autoptr(GError) error = NULL;
		enum image_format format;

		g_test_message("%s", damaged[i].name);
		g_assert_null(image_format_read(damaged[i].text, strlen(damaged[i].text), "in",
		                                &format, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_str_has_prefix(error->message, damaged[i].says))
			g_assert_cmpstr(error->message, ==, damaged[i].says);
	}
}

static void test_sizes(void)
{
	static const gsize wrong[] = {1, 127, 129, 255, IMAGE_LINEAR_MAX + 128};
	static const gsize right[] = {128, 256, 640, IMAGE_LINEAR_MAX};
	g_autofree char *bytes = g_malloc0(IMAGE_LINEAR_MAX + 128);

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		enum image_format format;

		g_assert_null(image_format_read(bytes, wrong[i], "in", &format, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	}
	for (guint i = 0; i < G_N_ELEMENTS(right); i++)
		module_image_free(read_ok(bytes, right[i], IMAGE_FORMAT_RAW, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fixtures/image_format/formats", test_formats);
	g_test_add_func("/fixtures/image_format/windows", test_windows);
	g_test_add_func("/fixtures/image_format/unreadable", test_unreadable);
	g_test_add_func("/fixtures/image_format/damaged", test_damaged);
	g_test_add_func("/fixtures/image_format/sizes", test_sizes);
	return g_test_run();
}
