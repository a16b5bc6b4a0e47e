/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/export.h"

#include "reports/corner.h"
#include "reports/stdf_tests.h"

#include <math.h>
#include <string.h>

/*
 * STDF V4. The order is FAR, MIR, SDR, then part after part, then the summaries, MRR last.
 */
enum { SOFT_FIRST = 100, SOFT_MOST = 32767 };
enum { PART_REPLACES = 1, PART_ABNORMAL = 4, PART_FAILED = 8, PART_NO_VERDICT = 16 };

enum hard_bin { BIN_PASS = 1, BIN_FAIL, BIN_ERROR, BIN_ABORTED, N_BINS = BIN_ABORTED };

static const struct {
	const char *name;
	char sign;
} hard_bins[] = {
	[BIN_PASS] = {"PASS", 'P'},
	[BIN_FAIL] = {"FAIL", 'F'},
	[BIN_ERROR] = {"ERROR", ' '},
	[BIN_ABORTED] = {"ABORTED", ' '},
};

struct soft_bin {
	guint number, count;
	const char *name; /* borrowed */
	char sign;
};

struct file {
	struct stdf stdf;
	const struct report_set *set;
	struct stdf_tests *tests;
	GArray *soft_bins; /* struct soft_bin, in order of appearance */
	guint hard[N_BINS + 1];
	guint parts, retested, aborted, good;
};

static const struct run_record *run_at(const struct report_set *set, guint i)
{
	return set->records->pdata[i];
}

static guint32 seconds(gint64 unix_us)
{
	return (guint32)CLAMP(unix_us / G_USEC_PER_SEC, 0, G_MAXUINT32);
}

static void write_note(struct file *file, const char *key, const char *value)
{
	g_autofree char *text = g_strdup_printf("%s=%s", key, value ? value : "");
	if (!value || *value == '\0')
		return;
	stdf_open(&file->stdf, 50, 30); /* DTR */
	stdf_cn(&file->stdf, text);
	stdf_close(&file->stdf);
}

/* --- head ------------------------------------------------------------------------------------ */

/* The text that all runs have, "MIXED" where they differ. */
static const char *common(const struct report_set *set, gsize offset)
{
	const char *first = "";
	for (guint i = 0; i < set->records->len; i++) {
		const char *text = G_STRUCT_MEMBER(const char *, run_at(set, i), offset);
		first = i == 0 ? text : first;
		if (strcmp(text, first) != 0)
			return "MIXED";
	}
	return first;
}
#define COMMON(set, member) common(set, G_STRUCT_OFFSET(struct run_record, member))

/* The case temperature when there was one only: "25C". */
static char *temperature(const struct report_set *set)
{
	double only = NAN;
	for (guint i = 0; i < set->records->len; i++) {
		const struct run_record *record = run_at(set, i);
		for (guint s = 0; s < record->steps->len; s++) {
			const struct record_step *step = record->steps->pdata[s];
			struct corner corner;
			if (!corner_parse(step->corner, &corner))
				continue;
			if (!isnan(only) && corner.case_degc != only)
				return g_strdup("");
			only = corner.case_degc;
		}
	}
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	return isnan(only)
	               ? g_strdup("")
	               : g_strdup_printf("%sC", g_ascii_formatd(text, sizeof text, "%.4g", only));
}

static gboolean any_retest(const struct report_set *set)
{
	for (guint i = 0; i < set->records->len; i++) {
		if (export_is_retest(set, i))
			return TRUE;
	}
	return FALSE;
}

static void write_mir(struct file *file)
{
	const struct report_set *set = file->set;
	gint64 start_us = set->records->len > 0 ? run_at(set, 0)->start_us : 0;
	g_autofree char *degc = temperature(set);
	const char *lot = set->lot ? set->lot : COMMON(set, lot);
	const char *const texts[] = {
		*lot != '\0' ? lot : "none",  /* LOT_ID */
		COMMON(set, part_number),     /* PART_TYP */
		COMMON(set, station_id),      /* NODE_NAM */
		"station",                    /* TSTR_TYP */
		COMMON(set, plan_name),       /* JOB_NAM */
		COMMON(set, plan_revision),   /* JOB_REV */
		"",                           /* SBLOT_ID */
		COMMON(set, operator_name),   /* OPER_NAM */
		"station",                    /* EXEC_TYP */
		COMMON(set, station_version), /* EXEC_VER */
		COMMON(set, stage),           /* TEST_COD */
		degc,                         /* TST_TEMP */
		"",                           /* USER_TXT */
		"",                           /* AUX_FILE */
		COMMON(set, form_factor),     /* PKG_TYP */
		COMMON(set, type),            /* FAMLY_ID */
		"",
		"",
		"",
		"",
		"",                          /* DATE_COD, FACIL_ID, FLOOR_ID, PROC_ID, OPER_FRQ */
		"limits",                    /* SPEC_NAM */
		COMMON(set, limits_edition), /* SPEC_VER */
		"",
		"",
		"",
		"",
		"",                      /* FLOW_ID, SETUP_ID, DSGN_REV, ENG_ID, ROM_COD */
		COMMON(set, station_id), /* SERL_NUM */
	};
	stdf_open(&file->stdf, 1, 10);
	stdf_u4(&file->stdf, seconds(start_us)); /* SETUP_T */
	stdf_u4(&file->stdf, seconds(start_us)); /* START_T */
	stdf_u1(&file->stdf, 1);                 /* STAT_NUM */
	stdf_c1(&file->stdf, 'P');               /* MODE_COD */
	stdf_c1(&file->stdf, any_retest(set) ? 'Y' : 'N');
	stdf_c1(&file->stdf, ' ');   /* PROT_COD */
	stdf_u2(&file->stdf, 65535); /* BURN_TIM */
	stdf_c1(&file->stdf, ' ');   /* CMOD_COD */
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		stdf_cn(&file->stdf, texts[i]);
	stdf_close(&file->stdf);
}

static int compare_ints(gconstpointer a, gconstpointer b)
{
	return *(const int *)a - *(const int *)b;
}

static void write_sdr(struct file *file)
{
	g_autoptr(GArray) sites = g_array_new(FALSE, FALSE, sizeof(int));
	for (guint i = 0; i < file->set->records->len; i++) {
		int site = run_at(file->set, i)->site;
		gboolean known = FALSE;
		for (guint s = 0; s < sites->len; s++)
			known = known || g_array_index(sites, int, s) == site;
		if (!known)
			g_array_append_val(sites, site);
	}
	g_array_sort(sites, compare_ints);
	stdf_open(&file->stdf, 1, 80);
	stdf_u1(&file->stdf, STDF_HEAD);
	stdf_u1(&file->stdf, 1); /* SITE_GRP */
	stdf_u1(&file->stdf, sites->len);
	for (guint s = 0; s < sites->len; s++)
		stdf_u1(&file->stdf, (guint)g_array_index(sites, int, s));
	stdf_close(&file->stdf);
}

static void write_head(struct file *file)
{
	stdf_open(&file->stdf, 0, 10); /* FAR */
	stdf_u1(&file->stdf, 2);       /* CPU_TYPE: little-endian */
	stdf_u1(&file->stdf, 4);       /* STDF_VER */
	stdf_close(&file->stdf);
	write_mir(file);
	write_sdr(file);
	write_note(file, "times", "UTC");
}

/* --- parts ----------------------------------------------------------------------------------- */

static enum hard_bin hard_bin_of(const struct run_record *record)
{
	switch (record->verdict) {
	case VERDICT_PASS:
		return BIN_PASS;
	case VERDICT_FAIL:
		return BIN_FAIL;
	case VERDICT_ABORTED:
		return BIN_ABORTED;
	default:
		return BIN_ERROR;
	}
}

/* Why a part is no pass, as short as the name of a bin. */
static const char *cause_of(const struct run_record *record)
{
	if (record->touched)
		return "touched by hand";
	return record->first_failing_step ? record->first_failing_step : "unknown";
}

/* Passes have a number of their own, all others that of their cause. */
static guint soft_bin_number(const struct run_record *record)
{
	if (record->verdict == VERDICT_PASS)
		return record->marginal ? 2 : 1;
	return SOFT_FIRST + stdf_number(cause_of(record)) % (SOFT_MOST - SOFT_FIRST + 1);
}

static void count_soft_bin(struct file *file, const struct run_record *record, guint number)
{
	const char *pass = record->marginal ? "PASS marginal" : "PASS";
	const char *name = record->verdict == VERDICT_PASS ? pass : cause_of(record);
	const struct soft_bin bin = {number, 1, name, hard_bins[hard_bin_of(record)].sign};
	for (guint i = 0; i < file->soft_bins->len; i++) {
		struct soft_bin *known = &g_array_index(file->soft_bins, struct soft_bin, i);
		if (known->number != number)
			continue;
		known->count++;
		known->sign = known->sign == bin.sign ? bin.sign : ' ';
		return;
	}
	g_array_append_val(file->soft_bins, bin);
}

static guint part_flags(const struct report_set *set, guint run)
{
	enum verdict verdict = run_at(set, run)->verdict;
	guint flags = export_is_retest(set, run) ? PART_REPLACES : 0;
	if (verdict == VERDICT_FAIL)
		return flags | PART_FAILED;
	return verdict == VERDICT_PASS ? flags : flags | PART_ABNORMAL | PART_NO_VERDICT;
}

/* What of a run has no field. */
static void write_notes(struct file *file, const struct run_record *record)
{
	write_note(file, "part", record->serial);
	write_note(file, "run", record->run_id);
	write_note(file, "part_number", record->part_number);
	write_note(file, "type", record->type);
	write_note(file, "stage", record->stage);
	write_note(file, "firmware", record->identity.firmware);
	write_note(file, "reason", record->reason);
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *one = record->files->pdata[i];
		g_autofree char *key = g_strdup_printf("sha256 %s %s", one->role, one->name);
		write_note(file, key, one->sha256);
	}
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		g_autofree char *line = export_step_line(step);
		if (step->superseded || step->verdict > VERDICT_PASS ||
		    step->verdict == VERDICT_SKIPPED)
			write_note(file, "step", line);
	}
}

static void write_part(struct file *file, guint run)
{
	const struct run_record *record = run_at(file->set, run);
	guint soft = soft_bin_number(record), hard = hard_bin_of(record);
	write_notes(file, record);
	stdf_open(&file->stdf, 5, 10); /* PIR */
	stdf_u1(&file->stdf, STDF_HEAD);
	stdf_u1(&file->stdf, (guint)record->site);
	stdf_close(&file->stdf);
	guint tests = stdf_tests_write(file->tests, &file->stdf, record);
	g_autofree char *text = g_strdup_printf("%s run %s", record->stage, record->run_id);
	stdf_open(&file->stdf, 5, 20); /* PRR */
	stdf_u1(&file->stdf, STDF_HEAD);
	stdf_u1(&file->stdf, (guint)record->site);
	stdf_u1(&file->stdf, part_flags(file->set, run));
	stdf_u2(&file->stdf, MIN(tests, G_MAXUINT16));
	stdf_u2(&file->stdf, hard);
	stdf_u2(&file->stdf, soft);
	stdf_i2(&file->stdf, -32768); /* X_COORD */
	stdf_i2(&file->stdf, -32768); /* Y_COORD */
	stdf_u4(&file->stdf,
	        (guint32)CLAMP(export_run_seconds(record) * 1000, 0, G_MAXUINT32)); /* TEST_T */
	stdf_cn(&file->stdf, record->serial);
	stdf_cn(&file->stdf, text);
	stdf_u1(&file->stdf, 0); /* PART_FIX: no bytes */
	stdf_close(&file->stdf);
	file->retested += export_is_retest(file->set, run);
	if (export_is_replaced(file->set, run))
		return;
	file->parts++;
	file->hard[hard]++;
	file->aborted += hard == BIN_ERROR || hard == BIN_ABORTED;
	file->good += hard == BIN_PASS;
	count_soft_bin(file, record, soft);
}

/* --- summaries ------------------------------------------------------------------------------- */

static void write_bin(struct file *file, guint8 subtype, guint number, guint count, char sign,
                      const char *name)
{
	stdf_open(&file->stdf, 1, subtype);
	stdf_u1(&file->stdf, STDF_ALL_HEADS);
	stdf_u1(&file->stdf, 0);
	stdf_u2(&file->stdf, number);
	stdf_u4(&file->stdf, count);
	stdf_c1(&file->stdf, sign);
	stdf_cn(&file->stdf, name);
	stdf_close(&file->stdf);
}

static int compare_soft_bins(gconstpointer a, gconstpointer b)
{
	const struct soft_bin *first = a, *second = b;
	return (first->number > second->number) - (first->number < second->number);
}

static void write_summaries(struct file *file)
{
	gint64 end_us = 0;
	for (guint i = 0; i < file->set->records->len; i++) {
		const struct run_record *record = run_at(file->set, i);
		end_us = MAX(end_us, MAX(record->end_us, record->start_us));
	}
	stdf_tests_summarise(file->tests, &file->stdf);
	for (guint bin = 1; bin <= N_BINS; bin++) {
		if (file->hard[bin] > 0)
			write_bin(file, 40, bin, file->hard[bin], hard_bins[bin].sign,
			          hard_bins[bin].name);
	}
	g_array_sort(file->soft_bins, compare_soft_bins);
	for (guint i = 0; i < file->soft_bins->len; i++) {
		const struct soft_bin *bin = &g_array_index(file->soft_bins, struct soft_bin, i);
		write_bin(file, 50, bin->number, bin->count, bin->sign, bin->name);
	}
	stdf_open(&file->stdf, 1, 30); /* PCR */
	stdf_u1(&file->stdf, STDF_ALL_HEADS);
	stdf_u1(&file->stdf, 0);
	stdf_u4(&file->stdf, file->parts);
	stdf_u4(&file->stdf, file->retested);
	stdf_u4(&file->stdf, file->aborted);
	stdf_u4(&file->stdf, file->good);
	stdf_u4(&file->stdf, G_MAXUINT32); /* FUNC_CNT: not known */
	stdf_close(&file->stdf);
	stdf_open(&file->stdf, 1, 20); /* MRR */
	stdf_u4(&file->stdf, seconds(end_us));
	stdf_c1(&file->stdf, ' '); /* DISP_COD */
	stdf_cn(&file->stdf, "");
	stdf_cn(&file->stdf, "");
	stdf_close(&file->stdf);
}

GBytes *export_stdf(const struct report_set *set)
{
	struct file file = {
		.stdf = {g_byte_array_new(), 0},
		.set = set,
		.tests = stdf_tests_new(),
		.soft_bins = g_array_new(FALSE, FALSE, sizeof(struct soft_bin)),
	};
	write_head(&file);
	for (guint i = 0; i < set->records->len; i++)
		write_part(&file, i);
	write_summaries(&file);
	stdf_tests_free(file.tests);
	g_array_unref(file.soft_bins);
	return g_byte_array_free_to_bytes(file.stdf.bytes);
}
