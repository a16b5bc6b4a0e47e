/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_MEDIAN_H
#define BASE_MEDIAN_H

#include <glib.h>

/* The middle of the values, or of the two in the middle their mean; NAN when there are none. The
 * values stay in their order. */
double median_of(const double *values, gsize n);
/* The same of an array of double; null counts as empty. */
double median_of_array(const GArray *values);

#endif
