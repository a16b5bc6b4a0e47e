/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_PICTURE_H
#define REPORTS_PICTURE_H

#include "reports/record.h"

#include <glib.h>

/*
 * A density picture as PNG in base64: logarithmic colours on white, at most 280 by 200 dots (the
 * mean of several bins when there are more). Null when the eye has no bins or its counts do not fit
 * its size. Free with g_free.
 */
char *picture_eye_png(const struct record_eye *eye);
/* The same with at most 96 by 68 dots, for one of many. */
char *picture_eye_thumb(const struct record_eye *eye);

#endif
