/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/stdf_record.h"
#include "tests/unit/reports_export_bed.h"

#include <math.h>

static void check_bytes(const struct stdf *stdf, const guint8 *wanted, gsize n)
{
	g_assert_cmpmem(stdf->bytes->data, stdf->bytes->len, wanted, n);
}

static void test_bytes(void)
{
	static const guint8 wanted[] = {
		25,   0,    15,   10,   0xFF, 0x02, 0x01, 0x78, 0x56, 0x34,
		0x12, 0xFF, 0x00, 0x80, 0x00, 0x00, 0x20, 0x41, 0x00, 0x00,
		0x00, 0x00, 'P',  4,    'd',  'e',  'g',  'C',  0,
	};
	struct stdf stdf = {g_byte_array_new(), 0};
	stdf_open(&stdf, 15, 10);
	stdf_u1(&stdf, 255);
	stdf_u2(&stdf, 0x0102);
	stdf_u4(&stdf, 0x12345678);
	stdf_i1(&stdf, -1);
	stdf_i2(&stdf, -32768);
	stdf_r4(&stdf, 10);
	stdf_r4(&stdf, NAN);
	stdf_c1(&stdf, 'P');
	stdf_cn(&stdf, "\xC2\xB0"
	               "C");
	stdf_cn(&stdf, NULL);
	stdf_close(&stdf);
	check_bytes(&stdf, wanted, sizeof wanted);
	g_byte_array_unref(stdf.bytes);
}

static void test_ascii(void)
{
	static const struct {
		const char *text, *ascii;
	} rows[] = {
		{"plain", "plain"},
		{"5 \xC2\xB5W \xE2\x89\xA4 70 \xC2\xB0"
	         "C",
	         "5 uW <= 70 degC"},
		{"50 \xCE\xA9 \xC2\xB1 1", "50 ohm +/- 1"},
		{"Zo\xC3\xAB M\xC3\xBCller", "Zoe Muller"},
		{"\xE6\x9D\xB1\xE4\xBA\xAC", "??"},
		{"a\nb\x7F", "a b "},
		{"bad \xFF", "bad ?"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *ascii = stdf_ascii(rows[i].text);
		g_assert_cmpstr(ascii, ==, rows[i].ascii);
	}
	struct stdf stdf = {g_byte_array_new(), 0};
	g_autofree char *text = g_strnfill(300, 'x');
	stdf_cn(&stdf, text);
	g_assert_cmpuint(stdf.bytes->len, ==, 256);
	g_assert_cmpuint(stdf.bytes->data[0], ==, 255);
	g_byte_array_unref(stdf.bytes);
}

/* Frozen: whoever keeps results by these numbers relies on them. */
static void test_numbers(void)
{
	g_assert_cmpuint(stdf_number("tx-measure: tx_tdecq lane 3 25C 3.300V"), ==, 872832880);
	g_assert_cmpuint(stdf_number(""), ==, 0x63b0c442);
}

static void test_run(void)
{
	static const char *const texts[] = {
		"FAR CPU_TYPE=2 STDF_VER=4\n",
		"MIR SETUP_T=1774000000 START_T=1774000000 ",
		"MODE_COD=P RTST_COD=N ",
		"LOT_ID=DR4-2026-117 PART_TYP=VB-QDD-DR4-500 NODE_NAM=line2-station3 ",
		"JOB_NAM=dr4-final JOB_REV=3 ",
		"OPER_NAM=Zoe <=  <&\">? ",
		"TEST_COD=final TST_TEMP=25C ",
		"SITE_CNT=1 SITE_NUM=[1]\n",
		"DTR TEXT_DAT=times=UTC\n",
		"DTR TEXT_DAT=step=rx, lane 2, 25C 3.300V, attempt 1 (replaced): ERROR: bert1: no "
		"answer\n",
		/* only a guard band fails it: the limit is what decided, the specification stands
	         * beside it */
		"TEST_FLG=0x80 PARM_FLG=0xC8 RESULT=1.3 TEST_TXT=tx_oma lane 1 25C 3.300V: tx v1.2 "
		"ALARM_ID= OPT_FLAG=0x02 RES_SCAL=0 LLM_SCAL=0 HLM_SCAL=0 LO_LIMIT=-2.55 "
		"HI_LIMIT=1.25 UNITS=dBm C_RESFMT=%9.6g C_LLMFMT=%9.6g C_HLMFMT=%9.6g LO_SPEC=-2.8 "
		"HI_SPEC=1.5\n",
		"TEST_FLG=0x00 PARM_FLG=0xC0 RESULT=1310.5 TEST_TXT=tx_wavelength ",
		"LO_LIMIT=1304.5 HI_LIMIT=1317.5 UNITS=nm ",
		"TEST_FLG=0x82 PARM_FLG=0xC0 RESULT=0 TEST_TXT=tx_tdecq lane 1 25C 3.300V: tx v1.2 "
		"ALARM_ID= OPT_FLAG=0x46 ",
		"TEST_FLG=0x43 PARM_FLG=0xC0 RESULT=0 TEST_TXT=tx_er lane 1 25C 3.300V: tx v1.2 "
		"ALARM_ID=ERROR OPT_FLAG=0x8A ",
		"TEST_FLG=0x40 PARM_FLG=0xC0 RESULT=0.97 TEST_TXT=tx_rlm lane 1 25C 3.300V: tx "
		"v1.2 "
		"ALARM_ID= OPT_FLAG=0xCE ",
		"TEST_FLG=0x80 OPT_FLAG=0xFF ",
		"TEST_TXT=tx_light lane 1 25C 3.300V: tx v1.2 ALARM_ID= PROG_TXT= RSLT_TXT=dark\n",
		"TEST_TXT=tx_light lane 1 25C 3.300V #2: tx v1.2 ",
		"TEST_FLG=0x60 PARM_FLG=0xC0 RESULT=-5.1 TEST_TXT=rx_sensitivity ",
		"PRR HEAD_NUM=1 SITE_NUM=1 PART_FLG=0x08 NUM_TEST=8 HARD_BIN=2 ",
		"X_COORD=-32768 Y_COORD=-32768 TEST_T=83200 PART_ID=SN1 PART_TXT=final run "
		"01a20513-040f-72a3-884a-8953337daa5b PART_FIX=\n",
		"EXEC_CNT=1 FAIL_CNT=1 ALRM_CNT=0 TEST_NAM=tx_oma lane 1 25C 3.300V: tx v1.2 "
		"SEQ_NAME=tx v1.2 TEST_LBL= OPT_FLAG=0xCC TEST_TIM=0 TEST_MIN=1.3 TEST_MAX=1.3 "
		"TST_SUMS=1.3 TST_SQRS=1.69\n",
		"HBR HEAD_NUM=255 SITE_NUM=0 BIN_NUM=2 BIN_CNT=1 BIN_PF=F BIN_NAM=FAIL\n",
		"BIN_CNT=1 BIN_PF=F BIN_NAM=tx v1.2\n",
		"PART_CNT=1 RTST_CNT=0 ABRT_CNT=0 GOOD_CNT=0 FUNC_CNT=4294967295\n",
		"MRR FINISH_T=1774000083 ",
		NULL,
	};
	g_autoptr(GPtrArray) records = bed_records();
	g_ptr_array_add(records, bed_hard("SN1", VERDICT_FAIL));
	g_autoptr(GBytes) bytes = bed_export("stdf", NULL, records);
	g_autofree char *out = bed_script("read_stdf.py", bytes, "no python3");
	if (!out)
		return;
	bed_says(out, texts);
	/* what a replaced attempt measured is no result */
	g_assert_null(strstr(out, "rx_lock"));
}

/* A unit that was tested twice, one that ended in an error, two part numbers. */
static void test_lot(void)
{
	static const char *const texts[] = {
		"RTST_COD=Y ",
		"LOT_ID=L1 PART_TYP=MIXED ",
		"SITE_CNT=2 SITE_NUM=[1, 3]\n",
		"SITE_NUM=1 PART_FLG=0x08 NUM_TEST=8 HARD_BIN=2 ",
		"SITE_NUM=1 PART_FLG=0x01 NUM_TEST=8 HARD_BIN=1 SOFT_BIN=2 ",
		"SITE_NUM=3 PART_FLG=0x14 NUM_TEST=8 HARD_BIN=3 ",
		"EXEC_CNT=3 FAIL_CNT=3 ALRM_CNT=0 TEST_NAM=tx_oma ",
		"BIN_NUM=1 BIN_CNT=1 BIN_PF=P BIN_NAM=PASS\n",
		"BIN_NUM=3 BIN_CNT=1 BIN_PF=  BIN_NAM=ERROR\n",
		"BIN_NUM=2 BIN_CNT=1 BIN_PF=P BIN_NAM=PASS marginal\n",
		"PART_CNT=2 RTST_CNT=1 ABRT_CNT=1 GOOD_CNT=1 ",
		NULL,
	};
	g_autoptr(GPtrArray) records = bed_records();
	struct run_record *second = bed_hard("SN1", VERDICT_PASS);
	struct run_record *broken = bed_hard("SN2", VERDICT_ERROR);
	second->marginal = TRUE;
	broken->site = 3;
	sample_text(&broken->part_number, "OTHER");
	g_ptr_array_add(records, bed_hard("SN1", VERDICT_FAIL));
	g_ptr_array_add(records, second);
	g_ptr_array_add(records, broken);
	g_autoptr(GBytes) bytes = bed_export("stdf", "L1", records);
	g_autofree char *out = bed_script("read_stdf.py", bytes, "no python3");
	if (out)
		bed_says(out, texts);
}

static void test_sample(void)
{
	g_autoptr(GPtrArray) records = bed_records();
	g_ptr_array_add(records, sample_record());
	g_autoptr(GBytes) bytes = bed_export("stdf", NULL, records);
	g_autofree char *out = bed_script("read_stdf.py", bytes, "no python3");
	g_autoptr(GPtrArray) none = bed_records();
	g_autoptr(GBytes) empty = bed_export("stdf", "L1", none);
	g_autofree char *nothing = bed_script("read_stdf.py", empty, "no python3");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/stdf/bytes", test_bytes);
	g_test_add_func("/reports/stdf/ascii", test_ascii);
	g_test_add_func("/reports/stdf/numbers", test_numbers);
	g_test_add_func("/reports/stdf/run", test_run);
	g_test_add_func("/reports/stdf/lot", test_lot);
	g_test_add_func("/reports/stdf/sample", test_sample);
	return g_test_run();
}
