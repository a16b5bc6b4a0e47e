/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: does not compile alone */
#ifndef HEADERS_ALONE_H
#define HEADERS_ALONE_H

gboolean alone_ready(void);

#endif
