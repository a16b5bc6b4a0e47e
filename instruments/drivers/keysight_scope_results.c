/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/drivers/keysight_scope_results.h"

#include "base/error.h"
#include "instruments/command.h"
#include "instruments/drivers/keysight_scope_commands.h"
#include "instruments/driver.h"

#include <math.h>

enum { LIGHT_WAVEFORMS = 16 };

/* The equaliser makes every acquisition slow as long as it is displayed. */
gboolean keysight_scope_stop_equaliser(struct instrument *scope, const struct bounds *bounds,
                                       GError **error)
{
	struct keysight_scope_state *state = scope->state;
	if (!state->equalises)
		return TRUE;
	if (!keysight_scope_set_word(scope, DCA_FUNCTION1_DISPLAY, NULL, "OFF", bounds, error))
		return FALSE;
	state->equalises = FALSE;
	return TRUE;
}

static gboolean set_doubtful(struct instrument *scope, guint first, const char *status,
                             const struct bounds *bounds, GError **error)
{
	g_autofree char *reason = NULL;
	if (!command_ask_text(scope, &keysight_scope_commands[first + DCA_PART_REASON], NULL,
	                      &reason, bounds, error))
		return FALSE;
	station_error_set(error, STATION_ERROR_DATA, "%s is %s: %s",
	                  keysight_scope_commands[first + DCA_PART_VALUE].header, status, reason);
	return FALSE;
}

static gboolean read_result(struct instrument *scope, guint first, const char *source,
                            double *value, const struct bounds *bounds, GError **error)
{
	g_autofree char *status = NULL;
	struct scpi_value result = {SCPI_VALUE_NONE, NAN};
	/* The source is sticky between sessions: said again before each question. */
	if (!keysight_scope_set_word(scope, first + DCA_PART_SOURCE, NULL, source, bounds, error) ||
	    !command_ask_text(scope, &keysight_scope_commands[first + DCA_PART_STATUS], NULL,
	                      &status, bounds, error))
		return FALSE;
	if (g_ascii_strncasecmp(status, "CORR", 4) != 0)
		return set_doubtful(scope, first, status, bounds, error);
	if (!command_ask_value(scope, &keysight_scope_commands[first + DCA_PART_VALUE], NULL,
	                       &result, bounds, error) ||
	    !command_check(scope, bounds, error))
		return FALSE;
	if (result.kind != SCPI_VALUE_OK) {
		station_error_set(error, STATION_ERROR_DATA, "%s: %s",
		                  keysight_scope_commands[first + DCA_PART_VALUE].header,
		                  scpi_value_kind_name(result.kind));
		return FALSE;
	}
	*value = result.value;
	return TRUE;
}

static gboolean measure(struct instrument *scope, guint first, const char *source, double extra_s,
                        double *value, const struct bounds *bounds, GError **error)
{
	return keysight_scope_set_word(scope, first + DCA_PART_SOURCE, NULL, source, bounds,
	                               error) &&
	       command_send(scope, &keysight_scope_commands[first + DCA_PART_ADD], NULL, bounds,
	                    error) &&
	       command_check(scope, bounds, error) &&
	       keysight_scope_acquire_patterns(scope, 1, extra_s, bounds, error) &&
	       read_result(scope, first, source, value, bounds, error);
}

static gboolean begin_results(struct instrument *scope, guint channel, const struct bounds *bounds,
                              GError **error)
{
	return keysight_scope_require_configured(scope, channel, error) &&
	       keysight_scope_set_mode(scope, "EYE", bounds, error) &&
	       keysight_scope_set_word(scope, DCA_WRAPPING, NULL, "ON", bounds, error) &&
	       command_send(scope, &keysight_scope_commands[DCA_RESULTS_CLEAR], NULL, bounds,
	                    error);
}

/* The reference equaliser of IEEE 802.3 clause 121.8.5.4: five taps, one a symbol. */
static gboolean configure_equaliser(struct instrument *scope, const char *source,
                                    const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = scope->state;
	state->equalises = TRUE;
	return keysight_scope_set_word(scope, DCA_FUNCTION1_OPERATOR, NULL, "TEQualizer", bounds,
	                               error) &&
	       keysight_scope_set_word(scope, DCA_FUNCTION1_OPERAND, NULL, source, bounds, error) &&
	       keysight_scope_set_word(scope, DCA_FUNCTION1_DISPLAY, NULL, "ON", bounds, error) &&
	       keysight_scope_set_number(scope, DCA_TAP_SPACING, NULL, 1, bounds, error) &&
	       keysight_scope_set_number(scope, DCA_TAP_COUNT, NULL, 5, bounds, error) &&
	       keysight_scope_set_number(scope, DCA_TAP_PRECURSORS, NULL, 2, bounds, error) &&
	       keysight_scope_set_word(scope, DCA_TAP_AUTO, NULL, "ON", bounds, error) &&
	       command_check(scope, bounds, error);
}

gboolean keysight_scope_measure_tdecq(struct instrument *scope, guint channel, double *tdecq_db,
                                      const struct bounds *bounds, GError **error)
{
	char source[16];
	keysight_scope_source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       configure_equaliser(scope, source, bounds, error) &&
	       measure(scope, DCA_TDECQ, "FUNCtion1", KEYSIGHT_SCOPE_EQUALISE_S, tdecq_db, bounds,
	               error);
}

gboolean keysight_scope_measure_oma(struct instrument *scope, guint channel, double *oma_w,
                                    const struct bounds *bounds, GError **error)
{
	char source[16];
	keysight_scope_source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       keysight_scope_stop_equaliser(scope, bounds, error) &&
	       measure(scope, DCA_OMA, source, 0, oma_w, bounds, error);
}

gboolean keysight_scope_measure_er(struct instrument *scope, guint channel, double *er_db,
                                   const struct bounds *bounds, GError **error)
{
	char source[16];
	keysight_scope_source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       keysight_scope_stop_equaliser(scope, bounds, error) &&
	       keysight_scope_set_word(scope, DCA_OUTER_ER_UNITS, NULL, "DECibel", bounds, error) &&
	       measure(scope, DCA_OUTER_ER, source, 0, er_db, bounds, error);
}

gboolean keysight_scope_measure_power(struct instrument *scope, guint channel, double *power_w,
                                      const struct bounds *bounds, GError **error)
{
	char source[16];
	keysight_scope_source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       keysight_scope_stop_equaliser(scope, bounds, error) &&
	       keysight_scope_set_word(scope, DCA_POWER_UNITS, NULL, "WATT", bounds, error) &&
	       measure(scope, DCA_POWER, source, 0, power_w, bounds, error);
}

/* Waveforms are counted, not patterns: without a lock there are none. */
static gboolean acquire_light(struct instrument *scope, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, KEYSIGHT_SCOPE_PASS_S + scope->model->answer_s);
	return command_send(scope, &keysight_scope_commands[DCA_CLEAR], NULL, bounds, error) &&
	       keysight_scope_set_word(scope, DCA_LIMIT_STATE, NULL, "ON", bounds, error) &&
	       keysight_scope_set_word(scope, DCA_LIMIT_TYPE, NULL, "WAVeforms", bounds, error) &&
	       keysight_scope_set_number(scope, DCA_LIMIT_WAVEFORMS, NULL, LIGHT_WAVEFORMS, bounds,
	                                 error) &&
	       command_check(scope, bounds, error) &&
	       command_wait(scope, &keysight_scope_commands[DCA_RUN], NULL, NULL, &inner, error) &&
	       command_check(scope, bounds, error);
}

gboolean keysight_scope_measure_light(struct instrument *scope, guint channel, double wavelength_m,
                                      double *power_w, const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = scope->state;
	const char *place = state->channels[channel - 1];
	char source[16], wavelength[16];
	keysight_scope_source_name(state, channel, source);
	keysight_scope_wavelength_name(wavelength_m, wavelength);
	state->configured = 0; /* the lock and the loss correction are gone */
	keysight_scope_forget(state);
	return keysight_scope_set_mode(scope, "EYE", bounds, error) &&
	       keysight_scope_set_word(scope, DCA_DISPLAY, place, "ON", bounds, error) &&
	       keysight_scope_set_word(scope, DCA_WAVELENGTH, place, wavelength, bounds, error) &&
	       keysight_scope_set_word(scope, DCA_LOSS_STATE, place, "OFF", bounds, error) &&
	       command_wait(scope, &keysight_scope_commands[DCA_LOCK], NULL, "OFF", bounds,
	                    error) &&
	       command_check(scope, bounds, error) &&
	       keysight_scope_stop_equaliser(scope, bounds, error) &&
	       command_send(scope, &keysight_scope_commands[DCA_RESULTS_CLEAR], NULL, bounds,
	                    error) &&
	       keysight_scope_set_word(scope, DCA_POWER_UNITS, NULL, "WATT", bounds, error) &&
	       keysight_scope_set_word(scope, DCA_POWER + DCA_PART_SOURCE, NULL, source, bounds,
	                               error) &&
	       command_send(scope, &keysight_scope_commands[DCA_POWER + DCA_PART_ADD], NULL, bounds,
	                    error) &&
	       command_check(scope, bounds, error) && acquire_light(scope, bounds, error) &&
	       read_result(scope, DCA_POWER, source, power_w, bounds, error);
}
