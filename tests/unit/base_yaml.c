/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/yaml.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static struct yaml_doc *load(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct yaml_doc *doc = yaml_load_text(text, -1, "t.yaml", &error);
	g_assert_no_error(error);
	return doc;
}

static void assert_config(const GError *error, const char *pattern)
{
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	if (!g_pattern_match_simple(pattern, error->message))
		g_error("expected %s, got %s", pattern, error->message);
}

static void test_tree(void)
{
	g_autoptr(yaml_doc) doc = load("# plan\n"
	                               "name: first\n"
	                               "lanes: [1, 2]\n"
	                               "supply:\n"
	                               "  voltage: 3.3 V\n"
	                               "empty: {}\n");
	const struct yaml_node *root = yaml_root(doc);
	g_assert_cmpstr(yaml_name(doc), ==, "t.yaml");
	g_assert_cmpint(yaml_kind(root), ==, YAML_MAP);
	g_assert_cmpint(yaml_line(root), ==, 2);
	g_assert_cmpuint(yaml_size(root), ==, 4);
	g_assert_cmpstr(yaml_key(root, 1), ==, "lanes");
	const struct yaml_node *lanes = yaml_value(root, 1);
	g_assert_cmpint(yaml_kind(lanes), ==, YAML_LIST);
	g_assert_cmpuint(yaml_size(lanes), ==, 2);
	g_assert_cmpint(yaml_kind(yaml_item(lanes, 1)), ==, YAML_SCALAR);
	g_assert_cmpuint(yaml_size(yaml_item(lanes, 1)), ==, 0);
	const struct yaml_node *supply = yaml_find(root, "supply");
	g_assert_cmpint(yaml_line(yaml_find(supply, "voltage")), ==, 5);
	g_assert_cmpuint(yaml_size(yaml_find(root, "empty")), ==, 0);
	g_assert_null(yaml_find(root, "absent"));
	g_assert_null(yaml_find(lanes, "absent"));
	yaml_doc_free(NULL);
}

static void test_refuse_file(void)
{
	static const struct {
		const char *text;
		gssize len;
		const char *message; /* pattern */
	} rows[] = {
		{"", -1, "t.yaml:1: nothing in it"},
		{"# only a comment\n", -1, "t.yaml:1: nothing in it"},
		{"a: 1\nb: 2\na: 3\n", -1,
	         "t.yaml:3: key \"a\" stands there twice, first in line 1"},
		{"a: &x 1\n", -1, "t.yaml:1: anchors*"},
		{"a: 1\nb: &x [1]\n", -1, "t.yaml:2: anchors*"},
		{"a: &x {b: 1}\n", -1, "t.yaml:1: anchors*"},
		{"&x a: 1\n", -1, "t.yaml:1: anchors*"},
		{"a: 1\nb: *x\n", -1, "t.yaml:2: aliases*"},
		{"*x : 1\n", -1, "t.yaml:1: aliases*"},
		{"a: !!str 1\n", -1, "t.yaml:1: tags*"},
		{"a: ! 1\n", -1, "t.yaml:1: tags*"},
		{"a: !x [1]\n", -1, "t.yaml:1: tags*"},
		{"!x a: 1\n", -1, "t.yaml:1: tags*"},
		{"a: 1\n---\nb: 2\n", -1, "t.yaml:3: more than one*"},
		{"[1]: 2\n", -1, "t.yaml:1: a key must be*"},
		{"? {a: 1}\n: 2\n", -1, "t.yaml:1: a key must be*"},
		{"{? : 2}\n", -1, "t.yaml:1: a key must be*"},
		{"a: [1\nb: 2\n", -1, "t.yaml:*"},
		{"a: 1\n\tb: 2\n", -1, "t.yaml:2: *"},
		{"a: \"x\n", -1, "t.yaml:*"},
		{"a: 1\n  b: 2\n", -1, "t.yaml:2: *"},
		{"a: \"\\0\"\n", -1, "t.yaml:1: a zero character*"},
		{"a: 1\nb: \xff\n", -1, "t.yaml:2: not UTF-8*"},
		{"a: 1\nb: \0002\n", 10, "t.yaml:2: not UTF-8*"},
		{"\xff\xfe"
	         "a\0:\0",
	         6, "t.yaml:1: not UTF-8*"},
		{"a: }\n", -1, "t.yaml:1: *"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(yaml_load_text(rows[i].text, rows[i].len, "t.yaml", &error));
		assert_config(error, rows[i].message);
	}
}

static void test_depth(void)
{
	for (int depth = 60; depth < 70; depth++) {
		g_autoptr(GString) text = g_string_new(NULL);
		for (int i = 0; i < depth; i++)
			g_string_append_c(text, '[');
		for (int i = 0; i < depth; i++)
			g_string_append_c(text, ']');
		g_autoptr(GError) error = NULL;
		g_autoptr(yaml_doc) doc = yaml_load_text(text->str, -1, "t.yaml", &error);
		g_assert_cmpint(doc != NULL, ==, depth <= 64);
		if (!doc)
			assert_config(error, "t.yaml:1: *too deep");
	}
}

static void test_values(void)
{
	g_autoptr(yaml_doc) doc = load("name: \"null\"\nserial: 00123\ncount: -7\npage: 0x1F\n"
	                               "ratio: 2.4e-4\nvoltage: 3.3 V\nquoted: '1310 nm'\n"
	                               "on: true\noff: false\nblank: ''\nlist: []\nmap: {}\n");
	const struct yaml_node *root = yaml_root(doc);
	g_autoptr(GError) error = NULL;
	const char *text = NULL;
	gint64 whole = 0;
	double number = 0;
	gboolean yes = FALSE;
	const struct yaml_node *node = NULL;
	g_assert_true(yaml_string(root, "name", &text, &error));
	g_assert_cmpstr(text, ==, "null");
	g_assert_true(yaml_string(root, "serial", &text, &error));
	g_assert_cmpstr(text, ==, "00123");
	g_assert_true(yaml_string_or(root, "blank", &text, "x", &error));
	g_assert_cmpstr(text, ==, "");
	g_assert_true(yaml_int(root, "count", -7, 7, &whole, &error));
	g_assert_cmpint(whole, ==, -7);
	g_assert_true(yaml_int_or(root, "page", 0, 255, &whole, 1, &error));
	g_assert_cmpint(whole, ==, 0x1f);
	g_assert_true(yaml_number(root, "ratio", &number, &error));
	g_assert_cmpfloat(number, ==, 2.4e-4);
	g_assert_true(yaml_number_or(root, "count", &number, 0, &error));
	g_assert_cmpfloat(number, ==, -7);
	g_assert_true(yaml_quantity(root, "voltage", "V", &number, &error));
	g_assert_cmpfloat(number, ==, 3.3);
	g_assert_true(yaml_quantity_or(root, "quoted", "m", &number, 0, &error));
	g_assert_cmpfloat(number, ==, 1310e-9);
	g_assert_true(yaml_bool_or(root, "on", &yes, FALSE, &error) && yes);
	g_assert_true(yaml_bool_or(root, "off", &yes, TRUE, &error) && !yes);
	g_assert_true(yaml_list(root, "list", &node, &error) && yaml_kind(node) == YAML_LIST);
	g_assert_true(yaml_map(root, "map", &node, &error) && yaml_kind(node) == YAML_MAP);
	g_assert_no_error(error);
	g_assert_true(yaml_done(root, &error));
}

static void test_absent(void)
{
	g_autoptr(yaml_doc) doc = load("\na: 1\n");
	const struct yaml_node *root = yaml_root(doc);
	const char *text = "x";
	gint64 whole = 1;
	double number = 1;
	gboolean yes = FALSE;
	const struct yaml_node *node = root;
	g_assert_true(yaml_string_or(root, "k", &text, NULL, NULL) && !text);
	g_assert_true(yaml_int_or(root, "k", 0, 9, &whole, 42, NULL) && whole == 42);
	g_assert_true(yaml_number_or(root, "k", &number, NAN, NULL) && isnan(number));
	g_assert_true(yaml_quantity_or(root, "k", "V", &number, 5, NULL) && number == 5);
	g_assert_true(yaml_bool_or(root, "k", &yes, TRUE, NULL) && yes);
	g_assert_true(yaml_list_or(root, "k", &node, NULL) && !node);
	node = root;
	g_assert_true(yaml_map_or(root, "k", &node, NULL) && !node);
	g_autoptr(GError) error = NULL;
	g_assert_false(yaml_string(root, "k", &text, &error));
	assert_config(error, "t.yaml:2: key \"k\" is missing");
	g_assert_false(yaml_int(root, "k", 0, 9, &whole, NULL));
	g_assert_false(yaml_number(root, "k", &number, NULL));
	g_assert_false(yaml_quantity(root, "k", "V", &number, NULL));
	g_assert_false(yaml_list(root, "k", &node, NULL));
	g_assert_false(yaml_map(root, "k", &node, NULL));
}

enum ask { STRING, INT, NUMBER, QUANTITY, BOOL, LIST, MAP };

/* Asks for "k" both ways; the two must agree, and neither may touch the value. */
static void ask(const struct yaml_node *root, enum ask what, GError **error)
{
	const char *text = "x";
	gint64 whole = 42;
	double number = 42;
	gboolean yes = 42;
	const struct yaml_node *node = root;
	gboolean ok = TRUE;
	switch (what) {
	case STRING:
		ok = yaml_string(root, "k", &text, error) ||
		     yaml_string_or(root, "k", &text, "", NULL);
		break;
	case INT:
		ok = yaml_int(root, "k", 0, 99, &whole, error) ||
		     yaml_int_or(root, "k", 0, 99, &whole, 1, NULL);
		break;
	case NUMBER:
		ok = yaml_number(root, "k", &number, error) ||
		     yaml_number_or(root, "k", &number, 1, NULL);
		break;
	case QUANTITY:
		ok = yaml_quantity(root, "k", "V", &number, error) ||
		     yaml_quantity_or(root, "k", "V", &number, 1, NULL);
		break;
	case BOOL:
		ok = yaml_bool_or(root, "k", &yes, TRUE, error);
		break;
	case LIST:
		ok = yaml_list(root, "k", &node, error) || yaml_list_or(root, "k", &node, NULL);
		break;
	case MAP:
		ok = yaml_map(root, "k", &node, error) || yaml_map_or(root, "k", &node, NULL);
		break;
	}
	g_assert_false(ok);
	g_assert_cmpstr(text, ==, "x");
	g_assert_true(whole == 42 && number == 42 && yes == 42 && node == root);
}

static void test_wrong_kind(void)
{
	static const struct {
		const char *text;
		enum ask what;
		const char *message; /* pattern */
	} rows[] = {
		{"k: [1]\n", STRING, "t.yaml:1: k: expected a text, found a list"},
		{"k:\n", STRING, "t.yaml:1: k: expected a text, found nothing"},
		{"k: ~\n", STRING, "*found nothing"},
		{"k: Null\n", STRING, "*found nothing"},
		{"\nk: x\n", INT, "t.yaml:2: k: *whole number from 0 to 99*\"x\""},
		{"k: 100\n", INT, "*from 0 to 99*"},
		{"k: -1\n", INT, "*from 0 to 99*"},
		{"k: 1.0\n", INT, "*\"1.0\""},
		{"k: 010\n", INT, "*\"010\""},
		{"k: 0x\n", INT, "*\"0x\""},
		{"k: 0xFF\n", INT, "*\"0xFF\""},
		{"k: 0x1G\n", INT, "*\"0x1G\""},
		{"k: 0x-1\n", INT, "*\"0x-1\""},
		{"k: \"1\"\n", INT, "*found a text in quotes"},
		{"k: {a: 1}\n", INT, "*found a map"},
		{"k: .nan\n", NUMBER, "*expected a number, found \".nan\""},
		{"k: nan\n", NUMBER, "*expected a number*"},
		{"k: .inf\n", NUMBER, "*expected a number*"},
		{"k: 1,5\n", NUMBER, "*expected a number*"},
		{"k: '1'\n", NUMBER, "*found a text in quotes"},
		{"k:\n", NUMBER, "*found nothing"},
		{"k: 3.3\n", QUANTITY, "*k: expected a voltage such as 3.3 V*"},
		{"k: 3.3 A\n", QUANTITY, "*expected a voltage*"},
		{"k: [3.3 V]\n", QUANTITY, "*found a list"},
		{"k: yes\n", BOOL, "*expected true or false, found \"yes\""},
		{"k: True\n", BOOL, "*expected true or false*"},
		{"k: 'true'\n", BOOL, "*expected true or false*"},
		{"k: 1\n", BOOL, "*expected true or false*"},
		{"k:\n", BOOL, "*found nothing"},
		{"k: {}\n", LIST, "t.yaml:1: k: expected a list, found a map"},
		{"k:\n", LIST, "*expected a list, found nothing"},
		{"k: []\n", MAP, "*expected a map, found a list"},
		{"k: x\n", MAP, "*expected a map, found a single value"},
		{"[k]\n", MAP, "*with the key \"k\", found a list"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(yaml_doc) doc = load(rows[i].text);
		ask(yaml_root(doc), rows[i].what, &error);
		assert_config(error, rows[i].message);
	}
}

static void test_items(void)
{
	g_autoptr(yaml_doc) doc = load("- text\n- 12\n- 1.5\n- 100 ms\n- {}\n");
	const struct yaml_node *root = yaml_root(doc);
	g_autoptr(GError) error = NULL;
	const char *text = NULL;
	gint64 whole = 0;
	double number = 0;
	g_assert_true(yaml_as_string(yaml_item(root, 0), &text, &error));
	g_assert_cmpstr(text, ==, "text");
	g_assert_true(yaml_as_int(yaml_item(root, 1), G_MININT64, G_MAXINT64, &whole, &error));
	g_assert_cmpint(whole, ==, 12);
	g_assert_true(yaml_as_number(yaml_item(root, 2), &number, &error));
	g_assert_cmpfloat(number, ==, 1.5);
	g_assert_true(yaml_as_quantity(yaml_item(root, 3), "s", &number, &error));
	g_assert_cmpfloat(number, ==, 0.1);
	g_assert_no_error(error);
	g_assert_false(yaml_as_string(yaml_item(root, 4), &text, &error));
	assert_config(error, "t.yaml:5: expected a text, found a map");
	g_clear_error(&error);
	g_assert_false(yaml_as_int(yaml_item(root, 0), G_MININT64, G_MAXINT64, &whole, &error));
	assert_config(error, "t.yaml:1: expected a whole number, found \"text\"");
	g_clear_error(&error);
	g_assert_false(yaml_as_quantity(yaml_item(root, 3), "furlong", &number, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

static void test_done(void)
{
	g_autoptr(yaml_doc) doc = load("a: 1\nvoltge: 2\nzzz: 3\n");
	const struct yaml_node *root = yaml_root(doc);
	g_autoptr(GError) error = NULL;
	double number;
	yaml_number(root, "a", &number, NULL);
	yaml_number_or(root, "voltage", &number, 0, NULL);
	g_assert_false(yaml_done(root, &error));
	g_assert_cmpstr(error->message, ==,
	                "t.yaml:2: key \"voltge\" is not known; did you mean \"voltage\"?");
	g_clear_error(&error);
	g_assert_nonnull(yaml_find(root, "voltge"));
	g_assert_false(yaml_done(root, &error));
	g_assert_cmpstr(error->message, ==, "t.yaml:3: key \"zzz\" is not known");
	g_clear_error(&error);
	g_assert_cmpstr(yaml_key(root, 2), ==, "zzz");
	g_assert_true(yaml_done(root, &error));
	g_assert_no_error(error);
	g_autoptr(yaml_doc) list = load("[]");
	g_assert_false(yaml_done(yaml_root(list), &error));
	assert_config(error, "t.yaml:1: expected a map*");
	g_clear_error(&error);
	yaml_error(yaml_find(root, "zzz"), &error, "lane %d twice", 3);
	g_assert_cmpstr(error->message, ==, "t.yaml:3: lane 3 twice");
}

static void test_file(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_dir_make_tmp(NULL, &error);
	g_assert_no_error(error);
	g_autofree char *path = g_build_filename(dir, "abc.yaml", NULL);
	g_assert_null(yaml_load_file(path, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(path, "abc", -1, NULL));
	g_autoptr(yaml_doc) doc = yaml_load_file(path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(yaml_name(doc), ==, path);
	/* FIPS 180-4 example: the digest of "abc". */
	g_assert_cmpstr(yaml_sha256(doc), ==,
	                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static guint count_nodes(const struct yaml_node *node)
{
	guint n = 1;
	g_assert_cmpint(yaml_line(node), >, 0);
	for (guint i = 0; i < yaml_size(node); i++) {
		if (yaml_kind(node) == YAML_MAP)
			g_assert_cmpstr(yaml_key(node, i), !=, "");
		n += count_nodes(yaml_kind(node) == YAML_MAP ? yaml_value(node, i)
		                                             : yaml_item(node, i));
	}
	return n;
}

/* Whatever the bytes: a tree that can be walked to its end, or one error of the right kind. */
static void test_random(void)
{
	static const char *const pieces[] = {
		"a",  "b: ", "- ",    "\n",    "\n  ", "[",   "]",  "{",      "}",
		", ", ": ",  "\"",    "'",     "#",    "&x ", "*x", "!",      "|\n",
		"? ", "%",   "---\n", "...\n", "\xff", "\\",  "\t", "\u00b5",
	};
	int loaded = 0;
	for (int i = 0; i < 20000; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		int n = g_test_rand_int_range(1, 14);
		for (int j = 0; j < n; j++)
			g_string_append(text,
			                pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
		g_autoptr(GError) error = NULL;
		g_autoptr(yaml_doc) doc = yaml_load_text(text->str, -1, "t.yaml", &error);
		if (doc) {
			g_assert_no_error(error);
			g_assert_cmpuint(count_nodes(yaml_root(doc)), >, 0);
			loaded++;
		} else {
			assert_config(error, "t.yaml:*: *");
		}
	}
	g_assert_cmpint(loaded, >, 100);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/yaml/tree", test_tree);
	g_test_add_func("/base/yaml/refuse_file", test_refuse_file);
	g_test_add_func("/base/yaml/depth", test_depth);
	g_test_add_func("/base/yaml/values", test_values);
	g_test_add_func("/base/yaml/absent", test_absent);
	g_test_add_func("/base/yaml/wrong_kind", test_wrong_kind);
	g_test_add_func("/base/yaml/items", test_items);
	g_test_add_func("/base/yaml/done", test_done);
	g_test_add_func("/base/yaml/file", test_file);
	g_test_add_func("/base/yaml/random", test_random);
	return g_test_run();
}
