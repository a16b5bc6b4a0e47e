/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_CFX_MESSAGE_H
#define STATION_FACTORY_CFX_MESSAGE_H

#include "reports/record.h"

/*
 * A run as IPC-CFX (IPC-2591) tells it: CFX.Production.TestAndInspection.UnitsTested in its
 * envelope, with one unit, a test for each step that counts and its values. Member names and their
 * order are those of the example in the SDK's documentation of the message; identifiers are made of
 * the run's id, so that the same run gives the same message.
 */
#define CFX_UNITS_TESTED "CFX.Production.TestAndInspection.UnitsTested"

/* source: the endpoint's CFX handle. One line; free with g_free. */
char *cfx_units_tested(const struct run_record *record, const char *source);

#endif
