/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: instruments may not include fixtures */
#include "fixtures/module.h"
