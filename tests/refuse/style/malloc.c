/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: memory comes from GLib */
#include <stdlib.h>

void *f(void)
{
	return malloc(3);
}
