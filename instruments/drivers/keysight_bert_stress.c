/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/drivers/keysight_bert_stress.h"

#include "base/error.h"
#include "instruments/command.h"

#include <math.h>

enum row { MAIN_CURSOR, POST_CURSOR, NOISE, NOISE_STATE, AMPLITUDE_ASK };

static const struct command commands[] = {
	/* the header is documented; that 0 is the main cursor and 1 the one after it, from memory
         */
	[MAIN_CURSOR] = COMMAND_SET_NUMBER(":OUTP:DEEM:CURS:MAGN0", QUOTED, 6),
	[POST_CURSOR] = COMMAND_SET_NUMBER(":OUTP:DEEM:CURS:MAGN1", QUOTED, 6),
	/* from memory, both */
	[NOISE] = COMMAND_SET_NUMBER(":SOUR:INT:RAND:AMPL", QUOTED, 6),
	[NOISE_STATE] = COMMAND_SET_BOOLEAN(":SOUR:INT:RAND:STAT", QUOTED),
	[AMPLITUDE_ASK] = COMMAND_ASK(":SOUR:VOLT:AMPL?", QUOTED),
};

gboolean keysight_bert_set_stress(struct instrument *bert, const char *location,
                                  const struct bert_stress *stress, const struct bounds *bounds,
                                  GError **error)
{
	double amplitude_v;

	/* noise is told in volt, beside the amplitude */
	if (!command_ask_number(bert, &commands[AMPLITUDE_ASK], location, &amplitude_v, bounds,
	                        error))
		return FALSE;
	if (!(amplitude_v > 0.0) || !isfinite(amplitude_v)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "%s: an amplitude of %g V",
		                  location, amplitude_v);
		return FALSE;
	}
	return command_send_number(bert, &commands[MAIN_CURSOR], location, 1.0 - stress->isi,
	                           bounds, error) &&
	       command_send_number(bert, &commands[POST_CURSOR], location, stress->isi, bounds,
	                           error) &&
	       command_send_number(bert, &commands[NOISE], location, stress->noise * amplitude_v,
	                           bounds, error) &&
	       command_send_number(bert, &commands[NOISE_STATE], location, stress->noise > 0.0,
	                           bounds, error) &&
	       command_check(bert, bounds, error);
}
