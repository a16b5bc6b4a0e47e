/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_AMQP_H
#define STATION_FACTORY_AMQP_H

#include "base/deadline.h"
#include "station/factory/broker.h"

/* A connection that sends to one address over AMQP 1.0 (Qpid Proton). Nothing goes on between the
 * calls. One thread. */
struct amqp;

/* Connects, with one link to the address; null with *words, g_free. */
struct amqp *amqp_open(const struct broker *broker, const char *container, const char *address,
                       const struct bounds *bounds, char **words);
/* Says good-bye where the peer listens, without waiting. Null is allowed. */
void amqp_close(struct amqp *amqp);

enum amqp_end {
	AMQP_ACCEPTED,
	AMQP_REJECTED, /* the message is not wanted; *words: why */
	AMQP_NOT_NOW,  /* released, or given back; *words */
	AMQP_BROKEN,   /* nothing can be sent on this connection any more; *words */
};

struct amqp_message {
	const char *id, *reply_to, *subject, *content_type;
	const char *const *properties; /* of the application: key, value, ..., null */
	gint64 created_ms;             /* since 1970 */
	const char *body;              /* a data section */
};

/* Sends and waits for what the peer makes of it. */
enum amqp_end amqp_send(struct amqp *amqp, const struct amqp_message *message,
                        const struct bounds *bounds, char **words);

#endif
