/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_HTTP_H
#define STATION_FACTORY_HTTP_H

#include "base/deadline.h"
#include "base/yaml.h"
#include "reports/record.h"

/*
 * One request over HTTPS (libcurl): plain HTTP only to this machine itself. The bearer token is
 * read from its file for each request and told to nobody else. Redirections are not followed.
 */
struct http;

/* The keys url, method, token_file, ca_file, cert_file, key_file, proxy and headers; with
 * has_words words in the URL stand for the run's (form.h). Null with STATION_ERROR_CONFIG. */
struct http *http_load(const struct yaml_node *map, const char *config_path, gboolean has_words,
                       GError **error);
void http_free(struct http *http); /* null is allowed */
const char *http_url(const struct http *http);

struct http_request {
	GBytes *body;
	const char *media_type;
	const char *key;                 /* Idempotency-Key; null: none */
	const struct run_record *record; /* for words in the URL; null: there are none */
	gsize reply_max;                 /* of a longer reply the rest is dropped, `cut` tells */
};

struct http_reply {
	int status;     /* 200, 404 ... */
	GString *body;  /* never null */
	gboolean cut;   /* it was longer than reply_max */
	gint64 retry_s; /* Retry-After; 0: it said nothing */
};
void http_reply_clear(struct http_reply *reply);

/* FALSE with *words when no reply came, or when the bounds ended it (*error as well: TIMEOUT or
 * CANCELLED). A reply is one whatever its status. *words: g_free. From several threads at a time.
 */
gboolean http_exchange(const struct http *http, const struct http_request *request,
                       const struct bounds *bounds, struct http_reply *reply, char **words,
                       GError **error);

/* Connects, with encryption, and asks nothing. *words: why not; g_free. */
gboolean http_is_reachable(const struct http *http, const struct bounds *bounds, char **words);

/* The first line of a reply that is for people, cut short, behind its status; free with g_free. */
char *http_words(const struct http_reply *reply);

#endif
