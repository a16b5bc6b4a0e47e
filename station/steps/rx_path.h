/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_RX_PATH_H
#define STATION_STEPS_RX_PATH_H

#include "instruments/bert.h"
#include "station/engine/step.h"

/* From the reference transmitter through the attenuator to a lane's receiver. */

#define RX_PATH_NEEDS ((1u << INSTRUMENT_BERT) | (1u << INSTRUMENT_ATTENUATOR))

/* What is registered to be undone while reference transmitters may be on: its name. */
#define RX_PATH_UNDO_LIGHT "reference transmitters off"

/*
 * Reference transmitters of all lanes on with PRBS31Q, behind closed shutters and attenuators at
 * their largest; registers first that the attenuators close and the generators stop. Light reaches
 * a receiver by the rx_path_set calls only.
 */
gboolean rx_path_light_on(struct step_context *ctx, GError **error);
/* The same with another pattern: to look at the transmitters themselves. */
gboolean rx_path_pattern_on(struct step_context *ctx, enum bert_pattern pattern, GError **error);
/* Registers that the attenuators close: for who moves them without the light on. */
void rx_path_close_after(struct step_context *ctx);
/* Shutters closed and generators off; what the undo does, done early. */
gboolean rx_path_light_off(struct step_context *ctx, GError **error);

/* What reaches the receiver at 0 dB attenuation. */
double rx_path_max_oma_dbm(const struct step_context *ctx, int lane);
/* OMAouter of the reference transmitter's light with that average power. */
double rx_path_oma_from_average_dbm(const struct step_context *ctx, int lane, double average_dbm);

/* Average power of the reference transmitter's light with that OMAouter; the way back. */
double rx_path_average_from_oma_dbm(const struct step_context *ctx, int lane, double oma_dbm);

/*
 * What a receiver is never given: average power, with the uncertainty of the path added, above the
 * damage threshold of the type less this margin. A plan cannot lower the margin.
 */
#define RX_PATH_MARGIN_DB 1.0
/*
 * Where nobody knows the threshold the light stays below this average power. Of the receivers for
 * one lane of 50 or 100 Gb/s the avalanche ones of 40 km bear least, -2.4 dBm [M].
 */
#define RX_PATH_UNKNOWN_DBM (-5.0)
/* The highest average power that may be given, margin taken off. */
double rx_path_ceiling_dbm(const struct optical_type *type, double margin_db);
/*
 * Whether that average power may reach a lane's receiver, uncertainty added by this call (NAN:
 * none). STATION_ERROR_REFUSED names lane, power and threshold, and what to do for a type without
 * one.
 */
gboolean rx_path_may_reach(const struct optical_type *type, int lane, double average_dbm,
                           double uncertainty_db, double margin_db, GError **error);
/* The highest OMAouter that the lane's path can give and that may be given. */
double rx_path_most_oma_dbm(const struct step_context *ctx, int lane);

/*
 * Sets the attenuator so that the lane's receiver gets that OMAouter; opens the shutter. Before
 * anything is moved: RANGE when the path cannot give it, REFUSED when the receiver may not bear it.
 */
gboolean rx_path_set_oma(struct step_context *ctx, int lane, double oma_dbm, GError **error);
/*
 * The same for every lane at once, oma_dbm[lane - 1] each: no lane is touched when one is refused,
 * and no shutter opens before all attenuators are set.
 */
gboolean rx_path_set_omas(struct step_context *ctx, const double oma_dbm[], GError **error);
/*
 * A lane's attenuation as it is, whatever is on: REFUSED when the reference transmitter's light
 * would be more behind it than the receiver may bear. The shutter stays as it is.
 */
gboolean rx_path_set_attenuation(struct step_context *ctx, int lane, double attenuation_db,
                                 GError **error);
/* Opens or closes a lane's shutter; to be opened, its attenuation is refused likewise, and that all
 * close is registered first. */
gboolean rx_path_open(struct step_context *ctx, int lane, gboolean open, GError **error);
/* The same OMAouter for every lane. */
gboolean rx_path_set_all_oma(struct step_context *ctx, double oma_dbm, GError **error);
/* The same for a power that is average power or OMA, as the module's own monitors are. */
gboolean rx_path_set_all_power(struct step_context *ctx, double power_dbm, gboolean is_average,
                               GError **error);
/* "average power at the receiver" or "OMA at the receiver": of an axis. */
const char *rx_path_power_name(gboolean is_average);

/*
 * Expanded uncertainty (k = 2) of the power at the receiver: attenuator and path. Of the step's
 * lane; in a step for the unit the greatest of all lanes.
 */
double rx_path_uncertainty_db(const struct step_context *ctx);

#endif
