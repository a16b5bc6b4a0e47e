/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: outlives its function */
int f(void)
{
	static int calls = 0;

	return ++calls;
}
