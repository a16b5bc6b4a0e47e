/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: more than four levels */
int f(int a)
{
	while (a) {
		while (a) {
			while (a) {
				while (a) {
					while (a) {
						a--;
					}
				}
			}
		}
	}
	return a;
}
