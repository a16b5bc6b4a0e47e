/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

#include "station/factory/form.h"
#include "station/factory/http.h"
#include "station/factory/setting.h"

/*
 * A web service that takes runs, one a request. What it answers: 2xx taken; 408, 425, 429, 5xx and
 * redirections not now; 401, 403 and 407 not now either, for it is not the run that is not wanted;
 * any other 4xx never this run.
 */
#define TIMEOUT_S 30.0

enum { REPLY_MAX = 4096, RETRY_MAX_S = 3600 };

struct sink_https {
	struct sink sink;
	struct http *http;
	double timeout_s;
	struct form form;
	gint64 wait_until_us; /* monotonic: it asked not to be asked before; 0: it did not */
};

static enum sink_answer answer_of(int status)
{
	switch (status) {
	case 401:
	case 403:
	case 407:
	case 408:
	case 425:
	case 429:
		return SINK_LATER;
	default:
		break;
	}
	if (status / 100 == 2)
		return SINK_TAKEN;
	return status / 100 == 4 ? SINK_REFUSED : SINK_LATER;
}

static enum sink_answer https_send(struct sink *sink, const struct sink_run *run,
                                   const struct bounds *bounds, char **words)
{
	struct sink_https *https = (struct sink_https *)sink;
	struct bounds within = bounds_within(bounds, https->timeout_s);
	gint64 wait_us = https->wait_until_us - g_get_monotonic_time();
	g_autoptr(GBytes) body = NULL;
	struct http_request request = {
		.media_type = form_media_type(&https->form),
		.key = run->record->run_id,
		.record = run->record,
		.reply_max = REPLY_MAX,
	};
	enum sink_answer answer = SINK_LATER;
	struct http_reply reply;

	if (wait_us > 0) {
		*words = g_strdup_printf("it asked for %" G_GINT64_FORMAT " s of rest",
		                         wait_us / G_USEC_PER_SEC + 1);
		return SINK_LATER;
	}
	request.body = body = form_write(&https->form, run);
	if (http_exchange(https->http, &request, &within, &reply, words, NULL)) {
		answer = answer_of(reply.status);
		if (answer != SINK_TAKEN)
			*words = http_words(&reply);
		if (answer == SINK_LATER && reply.retry_s)
			https->wait_until_us = g_get_monotonic_time() +
			                       MIN(reply.retry_s, RETRY_MAX_S) * G_USEC_PER_SEC;
	}
	http_reply_clear(&reply);
	return answer;
}

static gboolean https_is_reachable(struct sink *sink, const struct bounds *bounds, char **words)
{
	return http_is_reachable(((struct sink_https *)sink)->http, bounds, words);
}

static void https_free(struct sink *sink)
{
	struct sink_https *https = (struct sink_https *)sink;

	g_free(sink->name);
	http_free(https->http);
	g_free(https);
}

static const struct sink_ops ops = {
	.kind = "https",
	.send = https_send,
	.is_reachable = https_is_reachable,
	.free = https_free,
};

struct sink *sink_https_load(const struct yaml_node *map, const struct sink_place *place,
                             GError **error)
{
	struct sink_https *https = g_new0(struct sink_https, 1);

	https->sink.ops = &ops;
	https->http = http_load(map, place->config_path, TRUE, error);
	if (https->http && setting_time(map, "timeout", TIMEOUT_S, &https->timeout_s, error) &&
	    form_load(map, place, &https->form, error))
		return &https->sink;
	https_free(&https->sink);
	return NULL;
}
