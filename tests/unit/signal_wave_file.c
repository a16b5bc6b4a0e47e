/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_file.h"

#include "base/error.h"
#include "signal/wave_format.h"
#include "tests/unit/signal_wave.h"
#include "tests/unit/signal_wave_refused.h"

#include <float.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* A folder of a test's own. */
struct place {
	char *folder;
};

static void place_setup(struct place *place, gconstpointer data)
{
	place->folder = g_dir_make_tmp("station-wave-XXXXXX", NULL);
	g_assert_nonnull(place->folder);
}

static void place_teardown(struct place *place, gconstpointer data)
{
	g_autoptr(GDir) dir = g_dir_open(place->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(place->folder, name, NULL);

		g_assert_cmpint(g_remove(path), ==, 0);
	}
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_free(place->folder);
}

static char *in_place(const struct place *place, const char *name)
{
	return g_build_filename(place->folder, name, NULL);
}

static void put(const char *path, const void *bytes, gsize len)
{
	g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
}

/* Floats of all sizes, among them both zeros, the largest, the smallest and powers of ten. */
static struct waveform *odd_wave(gsize n_symbols, guint spu)
{
	static const float special[] = {0.0f,    -0.0f,        1e37f,         -1e37f,
	                                FLT_MIN, FLT_TRUE_MIN, -1e-38f,       1e-14f,
	                                1e-15f,  1.0f,         9.99999975e-5f};
	struct maker_rng rng = {.state = 7};
	struct waveform *wave = waveform_new(n_symbols, spu, 53.125e9 / 3.0, NULL);
	gsize length = waveform_length(wave);

	for (gsize i = 0; i < length; i++)
		wave->power_w[i] = (float)(pow(10.0, 20.0 * maker_uniform(&rng) - 14.0) *
		                           (maker_uniform(&rng) - 0.5));
	for (gsize i = 0; i < G_N_ELEMENTS(special) && i < length; i++)
		wave->power_w[i] = special[i];
	for (gsize i = 0; i < 24 && i + 20 < length; i++)
		wave->power_w[i + 20] = (float)pow(10.0, (double)i - 14.0);
	wave->scope_noise_w = 4e-6 / 7.0;
	wave->filter_bandwidth_hz = 26.5625e9 / 3.0;
	wave->passes = 16;
	return wave;
}

static void assert_same(const struct waveform *a, const struct waveform *b)
{
	g_assert_cmpuint(a->n_symbols, ==, b->n_symbols);
	g_assert_cmpuint(a->samples_per_symbol, ==, b->samples_per_symbol);
	for (gsize i = 0; i < waveform_length(a); i++) {
		if (memcmp(&a->power_w[i], &b->power_w[i], sizeof(float)) != 0)
			g_error("sample %" G_GSIZE_FORMAT ": %.9g became %.9g", i,
			        (double)a->power_w[i], (double)b->power_w[i]);
	}
	g_assert_true(a->symbol_rate_bd == b->symbol_rate_bd);
	g_assert_true(a->scope_noise_w == b->scope_noise_w);
	g_assert_true(a->filter_bandwidth_hz == b->filter_bandwidth_hz);
	g_assert_cmpuint(a->passes, ==, b->passes);
}

static void test_round_trip(struct place *place, gconstpointer data)
{
	static const char *const names[] = {"a.csv", "a.TXT", "a.f32", "a.raw", "a.bin", "a.npy"};
	g_autoptr(waveform) wave = odd_wave(3001, 7);

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(waveform) again = NULL;
		g_autofree char *path = in_place(place, names[i]);

		g_assert_true(wave_file_write(path, wave, &error));
		g_assert_no_error(error);
		again = wave_file_read(path, NULL, &error);
		g_assert_no_error(error);
		assert_same(wave, again);
	}
}

/* An npy by hand: version, dictionary and bytes. */
static GString *npy(guint version, const char *dictionary, const void *data, gsize len)
{
	GString *out = g_string_new(NULL);
	gsize length = strlen(dictionary);

	g_string_append_len(out, "\x93NUMPY", 6);
	g_string_append_c(out, (char)version);
	g_string_append_c(out, 0);
	for (guint i = 0; i < (version == 1 ? 2 : 4); i++)
		g_string_append_c(out, (char)(length >> (8 * i)));
	g_string_append(out, dictionary);
	g_string_append_len(out, data, (gssize)len);
	return out;
}

static const char npy_sidecar[] = "symbol_rate: 50 GBd\nsamples_per_symbol: 2\n";

static struct waveform *read_npy(const GString *bytes, const struct wave_facts *given,
                                 GError **error)
{
	return wave_bytes_read("t.npy", WAVE_FORMAT_NPY, bytes->str, bytes->len, npy_sidecar,
	                       strlen(npy_sidecar), given, error);
}

static void test_npy(void)
{
	static const guint8 narrow_be[] = {0x3f, 0x80, 0, 0, 0x40, 0, 0, 0}; /* 1, 2 */
	static const guint8 narrow_le[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0x40}; /* 1, 2 */
	static const guint8 wide_le[] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f,       /* 1 */
	                                 0, 0, 0, 0, 0, 0, 0,    0x40};      /* 2 */
	static const struct {
		guint version;
		const char *dictionary;
		const guint8 *data;
		gsize len;
	} rows[] = {
		{1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", narrow_le, 8},
		{2, "{\"shape\":(2),'fortran_order':False,'descr':'>f4'}", narrow_be, 8},
		{3, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }  ", wide_le, 16},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GString) bytes =
			npy(rows[i].version, rows[i].dictionary, rows[i].data, rows[i].len);
		g_autoptr(waveform) wave = read_npy(bytes, NULL, &error);

		g_assert_no_error(error);
		g_assert_cmpuint(waveform_length(wave), ==, 2);
		g_assert_cmpfloat(wave->power_w[0], ==, 1.0f);
		g_assert_cmpfloat(wave->power_w[1], ==, 2.0f);
		/* cut anywhere it is refused, and so is a byte more */
		g_string_append_c(bytes, 0);
		for (gsize len = 0; len <= bytes->len; len++) {
			g_autoptr(GError) cut = NULL;
			g_autofree char *copy = g_memdup2(bytes->str, len);

			if (len == bytes->len - 1)
				continue;
			g_assert_null(wave_bytes_read("t.npy", WAVE_FORMAT_NPY, copy ? copy : "",
			                              len, npy_sidecar, strlen(npy_sidecar), NULL,
			                              &cut));
			g_assert_error(cut, STATION_ERROR, STATION_ERROR_DATA);
		}
	}
}

/* Sweeps are averaged; what they scatter is the noise only when asked. */
static void test_sweeps(void)
{
	static const double data[3][2] = {{1.0, 5.0}, {2.0, 5.0}, {3.0, 8.0}};
	g_autoptr(GString) bytes =
		npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", data,
	            sizeof data);
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = read_npy(bytes, NULL, &error);
	g_autoptr(waveform) noisy = NULL;
	struct wave_facts given;

	g_assert_no_error(error);
	g_assert_cmpuint(wave->passes, ==, 3);
	g_assert_cmpfloat(wave->power_w[0], ==, 2.0f);
	g_assert_cmpfloat(wave->power_w[1], ==, 6.0f);
	g_assert_cmpfloat(wave->scope_noise_w, ==, 0.0);
	wave_facts_unknown(&given);
	given.noise_from_sweeps = TRUE;
	noisy = read_npy(bytes, &given, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat_with_epsilon(noisy->scope_noise_w, sqrt((1.0 + 3.0) / 2.0), 1e-12);
	given.passes = 4;
	assert_refused(read_npy(bytes, &given, &error), &error, "t.npy: passes: 3*4*");
}

static void test_npy_refused(void)
{
	static const float zeros[4];
	static const struct bad rows[] = {
		{"{'descr': '<i4', 'fortran_order': False, 'shape': (4,)}",
	         "t.npy: offset 20: *\"<i4\"*"},
		{"{'descr': '|O', 'fortran_order': False, 'shape': (4,)}",
	         "t.npy: offset 20: *\"|O\"*"},
		{"{'descr': '=f4', 'fortran_order': False, 'shape': (4,)}", "*\"=f4\"*"},
		{"{'descr': [('a','<f4')], 'fortran_order': False, 'shape': (4,)}", "*structured*"},
		{"{'descr': '<f4', 'fortran_order': True, 'shape': (4,)}",
	         "*offset 44: fortran_order*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (5,)}",
	         "*promises 5 numbers*16 b*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
	         "*promises 3 numbers*16 b*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (-4,)}", "*whole number*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "*without samples*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': ()}", "*not an array*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (1,2,2)}", "*two dimensions*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (268435456,268435456)}",
	         "*promises*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
	         "*more than 2^28*"},
		{"{'descr': '<f4', 'fortran_order': False}", "*does not tell*"},
		{"{'descr': '<f4', 'descr': '<f4'}", "*descr is told twice*"},
		{"{'descr': '<f4', 'order': False}", "*\"order\"*not known*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} x",
	         "*behind the header's end*"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (4,)", "*expected '}'*"},
		{"['descr']", "t.npy: offset 10: expected '{'*"},
		{"{descr: '<f4'}", "*text in quotes*"},
		{"", "t.npy: offset 10: expected '{'*"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GString) bytes = npy(1, rows[i].text, zeros, sizeof zeros);
		g_autoptr(waveform) wave = read_npy(bytes, NULL, &error);

		assert_refused(wave, &error, rows[i].message);
	}
}

static void test_npy_versions(void)
{
	static const float numbers[4] = {1.0f, NAN, INFINITY, 1.0f};
	static const char good[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}";
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) later = npy(4, good, numbers, sizeof numbers);
	g_autoptr(GString) bytes = npy(1, good, numbers, sizeof numbers);

	assert_refused(read_npy(later, NULL, &error), &error, "t.npy: offset 6: version 4.0*");
	assert_refused(read_npy(bytes, NULL, &error), &error,
	               "t.npy: offset 71: sample 1 is not a number*2 of 4*");
	bytes->str[0] = 'x';
	assert_refused(read_npy(bytes, NULL, &error), &error, "t.npy: offset 0: no npy*");
}

static void test_raw_refused(struct place *place, gconstpointer data)
{
	static const struct bad rows[] = {
		{"symbol_rate: 50 GBd\nsample_per_symbol: 2\n",
	         "*a.f32.yaml:2: key \"sample_per_symbol\"*mean \"samples_per_symbol\"?"},
		{"symbol_rate: 50 GHz\n", "*a.f32.yaml:1: symbol_rate: expected a symbol rate*"},
		{"symbols: [1]\n", "*a.f32.yaml:1: expected a text*"},
		{"- 1\n", "*a.f32.yaml:1: expected lines*"},
		{"symbols: 1\nsymbols: 1\n", "*a.f32.yaml:2: *"},
		{"samples_per_symbol: 2\n", "*a.f32: symbol_rate: neither*"},
		{"sha256: 00\n", "*a.f32: its sha256 is not*"},
	};
	static const float numbers[4] = {1.0f, 2.0f, -INFINITY, 4.0f};
	g_autofree char *path = in_place(place, "a.f32");
	g_autofree char *sidecar = in_place(place, "a.f32.yaml");
	g_autoptr(GError) error = NULL;

	put(path, numbers, 8);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		put(sidecar, rows[i].text, strlen(rows[i].text));
		assert_refused(wave_file_read(path, NULL, &error), &error, rows[i].message);
	}
	g_remove(sidecar);
	assert_refused(wave_file_read(path, NULL, &error), &error, "*a.f32: symbol_rate: neither*");
	put(path, numbers, 16);
	assert_refused(wave_file_read(path, NULL, &error), &error,
	               "*a.f32: offset 8: sample 2 is not a number*1 of 4*");
	put(path, numbers, 7);
	assert_refused(wave_file_read(path, NULL, &error), &error, "*a.f32: offset 4: *cut short");
	put(path, numbers, 0);
	assert_refused(wave_file_read(path, NULL, &error), &error, "*a.f32: no samples");
}

/* Without a sidecar the caller tells; an npy is one whatever its name. */
static void test_given(struct place *place, gconstpointer data)
{
	static const float numbers[2] = {1.0f, 2.0f};
	g_autoptr(GString) bytes =
		npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", numbers, 8);
	g_autofree char *raw = in_place(place, "a.bin");
	g_autofree char *other = in_place(place, "a.dat");
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL, same = NULL;
	struct wave_facts given;

	wave_facts_unknown(&given);
	given.symbol_rate_bd = 50e9;
	given.samples_per_symbol = 2;
	put(raw, numbers, sizeof numbers);
	put(other, bytes->str, bytes->len);
	wave = wave_file_read(raw, &given, &error);
	g_assert_no_error(error);
	same = wave_file_read(other, &given, &error);
	g_assert_no_error(error);
	assert_same(wave, same);
}

/* Samples and sidecar of two different writings are not taken for one waveform. */
static void test_torn(struct place *place, gconstpointer data)
{
	static const float numbers[4] = {1.0f, 2.0f, 3.0f, 4.0f};
	g_autoptr(waveform) wave = odd_wave(2, 2);
	g_autofree char *path = in_place(place, "a.raw");
	g_autoptr(GError) error = NULL;

	g_assert_true(wave_file_write(path, wave, &error));
	put(path, numbers, sizeof numbers);
	assert_refused(wave_file_read(path, NULL, &error), &error, "*a.raw: its sha256*");
}

static void test_no_file(struct place *place, gconstpointer data)
{
	g_autofree char *missing = in_place(place, "none.csv");
	g_autofree char *unknown = in_place(place, "a.wav");
	g_autoptr(GError) error = NULL;

	g_assert_null(wave_file_read(missing, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "none.csv: "));
	g_clear_error(&error);
	g_assert_null(wave_file_read(place->folder, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "is a directory"));
	g_clear_error(&error);
	put(unknown, "1\n", 2);
	g_assert_null(wave_file_read(unknown, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_nonnull(strstr(error->message, ".npy"));
}

static void test_write_refused(struct place *place, gconstpointer data)
{
	g_autoptr(waveform) wave = odd_wave(2, 2);
	g_autofree char *inside = in_place(place, "none/a.csv");
	g_autofree char *unknown = in_place(place, "a.wav");
	g_autofree char *path = in_place(place, "a.csv");
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_false(wave_file_write(inside, wave, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_clear_error(&error);
	g_assert_false(wave_file_write(unknown, wave, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	put(path, "old", 3);
	wave->power_w[1] = NAN;
	g_assert_false(wave_file_write(path, wave, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	wave->power_w[1] = 0.0f;
	wave->scope_noise_w = NAN;
	g_assert_false(wave_file_write(path, wave, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "old");
}

/* The target's name is taken by a folder: nothing is written, nothing is left behind. */
static void test_target_whole(struct place *place, gconstpointer data)
{
	g_autoptr(waveform) wave = odd_wave(2, 2);
	g_autofree char *folder = in_place(place, "a.f32");
	g_autofree char *within = g_build_filename(folder, "old", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = NULL;

	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	put(within, "old", 3);
	g_assert_false(wave_file_write(folder, wave, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	dir = g_dir_open(place->folder, 0, NULL);
	g_assert_cmpstr(g_dir_read_name(dir), ==, "a.f32");
	g_assert_null(g_dir_read_name(dir));
	g_assert_cmpint(g_remove(within), ==, 0);
}

/* A writing that fails halfway keeps the old file whole. */
static void test_target_kept(struct place *place, gconstpointer data)
{
	static const char *const names[] = {"a.csv", "a.f32", "a.npy"};
	g_autoptr(waveform) wave = odd_wave(2, 2), larger = odd_wave(3000, 2);
	struct rlimit usual, tight;
	void (*on_limit)(int) = signal(SIGXFSZ, SIG_IGN);

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	tight = usual;
	tight.rlim_cur = 4096;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = in_place(place, names[i]);
		g_autoptr(GError) error = NULL;
		g_autoptr(waveform) again = NULL;
		gboolean written;

		g_assert_true(wave_file_write(path, wave, &error));
		g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &tight), ==, 0);
		written = wave_file_write(path, larger, &error);
		g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &usual), ==, 0);
		g_assert_false(written);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
		again = wave_file_read(path, NULL, NULL);
		g_assert_nonnull(again);
		assert_same(wave, again);
	}
	signal(SIGXFSZ, on_limit);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(struct place *place, gconstpointer data);
	} rows[] = {
		{"/signal/wave_file/round_trip", test_round_trip},
		{"/signal/wave_file/raw_refused", test_raw_refused},
		{"/signal/wave_file/given", test_given},
		{"/signal/wave_file/torn", test_torn},
		{"/signal/wave_file/no_file", test_no_file},
		{"/signal/wave_file/write_refused", test_write_refused},
		{"/signal/wave_file/target_whole", test_target_whole},
		{"/signal/wave_file/target_kept", test_target_kept},
	};

	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_test_add(rows[i].path, struct place, NULL, place_setup, rows[i].test,
		           place_teardown);
	g_test_add_func("/signal/wave_file/npy", test_npy);
	g_test_add_func("/signal/wave_file/sweeps", test_sweeps);
	g_test_add_func("/signal/wave_file/npy_refused", test_npy_refused);
	g_test_add_func("/signal/wave_file/npy_versions", test_npy_versions);
	return g_test_run();
}
