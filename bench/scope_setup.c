/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scope_setup.h"

#include "bench/scope_state.h"

#define LOCK_S         1.0
#define CALIBRATE_S    5.0
#define DARK_W         5e-6
#define SYMBOL_RATE_BD 53.125e9

static gboolean pattern_fits(const struct scope *scope, gsize n_symbols)
{
	if (n_symbols != 8191 && n_symbols != 65535)
		return FALSE;
	return scope_acquire(scope, n_symbols, 1, 1, NULL) == WORLD_SCOPE_OK;
}

void scope_run_lock(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	gboolean on = FALSE;

	if (!scpi_take_bool(call, &on) || !scpi_end(call))
		return;
	scope_clear_data(scope);
	scope->locked = FALSE;
	if (!on)
		return;
	scope_begin(scope, LOCK_S);
	scope_wait(scope);
	scope->locked = pattern_fits(scope, scope_pattern_length(scope));
	if (!scope->locked)
		scpi_error(call, -200, "pattern lock failed");
}

void scope_run_lock_query(struct scpi_call *call)
{
	const struct scope *scope = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_bool(call, scope->locked);
}

/* Finds rate and length of the pattern that is there and locks to it. */
void scope_run_pattern_detect(struct scpi_call *call)
{
	static const gsize lengths[] = {8191, 65535};
	struct scope *scope = scpi_instrument(call);
	struct settings *settings = scpi_settings(call);

	if (!scpi_end(call))
		return;
	scope_clear_data(scope);
	scope_begin(scope, 2 * LOCK_S);
	scope_wait(scope);
	settings_put(settings, SCOPE_BIT_RATE, 0, SYMBOL_RATE_BD);
	scope->locked = FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(lengths) && !scope->locked; i++) {
		scope->locked = pattern_fits(scope, lengths[i]);
		if (scope->locked)
			settings_put(settings, SCOPE_PATTERN_LENGTH, 0, (double)lengths[i]);
	}
	if (!scope->locked)
		scpi_error(call, -200, "pattern not found");
}

void scope_run_rate_detect(struct scpi_call *call)
{
	int slot = 0;
	if (!scpi_suffix_in(call, 0, 1, 1, 5, &slot) || !scpi_end(call))
		return;
	settings_put(scpi_settings(call), SCOPE_TRIGGER_RATE, slot, SYMBOL_RATE_BD);
	scope_begin(scpi_instrument(call), LOCK_S);
}

void scope_run_calibration_status(struct scpi_call *call)
{
	const struct scope *scope = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_quoted(call, scope->calibrated ? "CALIBRATED" : "UNCALIBRATED");
}

void scope_run_calibration_start(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (scpi_end(call))
		scope->calibration = SCOPE_CAL_PROMPT;
}

void scope_run_calibration_continue(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	if (scope->calibration != SCOPE_CAL_PROMPT) {
		scpi_error(call, -221, "no calibration waits");
		return;
	}
	scope->calibration = SCOPE_CAL_RUNNING;
	scope_begin(scope, CALIBRATE_S);
}

/* Answers when the next prompt is due. Light at the input spoils a dark calibration. */
void scope_run_calibration_prompt(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	scope_wait(scope);
	switch (scope->calibration) {
	case SCOPE_CAL_NONE:
		scpi_reply_quoted(call, "No calibration is running.");
		break;
	case SCOPE_CAL_PROMPT:
		scpi_reply_quoted(call, "Remove all light from channel 1A, then continue.");
		break;
	case SCOPE_CAL_RUNNING:
		scope->calibrated = world_scope_average_w(scope->world, scope->site) < DARK_W;
		scope->calibration = SCOPE_CAL_NONE;
		scpi_reply_quoted(call, scope->calibrated ? "Calibration is done."
		                                          : "Calibration failed: light found.");
		break;
	}
}
