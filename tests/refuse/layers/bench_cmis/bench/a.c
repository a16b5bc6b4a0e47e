/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: bench may not include fixtures */
#include "fixtures/cmis/cmis_fields.h"
