/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq_preset.h"

#include <string.h>

#define MEMORY_OF_ALL "lower limit of the main tap, positions of the main tap, that thresholds stay"

/* clang-format off */
static const struct tdecq_preset presets[] = {
	{"400GBASE-DR4", "IEEE 802.3 clause 124, method of 121.8.5", 5, 2, 0.8, 0.5, 0.5, 4.8e-4,
	 "taps, receiver bandwidth, target error ratio",
	 MEMORY_OF_ALL},
	{"400GBASE-FR4", "IEEE 802.3 clause 151", 5, 2, 0.8, 0.5, 0.5, 4.8e-4,
	 "taps, target error ratio",
	 "receiver bandwidth, " MEMORY_OF_ALL},
	{"400GBASE-LR4-6", "IEEE 802.3 clause 151", 5, 2, 0.8, 0.5, 0.5, 4.8e-4,
	 "target error ratio",
	 "taps, receiver bandwidth, " MEMORY_OF_ALL},
	{"400G-LR4-10", "100G Lambda MSA", 5, 2, 0.8, 0.5, 0.5, 4.8e-4,
	 "target error ratio",
	 "taps, receiver bandwidth, " MEMORY_OF_ALL},
	{"400GBASE-SR4", "IEEE 802.3 clause 167", 9, 2, 0.8, 0.5, 0.5, 4.8e-4,
	 "target error ratio",
	 "taps, " MEMORY_OF_ALL "; receiver bandwidth for TDECQ with multimode fibre is lower than for "
	 "TECQ, by an amount that is unconfirmed"},
};
/* clang-format on */

const struct tdecq_preset *tdecq_preset_at(guint i)
{
	return i < G_N_ELEMENTS(presets) ? &presets[i] : NULL;
}

static gboolean names(const char *text, const char *name)
{
	gsize n = strlen(text);

	return n > 0 && g_ascii_strncasecmp(text, name, n) == 0 &&
	       (name[n] == '\0' || name[n] == '-');
}

const struct tdecq_preset *tdecq_preset_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(presets); i++) {
		const char *rest = strchr(presets[i].name, '-') + 1;

		if ((strchr(name, '-') && names(name, presets[i].name)) || names(name, rest))
			return &presets[i];
	}
	return NULL;
}

void tdecq_preset_apply(const struct tdecq_preset *preset, struct tdecq_settings *settings)
{
	settings->taps = preset->taps;
	settings->max_precursors = preset->max_precursors;
	settings->main_tap_min = preset->main_tap_min;
	settings->receiver_bandwidth_ui = preset->receiver_bandwidth_ui;
	settings->noise_bandwidth_ui = preset->noise_bandwidth_ui;
	settings->target_ser = preset->target_ser;
	/* moving them is from memory of newer editions; fixed ones never read lower */
	settings->adjust_thresholds = FALSE;
	settings->fit_centre = FALSE;
}
