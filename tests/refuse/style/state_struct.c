/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: outlives its function */
static struct {
	int count;
} counted;
