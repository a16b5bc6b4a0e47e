/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/bert_settings.h"

#include <string.h>

const struct setting bert_setting_rows[] = {
	[OUTPUT_STATE] = {"OUTPut[:STATe]", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, "O"},
	[OUTPUT_GLOBAL] = {"OUTPut:GLOBal[:STATe]", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, "S"},
	[OUTPUT_COUPLING] = {"OUTPut:COUPling", SETTING_CHOICE, NULL, 0, 0, 0, "DC AC", 0, 0, "O"},
	[OUTPUT_POLARITY] = {"OUTPut:POLarity", SETTING_CHOICE, NULL, 0, 0, 0, "NORMal INVerted", 0,
                             0, "O"},
	[AMPLITUDE] = {"[SOURce:]VOLTage[:LEVel][:IMMediate][:AMPLitude]", SETTING_NUMBER, "V",
                       0.05, 0.9, 0.5, NULL, 0, 0, "O"},
	[OFFSET] = {"[SOURce:]VOLTage[:LEVel][:IMMediate]:OFFSet", SETTING_NUMBER, "V", -1, 3, 0,
                    NULL, 0, 0, "O"},
	[FREQUENCY] = {"[SOURce:]FREQuency[:CW]", SETTING_NUMBER, "HZ", 2.025e9, 64.8e9, 25.78125e9,
                       NULL, 0, 0, "C"},
	[CODING] = {"DATA:LINecoding[:VALue]", SETTING_CHOICE, NULL, 0, 0, 0, "NRZ PAM4", 0, 0,
                    "OI"},
	[MAPPING] = {"DATA:LINecoding:PAM4:MAPPing", SETTING_CHOICE, NULL, 0, 0, 0,
                     "GRAY NONE CUSTom", 0, 0, "OI"},
	[MAPPING_CUSTOM] = {"DATA:LINecoding:PAM4:MAPPing:CUSTom", SETTING_TEXT, NULL, 0, 0, 0,
                            "0,1,2,3", 0, 0, "OI"},
	[DEEMPHASIS_UNIT] = {"OUTPut:DEEMphasis:UNIT", SETTING_CHOICE, NULL, 0, 0, 0, "DB PCT", 0,
                             0, "O"},
	[DEEMPHASIS_PRE] = {"OUTPut:DEEMphasis:PRECursor#", SETTING_NUMBER, NULL, -100, 100, 0,
                            NULL, 1, 2, "O"},
	[DEEMPHASIS_POST] = {"OUTPut:DEEMphasis:POSTCursor#", SETTING_NUMBER, NULL, -100, 100, 0,
                             NULL, 1, 5, "O"},
	[DEEMPHASIS_CURSOR] = {"OUTPut:DEEMphasis:CURSor:MAGNitude#", SETTING_NUMBER, NULL, -1, 1,
                               0, NULL, 0, 15, "O"},
	[NOISE_AMPLITUDE] = {"[SOURce:]INTerference:RANDom:AMPLitude", SETTING_NUMBER, "V", 0, 0.1,
                             0, NULL, 0, 0, "O"},
	[NOISE_STATE] = {"[SOURce:]INTerference:RANDom[:STATe]", SETTING_BOOL, NULL, 0, 1, 0, NULL,
                         0, 0, "O"},
	[INPUT_POLARITY] = {"INPut:POLarity", SETTING_CHOICE, NULL, 0, 0, 0, "NORMal INVerted", 0,
                            0, "I"},
	[INPUT_COUPLING] = {"INPut:COUPling", SETTING_CHOICE, NULL, 0, 0, 0, "DC AC", 0, 0, "I"},
	[INPUT_THRESHOLD] = {"INPut:THReshold", SETTING_NUMBER, "V", -1, 1, 0, NULL, 0, 0, "I"},
	[CLOCK_SOURCE] = {"CLOCk:SOURce", SETTING_CHOICE, NULL, 0, 0, 0, "SYS CLK CDR", 0, 0, "OI"},
	[CDR_BANDWIDTH] = {"INPut:CDR:LBANdwidth", SETTING_NUMBER, "HZ", 1e5, 20e6, 4e6, NULL, 0, 0,
                           "I"},
	[INSERTION_MODE] = {"OUTPut:EINSertion:MODE", SETTING_CHOICE, NULL, 0, 0, 0,
                            "SINGle ERATio", 0, 0, "O"},
	[INSERTION_RATIO] = {"OUTPut:EINSertion:RATio", SETTING_CHOICE, NULL, 0, 0, 3,
                             "RM2 RM3 RM4 RM5 RM6 RM7 RM8 RM9", 0, 0, "O"},
	[INSERTION_STATE] = {"OUTPut:EINSertion:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0,
                             "O"},
};

/* "M1.DataOut3" with the prefix "M1.DataOut" and last 8 is 3; 0 when it is none. */
static int numbered(const char *text, const char *prefix, int last)
{
	gsize len = strlen(prefix);
	if (g_ascii_strncasecmp(text, prefix, len) != 0 || !g_ascii_isdigit(text[len]) ||
	    text[len + 1] != '\0')
		return 0;
	int number = text[len] - '0';
	return number <= last ? number : 0;
}

int bert_locate(const char *text, const char *classes)
{
	static const struct {
		char class;
		const char *name;
		int location;
	} single[] = {
		{'C', "M1.ClkGen", LOCATION_CLOCK},
		{'C', "M2.ClkGen", LOCATION_CLOCK + 1},
		{'S', "M1.System", LOCATION_SYSTEM},
		{'S', "M2.System", LOCATION_SYSTEM + 1},
	};
	int output = numbered(text, "M1.DataOut", BERT_OUTPUTS);
	int input = numbered(text, "M2.DataIn", BERT_INPUTS);

	if (output > 0)
		return strchr(classes, 'O') ? LOCATION_OUT + output - 1 : -1;
	if (input > 0)
		return strchr(classes, 'I') ? LOCATION_IN + input - 1 : -1;
	for (guint i = 0; i < G_N_ELEMENTS(single); i++) {
		if (g_ascii_strcasecmp(text, single[i].name) == 0 &&
		    strchr(classes, single[i].class))
			return single[i].location;
	}
	return -1;
}
