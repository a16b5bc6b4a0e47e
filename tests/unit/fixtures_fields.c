/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/unit.h"
#include "fixtures/cmis/cmis_fields.h"

#include <glib.h>

#include <string.h>

#define FLAT_BYTES (256 * 256)

static gboolean is_well_formed(const char *name)
{
	gsize len = strlen(name);
	gboolean dotted = FALSE;

	if (len < 3 || !g_ascii_islower(name[0]))
		return FALSE;
	for (gsize i = 1; i < len; i++) {
		if (name[i] == '.' && name[i - 1] != '.' && i + 1 < len)
			dotted = TRUE;
		else if (!g_ascii_islower(name[i]) && !g_ascii_isdigit(name[i]) && name[i] != '_')
			return FALSE;
	}
	return dotted;
}

static void test_names(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	g_assert_cmpuint(n, >, 100);
	for (guint i = 0; i < n; i++) {
		g_test_message("%s", fields[i].name);
		g_assert_true(is_well_formed(fields[i].name));
		g_assert_true(g_hash_table_add(seen, (gpointer)fields[i].name));
		g_assert_true(cmis_field_find(fields[i].name) == &fields[i]);
	}
	g_assert_null(cmis_field_find("module.nonsense"));
}

static void test_sorted(void)
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 1; i < n; i++) {
		const struct cmis_field *a = &fields[i - 1];
		const struct cmis_field *b = &fields[i];
		int order_a = (a->page << 16) + (a->byte << 8) + 7 - a->msb;
		int order_b = (b->page << 16) + (b->byte << 8) + 7 - b->msb;

		g_test_message("%s before %s", a->name, b->name);
		g_assert_cmpint(order_a, <, order_b);
	}
}

static void test_bounds(void)
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++) {
		const struct cmis_field *f = &fields[i];
		guint end = f->byte + cmis_field_size(f);

		g_test_message("%s", f->name);
		g_assert_cmpuint(cmis_field_size(f), >, 0);
		g_assert_cmpuint(end, <=, f->byte < 128 ? 128 : 256);
		g_assert_true(f->byte >= 128 || f->page == 0);
		g_assert_cmpuint(f->msb, <=, 7);
		g_assert_cmpuint(f->lsb, <=, f->msb);
		g_assert_true(f->type == CMIS_U8 || f->type == CMIS_LANE_U8 ||
		              (f->msb == 7 && f->lsb == 0));
		g_assert_cmpuint(f->count, >=, 1);
		g_assert_cmpuint(cmis_field_lanes(f), <=, 8);
		g_assert_true(cmis_field_lanes(f) || f->type == CMIS_TEXT ||
		              f->type == CMIS_BYTES || f->count == 1);
	}
}

static void test_overlaps(void)
{
	g_autofree guint8 *taken = g_new0(guint8, FLAT_BYTES);
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++) {
		const struct cmis_field *f = &fields[i];
		guint8 mask = (guint8)(((1u << (f->msb - f->lsb + 1)) - 1) << f->lsb);

		g_test_message("%s", f->name);
		for (guint b = f->byte; b < f->byte + cmis_field_size(f); b++) {
			guint8 *bits = &taken[f->page * 256 + b];

			g_assert_true(f->overlaps || !(*bits & mask));
			*bits |= mask;
		}
	}
}

/* "CMIS 5.2, Table 8-9, Module Flags": revision, then a table or the field's own page, then words.
 */
static void test_citations(void)
{
	g_autoptr(GRegex) form = g_regex_new("^CMIS ([45]\\.[0-9]), (?:Table 8-[0-9]+|Lower Memory|"
	                                     "Page ([0-9A-F]{2})h), [A-Za-z].{3,}$",
	                                     0, 0, NULL);
	g_autoptr(GHashTable) pages = g_hash_table_new(NULL, NULL);
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++) {
		const struct cmis_field *f = &fields[i];
		g_autofree char *revision = NULL;
		g_autofree char *page = NULL;
		g_autoptr(GMatchInfo) match = NULL;
		guint cited;

		g_test_message("%s: %s", f->name, f->citation);
		g_assert_true(g_regex_match(form, f->citation, 0, &match));
		revision = g_match_info_fetch(match, 1);
		page = g_match_info_fetch(match, 2);
		cited = (guint)((revision[0] - '0') << 4 | (revision[2] - '0'));
		g_assert_cmpuint(cited, <=, 0x53);
		g_assert_cmpuint(f->since, >=, 0x40);
		g_assert_cmpuint(f->since, <=, cited);
		if (page && *page)
			g_assert_cmpuint(g_ascii_strtoull(page, NULL, 16), ==, f->page);
		g_assert_true(!strstr(f->citation, "Lower Memory") || f->byte < 128);
		/* what is from memory decides nothing: it is neither a flag nor a condition */
		g_assert_true(f->sure != CMIS_FROM_MEMORY || f->type == CMIS_BYTES ||
		              g_str_has_prefix(f->name, "pages."));
		g_hash_table_add(pages, GUINT_TO_POINTER(f->page + 1u));
	}
	for (guint page = 0; page < 0x100; page++)
		g_assert_cmpint(g_hash_table_contains(pages, GUINT_TO_POINTER(page + 1)), ==,
		                page <= 0x03 || page == 0x10 || page == 0x11 || page == 0x13 ||
		                        page == 0x14 || (page >= 0x20 && page <= 0x2D) ||
		                        page == 0x2F || page == 0x9F ||
		                        (page >= 0xA0 && page <= 0xAF));
}

/* What advertises has to be a field in its own right: one that is read, of all bits of the mask. */
static gboolean is_advertised(const struct cmis_condition *c)
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);
	guint8 seen = 0;

	for (guint i = 0; i < n; i++)
		if (fields[i].page == c->page && fields[i].byte == c->byte &&
		    fields[i].access == CMIS_RO)
			seen |= (guint8)(((1u << (fields[i].msb - fields[i].lsb + 1)) - 1)
			                 << fields[i].lsb);
	return (c->mask & ~seen) == 0;
}

static void test_content(void)
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++) {
		const struct cmis_field *f = &fields[i];
		const struct cmis_condition *c = &f->supported_if;

		g_test_message("%s", f->name);
		g_assert_true(unit_is_known(f->unit));
		g_assert_cmpfloat(f->scale, >, 0);
		g_assert_true(!c->mask || c->byte >= 128);
		g_assert_true(c->mask || (c->page == 0 && c->byte == 0));
		g_assert_true(!c->mask || is_advertised(c));
		g_assert_true(f->access != CMIS_COR || g_str_has_prefix(f->name, "flag."));
		for (const struct cmis_code *code = f->codes; code && code->name; code++) {
			g_assert_cmpstr(cmis_code_name(f->codes, code->value), ==, code->name);
			g_assert_cmpint(code->value, >=, 0);
			g_assert_cmpint(code->value, <=, 255);
		}
	}
}

static void check_codes(const struct cmis_code *codes)
{
	for (guint i = 0; codes[i].name; i++) {
		g_assert_cmpstr(codes[i].name, !=, "");
		g_assert_true(i == 0 || codes[i].value > codes[i - 1].value);
	}
}

static void test_interfaces(void)
{
	check_codes(cmis_host_interfaces);
	check_codes(cmis_smf_interfaces);
	check_codes(cmis_mmf_interfaces);
	g_assert_cmpstr(cmis_code_name(cmis_host_interfaces, 0x11), ==, "400GAUI-8");
	g_assert_cmpstr(cmis_code_name(cmis_smf_interfaces, 0x1C), ==, "400GBASE-DR4");
	g_assert_cmpstr(cmis_code_name(cmis_mmf_interfaces, 0x11), ==, "400GBASE-SR4");
	g_assert_null(cmis_code_name(cmis_mmf_interfaces, 0xFE));
	g_assert_null(cmis_code_name(NULL, 1));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/fields/names", test_names);
	g_test_add_func("/fixtures/fields/sorted", test_sorted);
	g_test_add_func("/fixtures/fields/bounds", test_bounds);
	g_test_add_func("/fixtures/fields/overlaps", test_overlaps);
	g_test_add_func("/fixtures/fields/citations", test_citations);
	g_test_add_func("/fixtures/fields/content", test_content);
	g_test_add_func("/fixtures/fields/interfaces", test_interfaces);
	return g_test_run();
}
