/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/label.h"

#include "base/error.h"

/* "site=2 serial=A1", what a label says, in a fixed order. */
static char *told(const struct label *label)
{
	GString *text = g_string_new(NULL);
	const struct {
		const char *name, *value;
	} fields[] = {
		{"command", label->command},  {"badge", label->badge}, {"serial", label->serial},
		{"part", label->part_number}, {"lot", label->lot},     {"plain", label->plain},
	};

	if (label->site)
		g_string_append_printf(text, "site=%d ", label->site);
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		if (fields[i].value)
			g_string_append_printf(text, "%s=%s ", fields[i].name, fields[i].value);
	if (text->len)
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

static void test_understood(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"DR400123", "plain=DR400123"},
		{"  DR400123 ", "plain=DR400123"},
		{"#DR400123$", "plain=DR400123"},
		{"]A0DR400123", "plain=DR400123"},
		/* no identifier: the third of them is half a character */
		{"]C\u00e9A1", "plain=]C\u00e9A1"},
		{"#]C0DR400123$", "plain=DR400123"},
		{"cmd:retest", "command=RETEST"},
		{"SITE:2", "site=2"},
		{"OP:4711", "badge=4711"},
		{"user:4711", "badge=4711"},
		{"SN:DR4-1 PN:ST-DR4-QDD", "serial=DR4-1 part=ST-DR4-QDD"},
		{"S/N:A;P/N:B,LOT:C", "serial=A part=B lot=C"},
		{"SN:A SN:A", "serial=A"},
		{"SITE:2 SN:A1", "site=2 serial=A1"},
		{"(21)A1(240)B2(10)L3", "serial=A1 part=B2 lot=L3"},
		{"(01)04012345678901(21)A1", "serial=A1"},
		{"]d2010401234567890121A1\x1d"
	         "240B2",
	         "serial=A1 part=B2"},
		{"]C121A1", "serial=A1"},
		/* nothing says that this is GS1, and serial numbers begin with anything */
		{"21A1", "plain=21A1"},
		{"[)>\x1e"
	         "06\x1dSA1\x1d"
	         "1PB2\x1dQ1\x1e\x04",
	         "serial=A1 part=B2"},
		{"[)>\x1e"
	         "06\x1dSA1",
	         "serial=A1"},
		/* a colon of its own is no label */
		{"AB:12", "plain=AB:12"},
		{"\u5de5\u4f4d", "plain=\u5de5\u4f4d"},
	};
	static const struct label_rules rules = {"#", "$"};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct label label;
		g_assert_true(label_parse(rows[i].text, &rules, &label, &error));
		g_assert_no_error(error);
		g_autofree char *says = told(&label);
		g_assert_cmpstr(says, ==, rows[i].says);
		label_clear(&label);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *text;
		enum station_error code;
		const char *says;
	} rows[] = {
		{"", STATION_ERROR_PROTOCOL, "nothing was read"},
		{" \t ", STATION_ERROR_PROTOCOL, "nothing was read"},
		{"\xff\xfe", STATION_ERROR_PROTOCOL, "no text"},
		{"A\x07"
	         "B",
	         STATION_ERROR_PROTOCOL, "no text"},
		{"SN:A SN:B", STATION_ERROR_PROTOCOL, "two different things"},
		{"SN:", STATION_ERROR_PROTOCOL, "empty"},
		{"SN:A 77", STATION_ERROR_PROTOCOL, "no label"},
		{"SITE:0", STATION_ERROR_PROTOCOL, "a site"},
		{"SITE:65", STATION_ERROR_PROTOCOL, "a site"},
		{"SITE:x", STATION_ERROR_PROTOCOL, "a site"},
		{"(21A1", STATION_ERROR_PROTOCOL, "damaged"},
		{"(21)A1)(10", STATION_ERROR_PROTOCOL, "damaged"},
		{"(8888)1", STATION_ERROR_UNSUPPORTED, "888"},
		{"(01)0401234567890(21)A1", STATION_ERROR_PROTOCOL, "cut off"},
		{"]d20104012345678", STATION_ERROR_PROTOCOL, "cut off"},
		{"]d2", STATION_ERROR_PROTOCOL, "nothing was read"},
		{"]d2zz", STATION_ERROR_UNSUPPORTED, "zz"},
		{"[)>\x1e"
	         "12\x1dSA1\x1e\x04",
	         STATION_ERROR_UNSUPPORTED, "format"},
		{"[)>\x1e"
	         "06\x1dS\x1e\x04",
	         STATION_ERROR_PROTOCOL, "empty"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct label label;
		g_assert_false(label_parse(rows[i].text, NULL, &label, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
		g_assert_nonnull(g_strstr_len(error->message, -1, rows[i].says));
		label_clear(&label);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/label/understood", test_understood);
	g_test_add_func("/operator/label/refused", test_refused);
	return g_test_run();
}
