/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_PEN_TEXT_H
#define REPORTS_PEN_TEXT_H

#include <glib.h>

/*
 * A text that cairo can show: what is no UTF-8 and what Unicode calls no character (at which cairo
 * would draw nothing more at all) is U+FFFD, control characters are blanks. Null is "". Free with
 * g_free.
 */
char *pen_text(const char *text);

#endif
