/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: <sqlite3.h> belongs to station/store */
#include <sqlite3.h>
