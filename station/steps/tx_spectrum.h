/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_TX_SPECTRUM_H
#define STATION_STEPS_TX_SPECTRUM_H

#include "instruments/wavelength_meter.h"
#include "station/engine/step.h"

/* From a lane's transmitter to the wavelength meter, which looks at what the scope looks at. */

#define TX_SPECTRUM_NEEDS ((1u << INSTRUMENT_WAVELENGTH_METER) | (1u << INSTRUMENT_OPTICAL_SWITCH))

/* Parameters every step on this path has; put them first in its table. */
#define TX_SPECTRUM_PARAMS                                                                         \
	{"span", "m", "30 nm", "wavelengths looked at, the lane's own in the middle"},             \
	{                                                                                          \
		"resolution", "m", "50 pm",                                                        \
			"of the spectrum; a part of the width that is measured"                    \
	}

/* One sweep around the lane's nominal wavelength, on the direct channel of the switch, as the
 * step's parameters say. */
gboolean tx_spectrum_take(struct step_context *ctx, int lane, struct spectrum_result *result,
                          GError **error);
/* The same for a step without these parameters. */
gboolean tx_spectrum_take_over(struct step_context *ctx, int lane, double span_m,
                               double resolution_m, struct spectrum_result *result, GError **error);

#endif
