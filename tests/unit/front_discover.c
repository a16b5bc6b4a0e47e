/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/discover_text.h"

#include "base/yaml.h"
#include "tests/unit/front_call.h"

#include <json-glib/json-glib.h>

/* "maker,model,serial,firmware"; an empty one is not told. */
static void add(GPtrArray *ways, enum discover_kind kind, const char *where, const char *resource,
                const char *told, gboolean answered)
{
	struct discover_way *way = g_new0(struct discover_way, 1);
	g_auto(GStrv) field = g_strsplit(told, ",", 4);
	char **into[] = {&way->told.maker, &way->told.model, &way->told.serial,
	                 &way->told.firmware};

	way->kind = kind;
	way->where = g_strdup(where);
	way->resource = g_strdup(resource);
	way->source = g_strdup("mDNS \"it\"");
	way->answered = answered;
	if (!answered)
		way->problem = g_strdup("connect: refused");
	for (guint i = 0; field[i]; i++)
		*into[i] = *field[i] ? g_strdup(field[i]) : NULL;
	g_ptr_array_add(ways, way);
}

static const struct discover_way *way_of(const GPtrArray *instruments, guint i, guint way)
{
	const struct discovered *instrument = instruments->pdata[i];

	return instrument->ways->pdata[way];
}

static guint n_ways(const GPtrArray *instruments, guint i)
{
	const struct discovered *instrument = instruments->pdata[i];

	return instrument->ways->len;
}

#define METER "Keysight Technologies,N7744A,DE1,1.0"

/* On every way once: HiSLIP first, the one without an answer last. */
static void test_one(void)
{
	g_autoptr(GPtrArray) ways = g_ptr_array_new_with_free_func(discover_way_free);

	add(ways, DISCOVER_BY_PAGE, "192.0.2.7", NULL, "Keysight,N7744A,DE1", FALSE);
	add(ways, DISCOVER_BY_SOCKET, "192.0.2.7", "S", METER, TRUE);
	add(ways, DISCOVER_BY_USBTMC, "usb:1:2:DE1", "U", METER, TRUE);
	add(ways, DISCOVER_BY_VXI11, "192.0.2.7", "V", "", FALSE);
	add(ways, DISCOVER_BY_HISLIP, "192.0.2.7", "H", METER, TRUE);
	g_autoptr(GPtrArray) found = discover_join(ways);
	g_assert_cmpuint(ways->len, ==, 0);
	g_assert_cmpuint(found->len, ==, 1);
	g_assert_cmpuint(n_ways(found, 0), ==, 5);
	g_assert_cmpstr(way_of(found, 0, 0)->resource, ==, "H");
	g_assert_cmpstr(way_of(found, 0, 1)->resource, ==, "S");
	g_assert_cmpstr(way_of(found, 0, 2)->resource, ==, "U");
	g_assert_cmpstr(way_of(found, 0, 3)->resource, ==, "V");
	g_assert_null(way_of(found, 0, 4)->resource);
}

/* Two behind one host stay two, and what may be either is neither. */
static void test_gateway(void)
{
	g_autoptr(GPtrArray) ways = g_ptr_array_new_with_free_func(discover_way_free);

	add(ways, DISCOVER_BY_SOCKET, "192.0.2.7", "A", METER, TRUE);
	add(ways, DISCOVER_BY_SOCKET, "192.0.2.7", "B", "Keysight,N7744A,DE2,1", TRUE);
	add(ways, DISCOVER_BY_VXI11, "192.0.2.7", "V", "", FALSE);
	add(ways, DISCOVER_BY_SOCKET, "192.0.2.8", "C", "", FALSE);
	g_autoptr(GPtrArray) found = discover_join(ways);
	g_assert_cmpuint(found->len, ==, 4);
	for (guint i = 0; i < found->len; i++)
		g_assert_cmpuint(n_ways(found, i), ==, 1);
}

/* "0" is no serial number: only the place tells such instruments apart. */
static void test_no_serial(void)
{
	g_autoptr(GPtrArray) ways = g_ptr_array_new_with_free_func(discover_way_free);

	add(ways, DISCOVER_BY_SOCKET, "192.0.2.7", "A", "M,X1,0,1", TRUE);
	add(ways, DISCOVER_BY_SOCKET, "192.0.2.8", "B", "M,X1,0,1", TRUE);
	add(ways, DISCOVER_BY_HISLIP, "192.0.2.8", "C", "M,X-1,000,1", TRUE);
	add(ways, DISCOVER_BY_SOCKET, "192.0.2.8", "D", "M,X2,0,1", TRUE);
	g_autoptr(GPtrArray) found = discover_join(ways);
	g_assert_cmpuint(found->len, ==, 3);
	g_assert_cmpstr(way_of(found, 0, 0)->resource, ==, "C");
	g_assert_cmpstr(way_of(found, 0, 1)->resource, ==, "B");
}

static GPtrArray *some(void)
{
	g_autoptr(GPtrArray) ways = g_ptr_array_new_with_free_func(discover_way_free);

	add(ways, DISCOVER_BY_SOCKET, "192.0.2.7", "TCPIP::192.0.2.7::5025::SOCKET", METER, TRUE);
	add(ways, DISCOVER_BY_USBTMC, "usb", "USB::0x1234::0x5678::A\"\\b\n#::INSTR",
	    "Evil\n- name: x\xe2\x80\xa8- name: z\xc2\x85- y,Y\" # \x1b[2J\xff,1: 2,3", TRUE);
	add(ways, DISCOVER_BY_PAGE, "192.0.2.9", NULL, "Keysight,N7744A,DE9", FALSE);
	return discover_join(ways);
}

/* What is printed is YAML that holds the known one alone, whatever others say of themselves. */
static void test_yaml(void)
{
	g_autoptr(GPtrArray) found = some();
	g_autofree char *text = discover_yaml(found);
	GError *error = NULL;
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "found", &error);
	const char *value = NULL;

	g_assert_no_error(error);
	const struct yaml_node *list = yaml_root(doc);
	g_assert_cmpuint(yaml_size(list), ==, 1);
	g_assert_true(yaml_string(yaml_item(list, 0), "driver", &value, NULL));
	g_assert_cmpstr(value, ==, "keysight-power-meter");
	g_assert_true(yaml_string(yaml_item(list, 0), "class", &value, NULL));
	g_assert_cmpstr(value, ==, "power-meter");
	g_assert_true(yaml_string(yaml_item(list, 0), "resource", &value, NULL));
	g_assert_cmpstr(value, ==, "TCPIP::192.0.2.7::5025::SOCKET");
	g_assert_true(yaml_string(yaml_item(list, 0), "name", &value, NULL));
	g_assert_cmpstr(value, ==, "power-meter1");
	g_assert_true(
		g_str_has_prefix(text,
	                         "  # Keysight Technologies N7744A, serial DE1, firmware 1.0\n"
	                         "  # driver keysight-power-meter (power-meter, "));
	g_assert_nonnull(strstr(text, "  # no driver knows it\n"));
	g_assert_nonnull(strstr(text, "  # - name: instrument1\n  #   resource: \"USB::"));
	g_assert_nonnull(strstr(text, "N7744A (not by its own answer), serial DE9\n"));
}

static void test_json(void)
{
	g_autoptr(GPtrArray) found = some();
	g_autofree char *text = discover_json(found);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, 4);
	for (guint i = 0; i < 3; i++) {
		g_autoptr(JsonParser) parser = json_parser_new();
		g_assert_true(json_parser_load_from_data(parser, lines[i], -1, NULL));
		JsonObject *object = json_node_get_object(json_parser_get_root(parser));
		g_assert_cmpuint(json_array_get_length(
					 json_object_get_array_member(object, "ways")),
		                 ==, 1);
		g_assert_true(json_object_get_null_member(object, "resource") == (i == 2));
		g_assert_cmpuint(json_array_get_length(
					 json_object_get_array_member(object, "drivers")),
		                 ==, i == 1 ? 0 : 1);
	}
}

static void test_calls(void)
{
	static const struct step_table none = {NULL, 0};
	static const char *const wrong[][3] = {
		{"--only", "vxi11,gpib", "gpib"}, {"--only", "", "no \"\""},
		{"--timeout", "0", "no \"0\""},   {"--timeout", "soon", "soon"},
		{"--timeout=nan", NULL, "nan"},   {"--timeout", NULL, "--timeout"},
		{"--jsn", NULL, "--jsn"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct said said = call(&none, WORDS("discover", wrong[i][0], wrong[i][1]));
		g_assert_cmpint(said.code, ==, EXIT_CODE_USAGE);
		g_assert_nonnull(strstr(said.err, wrong[i][2]));
		g_assert_cmpstr(said.out, ==, "");
		said_clear(&said);
	}
	struct said said = call(&none, WORDS("discover", "--help"));
	g_assert_cmpint(said.code, ==, EXIT_CODE_OK);
	g_assert_nonnull(strstr(said.out, "examples:"));
	said_clear(&said);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/discover/join/one", test_one);
	g_test_add_func("/discover/join/gateway", test_gateway);
	g_test_add_func("/discover/join/no-serial", test_no_serial);
	g_test_add_func("/discover/yaml", test_yaml);
	g_test_add_func("/discover/json", test_json);
	g_test_add_func("/discover/calls", test_calls);
	return g_test_run();
}
