/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: a path of one machine */
const char *f(void)
{
	return "/home/somebody/limits.csv";
}
