/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_file.h"

#include "signal/wave_format.h"
#include "tests/unit/signal_wave.h"
#include "tests/unit/signal_wave_refused.h"

#include <string.h>

/* Nine digits of a float read back are that float; every exponent, many mantissas. */
static void test_numbers(void)
{
	struct maker_rng rng = {.state = 11};

	for (guint i = 0; i < 200000; i++) {
		guint32 bits = (guint32)maker_random(&rng);
		char text[WAVE_NUMBER_SIZE];
		float sample;
		double value = 0.0;
		int digits = 0;

		memcpy(&sample, &bits, sizeof sample);
		if (!isfinite(sample))
			continue;
		wave_number_print(text, sample);
		g_assert_true(wave_number_scan(text, text + strlen(text), &value, &digits) ==
		              text + strlen(text));
		g_assert_true((float)value == sample);
		g_assert_true(value == g_ascii_strtod(text, NULL));
	}
}

/* What the quick way reads is what the library reads, to the last bit. */
static void test_scan(void)
{
	static const char *const texts[] = {
		"0",
		"-0",
		"1",
		"+1",
		".5",
		"5.",
		"0.1",
		"1e22",
		"1e23",
		"123456789012345",
		"1234567890123456",
		"999999999999999e22",
		"1e-22",
		"1e-23",
		"1E5",
		"0.000000000000000000000001",
		"00000000000000000000000001.5",
		"12345678901234567890123",
		"1.7976931348623157e308",
		"4.9e-324",
		"1e-400",
		"1e400",
		"2.5e+3",
		"1e99999999999",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *end = texts[i] + strlen(texts[i]);
		double value = NAN, want = g_ascii_strtod(texts[i], NULL);
		int digits = 0;

		g_assert_true(wave_number_scan(texts[i], end, &value, &digits) == end);
		g_assert_cmpmem(&value, sizeof value, &want, sizeof want);
	}
	for (const char *const *p = (const char *const[]){".", "-", "e5", "x", "", NULL}; *p; p++) {
		double value;
		int digits;

		g_assert_null(wave_number_scan(*p, *p + strlen(*p), &value, &digits));
	}
}

static struct waveform *read_text(const char *text, const struct wave_facts *given, GError **error)
{
	/* as long as the text and not a byte longer, so that a sanitizer sees a read beyond it */
	g_autofree char *bytes = g_memdup2(text, strlen(text));

	return wave_bytes_read("t.csv", WAVE_FORMAT_CSV, bytes ? bytes : "", strlen(text), NULL, 0,
	                       given, error);
}

#define OURS "# symbol_rate: 50 GBd\n# samples_per_symbol: 2\n"

/* Four samples, 1 to 4 mW, two a symbol, 50 GBd; written in many ways. */
static void test_layouts(void)
{
	static const char *const texts[] = {
		OURS "1e-3\n2e-3\n3e-3\n4e-3\n",
		OURS "# unit: mW\n1\n2\n3\n4",
		OURS "# unit: uW\r\n\r\n1000\r\n2.0E+3\r\n  3e3 \r\n\r\n4000\r\n\r\n",
		"\xef\xbb\xbf" OURS "# measured on a Monday: dry\n#\n0.001\n0.002\n.003\n4.e-3\n",
		"symbol_rate, 5e10\nsamples_per_symbol,2\nunit,mW\n1,\n2,\n3,\n4,\n",
		"# symbol_rate: 50 "
		"GBd\ntime,power\n1e-9,1e-3\n1.01e-9,2e-3\n1.02e-9,3e-3\n1.03e-9,4e-3\n",
		"# symbol_rate: 50 GBd\ntime_ps , power_mW\n0,1\n10,2\n20,3\n30,4\n",
		"# samples_per_symbol: 2\n0,1e-3\n1e-11,2e-3\n2e-11,3e-3\n3e-11,4e-3\n",
		"# symbol_rate: 50 GBd\n1e-9,1e-3\n1.0103e-9,2e-3\n1.0198e-9,3e-3\n1.03e-9,4e-3\n",
		"# symbols: 2\n0,1e-3\n1e-11,2e-3\n2e-11,3e-3\n3e-11,4e-3\n",
		"# symbol_rate: 50 GBd\n# symbols: 2\n1e-3\n2e-3\n3e-3\n4e-3\n",
		"# symbol_rate: 50 GBd\n# interval: 10 ps\n1e-3\n2e-3\n3e-3\n4e-3\n",
		OURS "# symbols: 2\n0\n1e-3\n2e-3\n3e-3\n2e-3\n3e-3\n4e-3\n5e-3\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(waveform) wave = read_text(texts[i], NULL, &error);

		g_assert_no_error(error);
		g_assert_cmpuint(wave->n_symbols, ==, 2);
		g_assert_cmpuint(wave->samples_per_symbol, ==, 2);
		g_assert_cmpfloat_with_epsilon(wave->symbol_rate_bd, 50e9, 1e3);
		g_assert_cmpuint(wave->passes, ==, i + 1 < G_N_ELEMENTS(texts) ? 1 : 2);
		for (guint k = 0; k < 4; k++)
			g_assert_cmpfloat_with_epsilon(wave->power_w[k], 1e-3 * (k + 1), 1e-9);
	}
}

/* Exports of an instrument, both layouts and both versions. */
static void test_exports(void)
{
	static const char *const texts[] = {
		"File Format,WaveformXYValues\r\nFormat Version,1\r\nPoints,4\r\n"
		"Signal Type,PAM4\r\nTime,10:30:05\r\nChannel Bandwidth,28E+09\r\nChannel "
		"Noise,1.5E-05\r\n"
		"X Units,Second\r\nY Units,Watt\r\nData,\r\n"
		"2.4E-08,1e-3\r\n2.401E-08,2e-3\r\n2.402E-08,3e-3\r\n2.403E-08,4e-3\r\n",
		"File Format, WaveformXYValues\nFormat Version, 2\nChannel Bandwidth, 28 GHz\n"
		"Channel Noise, 15 uW\nY Units, mW\nData,\nDouble,Double\n"
		"0,1\n1e-11,2\n2e-11,3\n3e-11,4\n",
		"File Format,WaveformPattern\nXInc,1E-11\nXOrg,2.4E-08\nChannel Noise,1.5E-02\n"
		"Channel Bandwidth,28e9\nY Units,mW\nData,\n1\n2\n3\n4\n",
	};
	struct wave_facts given;

	wave_facts_unknown(&given);
	given.symbol_rate_bd = 50e9;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(waveform) wave = read_text(texts[i], &given, &error);

		g_assert_no_error(error);
		g_assert_cmpuint(wave->samples_per_symbol, ==, 2);
		g_assert_cmpfloat(wave->filter_bandwidth_hz, ==, 28e9);
		g_assert_cmpfloat_with_epsilon(wave->scope_noise_w, 15e-6, 1e-12);
		for (guint k = 0; k < 4; k++)
			g_assert_cmpfloat_with_epsilon(wave->power_w[k], 1e-3 * (k + 1), 1e-9);
	}
}

static void test_volts(void)
{
	struct wave_facts given;
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;

	wave_facts_unknown(&given);
	given.scale_w = 2e-6; /* of one mV */
	wave = read_text(OURS "# unit: mV\n# scope_noise: 3 mV\n1\n2\n", &given, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat_with_epsilon(wave->power_w[1], 4e-6, 1e-12);
	g_assert_cmpfloat_with_epsilon(wave->scope_noise_w, 6e-6, 1e-12);
}

static void test_csv_refused(void)
{
	static const struct bad rows[] = {
		{"", "t.csv:1: no samples"},
		{OURS "\n\n", "t.csv:4: no samples"},
		{OURS "1\n2\nthree\n4\n", "t.csv:5: expected a number, got \"three\""},
		{OURS "1\n2 3\n", "t.csv:4: expected a number, got \"2 3\""},
		{OURS "1\n2e\n", "t.csv:4: *got \"2e\""},
		{OURS "1\n0x10\n", "t.csv:4: *"},
		{OURS "1\n2,3\n", "t.csv:4: 2 fields where the lines above have 1"},
		{"0.5,1\n1.5\n", "t.csv:2: 1 field where the lines above have 2"},
		{"time,power\n1\n", "t.csv:2: 1 field where the lines above have 2"},
		{"0.5,1\n1.5,\n", "t.csv:2: 1 field where*2"},
		{"0.5,1\n1.5,x\n", "t.csv:2: expected a time, a comma and a power, got \"1.5,x\""},
		{"0.5,1\n1.5,1,2\n", "t.csv:2: *more than two fields*"},
		{OURS "0,5;1,5\n", "t.csv:3: *decimal sign is a point*"},
		{OURS "0;5\n", "t.csv:3: *decimal sign is a point*"},
		{OURS "1,234\n1,235\n", "t.csv:3: *whole numbers*decimal commas*"},
		{OURS "1\nnan\n3\n-INF\n", "t.csv:4: not a number*2 of 4*"},
		{OURS "1\n2\n9.91E+37\n4\n", "t.csv:5: not a number*1 of 4*"},
		{OURS "1\n1e400\n", "t.csv:4: not a number*"},
		{OURS "power_dBm\n1\n", "t.csv:3: unit: samples in dBm*"},
		{OURS "# unit: dBm\n1\n", "t.csv:3: unit: samples in dBm*"},
		{OURS "# unit: lm\n1\n", "t.csv:3: unit: expected*\"lm\""},
		{OURS "# unit: V\n1\n2\n", "t.csv: the samples are voltages*"},
		{OURS "# scope_noise: 3 mV\n1\n2\n", "t.csv: scope_noise is a voltage*"},
		{"# symbol_rat: 50 GBd\n1\n", "t.csv:1: *\"symbol_rat\"*mean \"symbol_rate\"?"},
		{"symbol_rat,50 GBd\n1\n", "t.csv:1: *\"symbol_rat\"*mean \"symbol_rate\"?"},
		{"Colour,red\n1\n", "t.csv:1: \"Colour\" is no sample and no known key"},
		{"Colour,red\n", "t.csv:1: \"Colour\" is no sample*none follow"},
		{"power,time\n1,2\n", "t.csv:1: \"power\" is no sample*"},
		{"power\npower\n1\n", "t.csv:2: a second line of headings"},
		{"Data,\nDouble\nDouble\n1\n", "t.csv:3: expected a number*"},
		{"# symbol_rate: 50\n1\n", "t.csv:1: symbol_rate: expected a symbol rate*\"50\""},
		{"# symbol_rate: -50 GBd\n1\n", "t.csv:1: symbol_rate: must be above zero*"},
		{"# symbols: 2.5\n1\n", "t.csv:1: symbols: expected a whole number*"},
		{"# symbols: 0\n1\n", "t.csv:1: symbols: expected a whole number*"},
		{"# symbols: 2\n# symbols: 2\n1\n", "t.csv:2: symbols is told twice"},
		{"1\n# symbols: 2\n", "t.csv:2: symbols: keys stand before*"},
		{OURS "Points,5\n1\n2\n3\n4\n", "t.csv: points: 5 told, 4 there"},
		{OURS "1\n2\n3\n", "t.csv: 3 samples are not a whole number of symbols with 2*"},
		{OURS "# symbols: 3\n1\n2\n3\n4\n", "t.csv: 4 samples are not*patterns with 6*"},
		{"1\n2\n", "t.csv: symbol_rate: neither*"},
		{"# symbol_rate: 50 GBd\n1\n2\n", "t.csv: samples_per_symbol: neither*"},
		{OURS "# interval: 5 ps\n1\n2\n3\n4\n", "t.csv: samples_per_symbol: 4 by*, 2 told"},
		{"# symbol_rate: 50 GBd\n0,1\n8e-12,2\n1.6e-11,3\n",
	         "t.csv: 2.5 samples per symbol are no whole*"},
		{"# symbol_rate: 50 GBd\n0.1,1\n0.3,1\n0.2,2\n", "t.csv: samples_per_symbol: nei*"},
		{OURS "0.1,1\n0.3,1\n0.2,2\n", "t.csv: symbols: neither*"},
		{OURS "0,1\n7e-12,2\n1.4e-11,3\n", "t.csv: the samples last 1.05 symbols*"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(waveform) wave = read_text(rows[i].text, NULL, &error);

		assert_refused(wave, &error, rows[i].message);
	}
}

/* File and caller: within 1 % the file's is taken, further off both are named. */
static void test_agree(void)
{
	static const char text[] = OURS "# filter_bandwidth: 26.5 GHz\n# unit: mW\n1\n2\n";
	struct wave_facts given;
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;

	wave_facts_unknown(&given);
	given.filter_bandwidth_hz = 26.7e9;
	given.scope_noise_w = 1e-6;
	given.passes = 8;
	given.scale_w = 1e-3;
	given.n_symbols = 1;
	wave = read_text(text, &given, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(wave->filter_bandwidth_hz, ==, 26.5e9);
	g_assert_cmpfloat(wave->scope_noise_w, ==, 1e-6);
	g_assert_cmpuint(wave->passes, ==, 8);

	given.filter_bandwidth_hz = 28e9;
	assert_refused(read_text(text, &given, &error), &error,
	               "t.csv: filter_bandwidth: 26.5 GHz in the file, 28 GHz from the caller");
	given.filter_bandwidth_hz = 0.0;
	assert_refused(read_text(text, &given, &error), &error, "t.csv: filter_bandwidth: *");
	given.filter_bandwidth_hz = NAN;
	given.samples_per_symbol = 3;
	assert_refused(read_text(text, &given, &error), &error, "t.csv: samples_per_symbol: 2*3 *");
	given.samples_per_symbol = 0;
	given.scale_w = 1.0;
	assert_refused(read_text(text, &given, &error), &error, "t.csv: unit: 0.001 W*1 W*");
	given.scale_w = -1.0;
	g_assert_null(read_text(text, &given, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
}

/* Eight symbols of a sine, a row for each time; times in sample spacings of 1 / (16 * 50 GBd). */
static void append_row(GString *text, double spacings)
{
	char number[2][G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(number[0], sizeof number[0], "%.6e", spacings * 1.25e-12);
	g_ascii_formatd(number[1], sizeof number[1], "%.8e",
	                1e-3 + 5e-4 * sin(2.0 * G_PI * spacings / 128.0));
	g_string_append_printf(text, "%s,%s\n", number[0], number[1]);
}

static void assert_sine(const char *text, double tolerance_w)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = read_text(text, NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(wave->n_symbols, ==, 8);
	for (guint i = 0; i < 128; i++)
		g_assert_cmpfloat_with_epsilon(wave->power_w[i],
		                               1e-3 + 5e-4 * sin(2.0 * G_PI * i / 128.0),
		                               tolerance_w);
}

/* Two columns whose interval does not divide the symbol: a grid is drawn through them. */
static void test_resampled(void)
{
	g_autoptr(GString) text = g_string_new("# symbol_rate: 50 GBd\n# samples_per_symbol: 16\n");

	for (guint i = 0; i < 404; i++)
		append_row(text, i * 128.0 / 404.0);
	assert_sine(text->str, 5e-7);
}

/* As many times as samples, in order but not even: taking them for even would be 7 uW off. */
static void test_jittered(void)
{
	struct maker_rng rng = {.state = 5};
	g_autoptr(GString) text =
		g_string_new("# symbol_rate: 50 GBd\n# samples_per_symbol: 16\n# symbols: 8\n");

	for (guint i = 0; i < 128; i++)
		append_row(text, i + 0.6 * (maker_uniform(&rng) - 0.5));
	assert_sine(text->str, 2e-6);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/wave_csv/numbers", test_numbers);
	g_test_add_func("/signal/wave_csv/scan", test_scan);
	g_test_add_func("/signal/wave_csv/layouts", test_layouts);
	g_test_add_func("/signal/wave_csv/exports", test_exports);
	g_test_add_func("/signal/wave_csv/volts", test_volts);
	g_test_add_func("/signal/wave_csv/refused", test_csv_refused);
	g_test_add_func("/signal/wave_csv/agree", test_agree);
	g_test_add_func("/signal/wave_csv/resampled", test_resampled);
	g_test_add_func("/signal/wave_csv/jittered", test_jittered);
	return g_test_run();
}
