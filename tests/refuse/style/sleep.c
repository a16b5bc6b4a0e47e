/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: waits go through base/clock.h */
#include <unistd.h>

void f(void)
{
	sleep(1);
}
