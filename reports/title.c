/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/title.h"

#include <string.h>

/* clang-format off */
static const struct {
	const char *id;
	const char *title;
} titles[] = {
	{"cal_rx_monitor_residual", "Receive power monitor, left after calibration"},
	{"cal_temp_residual",       "Temperature monitor, left after calibration"},
	{"cal_tx_er_error",         "Extinction ratio, distance from target"},
	{"cal_tx_inner_eye",        "Inner eye, distance from target"},
	{"cal_tx_middle",           "Middle level, distance from target"},
	{"cal_tx_monitor_residual", "Transmit power monitor, left after calibration"},
	{"cal_tx_oma_error",        "OMA, distance from target"},
	{"cal_vcc_residual",        "Supply monitor, left after calibration"},
	{"calibration_complete",    "Every constant written"},
	{"connector_clean",         "Connector is clean"},
	{"connector_rx",            "Receive path, module against bench"},
	{"connector_tx",            "Transmit path, bench against module"},
	{"constant_in_range",       "Constant within its register"},
	{"constants_kept",          "Constants kept over a power cycle"},
	{"id_checksum",             "Checksums"},
	{"id_part_number",          "Part number"},
	{"id_serial",               "Serial number"},
	{"los_assert",              "LOS assert"},
	{"los_deassert",            "LOS deassert"},
	{"los_hysteresis",          "LOS hysteresis"},
	{"los_works",               "LOS flag follows the light"},
	{"low_power",               "Low-power mode consumption"},
	{"module_power",            "Power consumption"},
	{"monitor_reads",           "Monitor reads a power"},
	{"path_init_time",          "Data path initialisation"},
	{"power_up_time",           "Power-up time"},
	{"rssi_sweep",              "Receive power monitor sweep"},
	{"rx_ber_overload",         "BER at overload"},
	{"rx_frame_loss",           "Frame loss behind RS(544,514)"},
	{"rx_lock",                 "Receiver locks to the pattern"},
	{"rx_monitor_error",        "Receive power monitor error"},
	{"rx_monitor_follows",      "Receive power monitor follows the light"},
	{"rx_sensitivity",          "Receiver sensitivity (OMA)"},
	{"rx_waterfall",            "BER waterfall"},
	{"rx_waterfall_fitted",     "Waterfall has a fit"},
	{"supply_protection",       "Supply protection stayed quiet"},
	{"temp_monitor_error",      "Temperature monitor error"},
	{"tx_avg",                  "Average launch power"},
	{"tx_converged",            "Transmitter reached its targets"},
	{"tx_er",                   "Extinction ratio"},
	{"tx_eye",                  "Transmitter eye"},
	{"tx_eye_height_lower",     "Eye height, lower eye"},
	{"tx_eye_height_middle",    "Eye height, middle eye"},
	{"tx_eye_height_upper",     "Eye height, upper eye"},
	{"tx_eye_width_lower",      "Eye width, lower eye"},
	{"tx_eye_width_middle",     "Eye width, middle eye"},
	{"tx_eye_width_upper",      "Eye width, upper eye"},
	{"tx_light",                "Transmitter emits light"},
	{"tx_monitor_error",        "Transmit power monitor error"},
	{"tx_monitor_follows",      "Transmit power monitor follows the light"},
	{"tx_noise_margin",         "Noise margin"},
	{"tx_off",                  "Average power when off"},
	{"tx_oma",                  "OMA, outer levels"},
	{"tx_overshoot",            "Overshoot"},
	{"tx_power_excursion",      "Power excursion"},
	{"tx_rin_oma",              "RIN of the OMA"},
	{"tx_rlm",                  "Level mismatch ratio (RLM)"},
	{"tx_tdecq",                "TDECQ"},
	{"tx_tdecq_ceq",            "TDECQ \xE2\x88\x92 10 log10 Ceq"},
	{"tx_tdecq_scope",          "TDECQ by the oscilloscope"},
	{"tx_tdecq_tecq_diff",      "TDECQ \xE2\x88\x92 TECQ"},
	{"tx_tecq",                 "TECQ"},
	{"tx_tecq_scope",           "TECQ by the oscilloscope"},
	{"tx_transition_time",      "Transition time"},
	{"tx_undershoot",           "Undershoot"},
	{"vcc_monitor_error",       "Supply monitor error"},
};
/* clang-format on */

const char *title_of(const char *id)
{
	for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
		if (strcmp(titles[i].id, id) == 0)
			return titles[i].title;
	}
	return id;
}

const char *title_id(gsize i)
{
	return i < G_N_ELEMENTS(titles) ? titles[i].id : NULL;
}
