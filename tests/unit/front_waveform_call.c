/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_call.h"

#include "station/front/front.h"

#include <string.h>

static gboolean parse(struct waveform_call *call, const char *words, char **wrong)
{
	g_auto(GStrv) argv = g_strsplit(words, " ", -1);
	gboolean good = waveform_call_parse(call, (int)g_strv_length(argv), argv, wrong);

	for (guint i = 0; i < call->paths->len; i++) /* the words do not outlive this */
		call->paths->pdata[i] = (gpointer)g_intern_string(call->paths->pdata[i]);
	return good;
}

static void test_options(void)
{
	g_auto(waveform_call) call = {0};
	char *wrong;

	g_assert_true(parse(&call,
	                    "waveform --pattern=prbs13q a.csv --symbol-rate 26.5625GBd --passes 4 "
	                    "--samples-per-symbol 32 --symbols 8191 --scope-noise=5uW --filter "
	                    "13.28125GHz --scale 1mW --taps 7 --type sr4 --eye-ser 1e-5 --as secq "
	                    "--json -- --b.csv",
	                    &wrong));
	g_assert_null(wrong);
	g_assert_cmpuint(call.paths->len, ==, 2);
	g_assert_cmpstr(call.paths->pdata[0], ==, "a.csv");
	g_assert_cmpstr(call.paths->pdata[1], ==, "--b.csv");
	g_assert_cmpint(call.pattern, ==, PATTERN_PRBS13Q);
	g_assert_cmpfloat(call.facts.symbol_rate_bd, ==, 26.5625e9);
	g_assert_cmpuint(call.facts.samples_per_symbol, ==, 32);
	g_assert_cmpuint(call.facts.n_symbols, ==, 8191);
	g_assert_cmpuint(call.facts.passes, ==, 4);
	g_assert_cmpfloat(call.facts.scope_noise_w, ==, 5e-6);
	g_assert_cmpfloat(call.facts.filter_bandwidth_hz, ==, 13.28125e9);
	g_assert_cmpfloat(call.facts.scale_w, ==, 1e-3);
	/* whichever comes first: taps win over those of the type */
	g_assert_cmpuint(call.settings.tdecq.taps, ==, 7);
	g_assert_cmpstr(call.preset->name, ==, "400GBASE-SR4");
	g_assert_cmpfloat(call.settings.eye_ser, ==, 1e-5);
	g_assert_cmpstr(call.quantity, ==, "SECQ");
	g_assert_true(call.json);
}

static void test_default_options(void)
{
	g_auto(waveform_call) call = {0};
	struct pam4_settings settings;
	char *wrong;

	pam4_settings_default(&settings);
	g_assert_true(parse(&call, "waveform a.csv --apply-filter", &wrong));
	g_assert_cmpint(call.pattern, ==, PATTERN_SSPRQ);
	g_assert_false(call.any_pattern);
	g_assert_cmpuint(call.settings.tdecq.taps, ==, settings.tdecq.taps);
	g_assert_cmpfloat(call.settings.tdecq.main_tap_min, ==, settings.tdecq.main_tap_min);
	g_assert_cmpfloat(call.settings.tdecq.target_ser, ==, settings.tdecq.target_ser);
	g_assert_true(call.apply_filter);
	g_assert_cmpfloat(call.apply_filter_hz, ==, 0.0);
	g_assert_cmpstr(call.quantity, ==, "TDECQ");
}

static void test_wrong_options(void)
{
	static const struct {
		const char *words, *says;
	} wrongs[] = {
		{"waveform", "no FILE"},
		{"waveform --json", "no FILE"},
		{"waveform a --patern x", "did you mean \"--pattern\"?"},
		{"waveform a --zzz", "no option \"--zzz\""},
		{"waveform a -x", "no option \"-x\""},
		{"waveform a --pattern", "--pattern without a value"},
		{"waveform a --pattern PRBS12Q", "\"PRBS12Q\": PRBS7Q"},
		{"waveform a --pattern PRBS13", "\"PRBS13\": PRBS7Q"},
		{"waveform a --symbol-rate 53.125", "expected a symbol rate such as 53.125 GBd"},
		{"waveform a --symbol-rate 0Bd", "above zero"},
		{"waveform a --scope-noise -1uW", "not below zero"},
		{"waveform a --samples-per-symbol 0", "a whole number from 1"},
		{"waveform a --symbols 1.5", "a whole number from 1"},
		{"waveform a --taps 17", "from 1 to 16"},
		{"waveform a --eye-ser 0", "1e-6"},
		{"waveform a --eye-ser many", "1e-6"},
		{"waveform a --type dr8", "400GBASE-DR4, 400GBASE-FR4"},
		{"waveform a --as ber", "tdecq, tecq or secq"},
		{"waveform a --json=yes", "--json takes no value"},
		{"waveform a --compare", "exactly two files"},
		{"waveform a b c --compare", "exactly two files"},
		{"waveform a b --write c.csv", "exactly one file"},
		{"waveform a --json --brief", "exclude each other"},
		{"waveform a b --compare --brief", "exclude each other"},
		{"waveform a --filter 26GHz --apply-filter", "one more"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrongs); i++) {
		g_auto(waveform_call) call = {0};
		char *wrong;

		g_assert_false(parse(&call, wrongs[i].words, &wrong));
		if (!strstr(wrong, wrongs[i].says))
			g_error("\"%s\": \"%s\"", wrongs[i].words, wrong);
		g_free(wrong);
	}
}

static void test_types(void)
{
	static const struct {
		const char *text, *name;
	} rows[] = {
		{"400gbase-dr4", "400GBASE-DR4"},
		{"dr4", "400GBASE-DR4"},
		{"FR4", "400GBASE-FR4"},
		{"lr4", "400GBASE-LR4-6"},
		{"400gbase-lr4", "400GBASE-LR4-6"},
		{"lr4-10", "400G-LR4-10"},
		{"400GBASE-LR4-6", "400GBASE-LR4-6"},
		{"400gbase-sr4", "400GBASE-SR4"},
		{"", NULL},
		{"400gbase", NULL},
		{"dr", NULL},
		{"dr4-", NULL},
		{"400g", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct tdecq_preset *found = tdecq_preset_find(rows[i].text);
		g_assert_cmpstr(found ? found->name : NULL, ==, rows[i].name);
	}
	for (guint i = 0; tdecq_preset_at(i); i++) {
		const struct tdecq_preset *preset = tdecq_preset_at(i);
		struct tdecq_settings settings;
		g_autofree char *row =
			g_strdup_printf("\n%-16s %u taps", preset->name, preset->taps);

		tdecq_settings_default(&settings);
		tdecq_preset_apply(preset, &settings);
		g_assert_cmpuint(settings.taps, ==, preset->taps);
		g_assert_cmpuint(settings.taps, <=, TDECQ_MAX_TAPS);
		/* the help is written by hand */
		g_assert_nonnull(strstr(cli_waveform.details, row));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/waveform-call/options", test_options);
	g_test_add_func("/waveform-call/default-options", test_default_options);
	g_test_add_func("/waveform-call/wrong-options", test_wrong_options);
	g_test_add_func("/waveform-call/types", test_types);
	return g_test_run();
}
