/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_TICKET_H
#define STATION_OPERATOR_TICKET_H

#include "reports/record.h"
#include "station/engine/operator_policy.h"

/*
 * The label that is printed for a unit when its run is over (label.h is the one that is scanned).
 * A template is any text; words in braces are replaced: {serial} {part_number} {product} {type}
 * {lot} {verdict} {marginal} ("marginal" or nothing) {reason} {date} {time} (local, of the run's
 * end) {station} {site} {operator} {plan} {revision} {run_id}. {{ is a brace.
 *
 * Values come from bar codes and modules, so that none of them may command a printer: in their
 * place a control character, a line end, a format character, '^' and '~' (ZPL's prefixes) become
 * '?', '"' (EPL and TSPL) becomes '\''. A template that makes another character a command (^CC,
 * ^CT, ^FH) undoes this.
 */

/* The template that the policy names, or the built-in one; a word in it that means nothing is
 * STATION_ERROR_CONFIG with file and line. Free with g_free. */
char *ticket_template(const struct operator_policy *policy, GError **error);

/* The template filled in; STATION_ERROR_CONFIG: "line 3: ..." Free with g_free. */
char *ticket_text(const char *template, const struct run_record *record, GError **error);

/* Whether the policy has a place for labels. */
gboolean ticket_wanted(const struct operator_policy *policy);

/*
 * Makes the label and brings it to the policy's folder, as SERIAL-RUNID.txt, and to its command,
 * which may take 10 s; nothing when there is neither. Each is tried, whatever becomes of the other;
 * the error tells the first that failed, for the screen: the verdict has nothing to do with it.
 */
gboolean ticket_print(const struct operator_policy *policy, const struct run_record *record,
                      GError **error);

#endif
