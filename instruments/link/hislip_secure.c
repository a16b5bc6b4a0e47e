/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_secure.h"

#include "base/bytes.h"
#include "base/error.h"
#include "instruments/link/hislip_login.h"

/* ---- encryption ---- */

static gboolean ask_to_start(struct hislip_session *session, const struct bounds *bounds,
                             GError **error)
{
	struct hislip_header header = {
		.type = HISLIP_ASYNC_START_TLS,
		.parameter = session->last_id,
		.length = HISLIP_ID_LEN,
	};
	guint8 delivered[HISLIP_ID_LEN];
	put_be32(delivered, session->delivered_id);
	if (!hislip_channel_send(&session->async, &header, delivered, bounds, error) ||
	    !hislip_session_await(session, &session->async, HISLIP_ASYNC_START_TLS_RESPONSE,
	                          &header, bounds, error))
		return FALSE;
	if (header.control == HISLIP_TLS_SUCCESS)
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "the instrument does not start encryption: %s (code %u)",
	                  header.control == HISLIP_TLS_BUSY ? "it says that it is busy"
	                                                    : "it has an error",
	                  header.control);
	return FALSE;
}

/* Tells the server on the other channel why it is left alone now. */
static gboolean give_up(struct hislip_channel *other, const struct bounds *bounds)
{
	struct hislip_header header = {
		.type = HISLIP_FATAL_ERROR,
		.control = HISLIP_FATAL_NOT_SECURE,
	};
	hislip_channel_send(other, &header, NULL, bounds, NULL);
	return FALSE;
}

static gboolean encrypt(struct hislip_session *session, struct hislip_channel *channel,
                        struct hislip_channel *other, const struct bounds *bounds, GError **error)
{
	return hislip_channel_secure(channel, session->host, session->port, &session->security,
	                             bounds, error) ||
	       give_up(other, bounds);
}

static gboolean encrypt_both(struct hislip_session *session, const struct bounds *bounds,
                             GError **error)
{
	struct hislip_channel *sync = &session->sync, *async = &session->async;
	struct hislip_header header = {.type = HISLIP_START_TLS};
	return ask_to_start(session, bounds, error) &&
	       encrypt(session, async, sync, bounds, error) &&
	       hislip_channel_send(sync, &header, NULL, bounds, error) &&
	       encrypt(session, sync, async, bounds, error);
}

gboolean hislip_secure(struct hislip_session *session, gboolean demanded, gboolean capable,
                       const struct bounds *bounds, GError **error)
{
	if (!demanded && !session->security.wanted)
		return TRUE;
	if (!demanded && !capable) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the resource asks for an encrypted connection, and the "
		                  "instrument offers none: it speaks version %u.%u of HiSLIP%s",
		                  session->version >> 8, session->version & 0xFF,
		                  session->version < HISLIP_VERSION_2_0 ? "" : " without it");
		return FALSE;
	}
	if (secure_available(error) && encrypt_both(session, bounds, error) &&
	    hislip_login(session, bounds, error))
		return TRUE;
	if (demanded)
		g_prefix_error(error, "the instrument demands an encrypted connection: ");
	return FALSE;
}
