/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: knows no end */
#include <string.h>

void f(char *to, const char *from)
{
	strcpy(to, from);
}
