/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_FAULT_H
#define INSTRUMENTS_LINK_FAULT_H

#include "instruments/link/link.h"

/*
 * A top that spoils the answers of the link below, to see that what is above notices. argument:
 * KEY=VALUE joined by ',', each key once. P is the chance that it happens at a read, 0 to 1; the
 * same seed spoils the same reads, and one kind's chance does not move the others.
 *
 *   seed=N        0 and more; 1 when it is not said
 *   at=N          only the N-th read (1 is the first) is spoilt
 *   delay=P       the answer comes delay_s later
 *   delay_s=S     real seconds, as deadlines are
 *   drop=P        the answer is lost: TIMEOUT at the deadline
 *   cut=P         its begin comes, its end never: TIMEOUT after the settings' stall_s or at the
 *                 deadline
 *   garble=P      one bit of one byte is another
 *   disconnect=P  the connection is lost: IO, until link_clear
 *   hang=P        nothing is taken or answered any more, by link_clear neither: TIMEOUT
 *
 * Of drop to hang a read has one at most: the first in this order.
 * Of these only garble can make a wrong value: a digit that has become another digit cannot be told
 * from a right one by any language without a checksum. Every other ends the read with an error.
 *
 * Owns below, also when it fails: STATION_ERROR_CONFIG.
 */
struct link *fault_open(const char *argument, struct link *below, GError **error);

#endif
