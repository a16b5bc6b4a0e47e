/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scpi/session.h"

#include "base/error.h"

/* Standard event register, IEEE 488.2 §11.5.1; *ESE enables these. */
enum {
	EVENT_OPC = 0x01,
	EVENTS_ENABLED = 0x3D, /* and query, device, execution, command error */
};

static const double explain_s = 2;

guint scpi_upsets(const struct scpi *scpi)
{
	return scpi->upsets + link_upsets(scpi->link);
}

void scpi_explain(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	if (!scpi->dialect->errors_tell || !*error ||
	    !g_error_matches(*error, STATION_ERROR, STATION_ERROR_TIMEOUT) ||
	    !bounds_check(bounds, "recover", NULL))
		return;
	const struct bounds own = bounds_within(bounds, explain_s);
	g_autofree char *message = g_strdup((*error)->message);
	scpi->stale = TRUE;
	if (!session_recover(scpi, &own, NULL) || scpi->reason->len == 0)
		return;
	g_clear_error(error);
	station_error_set(error, STATION_ERROR_TIMEOUT, "%s; the instrument says %s", message,
	                  scpi->reason->str);
}

/* ---- by an answer ---- */

static gboolean run_by_answer(struct scpi *scpi, const char *message, const struct bounds *bounds,
                              GError **error)
{
	gint64 done = 0;
	g_autofree char *query = g_strconcat(message, ";*OPC?", NULL);
	if (!scpi_query_int(scpi, &done, bounds, error, "%s", query))
		return FALSE;
	if (done == 1)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL, "%s: expected 1, got %" G_GINT64_FORMAT,
	                  query, done);
	return FALSE;
}

/* ---- by a request for service ---- */

static gboolean take_events(struct scpi *scpi, gint64 *events, const struct bounds *bounds,
                            GError **error)
{
	return scpi_query_int(scpi, events, bounds, error, "*ESR?");
}

/* The registers, and nothing in them that was there before. FALSE with no_service: not here. */
static gboolean prepare(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	gint64 old;
	guint8 status;
	if (scpi->service_ready && scpi->service_upsets == scpi_upsets(scpi))
		return TRUE;
	scpi->service_ready = FALSE;
	if (!scpi_send(scpi, bounds, error, "*ESE %d;*SRE %d", EVENTS_ENABLED, LINK_STATUS_ESB) ||
	    !take_events(scpi, &old, bounds, error))
		return FALSE;
	GError *cause = NULL;
	if (!link_status_byte(scpi->link, &status, bounds, &cause)) {
		scpi->no_service = g_error_matches(cause, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
		return session_conclude(scpi, "*SRE", cause, error);
	}
	scpi->service_ready = TRUE;
	scpi->service_upsets = scpi_upsets(scpi);
	return TRUE;
}

static gboolean await_event(struct scpi *scpi, const char *message, const struct bounds *bounds,
                            GError **error)
{
	guint8 status = 0;
	GError *cause = NULL;
	while (!(status & LINK_STATUS_ESB))
		if (!link_await_service(scpi->link, &status, bounds, &cause)) {
			/* the operation goes on, and its end would be taken for the next one's */
			link_mark_dirty(scpi->link);
			return session_conclude(scpi, message, cause, error);
		}
	return TRUE;
}

/* An error came before the end. */
static gboolean conclude_failed(struct scpi *scpi, const char *message, const struct bounds *bounds,
                                GError **error)
{
	GError *cause = NULL;
	if (scpi_check_errors(scpi, bounds, &cause))
		station_error_set(&cause, STATION_ERROR_PROTOCOL, "an event without its error");
	link_mark_dirty(scpi->link);
	return session_conclude(scpi, message, cause, error);
}

static gboolean run_by_service(struct scpi *scpi, const char *message, const struct bounds *bounds,
                               GError **error)
{
	gint64 events = 0;
	if (!scpi_send(scpi, bounds, error, "%s;*OPC", message) ||
	    !await_event(scpi, message, bounds, error) ||
	    !take_events(scpi, &events, bounds, error))
		return FALSE;
	return (events & EVENT_OPC) || conclude_failed(scpi, message, bounds, error);
}

gboolean scpi_run(struct scpi *scpi, const char *message, const struct bounds *bounds,
                  GError **error)
{
	if (!scpi->dialect->service || scpi->no_service || !link_marks_ends(scpi->link))
		return run_by_answer(scpi, message, bounds, error);
	GError *cause = NULL;
	if (prepare(scpi, bounds, &cause))
		return run_by_service(scpi, message, bounds, error);
	if (!scpi->no_service) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	g_error_free(cause);
	return run_by_answer(scpi, message, bounds, error);
}
