/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_GENERIC_OPERATION_H
#define INSTRUMENTS_GENERIC_OPERATION_H

#include "instruments/generic/dialect.h"

/*
 * Carries out an operation of the dialect, given by the index of its slot. Each selects the channel
 * first where the dialect has a way to select one, for it may have been changed at the front panel,
 * and empties the error queue after what was set. UNSUPPORTED when the dialect lacks the operation.
 */

gboolean generic_has(const struct instrument *instrument, guint slot);

/* The texts of `start`. */
gboolean generic_start(struct instrument *instrument, const struct bounds *bounds, GError **error);

/* ACTION. */
gboolean generic_act(struct instrument *instrument, guint slot, guint channel,
                     const struct bounds *bounds, GError **error);
/*
 * NUMBER and NEAREST, in the slot's unit; INSTRUMENT when the readback differs by more than the
 * tolerance, or for NEAREST by more than a factor of two. taken, unless null, is what it says.
 */
gboolean generic_set(struct instrument *instrument, guint slot, guint channel, double value,
                     double *taken, const struct bounds *bounds, GError **error);
/* SWITCH. */
gboolean generic_switch(struct instrument *instrument, guint slot, guint channel, gboolean on,
                        const struct bounds *bounds, GError **error);
/*
 * READING; also asks a NUMBER or NEAREST back. Not OK: there is no number. It may last work_s over
 * the time of an ordinary answer.
 */
gboolean generic_read(struct instrument *instrument, guint slot, guint channel, double work_s,
                      struct scpi_value *value, const struct bounds *bounds, GError **error);
/* The number itself: no value is STATION_ERROR_DATA, over or under range _RANGE. */
gboolean generic_require(const struct scpi_value *read, const char *what, double *value,
                         GError **error);
/* FLAG; also asks a SWITCH back. */
gboolean generic_ask(struct instrument *instrument, guint slot, guint channel, gboolean *on,
                     const struct bounds *bounds, GError **error);
/* Empties the error queue; INSTRUMENT when there was something in it. */
gboolean generic_check(struct instrument *instrument, const struct bounds *bounds, GError **error);

/* Waits in the dialect's way until all is done, then for the time to settle. */
gboolean generic_wait(struct instrument *instrument, const struct bounds *bounds, GError **error);

#endif
