/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: numbers are read by */
#include <stdlib.h>

double f(const char *text)
{
	return strtod(text, NULL);
}
