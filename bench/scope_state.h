/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCOPE_STATE_H
#define BENCH_SCOPE_STATE_H

#include "bench/scpi.h"
#include "bench/world.h"

/* What the parts of the simulated FlexDCA (sim_scope.c) share. */

enum scope_setting {
	SCOPE_MODE,
	SCOPE_BYTE_ORDER,
	SCOPE_DISPLAY,
	SCOPE_WAVELENGTH,
	SCOPE_FILTER,
	SCOPE_FILTER_RATE,
	SCOPE_SIRC,
	SCOPE_SIRC_RATE,
	SCOPE_SIRC_BANDWIDTH,
	SCOPE_LOSS_ON,
	SCOPE_LOSS,
	SCOPE_Y_SCALE,
	SCOPE_Y_OFFSET,
	SCOPE_BIT_RATE,
	SCOPE_UNITS,
	SCOPE_UI_RANGE,
	SCOPE_PTIME,
	SCOPE_PTIME_RATE,
	SCOPE_TRIGGER,
	SCOPE_TRIGGER_AUTO,
	SCOPE_PATTERN_LENGTH,
	SCOPE_TRACKING,
	SCOPE_TRIGGER_RATE,
	SCOPE_CLOCK_RATE,
	SCOPE_WRAPPING,
	SCOPE_RENDERED_EYE,
	SCOPE_RENDERED_ALIGN,
	SCOPE_ENTIRE,
	SCOPE_SAMPLES,
	SCOPE_SAMPLES_MODE,
	SCOPE_SMOOTHING,
	SCOPE_AVERAGES,
	SCOPE_LIMIT,
	SCOPE_LIMIT_KIND,
	SCOPE_LIMIT_WAVEFORMS,
	SCOPE_LIMIT_PATTERNS,
	SCOPE_LIMIT_SAMPLES,
	SCOPE_FUNCTION,
	SCOPE_FUNCTION_OPERAND,
	SCOPE_FUNCTION_DISPLAY,
	SCOPE_EQ_PRESET,
	SCOPE_EQ_SPACING,
	SCOPE_EQ_TAPS,
	SCOPE_EQ_PRECURSORS,
	SCOPE_EQ_MAX_PRECURSORS,
	SCOPE_EQ_AUTO,
	SCOPE_EQ_OPTIMISE,
	SCOPE_FUNCTION_AVERAGES,
	SCOPE_TDECQ_THRESHOLDS,
	SCOPE_WAVE_SOURCE,
	SCOPE_MEASURE_SOURCE,
	SCOPE_OER_UNITS,
	SCOPE_OMA_UNITS,
	SCOPE_POWER_UNITS,
	SCOPE_LINEARITY,
	SCOPE_LEVEL,
	SCOPE_SETTINGS,
};
extern const struct settings_model scope_settings_model;

enum scope_operator { SCOPE_OPERATOR_NONE, SCOPE_OPERATOR_EQUALIZER, SCOPE_OPERATOR_AVERAGE };
#define SCOPE_FUNCTIONS 16

/* Progress of an interactive calibration. */
enum scope_calibration { SCOPE_CAL_NONE, SCOPE_CAL_PROMPT, SCOPE_CAL_RUNNING };

struct scope {
	struct world *world;
	guint site;
	struct scpi_device *device;
	gboolean locked;    /* pattern lock is on */
	gboolean acquiring; /* an acquisition with a limit runs */
	gboolean complete;  /* it has ended since the display was cleared */
	gboolean event;     /* it has ended since the event register was read */
	double ready_s;     /* of whatever was started last */
	guint count;        /* patterns acquired */
	float *waveform;    /* owned; null until fetched */
	gsize waveform_len;
	guint waveform_passes;
	gboolean has_result; /* result and status are those of the present acquisition */
	struct world_scope_result result;
	enum world_scope_status status;
	enum scope_calibration calibration;
	gboolean calibrated;
};

/* Value of a setting; place 0 when it has none. */
double scope_setting(const struct scope *scope, enum scope_setting row, int place);
/* Watts shown for a watt at the input: the external loss that was entered. */
double scope_gain(const struct scope *scope);
/* The scope's own results of the acquisition, computed when first asked for; null when there are
 * none (no acquisition, no lock, no signal). */
const struct world_scope_result *scope_result(struct scope *scope);
/* The bandwidth of the receiver as it is set up. */
double scope_bandwidth_hz(const struct scope *scope);
gsize scope_pattern_length(const struct scope *scope);
/* One waveform with the receiver as it is set up (world_scope_acquire). */
enum world_scope_status scope_acquire(const struct scope *scope, gsize n_symbols, guint samples,
                                      guint passes, float *out);
/* Forgets what was acquired. */
void scope_clear_data(struct scope *scope);
/* Keeps the scope busy for some simulated time from now; and waits until it is not. */
void scope_begin(struct scope *scope, double seconds);
void scope_wait(void *scope);
/* Ends an acquisition whose time has come. */
void scope_refresh(struct scope *scope);

#endif
