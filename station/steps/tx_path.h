/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_TX_PATH_H
#define STATION_STEPS_TX_PATH_H

#include "signal/pam4.h"
#include "signal/pattern.h"
#include "station/engine/step.h"

/* From a lane's transmitter to the power meter and to the scope. */

/* What a step needs that only asks for power; the scope and the way to it are for others then. */
#define TX_POWER_NEEDS (1u << INSTRUMENT_POWER_METER)
/* What a step that uses all of this path needs. */
#define TX_PATH_NEEDS                                                                              \
	((1u << INSTRUMENT_POWER_METER) | (1u << INSTRUMENT_SCOPE) |                               \
	 (1u << INSTRUMENT_OPTICAL_SWITCH))

/* Parameters every step on this path has; put them first in its table. What is looked for is not
 * among them: wavelength, symbol rate and receiver are the type's. */
#define TX_PATH_PARAMS                                                                             \
	{                                                                                          \
		"samples_per_symbol", STEP_COUNT, "16", "of a captured waveform", 8, 64            \
	}

/* Below this at the module nobody would call it light. */
#define TX_PATH_DARK_DBM (-20.0)

/* Average power at the module (path loss added), -infinity when the meter reads none. */
gboolean tx_path_power_dbm(struct step_context *ctx, int lane, double *power_dbm, GError **error);
/* The same of light of another wavelength than the lane's. */
gboolean tx_path_power_at_dbm(struct step_context *ctx, int lane, double wavelength_m,
                              double *power_dbm, GError **error);
/*
 * Average power of all lanes of one fibre together, at the module, by the site's total channel,
 * which must exist; -infinity when the meter reads none.
 */
gboolean tx_path_total_dbm(struct step_context *ctx, double *power_dbm, GError **error);
/* Expanded uncertainty (k = 2) of power by meter and by scope: instrument, path, demultiplexer. Of
 * the step's lane; in a step for the unit the greatest of all lanes. */
double tx_path_power_uncertainty_db(struct step_context *ctx);
double tx_path_scope_uncertainty_db(struct step_context *ctx);

/*
 * By how much a lane reads too high at most behind a demultiplexer of that isolation, its two
 * neighbours being as strong as itself: 10 log10(1 + 2 10^(-I/10)). 0 for NAN.
 */
double tx_path_leak_db(double isolation_db);

/*
 * Expanded uncertainty (k = 2) of a value: that of the instrument, and twice the standard one that
 * the samples tell. Either may be NaN: nothing known, which counts as none; NaN when both are.
 */
double tx_path_expanded(double instrument, double standard);

enum tx_route {
	TX_DIRECT,    /* from the module as short as it goes, as TECQ wants it */
	TX_DISPERSED, /* as TDECQ of the type wants it: through the fibre, or behind the lower
	               * bandwidth that stands for it; the step has to say needs_fibre */
};

struct tx_capture {
	enum tx_route route;
	enum pattern_id pattern;
	guint passes;             /* sweeps averaged */
	gboolean with_tdecq;      /* and eye openings; takes most of the time */
	guint samples_per_symbol; /* 0: the step's parameter */
};

/* The receiver that the type wants there, -3 dB. */
double tx_path_bandwidth_hz(const struct optical_type *type, enum tx_route route);
/* How TDECQ of the type is reckoned there. What is the standard's for all stays the default. */
void tx_path_settings(const struct optical_type *type, enum tx_route route,
                      struct tdecq_settings *settings);

/*
 * Lets the module send the pattern on its media side, brings the lane to the scope and captures one
 * period, referred to the module.
 */
struct waveform *tx_path_capture(struct step_context *ctx, int lane, const struct tx_capture *how,
                                 GError **error);

/* What a waveform that was captured so is, of a lane of that type. STATION_ERROR_CANCELLED when
 * `stop` (may be null) was triggered. */
gboolean tx_path_analyse(const struct optical_type *type, const struct waveform *wave,
                         const struct tx_capture *how, GCancellable *stop,
                         struct pam4_result *result, GError **error);

/* Capture and analysis in one. The waveform is given back in *captured unless that is null. */
gboolean tx_path_measure(struct step_context *ctx, int lane, const struct tx_capture *how,
                         struct pam4_result *result, struct waveform **captured, GError **error);

#endif
