/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: speaks of itself alone */
int a_function(void); /* asked for in issue 17 */
