/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* "station module decode": images made here, and those of modules, through the whole command. */
#include "fixtures/cmis/cmis_fields.h"
#include "fixtures/image_format.h"
#include "fixtures/sff8636_fields.h"
#include "tests/unit/fixtures_image.h"
#include "tests/unit/front_call.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>

static const struct step_table no_steps = {NULL, 0};

static char *in_folder(const char *name)
{
	return g_build_filename(g_get_tmp_dir(), name, NULL);
}

/* The answer in JSON; free with g_object_unref. */
static JsonParser *decode(const char *path)
{
	struct said said = call(&no_steps, WORDS("module", "decode", "--json", "--sources", path));
	JsonParser *parser = json_parser_new();
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(said.err, ==, "");
	g_assert_cmpint(said.code, ==, EXIT_CODE_OK);
	json_parser_load_from_data(parser, said.out, -1, &error);
	g_assert_no_error(error);
	said_clear(&said);
	return parser;
}

static JsonObject *root_of(JsonParser *parser)
{
	return json_node_get_object(json_parser_get_root(parser));
}

static JsonArray *values_of(JsonObject *root, const char *name)
{
	JsonArray *fields = json_object_get_array_member(root, "fields");

	for (guint i = 0; i < json_array_get_length(fields); i++) {
		JsonObject *field = json_array_get_object_element(fields, i);

		if (g_str_equal(json_object_get_string_member(field, "name"), name))
			return json_object_get_array_member(field, "values");
	}
	return NULL;
}

/* --- every field once ------------------------------------------------------------------------- */

/* All pages of one bank, lower memory first; CMIS 5.3 or QSFP28. */
static guint8 *make_whole(guint8 identifier)
{
	guint8 *bytes = g_malloc(IMAGE_LINEAR_MAX);

	for (guint i = 0; i < IMAGE_LINEAR_MAX; i++)
		bytes[i] = (guint8)(i * 29 + i / 128);
	bytes[0] = identifier;
	bytes[1] = 0x53;
	bytes[2] = 0;
	return bytes;
}

static void assert_all_fields(guint8 identifier, const struct cmis_field *rows, guint n)
{
	g_autofree guint8 *bytes = make_whole(identifier);
	g_autofree char *path = in_folder("whole.bin");
	g_autoptr(JsonParser) parser = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	struct said said;
	JsonArray *fields;

	g_file_set_contents(path, (char *)bytes, IMAGE_LINEAR_MAX, NULL);
	parser = decode(path);
	fields = json_object_get_array_member(root_of(parser), "fields");
	g_assert_cmpuint(json_array_get_length(fields), ==, n);
	said = call(&no_steps, WORDS("module", "decode", path));
	g_assert_cmpint(said.code, ==, EXIT_CODE_OK);
	for (guint i = 0; i < n; i++) {
		JsonObject *field = json_array_get_object_element(fields, i);
		const char *name = json_object_get_string_member(field, "name");
		g_autofree char *line = g_strdup_printf("\n  %s ", rows[i].name);
		const char *first = strstr(said.out, line);

		g_assert_cmpstr(json_object_get_string_member(field, "source"), !=, "");
		g_assert_true(g_hash_table_add(seen, (gpointer)name));
		g_assert_nonnull(first);
		g_assert_null(strstr(first + 1, line));
	}
	for (guint i = 0; i < n; i++)
		g_assert_true(g_hash_table_contains(seen, rows[i].name));
	said_clear(&said);
	g_remove(path);
}

static void test_every_field(void)
{
	guint n = 0;
	const struct cmis_field *rows = cmis_fields(&n);

	assert_all_fields(0x18, rows, n);
	rows = sff8636_fields(&n);
	assert_all_fields(0x11, rows, n);
}

/* --- calls ------------------------------------------------------------------------------------ */

static const struct {
	const char *name, *text;
	const char *const words[3]; /* behind the file */
	int code;
	const char *says;
} calls[] = {
	{"other", "0x0000: 03 04 07\n", {NULL}, 0, "identifier 03h, neither CMIS nor SFF-8636"},
	{"its bytes", "0x0000: 03 04 07\n", {NULL}, 0, "@LOWER\n00: 03 04 07 --"},
	{"no byte 0", "0x0001: 03 04 07\n", {NULL}, 0, "byte 0, which tells what it is, is not"},
	{"pages missing", "0x0000: 18 40 00\n", {NULL}, 0, "00h:128-221: not in this image"},
	{"gaps", "0x0000: 18 40 00\n", {NULL}, 0, "missing bytes: lower 3-127"},
	{"alarm", "@LOWER\n00: 18 40\n08: 00 09\n", {NULL}, 0, "high alarm, low warning"},
	{"thresholds",
         "@LOWER\n00: 18 40\n0E: 50 00\n@PAGE 02 BANK 0\n80: 4B 00 FB 00 46 00 00 00\n",
         {NULL},
         0,
         "80 degC [high alarm]; alarm -5 degC to 75 degC, warning 0 degC to 70 degC"},
	{"no thresholds",
         "@LOWER\n00: 18 40\n0E: 50 00\n@PAGE 02 BANK 0\n80: 4B 00 FB 00 46 00 00\n",
         {NULL},
         0,
         "50 00                      80 degC\n"},
	{"page", "@LOWER\n00: 18 40\n03: 06\n", {"--page", "lower", NULL}, 0, "ModuleReady"},
	{"glob", "@LOWER\n00: 18 40\n03: 06\n", {"--field", "module.st*", NULL}, 0, "ModuleReady"},
	{"sources", "@LOWER\n00: 18 40\n03: 06\n", {"--sources", NULL}, 0, "{CMIS 5.2, "},
	{"no field", "@LOWER\n00: 18 40\n", {"--page", "11h", NULL}, 3, "no such field in this"},
	{"no page", "@LOWER\n00: 18 40\n", {"--page", "111", NULL}, 2, "11h, or lower"},
	{"damaged", "0x0000: 18 4\n", {NULL}, 3, ":1: a byte is two hexadecimal digits"},
	{"no image", "hello\n", {NULL}, 3, "not an image of a module's memory"},
};

static void test_calls(void)
{
	g_autofree char *path = in_folder("pasted.txt");

	for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
		const char *words[6] = {"module", "decode", path};
		struct said said;

		for (guint k = 0; k < 3; k++)
			words[3 + k] = calls[i].words[k];
		g_test_message("%s", calls[i].name);
		g_file_set_contents(path, calls[i].text, -1, NULL);
		said = call(&no_steps, words);
		g_assert_cmpint(said.code, ==, calls[i].code);
		if (!strstr(said.code ? said.err : said.out, calls[i].says))
			g_assert_cmpstr(said.code ? said.err : said.out, ==, calls[i].says);
		said_clear(&said);
	}
	g_remove(path);
}

/* --- images of modules ------------------------------------------------------------------------ */

static const struct {
	const char *key, *field;
	double factor;
} numbers[] = {
	{"lower.temp_c", "module.temperature", 1},
	{"lower.vcc_v", "module.vcc", 1},
	{"lower.module_state_bits3_1", "module.state", 1},
	{"lower.aux1_raw_s16", "module.aux1", 1},
	{"lower.aux2_raw_s16", "module.aux2", 1},
	{"lower.aux3_raw_s16", "module.aux3", 1},
	{"lower.custom_raw_s16", "module.custom_monitor", 1},
	{"lower.fault_cause_41", "module.fault_cause", 1},
	{"lower.flat_bit2", "module.flat_memory", 1},
	{"lower.rx_power_mw", "lane.rx_power", 1e3},
	{"lower.tx_bias_ma", "lane.tx_bias", 1e3},
	{"lower.tx_power_mw", "lane.tx_power", 1e3},
	{"p00.bitrate_100mbps_140", "module.bit_rate", 1e-8},
	{"p00.length_smf_km", "reach.smf", 1e-3},
	{"p00.length_om3_m", "reach.om3", 1},
	{"p00.max_case_temp_190", "module.temperature_max", 1},
	{"p01.wavelength_nm", "laser.wavelength", 1e9},
	{"p01.wavelength_tol_nm", "laser.wavelength_tolerance", 1e9},
	{"p11.tx_power_mw", "lane.tx_power", 1e3},
	{"p11.tx_bias_ma", "lane.tx_bias", 1e3},
	{"p11.rx_power_mw", "lane.rx_power", 1e3},
	{"p11.dp_state_lane1_8", "lane.path_state", 1},
	{"p11.config_status_lane1_8", "lane.config_status", 1},
};

/* Of four thresholds each. */
static const struct {
	const char *key, *monitor;
	double factor;
} thresholds[] = {
	{"temp_c_HA_LA_HW_LW", "temperature", 1},     {"vcc_v_HA_LA_HW_LW", "vcc", 1},
	{"rx_power_mw_HA_LA_HW_LW", "rx_power", 1e3}, {"tx_bias_ma_HA_LA_HW_LW", "tx_bias", 1e3},
	{"tx_power_mw_HA_LA_HW_LW", "tx_power", 1e3}, {"aux1_raw_s16_HA_LA_HW_LW", "aux1", 1},
	{"aux2_raw_s16_HA_LA_HW_LW", "aux2", 1},      {"aux3_raw_s16_HA_LA_HW_LW", "aux3", 1},
	{"custom_raw_s16_HA_LA_HW_LW", "custom", 1},
};

static const struct {
	const char *key, *field;
} bits[] = {
	{"p11.tx_failure_lane1_8", "flag.tx_failure"},
	{"p11.tx_los_lane1_8", "flag.tx_los"},
	{"p11.tx_cdr_lol_lane1_8", "flag.tx_cdr_lol"},
	{"p11.tx_power_HA_lane1_8", "flag.tx_power.high_alarm"},
	{"p11.tx_power_LW_lane1_8", "flag.tx_power.low_warning"},
	{"p11.tx_bias_LA_lane1_8", "flag.tx_bias.low_alarm"},
	{"p11.rx_los_lane1_8", "flag.rx_los"},
	{"p11.rx_power_HW_lane1_8", "flag.rx_power.high_warning"},
	{"p10.tx_output_disable_lane1_8", "lane.tx_output_disable"},
	{"lower.tx_disable_86", "lane.tx_output_disable"},
};

/* Four lanes of SFF-8636 as words: "lane 2, 4" is 0101. */
static const struct {
	const char *key, *field;
} lanes[] = {
	{"lower.tx_los_lane1_4", "flag.tx_los"},
	{"lower.rx_los_lane1_4", "flag.rx_los"},
	{"lower.tx_adapt_eq_fault_lane1_4", "flag.tx_adaptive_eq_fail"},
	{"lower.tx_fault_lane1_4", "flag.tx_failure"},
	{"lower.tx_lol_lane1_4", "flag.tx_cdr_lol"},
	{"lower.rx_lol_lane1_4", "flag.rx_cdr_lol"},
};

static const struct {
	const char *key, *field;
} texts[] = {
	{"p00.vendor_name", "vendor.name"},        {"p00.vendor_pn", "vendor.part_number"},
	{"p00.vendor_sn", "vendor.serial_number"}, {"p00.vendor_rev", "vendor.revision"},
	{"p00.date_code", "vendor.date_code"},     {"p00.oui", "vendor.oui"},
};

static char *join_values(JsonArray *values, double factor)
{
	guint n = json_array_get_length(values);
	g_autofree double *all = g_new0(double, n + 1);

	for (guint i = 0; i < n; i++)
		all[i] = json_object_get_double_member(json_array_get_object_element(values, i),
		                                       "value");
	return image_join(all, n, factor);
}

static char *thresholds_of(JsonObject *root, const char *monitor, double factor)
{
	static const char *const ends[] = {"high_alarm", "low_alarm", "high_warning",
	                                   "low_warning"};
	double four[4];

	for (guint i = 0; i < 4; i++) {
		g_autofree char *name = g_strdup_printf("threshold.%s.%s", monitor, ends[i]);
		JsonArray *values = values_of(root, name);

		g_assert_nonnull(values);
		four[i] = json_object_get_double_member(json_array_get_object_element(values, 0),
		                                        "value");
	}
	return image_join(four, 4, factor);
}

static const char *text_of(JsonObject *root, const char *name)
{
	JsonArray *values = values_of(root, name);

	g_assert_nonnull(values);
	return json_object_get_string_member(json_array_get_object_element(values, 0), "text");
}

static char *sum_text(JsonObject *root, guint index)
{
	JsonArray *sums = json_object_get_array_member(root, "checksums");
	JsonObject *sum = json_array_get_object_element(sums, index);
	gint64 computed = json_object_get_int_member(sum, "computed");
	gint64 stored = json_object_get_int_member(sum, "stored");

	return g_strdup_printf("computed 0x%02X stored 0x%02X %s", (guint)computed, (guint)stored,
	                       computed == stored ? "OK" : "MISMATCH");
}

static char *application_of(JsonObject *root, guint number)
{
	JsonArray *apps = json_object_get_array_member(root, "applications");

	for (guint i = 0; i < json_array_get_length(apps); i++) {
		JsonObject *app = json_array_get_object_element(apps, i);

		if (json_object_get_int_member(app, "number") == (gint64)number)
			return g_strdup_printf(
				"host=0x%02X media=0x%02X host_lanes=%u media_lanes=%u "
				"host_assign=0x%02X",
				(guint)json_object_get_int_member(app, "host"),
				(guint)json_object_get_int_member(app, "media"),
				(guint)json_object_get_int_member(app, "host_lanes"),
				(guint)json_object_get_int_member(app, "media_lanes"),
				(guint)json_object_get_int_member(app, "host_lane_options"));
	}
	return NULL;
}

static char *flag_lanes(JsonObject *root, const char *name)
{
	const char *text = text_of(root, name);
	char *ones = g_strdup("0000");

	for (const char *at = text; g_str_has_prefix(text, "lane ") && *at; at++)
		if (g_ascii_isdigit(*at))
			ones[*at - '1'] = '1';
	return ones;
}

static char *flag_bits(JsonObject *root, const char *name)
{
	char *text = join_values(values_of(root, name), 1);
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return text;
}

/* What the command says for a key; null: not a key that it is asked for here. */
static char *said_value(JsonObject *root, const char *key)
{
	guint app = 0, page = 0;

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (g_str_equal(numbers[i].key, key))
			return join_values(values_of(root, numbers[i].field), numbers[i].factor);
	for (guint i = 0; i < G_N_ELEMENTS(thresholds); i++)
		if (key[0] == 'p' && g_str_equal(thresholds[i].key, key + strlen("p02.")))
			return thresholds_of(root, thresholds[i].monitor, thresholds[i].factor);
	for (guint i = 0; i < G_N_ELEMENTS(bits); i++)
		if (g_str_equal(bits[i].key, key))
			return flag_bits(root, bits[i].field);
	for (guint i = 0; i < G_N_ELEMENTS(lanes); i++)
		if (g_str_equal(lanes[i].key, key))
			return flag_lanes(root, lanes[i].field);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (g_str_equal(texts[i].key, key))
			return g_strdup(text_of(root, texts[i].field));
	if (g_str_equal(key, "p00.cc_base") || g_str_equal(key, "p00.cc_ext"))
		return sum_text(root, g_str_equal(key, "p00.cc_ext"));
	if (sscanf(key, "p%2x.checksum", &page) == 1 && g_str_has_suffix(key, ".checksum"))
		return sum_text(root, page);
	if (sscanf(key, "lower.app%u", &app) == 1 || sscanf(key, "p01.app%u", &app) == 1)
		return application_of(root, app);
	return NULL;
}

/* The companion quotes texts with their padding. */
static char *wanted_value(const char *value)
{
	g_autofree char *inner = NULL;

	if (*value != '"')
		return g_strdup(value);
	inner = g_strndup(value + 1, strlen(value) - 2);
	for (;;) {
		if (g_str_has_suffix(inner, "\\x00"))
			inner[strlen(inner) - 4] = '\0';
		else if (g_str_has_suffix(inner, " "))
			inner[strlen(inner) - 1] = '\0';
		else
			return g_steal_pointer(&inner);
	}
}

/* "vdm.21h.144 = type=8 ... raw=0x7549 ..." of the companion. */
static gboolean compare_observable(JsonObject *root, const char *key, const char *value)
{
	JsonArray *all = json_object_get_array_member(root, "observables");
	const char *raw = strstr(value, " raw=0x");
	guint page = 0, byte = 0, type = 0;
	g_autofree char *place = NULL;

	if (sscanf(key, "vdm.%xh.%u", &page, &byte) != 2 || !raw ||
	    sscanf(value, "type=%u", &type) != 1)
		return FALSE;
	place = image_place_text(CMIS_ADDRESS(0, page + 4, byte), 2);
	for (guint i = 0; i < json_array_get_length(all); i++) {
		JsonObject *item = json_array_get_object_element(all, i);

		if (!g_str_equal(json_object_get_string_member(item, "address"), place))
			continue;
		g_assert_cmpint(json_object_get_int_member(item, "type"), ==, type);
		g_assert_cmpint(json_object_get_int_member(item, "raw"), ==,
		                (gint64)g_ascii_strtoull(raw + strlen(" raw=0x"), NULL, 16));
		return TRUE;
	}
	g_assert_not_reached();
}

static gboolean compare_line(JsonObject *root, const char *line)
{
	const char *equals = strstr(line, " = ");
	g_autofree char *key = equals ? g_strndup(line, (gsize)(equals - line)) : NULL;
	g_autofree char *want = NULL, *got = NULL;

	if (!key || strchr(key, ' '))
		return FALSE;
	g_test_message("%s", line);
	if (g_str_has_prefix(key, "vdm."))
		return compare_observable(root, key, equals + 3);
	got = said_value(root, key);
	if (!got)
		return FALSE;
	want = wanted_value(equals + 3);
	g_assert_cmpstr(got, ==, want);
	return TRUE;
}

static const struct image_case {
	const char *name;
	guint at_least; /* values compared */
} images[] = {
	{"osfp_2x400g_fr4_fboss", 227},   {"qsfp28_cwdm4_sff8636_fboss", 30},
	{"qsfp_200g_fr4_cmis_fboss", 44}, {"qsfpdd_400g_cr8_amphenol_cmis30_flat", 23},
	{"qsfpdd_400g_dr4_fboss", 44},    {"qsfpdd_400g_dr4_innolight_cmis30", 16},
	{"qsfpdd_400g_fr4_fboss", 72},    {"qsfpdd_400g_xdr4_arista_fboss", 44},
};

static void test_image(gconstpointer data)
{
	const struct image_case *image = data;
	g_autofree char *folder = image_folder();
	g_autofree char *file = g_strconcat(image->name, ".hex", NULL);
	g_autofree char *companion = g_strconcat(image->name, ".expected.md", NULL);
	g_autofree char *path = NULL, *beside = NULL, *text = NULL;
	g_autoptr(JsonParser) parser = NULL;
	g_auto(GStrv) rows = NULL;
	guint compared = 0;

	if (!folder) {
		g_test_skip("no module images (STATION_EEPROM_DIR): NOT TESTED");
		return;
	}
	path = g_build_filename(folder, file, NULL);
	beside = g_build_filename(folder, companion, NULL);
	parser = decode(path);
	g_assert_true(g_file_get_contents(beside, &text, NULL, NULL));
	rows = g_strsplit(text, "\n", -1);
	for (guint i = 0; rows[i]; i++)
		compared += compare_line(root_of(parser), rows[i]);
	g_test_message("%u values", compared);
	g_assert_cmpuint(compared, >=, image->at_least);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/front/decode/every_field", test_every_field);
	g_test_add_func("/front/decode/calls", test_calls);
	for (guint i = 0; i < G_N_ELEMENTS(images); i++) {
		g_autofree char *path = g_strdup_printf("/front/decode/%s", images[i].name);

		g_test_add_data_func(path, &images[i], test_image);
	}
	return g_test_run();
}
