/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/flag_meaning.h"

#include <glib.h>

/* The first that a field's name begins with. */
static const struct flag_meaning meanings[] = {
	{"flag.cdb_complete", "a command (CDB) has come to its end", "module cdb, module firmware"},
	{"flag.path_firmware_error", "the firmware of the data paths failed its check",
         "module firmware; module reset, then download it again"},
	{"flag.module_firmware_error", "the module's own firmware failed its check",
         "module firmware; module reset, then download it again"},
	{"flag.module_state_changed", "the module changed its state (normal after power-up)",
         "module states"},
	{"flag.vcc", "its supply is beyond a threshold",
         "module monitors, module power; drop on the way to the socket"},
	{"flag.temperature", "its temperature is beyond a threshold",
         "module monitors; seat, air and thermal head"},
	{"flag.aux", "an auxiliary monitor (laser temperature, TEC) is beyond a threshold",
         "module monitors; TEC current, case temperature"},
	{"flag.custom", "a monitor of the maker's is beyond a threshold", "the maker's manual"},
	{"flag.path_state_changed", "a data path changed its state (normal after bring-up)",
         "module states"},
	{"flag.tx_failure", "a transmitter failed: laser or driver",
         "module monitors (tx_bias, tx_power), knob list 'laser*'"},
	{"flag.tx_los", "no signal from the host on the lane",
         "host side, BERT on? the own generator needs none: module pattern"},
	{"flag.tx_cdr_lol", "no lock to the host's signal",
         "host rate, pattern and amplitude; application: module states"},
	{"flag.tx_adaptive_eq_fail", "the equaliser of the host's signal did not settle",
         "host signal, trace to the socket"},
	{"flag.tx_power.high", "more light than the threshold",
         "module monitors; laser_bias, tables"},
	{"flag.tx_power.low", "less light than the threshold",
         "module monitors, is TX disabled? bias, modulator"},
	{"flag.tx_bias.high", "laser current above the threshold", "module monitors; ageing, heat"},
	{"flag.tx_bias.low", "laser current below the threshold",
         "module monitors, is TX disabled? knob list 'laser*'"},
	{"flag.rx_los", "no light at the receiver",
         "fibre, connector, attenuator; is the far laser on?"},
	{"flag.rx_cdr_lol", "no lock to the light",
         "power: module monitors; rate and pattern of the far end"},
	{"flag.rx_power.high", "more light than the threshold",
         "attenuator; overload harms receivers"},
	{"flag.rx_power.low", "less light than the threshold", "fibre, connector, attenuator"},
	{"flag.rx_output_changed", "an output to the host was muted or let go", "module states"},
	{"flag.reference_clock_lost", "the diagnostics lost their clock",
         "host signal or the own generator: module pattern"},
	{"flag.host_gating_complete", "a gate of the host side's checker is over",
         "module checker"},
	{"flag.media_gating_complete", "a gate of the media side's checker is over",
         "module checker"},
	{"flag.host_generator_lol", "the host side's generator has no lock to its clock",
         "module pattern"},
	{"flag.media_generator_lol", "the media side's generator has no lock to its clock",
         "module pattern"},
	{"flag.host_checker_lol", "the host side's checker does not find its pattern",
         "pattern of the host: module checker"},
	{"flag.media_checker_lol", "the media side's checker does not find its pattern",
         "light: module monitors; pattern of the far end"},
	{"flag.vdm", "an observable is beyond a threshold", "module vdm"},
};

const struct flag_meaning *flag_meaning(const char *field)
{
	for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
		if (g_str_has_prefix(field, meanings[i].name))
			return &meanings[i];
	return NULL;
}
