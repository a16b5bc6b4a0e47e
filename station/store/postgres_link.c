/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/postgres_link.h"

#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define CONNECT_S 10.0
enum { SERVER_LEAST = 140000 };

/* --- errors -------------------------------------------------------------------------------------
 */

/* libpq's messages end in a newline and may have several lines. */
static char *one_line(const char *message)
{
	char *text = g_strchomp(g_strdup(message ? message : ""));

	g_strdelimit(text, "\n\t", ' ');
	return text;
}

static gboolean fail_io(struct postgres *postgres, GError **error)
{
	g_autofree char *words = one_line(PQerrorMessage(postgres->conn));

	station_error_set(error, STATION_ERROR_IO, "%s: %s", postgres->place,
	                  *words ? words : "the connection was lost");
	return FALSE;
}

/* Values that no repetition makes acceptable: data exceptions, broken constraints. */
static enum station_error kind_of(const char *state)
{
	if (!state)
		return STATION_ERROR_IO;
	if (g_str_has_prefix(state, "22") || g_str_has_prefix(state, "23"))
		return STATION_ERROR_DATA;
	return STATION_ERROR_STORAGE;
}

static gboolean fail_result(struct postgres *postgres, const PGresult *result, GError **error)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);

	if (!message)
		return fail_io(postgres, error);
	station_error_set(error, kind_of(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
	                  "%s: %s%s%s", postgres->place, message, hint ? ": " : "",
	                  hint ? hint : "");
	return FALSE;
}

/* --- waiting ------------------------------------------------------------------------------------
 */

/* Until the socket can do one of the events (G_IO_IN, G_IO_OUT). */
static gboolean await(struct postgres *postgres, gushort events, const struct bounds *bounds,
                      GError **error)
{
	GPollFD fds[2] = {{.fd = PQsocket(postgres->conn), .events = events}};
	gboolean watched = g_cancellable_make_pollfd(bounds->cancellable, &fds[1]);
	int ready = 0;

	while (fds[0].fd >= 0 && bounds_check(bounds, postgres->place, error)) {
		double left_s = fmin(deadline_left_s(bounds->deadline), 3600.0);

		ready = g_poll(fds, watched ? 2 : 1, (int)ceil(left_s * 1e3));
		if ((ready > 0 && fds[0].revents) || (ready < 0 && errno != EINTR))
			break;
		ready = 0;
	}
	if (watched)
		g_cancellable_release_fd(bounds->cancellable);
	if (ready > 0)
		return TRUE;
	return fail_io(postgres, error);
}

/* All that was sent is on its way; what comes meanwhile is read, or both sides might wait. */
static gboolean flush(struct postgres *postgres, const struct bounds *bounds, GError **error)
{
	int left;

	while ((left = PQflush(postgres->conn)) == 1) {
		if (!await(postgres, G_IO_IN | G_IO_OUT, bounds, error))
			return FALSE;
		if (!PQconsumeInput(postgres->conn))
			return fail_io(postgres, error);
	}
	return left == 0 || fail_io(postgres, error);
}

/* The next result; null in *result when there is no more. */
static gboolean next_result(struct postgres *postgres, PGresult **result,
                            const struct bounds *bounds, GError **error)
{
	while (PQisBusy(postgres->conn)) {
		if (!await(postgres, G_IO_IN, bounds, error))
			return FALSE;
		if (!PQconsumeInput(postgres->conn))
			return fail_io(postgres, error);
	}
	*result = PQgetResult(postgres->conn);
	return TRUE;
}

/* The last result of what was sent, when none of them is an error. */
static PGresult *take_results(struct postgres *postgres, const struct bounds *bounds,
                              GError **error)
{
	PGresult *last = NULL, *result;
	GError *first = NULL;

	for (;;) {
		if (!next_result(postgres, &result, bounds, first ? NULL : &first) || !result)
			break;
		if (PQresultStatus(result) != PGRES_COMMAND_OK &&
		    PQresultStatus(result) != PGRES_TUPLES_OK)
			fail_result(postgres, result, first ? NULL : &first);
		PQclear(last);
		last = result;
		if (PQresultStatus(result) == PGRES_COPY_IN)
			break;
	}
	if (!first && !last)
		fail_io(postgres, &first);
	if (!first)
		return last;
	PQclear(last);
	g_propagate_error(error, first);
	return NULL;
}

PGresult *postgres_ask(struct postgres *postgres, const struct bounds *bounds, GError **error,
                       const char *sql, int n, const char *const *values)
{
	if (!PQsendQueryParams(postgres->conn, sql, n, NULL, values, NULL, NULL, 0)) {
		fail_io(postgres, error);
		return NULL;
	}
	return flush(postgres, bounds, error) ? take_results(postgres, bounds, error) : NULL;
}

gboolean postgres_do(struct postgres *postgres, const struct bounds *bounds, GError **error,
                     const char *sql)
{
	g_autoptr(pg_result) result = NULL;

	if (!PQsendQuery(postgres->conn, sql))
		return fail_io(postgres, error);
	if (flush(postgres, bounds, error))
		result = take_results(postgres, bounds, error);
	return result != NULL;
}

gboolean postgres_end(struct postgres *postgres, gboolean ok, const struct bounds *bounds,
                      GError **error)
{
	if (ok)
		return postgres_do(postgres, bounds, error, "COMMIT");
	if (PQstatus(postgres->conn) == CONNECTION_OK &&
	    PQtransactionStatus(postgres->conn) != PQTRANS_ACTIVE)
		postgres_do(postgres, bounds, NULL, "ROLLBACK");
	return FALSE;
}

/* --- many rows ----------------------------------------------------------------------------------
 */

static gboolean put_copy(struct postgres *postgres, const struct bounds *bounds, GError **error,
                         const GString *text)
{
	enum { PIECE = 1 << 16 };
	int put = 1;

	for (gsize at = 0; at < text->len;) {
		int n = (int)MIN(text->len - at, PIECE);

		put = PQputCopyData(postgres->conn, text->str + at, n);
		if (put < 0)
			return fail_io(postgres, error);
		if (put == 1)
			at += (gsize)n;
		else if (!await(postgres, G_IO_OUT, bounds, error))
			return FALSE;
	}
	while ((put = PQputCopyEnd(postgres->conn, NULL)) == 0)
		if (!await(postgres, G_IO_OUT, bounds, error))
			return FALSE;
	return put == 1 || fail_io(postgres, error);
}

gboolean postgres_copy(struct postgres *postgres, const struct bounds *bounds, GError **error,
                       const char *sql, const GString *text)
{
	PGresult *begun = NULL;
	g_autoptr(pg_result) ended = NULL;
	gboolean ok;

	if (!PQsendQuery(postgres->conn, sql))
		return fail_io(postgres, error);
	if (!flush(postgres, bounds, error) || !next_result(postgres, &begun, bounds, error))
		return FALSE;
	ok = PQresultStatus(begun) == PGRES_COPY_IN || fail_result(postgres, begun, error);
	PQclear(begun);
	if (!ok) {
		PQclear(take_results(postgres, bounds, NULL));
		return FALSE;
	}
	if (put_copy(postgres, bounds, error, text) && flush(postgres, bounds, error))
		ended = take_results(postgres, bounds, error);
	return ended != NULL;
}

gboolean postgres_each(struct postgres *postgres, const struct bounds *bounds, GError **error,
                       const char *sql, int n, const char *const *values, postgres_row_fn row,
                       gpointer data)
{
	PGresult *result;
	gboolean ok = TRUE;

	if (!PQsendQueryParams(postgres->conn, sql, n, NULL, values, NULL, NULL, 1) ||
	    !PQsetSingleRowMode(postgres->conn))
		return fail_io(postgres, error);
	if (!flush(postgres, bounds, error))
		return FALSE;
	for (;;) {
		if (!next_result(postgres, &result, bounds, ok ? error : NULL))
			return FALSE;
		if (!result)
			return ok;
		if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
			ok = ok && row(result, data, error);
		else if (PQresultStatus(result) != PGRES_TUPLES_OK && ok)
			ok = fail_result(postgres, result, error);
		PQclear(result);
	}
}

/* --- connecting ---------------------------------------------------------------------------------
 */

static const char *option(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val && *options->val ? options->val : NULL;
	return NULL;
}

gboolean postgres_check_target(const char *target, GError **error)
{
	char *message = NULL;
	PQconninfoOption *options = PQconninfoParse(target, &message);
	gboolean ok = options != NULL;

	if (!ok) {
		g_autofree char *words = one_line(message);

		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" names no database: %s; write service=NAME, or host=HOST "
		                  "dbname=NAME user=NAME",
		                  target, words);
	} else if (option(options, "password") || option(options, "sslpassword")) {
		ok = FALSE;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "a password does not belong here: put it into ~/.pgpass or a "
		                  "file that passfile= names, which only this user can read");
	}
	PQfreemem(message);
	PQconninfoFree(options);
	return ok;
}

static gboolean is_local(const char *host)
{
	return !host || *host == '/' || *host == '@' || strcmp(host, "localhost") == 0 ||
	       strcmp(host, "::1") == 0 || g_str_has_prefix(host, "127.");
}

/* Hosts are lists with commas. */
static gboolean are_local(const char *hosts)
{
	g_auto(GStrv) each = g_strsplit(hosts ? hosts : "", ",", -1);

	for (guint i = 0; each[i]; i++)
		if (*each[i] && !is_local(each[i]))
			return FALSE;
	return TRUE;
}

/* Whether nobody said how the server of another host has to prove who it is. What a service or the
 * environment says is seen only when it is not libpq's own default. */
static gboolean wants_proof(const char *target, const PQconninfoOption *effective)
{
	PQconninfoOption *said = PQconninfoParse(target, NULL);
	gboolean open =
		!option(said, "sslmode") && g_strcmp0(option(effective, "sslmode"), "prefer") == 0;

	PQconninfoFree(said);
	return open &&
	       (!are_local(option(effective, "host")) || !are_local(option(effective, "hostaddr")));
}

/* What the target says stands behind our wishes, and so counts. */
static PGconn *start(const char *target, gboolean proof)
{
	const char *keywords[] = {"keepalives_idle",  "keepalives_interval",    "keepalives_count",
	                          "tcp_user_timeout", "application_name",       "dbname",
	                          "client_encoding",  proof ? "sslmode" : NULL, NULL};
	const char *values[] = {"10",   "5",    "3",           "20000", "station",
	                        target, "UTF8", "verify-full", NULL};

	return PQconnectStartParams(keywords, values, 1);
}

static void ignore_notice(void *data, const PGresult *result)
{
}

static char *place_of(const PGconn *conn)
{
	const char *host = PQhost(conn);

	return g_strdup_printf("database %s at %s", PQdb(conn) ? PQdb(conn) : "?",
	                       host && *host ? host : "this machine");
}

static gboolean poll_connection(struct postgres *postgres, const struct bounds *bounds,
                                GError **error)
{
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;

	if (PQstatus(postgres->conn) == CONNECTION_BAD)
		return fail_io(postgres, error);
	while (status != PGRES_POLLING_OK) {
		if (!await(postgres, status == PGRES_POLLING_READING ? G_IO_IN : G_IO_OUT, bounds,
		           error))
			return FALSE;
		status = PQconnectPoll(postgres->conn);
		if (status == PGRES_POLLING_FAILED)
			return fail_io(postgres, error);
	}
	return TRUE;
}

static gboolean begin_connection(struct postgres *postgres, const char *target)
{
	PQconninfoOption *effective;
	gboolean proof;

	postgres->conn = start(target, FALSE);
	effective = PQconninfo(postgres->conn);
	proof = wants_proof(target, effective);
	PQconninfoFree(effective);
	if (proof) {
		PQfinish(postgres->conn);
		postgres->conn = start(target, TRUE);
	}
	postgres->place = place_of(postgres->conn);
	return postgres->conn != NULL;
}

struct postgres *postgres_open(const char *target, const struct bounds *bounds, GError **error)
{
	g_autoptr(postgres) postgres = g_new0(struct postgres, 1);
	struct bounds own = bounds_within(bounds, CONNECT_S);

	postgres->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (!postgres_check_target(target, error) || !begin_connection(postgres, target) ||
	    !poll_connection(postgres, &own, error))
		return NULL;
	PQsetNoticeReceiver(postgres->conn, ignore_notice, NULL);
	if (PQserverVersion(postgres->conn) < SERVER_LEAST) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: PostgreSQL %d is too old: 14 is the least", postgres->place,
		                  PQserverVersion(postgres->conn) / 10000);
		return NULL;
	}
	if (PQsetnonblocking(postgres->conn, 1) != 0) {
		fail_io(postgres, error);
		return NULL;
	}
	return g_steal_pointer(&postgres);
}

void postgres_close(struct postgres *postgres)
{
	if (!postgres)
		return;
	PQfinish(postgres->conn);
	g_hash_table_unref(postgres->keys);
	g_free(postgres->place);
	g_free(postgres->month);
	g_free(postgres);
}
