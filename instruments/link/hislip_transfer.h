/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_TRANSFER_H
#define INSTRUMENTS_LINK_HISLIP_TRANSFER_H

#include "instruments/link/hislip_session.h"
#include "instruments/link/link.h"

/*
 * Messages to and answers from the instrument, over the synchronous channel of a session that is
 * usable. IVI-6.1: synchronised mode, overlapped mode, interrupted.
 */

/* Data, Data, ... DataEND, none longer than the server takes. */
gboolean hislip_send(struct hislip_session *session, const guint8 *data, gsize len,
                     const struct bounds *bounds, GError **error);

/*
 * ops->read. An answer counts only when it has come whole and, in synchronised mode, belongs to
 * what was sent last; what follows frame's end in it is left in session->rest for the next call.
 */
gboolean hislip_receive(struct hislip_session *session, const struct link_frame *frame,
                        GByteArray *reply, const struct bounds *bounds, GError **error);

/* The message that triggers, in line with those that are sent. */
gboolean hislip_send_trigger(struct hislip_session *session, const struct bounds *bounds,
                             GError **error);

#endif
