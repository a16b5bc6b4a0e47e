/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_RX_PATH_H
#define STATION_STEPS_RX_PATH_H

#include "station/engine/step.h"

/* From the reference transmitter through the attenuator to a lane's receiver. */

#define RX_PATH_NEEDS ((1u << INSTRUMENT_BERT) | (1u << INSTRUMENT_ATTENUATOR))

#define RX_PATH_PARAMS                                                                             \
	{"wavelength", "m", "1310 nm", "nominal wavelength, for the attenuator"},                  \
	{                                                                                          \
		"symbol_rate", "Bd", "53.125 GBd", "symbol rate of an optical lane"                \
	}

/*
 * Reference transmitters of all lanes on with PRBS31Q; registers first that the attenuators close
 * and the generators stop. The shutters stay as they are: rx_path_set_oma opens them.
 */
gboolean rx_path_light_on(struct step_context *ctx, GError **error);
/* Shutters closed and generators off; what the undo does, done early. */
gboolean rx_path_light_off(struct step_context *ctx, GError **error);

/* What reaches the receiver at 0 dB attenuation. */
double rx_path_max_oma_dbm(const struct step_context *ctx, int lane);
/* OMAouter of the reference transmitter's light with that average power. */
double rx_path_oma_from_average_dbm(const struct step_context *ctx, int lane, double average_dbm);

/* Sets the attenuator so that the lane's receiver gets that OMAouter; opens the shutter. RANGE when
 * the path cannot give it. */
gboolean rx_path_set_oma(struct step_context *ctx, int lane, double oma_dbm, GError **error);
/* The same for every lane. */
gboolean rx_path_set_all_oma(struct step_context *ctx, double oma_dbm, GError **error);

/* Expanded uncertainty (k = 2) of the power at the receiver: attenuator and path. */
double rx_path_uncertainty_db(const struct step_context *ctx);

#endif
