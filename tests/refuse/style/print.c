/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: only the faces print */
#include <stdio.h>

void f(void)
{
	printf("here\n");
}
