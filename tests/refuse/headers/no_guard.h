/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: the header guard is not HEADERS_NO_GUARD_H */
int no_guard_ready(void);
