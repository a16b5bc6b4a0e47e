/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: GLib starts processes */
#include <stdlib.h>

int f(void)
{
	return system("true");
}
