/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scope_state.h"

#include <math.h>

/* FlexDCA's settings that only need to be kept. Defaults after :SYSTem:DEFault from memory. */

#define BIG     1e15
#define CHANNEL "CHANnel1A:"

static const struct setting rows[SCOPE_SETTINGS] = {
	[SCOPE_MODE] = {"SYSTem:MODE", SETTING_CHOICE, NULL, 0, 0, 1, "EYE OSCilloscope JITTer TDR",
                        0, 0, NULL},
	[SCOPE_BYTE_ORDER] = {"SYSTem:BORDer", SETTING_CHOICE, NULL, 0, 0, 0, "BENDian LENDian", 0,
                              0, NULL},
	[SCOPE_DISPLAY] = {CHANNEL "DISPlay", SETTING_BOOL, NULL, 0, 1, 1, NULL, 0, 0, NULL},
	[SCOPE_WAVELENGTH] = {CHANNEL "WAVelength", SETTING_CHOICE, NULL, 0, 0, 0,
                              "WAVelength1 WAVelength2 WAVelength3", 0, 0, NULL},
	[SCOPE_FILTER] = {CHANNEL "FILTer", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_FILTER_RATE] = {CHANNEL "FSELect:RATe", SETTING_NUMBER, "HZ", 1e9, 120e9, 26.5625e9,
                               NULL, 0, 0, NULL},
	[SCOPE_SIRC] = {CHANNEL "SIRC", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_SIRC_RATE] = {CHANNEL "SIRC:FRATe", SETTING_NUMBER, "HZ", 1e9, 120e9, 53.125e9, NULL,
                             0, 0, NULL},
	[SCOPE_SIRC_BANDWIDTH] = {CHANNEL "SIRC:FBANdwidth", SETTING_NUMBER, "HZ", 1e9, 60e9,
                                  26.5625e9, NULL, 0, 0, NULL},
	[SCOPE_LOSS_ON] = {CHANNEL "ATTenuator:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0,
                           NULL},
	[SCOPE_LOSS] = {CHANNEL "ATTenuator:DECibels", SETTING_NUMBER, "DB", -60, 80, 0, NULL, 0, 0,
                        NULL},
	[SCOPE_Y_SCALE] = {CHANNEL "YSCale", SETTING_NUMBER, "W", 1e-6, 1, 2e-4, NULL, 0, 0, NULL},
	[SCOPE_Y_OFFSET] = {CHANNEL "YOFFset", SETTING_NUMBER, "W", -1, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_BIT_RATE] = {"TIMebase:BRATe", SETTING_NUMBER, "HZ", 1e6, 160e9, 10.3125e9, NULL, 0,
                            0, NULL},
	[SCOPE_UNITS] = {"TIMebase:UNITs", SETTING_CHOICE, NULL, 0, 0, 0, "SECond UINTerval", 0, 0,
                         NULL},
	[SCOPE_UI_RANGE] = {"TIMebase:UIRange", SETTING_NUMBER, NULL, 0.1, BIG, 2, NULL, 0, 0,
                            NULL},
	[SCOPE_PTIME] = {"TIMebase:PTIMebase:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_PTIME_RATE] = {"TIMebase:PTIMebase:RFRequency", SETTING_NUMBER, "HZ", 1e9, 60e9,
                              13.28125e9, NULL, 0, 0, NULL},
	[SCOPE_TRIGGER] = {"TRIGger:SOURce", SETTING_CHOICE, NULL, 0, 0, 1,
                           "FRUN FPANel LPANel SLOT1 SLOT2 SLOT3 SLOT4 SLOT5", 0, 0, NULL},
	[SCOPE_TRIGGER_AUTO] = {"TRIGger:SOURce:AUTodetect", SETTING_BOOL, NULL, 0, 1, 1, NULL, 0,
                                0, NULL},
	[SCOPE_PATTERN_LENGTH] = {"TRIGger:PLENgth", SETTING_INT, NULL, 1, 8388608, 127, NULL, 0, 0,
                                  NULL},
	[SCOPE_TRACKING] = {"SLOT#:TRIGger:TRACking", SETTING_BOOL, NULL, 0, 1, 1, NULL, 1, 5,
                            NULL},
	[SCOPE_TRIGGER_RATE] = {"SLOT#:TRIGger:SRATe", SETTING_NUMBER, "HZ", 1e6, 160e9, 10.3125e9,
                                NULL, 1, 5, NULL},
	[SCOPE_CLOCK_RATE] = {"CRECovery#:CRATe", SETTING_NUMBER, "HZ", 1e6, 160e9, 10.3125e9, NULL,
                              1, 5, NULL},
	[SCOPE_WRAPPING] = {"ACQuire:WRAPping", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_RENDERED_EYE] = {"ACQuire:REYE", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_RENDERED_ALIGN] = {"ACQuire:REYE:ALIGn", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0,
                                  NULL},
	[SCOPE_ENTIRE] = {"ACQuire:EPATtern", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_SAMPLES] = {"ACQuire:SPUI", SETTING_INT, NULL, 1, 64, 16, NULL, 0, 0, NULL},
	[SCOPE_SAMPLES_MODE] = {"ACQuire:SPUI:MODE", SETTING_CHOICE, NULL, 0, 0, 0,
                                "AUTomatic MANual", 0, 0, NULL},
	[SCOPE_SMOOTHING] = {"ACQuire:SMOothing", SETTING_CHOICE, NULL, 0, 0, 0,
                             "NONE AVERage MEDian", 0, 0, NULL},
	[SCOPE_AVERAGES] = {"ACQuire:ECOunt", SETTING_INT, NULL, 1, 4096, 16, NULL, 0, 0, NULL},
	[SCOPE_LIMIT] = {"LTESt:ACQuire:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 0, 0, NULL},
	[SCOPE_LIMIT_KIND] = {"LTESt:ACQuire:CTYPe", SETTING_CHOICE, NULL, 0, 0, 0,
                              "WAVeforms PATTerns SAMPles", 0, 0, NULL},
	[SCOPE_LIMIT_WAVEFORMS] = {"LTESt:ACQuire:CTYPe:WAVeforms", SETTING_INT, NULL, 1, BIG, 100,
                                   NULL, 0, 0, NULL},
	[SCOPE_LIMIT_PATTERNS] = {"LTESt:ACQuire:CTYPe:PATTerns", SETTING_INT, NULL, 1, BIG, 1,
                                  NULL, 0, 0, NULL},
	[SCOPE_LIMIT_SAMPLES] = {"LTESt:ACQuire:CTYPe:SAMPles", SETTING_INT, NULL, 1, BIG, 100000,
                                 NULL, 0, 0, NULL},
	[SCOPE_FUNCTION] = {"FUNCtion#:FOPerator", SETTING_CHOICE, NULL, 0, 0, 0,
                            "NONE TEQualizer AVErage", 1, SCOPE_FUNCTIONS, NULL},
	[SCOPE_FUNCTION_OPERAND] = {"FUNCtion#:OPERand1", SETTING_WORD, NULL, 0, 0, 0, "CHAN1A", 1,
                                    SCOPE_FUNCTIONS, NULL},
	[SCOPE_FUNCTION_DISPLAY] = {"FUNCtion#:DISPlay", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1,
                                    SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_PRESET] = {"SPRocess#:TEQualizer:PRESets", SETTING_TEXT, NULL, 0, 0, 0, "", 1,
                             SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_SPACING] = {"SPRocess#:TEQualizer:TSPacing:TPUI", SETTING_INT, NULL, 1, 16, 1,
                              NULL, 1, SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_TAPS] = {"SPRocess#:TEQualizer:TAPS:COUNt", SETTING_INT, NULL, 1, 50, 5, NULL, 1,
                           SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_PRECURSORS] = {"SPRocess#:TEQualizer:TAPS:NPRecursors", SETTING_INT, NULL, 0, 49,
                                 2, NULL, 1, SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_MAX_PRECURSORS] = {"SPRocess#:TEQualizer:TAPS:MNPRecursors", SETTING_INT, NULL, 0,
                                     49, 2, NULL, 1, SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_AUTO] = {"SPRocess#:TEQualizer:TAPS:AUTo", SETTING_BOOL, NULL, 0, 1, 1, NULL, 1,
                           SCOPE_FUNCTIONS, NULL},
	[SCOPE_EQ_OPTIMISE] = {"SPRocess#:TEQualizer:TAPS:IOPTimize", SETTING_BOOL, NULL, 0, 1, 1,
                               NULL, 1, SCOPE_FUNCTIONS, NULL},
	[SCOPE_FUNCTION_AVERAGES] = {"SPRocess#:AVERage:ECOunt", SETTING_INT, NULL, 1, 4096, 16,
                                     NULL, 1, SCOPE_FUNCTIONS, NULL},
	[SCOPE_TDECQ_THRESHOLDS] = {"MEASure:TDEQ:OHTHresholds", SETTING_BOOL, NULL, 0, 1, 1, NULL,
                                    0, 0, NULL},
	[SCOPE_WAVE_SOURCE] = {"WAVeform:SOURce", SETTING_WORD, NULL, 0, 0, 0, "CHAN1A", 0, 0,
                               NULL},
	/* Every measurement's source; sticky, the same for all. */
	[SCOPE_MEASURE_SOURCE] = {"MEASure:EYE:SOURce", SETTING_WORD, NULL, 0, 0, 0, "CHAN1A", 0, 0,
                                  NULL},
	[SCOPE_OER_UNITS] = {"MEASure:EYE:OER:UNITs", SETTING_CHOICE, NULL, 0, 0, 0,
                             "DECibel RATio PERCent", 0, 0, NULL},
	[SCOPE_OMA_UNITS] = {"MEASure:EYE:OOMA:UNITs", SETTING_CHOICE, NULL, 0, 0, 0, "WATT DBM", 0,
                             0, NULL},
	[SCOPE_POWER_UNITS] = {"MEASure:EYE:APOWer:UNITs", SETTING_CHOICE, NULL, 0, 0, 0,
                               "WATT DBM", 0, 0, NULL},
	[SCOPE_LINEARITY] = {"MEASure:EYE:PAM:LINearity:DEFinition", SETTING_CHOICE, NULL, 0, 0, 1,
                             "RLMA120 RLMC94 EYE", 0, 0, NULL},
	[SCOPE_LEVEL] = {"MEASure:EYE:PAM:LEVel:LEVel", SETTING_CHOICE, NULL, 0, 0, 0,
                         "LEVEL0 LEVEL1 LEVEL2 LEVEL3", 0, 0, NULL},
};

/* A rate of samples that is set is not automatic any more. */
static void changed(void *instrument, guint row, int place)
{
	const struct scope *scope = instrument;
	struct settings *settings = scpi_device_settings(scope->device);
	if (row == SCOPE_SAMPLES)
		settings_put(settings, SCOPE_SAMPLES_MODE, 0, 1);
	/* A reference receiver for PAM4 has half the symbol rate. */
	if (row == SCOPE_SIRC_RATE)
		settings_put(settings, SCOPE_SIRC_BANDWIDTH, 0,
		             settings_number(settings, row, 0) / 2);
	if (row == SCOPE_SAMPLES_MODE && settings_number(settings, row, place) == 0)
		settings_put(settings, SCOPE_SAMPLES, 0, rows[SCOPE_SAMPLES].fallback);
}

const struct settings_model scope_settings_model = {
	.rows = rows,
	.n_rows = SCOPE_SETTINGS,
	.decimals = 10,
	.exponent_digits = 2,
	.changed = changed,
};

double scope_setting(const struct scope *scope, enum scope_setting row, int place)
{
	return settings_number(scpi_device_settings(scope->device), row, place);
}

double scope_gain(const struct scope *scope)
{
	if (scope_setting(scope, SCOPE_LOSS_ON, 0) == 0)
		return 1.0;
	return pow(10, scope_setting(scope, SCOPE_LOSS, 0) / 10);
}
