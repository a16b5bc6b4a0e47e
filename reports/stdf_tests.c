/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/stdf_tests.h"

#include "reports/export.h"

#include <math.h>
#include <string.h>

enum { ALARM = 1, NOT_VALID = 2, NOT_EXECUTED = 16, ABORTED = 32, NO_VERDICT = 64, FAILED = 128 };

/* What became of one test in all of the file. */
struct tally {
	guint32 number;
	char *name, *step;
	char kind; /* 'P' or 'F' */
	guint executed, failed, alarms;
	guint values; /* with a number */
	double least, most, sum, squares;
};

struct stdf_tests {
	GHashTable *numbers; /* identity -> struct tally, owned by tallies */
	GHashTable *used;    /* number -> itself */
	GPtrArray *tallies;
};

static void tally_free(gpointer data)
{
	struct tally *tally = data;
	g_free(tally->name);
	g_free(tally->step);
	g_free(tally);
}

/* Two identities of one number are rarer than one file in a thousand; the later one moves on. */
static struct tally *find_tally(struct stdf_tests *tests, const struct export_test *test)
{
	const char *step = export_step_name(test);
	char *identity = g_strdup_printf("%s: %s", step, test->name);
	struct tally *tally = g_hash_table_lookup(tests->numbers, identity);
	if (tally) {
		g_free(identity);
		return tally;
	}
	tally = g_new0(struct tally, 1);
	tally->number = stdf_number(identity);
	while (!g_hash_table_add(tests->used, GUINT_TO_POINTER(tally->number)))
		tally->number = tally->number == G_MAXINT32 ? 1 : tally->number + 1;
	tally->name = g_strdup_printf("%s: %s", test->name, step);
	tally->step = g_strdup(step);
	tally->kind = export_is_yes_no(test->measurement) ? 'F' : 'P';
	tally->least = INFINITY;
	tally->most = -INFINITY;
	g_hash_table_insert(tests->numbers, identity, tally);
	g_ptr_array_add(tests->tallies, tally);
	return tally;
}

static guint test_flags(const struct record_measurement *measurement)
{
	guint flags = isfinite(measurement->value) ? 0 : NOT_VALID;
	switch (measurement->verdict) {
	case VERDICT_PASS:
		return flags;
	case VERDICT_FAIL:
		return flags | FAILED;
	case VERDICT_ERROR:
		return flags | ALARM | NOT_VALID | NO_VERDICT;
	case VERDICT_ABORTED:
		return flags | ABORTED | NO_VERDICT;
	case VERDICT_SKIPPED:
		return flags | NOT_EXECUTED | NO_VERDICT;
	default:
		return flags | NO_VERDICT;
	}
}

static void count_test(struct tally *tally, const struct record_measurement *measurement,
                       guint flags, double value)
{
	tally->executed += !(flags & NOT_EXECUTED);
	tally->failed += (flags & FAILED) != 0;
	tally->alarms += (flags & ALARM) != 0;
	if ((flags & NOT_VALID) || !isfinite(value))
		return;
	tally->values++;
	tally->least = fmin(tally->least, value);
	tally->most = fmax(tally->most, value);
	tally->sum += value;
	tally->squares += value * value;
}

static void write_ptr(struct stdf *stdf, const struct export_test *test, struct tally *tally,
                      int site)
{
	const struct record_measurement *measurement = test->measurement;
	double factor;
	const char *unit = export_unit(measurement->unit, &factor);
	double low = accept_low(&test->accept) * factor, high = accept_high(&test->accept) * factor;
	double low_spec = test->accept.low * factor, high_spec = test->accept.high * factor;
	double value = measurement->value * factor;
	guint flags = test_flags(measurement);
	guint limits = 0xC0 | (value > high ? 8 : 0) | (value < low ? 16 : 0);
	count_test(tally, measurement, flags, value);
	stdf_open(stdf, 15, 10);
	stdf_u4(stdf, tally->number);
	stdf_u1(stdf, STDF_HEAD);
	stdf_u1(stdf, (guint)site);
	stdf_u1(stdf, flags);
	stdf_u1(stdf, limits); /* PARM_FLG: bounds belong to the range */
	stdf_r4(stdf, value);
	stdf_cn(stdf, tally->name);
	stdf_cn(stdf, flags & ALARM ? "ERROR" : ""); /* ALARM_ID */
	stdf_u1(stdf, 0x02 | (!isfinite(low_spec) ? 4 : 0) | (!isfinite(high_spec) ? 8 : 0) |
	                      (!isfinite(low) ? 64 : 0) | (!isfinite(high) ? 128 : 0));
	for (int i = 0; i < 3; i++)
		stdf_i1(stdf, 0); /* RES_SCAL, LLM_SCAL, HLM_SCAL */
	stdf_r4(stdf, low);
	stdf_r4(stdf, high);
	stdf_cn(stdf, unit);
	for (int i = 0; i < 3; i++)
		stdf_cn(stdf, "%9.6g"); /* C_RESFMT, C_LLMFMT, C_HLMFMT */
	stdf_r4(stdf, low_spec);
	stdf_r4(stdf, high_spec);
	stdf_close(stdf);
}

static void write_ftr(struct stdf *stdf, const struct export_test *test, struct tally *tally,
                      int site)
{
	guint flags = test_flags(test->measurement);
	count_test(tally, test->measurement, flags, NAN);
	stdf_open(stdf, 15, 20);
	stdf_u4(stdf, tally->number);
	stdf_u1(stdf, STDF_HEAD);
	stdf_u1(stdf, (guint)site);
	stdf_u1(stdf, flags);
	stdf_u1(stdf, 0xFF); /* OPT_FLAG: no counts, addresses and offsets */
	for (int i = 0; i < 4; i++)
		stdf_u4(stdf, 0); /* CYCL_CNT, REL_VADR, REPT_CNT, NUM_FAIL */
	for (int i = 0; i < 2; i++)
		stdf_u4(stdf, 0); /* XFAIL_AD, YFAIL_AD */
	stdf_i2(stdf, 0);         /* VECT_OFF */
	stdf_u2(stdf, 0);         /* RTN_ICNT */
	stdf_u2(stdf, 0);         /* PGM_ICNT */
	stdf_u2(stdf, 0);         /* FAIL_PIN: no bits */
	for (int i = 0; i < 3; i++)
		stdf_cn(stdf, ""); /* VECT_NAM, TIME_SET, OP_CODE */
	stdf_cn(stdf, tally->name);
	stdf_cn(stdf, "");                        /* ALARM_ID */
	stdf_cn(stdf, "");                        /* PROG_TXT */
	stdf_cn(stdf, test->measurement->reason); /* RSLT_TXT */
	stdf_close(stdf);
}

guint stdf_tests_write(struct stdf_tests *tests, struct stdf *stdf, const struct run_record *record)
{
	g_autoptr(GPtrArray) all = export_tests(record);
	for (guint i = 0; i < all->len; i++) {
		const struct export_test *test = all->pdata[i];
		struct tally *tally = find_tally(tests, test);
		if (tally->kind == 'F')
			write_ftr(stdf, test, tally, record->site);
		else
			write_ptr(stdf, test, tally, record->site);
	}
	return all->len;
}

static void write_tsr(struct stdf *stdf, const struct tally *tally)
{
	gboolean any = tally->values > 0;
	stdf_open(stdf, 10, 30);
	stdf_u1(stdf, STDF_ALL_HEADS);
	stdf_u1(stdf, 0);
	stdf_c1(stdf, tally->kind);
	stdf_u4(stdf, tally->number);
	stdf_u4(stdf, tally->executed);
	stdf_u4(stdf, tally->failed);
	stdf_u4(stdf, tally->alarms);
	stdf_cn(stdf, tally->name);
	stdf_cn(stdf, tally->step); /* SEQ_NAME */
	stdf_cn(stdf, "");          /* TEST_LBL */
	/* OPT_FLAG: no time; without values no least, most, sum and squares */
	stdf_u1(stdf, any ? 0xCC : 0xFF);
	stdf_r4(stdf, 0); /* TEST_TIM */
	stdf_r4(stdf, any ? tally->least : 0);
	stdf_r4(stdf, any ? tally->most : 0);
	stdf_r4(stdf, tally->sum);
	stdf_r4(stdf, tally->squares);
	stdf_close(stdf);
}

void stdf_tests_summarise(const struct stdf_tests *tests, struct stdf *stdf)
{
	for (guint i = 0; i < tests->tallies->len; i++)
		write_tsr(stdf, tests->tallies->pdata[i]);
}

struct stdf_tests *stdf_tests_new(void)
{
	struct stdf_tests *tests = g_new0(struct stdf_tests, 1);
	tests->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	tests->used = g_hash_table_new(NULL, NULL);
	tests->tallies = g_ptr_array_new_with_free_func(tally_free);
	return tests;
}

void stdf_tests_free(struct stdf_tests *tests)
{
	g_hash_table_unref(tests->numbers);
	g_hash_table_unref(tests->used);
	g_ptr_array_unref(tests->tallies);
	g_free(tests);
}
