/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVERS_KEYSIGHT_BERT_STRESS_H
#define INSTRUMENTS_DRIVERS_KEYSIGHT_BERT_STRESS_H

#include "instruments/bert.h"

/* Stress of one generator of an M8040A, "M1.DataOut1". Not read back. */
gboolean keysight_bert_set_stress(struct instrument *bert, const char *location,
                                  const struct bert_stress *stress, const struct bounds *bounds,
                                  GError **error);

#endif
