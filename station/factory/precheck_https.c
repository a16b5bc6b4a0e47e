/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/precheck_parts.h"

#include "station/factory/http.h"

#include <string.h>

/* A web service that is asked: the request as its body, the reply with status 200. Any other
 * status is no answer. */
struct precheck_https {
	struct precheck precheck;
	struct http *http;
};

static const struct http *http_of(const struct precheck *precheck)
{
	return ((const struct precheck_https *)precheck)->http;
}

static GBytes *ask(const struct precheck *precheck, const char *text, const struct bounds *bounds,
                   char **words, GError **error)
{
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
	const struct http_request request = {
		.body = body,
		.media_type = "application/json",
		.reply_max = PRECHECK_REPLY_MAX,
	};
	struct http_reply reply;
	GBytes *answer = NULL;

	if (!http_exchange(http_of(precheck), &request, bounds, &reply, words, error)) {
		http_reply_clear(&reply);
		return NULL;
	}
	if (reply.status != 200)
		*words = http_words(&reply);
	else if (reply.cut)
		*words = g_strdup("the reply is too long");
	else
		answer = g_bytes_new(reply.body->str, reply.body->len);
	http_reply_clear(&reply);
	return answer;
}

static char *text(const struct precheck *precheck)
{
	return g_strdup(http_url(http_of(precheck)));
}

static gboolean is_reachable(const struct precheck *precheck, const struct bounds *bounds,
                             char **words)
{
	return http_is_reachable(http_of(precheck), bounds, words);
}

static void https_free(struct precheck *precheck)
{
	struct precheck_https *https = (struct precheck_https *)precheck;

	http_free(https->http);
	g_free(https);
}

static const struct precheck_ops ops = {
	.kind = "https",
	.ask = ask,
	.text = text,
	.is_reachable = is_reachable,
	.free = https_free,
};

struct precheck *precheck_https_load(const struct yaml_node *map, const char *config_path,
                                     GError **error)
{
	struct precheck_https *https = g_new0(struct precheck_https, 1);

	https->precheck.ops = &ops;
	https->http = http_load(map, config_path, FALSE, error);
	if (https->http)
		return &https->precheck;
	https_free(&https->precheck);
	return NULL;
}
