/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: the header guard is not HEADERS_GUARD_H */
#ifndef GUARD_H
#define GUARD_H

int guard_ready(void);

#endif
