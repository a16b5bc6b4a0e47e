/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVERS_KEYSIGHT_SCOPE_RESULTS_H
#define INSTRUMENTS_DRIVERS_KEYSIGHT_SCOPE_RESULTS_H

#include "instruments/scope.h"

/* What the two halves of the FlexDCA driver share: set-up and waveforms in keysight_scope.c, the
 * instrument's own results in keysight_scope_results.c. Contracts are those of struct scope_ops. */

/* Worst cases of a slow computer. */
#define KEYSIGHT_SCOPE_PASS_S     15.0
#define KEYSIGHT_SCOPE_EQUALISE_S 180.0

struct keysight_scope_state {
	char **channels; /* "1A" ... */
	guint n_channels;
	const char *mode;   /* last set; null: unknown */
	gboolean equalises; /* the equaliser function is displayed, so computed */
	guint configured;   /* channel the scope is set up for; 0: none */
	struct scope_setup setup;

	/*
	 * What was set, and need not be set again: in groups, each of which is sent whole or not at
	 * all, and is unknown again after those before it were sent. Holds while scpi_upsets does.
	 */
	guint upsets;
	struct scope_setup *inputs;          /* of each channel, from 0; no symbol rate: unknown */
	struct scope_setup pattern;          /* likewise */
	guint patterns;                      /* that an acquisition ends after; 0: unknown */
	gboolean ordered;                    /* samples come in our order */
	guint source_channel, source_passes; /* of the waveform's source; 0: unknown */
};

/* ---- of set-up ---- */

/* A setting by its row of keysight_scope_commands; place: the channel in its header, or null. */
gboolean keysight_scope_set_word(struct instrument *scope, guint row, const char *place,
                                 const char *word, const struct bounds *bounds, GError **error);
gboolean keysight_scope_set_number(struct instrument *scope, guint row, const char *place,
                                   double number, const struct bounds *bounds, GError **error);
gboolean keysight_scope_set_mode(struct instrument *scope, const char *mode,
                                 const struct bounds *bounds, GError **error);
/* All that was set is unknown but for the mode. */
void keysight_scope_forget(struct keysight_scope_state *state);
gboolean keysight_scope_acquire_patterns(struct instrument *scope, guint passes, double extra_s,
                                         const struct bounds *bounds, GError **error);
gboolean keysight_scope_require_configured(struct instrument *scope, guint channel, GError **error);
void keysight_scope_source_name(const struct keysight_scope_state *state, guint channel,
                                char name[16]);
void keysight_scope_wavelength_name(double wavelength_m, char name[16]);

/* ---- of results ---- */

gboolean keysight_scope_stop_equaliser(struct instrument *scope, const struct bounds *bounds,
                                       GError **error);
gboolean keysight_scope_measure_tdecq(struct instrument *scope, guint channel, double *tdecq_db,
                                      const struct bounds *bounds, GError **error);
gboolean keysight_scope_measure_oma(struct instrument *scope, guint channel, double *oma_w,
                                    const struct bounds *bounds, GError **error);
gboolean keysight_scope_measure_er(struct instrument *scope, guint channel, double *er_db,
                                   const struct bounds *bounds, GError **error);
gboolean keysight_scope_measure_power(struct instrument *scope, guint channel, double *power_w,
                                      const struct bounds *bounds, GError **error);
gboolean keysight_scope_measure_light(struct instrument *scope, guint channel, double wavelength_m,
                                      double *power_w, const struct bounds *bounds, GError **error);

#endif
