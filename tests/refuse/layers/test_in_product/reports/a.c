/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: reports may not include tests */
#include "tests/unit/signal_wave.h"
