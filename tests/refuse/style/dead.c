/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: dead code is not kept */
#if 0
int a_function(void);
#endif
