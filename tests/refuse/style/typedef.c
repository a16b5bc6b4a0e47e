/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: not typedef'd */
typedef struct {
	int a;
} thing;
