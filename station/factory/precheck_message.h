/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_PRECHECK_MESSAGE_H
#define STATION_FACTORY_PRECHECK_MESSAGE_H

#include "station/factory/precheck.h"

/* What is said and answered, as JSON; station/factory/precheck-*.schema.json. */
#define PRECHECK_SCHEMA "station-precheck-1"

/* One line; free with g_free. */
char *precheck_request(const struct precheck_unit *unit);

/* What a reply says of the unit that was asked about; all of answer but `allowed` where it is
 * PRECHECK_UNANSWERED. */
void precheck_judge(const struct precheck_unit *unit, GBytes *reply,
                    struct precheck_answer *answer);

#endif
