/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/http.h"

#include "base/error.h"
#include "station/factory/form.h"
#include "station/factory/secret.h"
#include "station/factory/setting.h"

#include <curl/curl.h>
#include <math.h>
#include <string.h>

enum { WORDS_MAX = 160 };

struct http {
	char *url, *method; /* method: "POST" or "PUT" */
	char *token_file, *ca_file, *cert_file, *key_file, *proxy;
	char **headers; /* "Name: value"; null: none */
};

void http_free(struct http *http)
{
	if (!http)
		return;
	g_free(http->url);
	g_free(http->method);
	g_free(http->token_file);
	g_free(http->ca_file);
	g_free(http->cert_file);
	g_free(http->key_file);
	g_free(http->proxy);
	g_strfreev(http->headers);
	g_free(http);
}

const char *http_url(const struct http *http)
{
	return http->url;
}

/* --- configuration ------------------------------------------------------------------------------
 */

static gboolean is_this_machine(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	       strcmp(host, "[::1]") == 0;
}

/* Null, or what is wrong with a URL. */
static const char *wrong_url(CURLU *url, const char *text)
{
	const char *wrong = NULL;
	char *scheme = NULL, *host = NULL, *user = NULL;

	if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		wrong = "is no URL such as https://mes.example/runs";
	else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK)
		wrong = "has a user name in it: token_file is the place for secrets";
	else if (strcmp(scheme, "http") == 0 && !is_this_machine(host))
		wrong = "is not encrypted: https, but to this machine itself";
	else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		wrong = "is neither https nor http";
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return wrong;
}

static gboolean load_url(struct http *http, const struct yaml_node *map, gboolean has_words,
                         GError **error)
{
	CURLU *url = curl_url();
	const char *text, *wrong = NULL;
	gboolean ok = yaml_string(map, "url", &text, error) &&
	              (!has_words || form_check(yaml_find(map, "url"), text, error));

	if (ok && (wrong = wrong_url(url, text)))
		yaml_error(yaml_find(map, "url"), error, "url \"%s\" %s",
		           strchr(text, '@') ? "..." : text, wrong);
	curl_url_cleanup(url);
	if (!ok || wrong)
		return FALSE;
	http->url = g_strdup(text);
	return TRUE;
}

static gboolean load_headers(struct http *http, const struct yaml_node *map, GError **error)
{
	const struct yaml_node *headers;
	GPtrArray *lines;

	if (!yaml_map_or(map, "headers", &headers, error))
		return FALSE;
	lines = g_ptr_array_new();
	for (guint i = 0; headers && i < yaml_size(headers); i++) {
		const char *name = yaml_key(headers, i), *value;

		if (!yaml_as_string(yaml_value(headers, i), &value, error))
			break;
		if (strpbrk(name, ":\r\n ") || strpbrk(value, "\r\n") ||
		    g_ascii_strcasecmp(name, "Authorization") == 0) {
			yaml_error(yaml_value(headers, i), error,
			           "headers: \"%s\" cannot be one (a token is for token_file)",
			           name);
			break;
		}
		g_ptr_array_add(lines, g_strdup_printf("%s: %s", name, value));
	}
	guint n = lines->len;
	g_ptr_array_add(lines, NULL);
	http->headers = (char **)g_ptr_array_free(lines, FALSE);
	return !headers || n == yaml_size(headers);
}

static gboolean load_method(struct http *http, const struct yaml_node *map, GError **error)
{
	const char *method;

	if (!yaml_string_or(map, "method", &method, "POST", error))
		return FALSE;
	http->method = g_strdup(method);
	if (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0)
		return TRUE;
	yaml_error(yaml_find(map, "method"), error, "method is POST or PUT");
	return FALSE;
}

/* Both or none of a client's certificate and its key. */
static gboolean load_files(struct http *http, const struct yaml_node *map, const char *config_path,
                           GError **error)
{
	if (!setting_path(map, "token_file", config_path, &http->token_file, error) ||
	    !setting_path(map, "ca_file", config_path, &http->ca_file, error) ||
	    !setting_path(map, "cert_file", config_path, &http->cert_file, error) ||
	    !setting_path(map, "key_file", config_path, &http->key_file, error) ||
	    !setting_text(map, "proxy", &http->proxy, error))
		return FALSE;
	if (!http->cert_file == !http->key_file)
		return TRUE;
	yaml_error(map, error, "cert_file and key_file go together");
	return FALSE;
}

struct http *http_load(const struct yaml_node *map, const char *config_path, gboolean has_words,
                       GError **error)
{
	struct http *http = g_new0(struct http, 1);

	/* counted: only the first does anything, and no site has begun when it is read */
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (load_url(http, map, has_words, error) && load_method(http, map, error) &&
	    load_files(http, map, config_path, error) && load_headers(http, map, error))
		return http;
	http_free(http);
	return NULL;
}

/* --- one request --------------------------------------------------------------------------------
 */

struct transfer {
	CURL *easy;
	CURLM *multi;
	struct curl_slist *headers;
	const struct http_request *request;
	struct http_reply *reply;
	char trouble[CURL_ERROR_SIZE];
};

void http_reply_clear(struct http_reply *reply)
{
	if (reply->body)
		g_string_free(reply->body, TRUE);
	reply->body = NULL;
}

static size_t take(char *data, size_t size, size_t n, void *user)
{
	struct http_reply *reply = ((struct transfer *)user)->reply;
	gsize room = ((struct transfer *)user)->request->reply_max - reply->body->len;
	gsize len = size * n;

	reply->cut = reply->cut || len > room;
	g_string_append_len(reply->body, data, (gssize)MIN(len, room));
	return len;
}

static gboolean add_token(const struct http *http, struct transfer *transfer, char **words)
{
	char *token;

	if (!http->token_file)
		return TRUE;
	token = secret_read("token_file", http->token_file, words);
	if (!token)
		return FALSE;
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
	curl_easy_setopt(transfer->easy, CURLOPT_XOAUTH2_BEARER, token);
	secret_free(token);
	return TRUE;
}

static char *escape(const char *value)
{
	return g_uri_escape_string(value, NULL, FALSE);
}

static void set_connection(const struct http *http, struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* a name that is looked up when the time is over is not waited for */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->trouble);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "station/" STATION_VERSION);
	/* what the environment says is whoever's who started the station */
	curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy ? http->proxy : "");
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (http->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
	if (http->cert_file) {
		curl_easy_setopt(easy, CURLOPT_SSLCERT, http->cert_file);
		curl_easy_setopt(easy, CURLOPT_SSLKEY, http->key_file);
	}
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
	g_autofree char *line = g_strdup_printf("%s: %s", name, value);

	transfer->headers = curl_slist_append(transfer->headers, line);
}

static void set_request(const struct http *http, struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	g_autofree char *url = request->record ? form_fill(http->url, request->record, escape)
	                                       : g_strdup(http->url);
	gsize len;
	const char *body = g_bytes_get_data(request->body, &len);
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http->method);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	add_header(transfer, "Content-Type", request->media_type);
	/* a body is sent with its request: nobody is asked first */
	add_header(transfer, "Expect", "");
	if (request->key)
		add_header(transfer, "Idempotency-Key", request->key);
	for (char **line = http->headers; *line; line++)
		transfer->headers = curl_slist_append(transfer->headers, *line);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
}

/* Until it is over; FALSE when the bounds ended it. */
static gboolean run(struct transfer *transfer, const struct bounds *bounds, CURLcode *result,
                    GError **error)
{
	GPollFD cancelled = {.fd = -1};
	gboolean kept =
		bounds->cancellable && g_cancellable_make_pollfd(bounds->cancellable, &cancelled);
	struct curl_waitfd wait = {.fd = cancelled.fd, .events = CURL_WAIT_POLLIN};
	gboolean ok = TRUE;
	int running = 1, left;

	curl_multi_add_handle(transfer->multi, transfer->easy);
	while (running && (ok = bounds_check(bounds, "https", error))) {
		double left_s = fmin(deadline_left_s(bounds->deadline), 60);

		curl_multi_perform(transfer->multi, &running);
		if (running)
			curl_multi_poll(transfer->multi, &wait, kept, (int)(left_s * 1000) + 1,
			                NULL);
	}
	*result = CURLE_RECV_ERROR;
	for (CURLMsg *m; (m = curl_multi_info_read(transfer->multi, &left));)
		if (m->msg == CURLMSG_DONE)
			*result = m->data.result;
	curl_multi_remove_handle(transfer->multi, transfer->easy);
	if (kept)
		g_cancellable_release_fd(bounds->cancellable);
	return ok;
}

static void transfer_init(struct transfer *transfer)
{
	transfer->easy = curl_easy_init();
	transfer->multi = curl_multi_init();
}

static void transfer_clear(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_multi_cleanup(transfer->multi);
	curl_slist_free_all(transfer->headers);
}

/* Whether it came to its end; else *words, and *error when it was the bounds. */
static gboolean perform(struct transfer *transfer, const struct bounds *bounds, char **words,
                        GError **error)
{
	GError *stopped = NULL;
	CURLcode result;

	if (!run(transfer, bounds, &result, &stopped)) {
		*words = g_strdup(stopped->message);
		g_propagate_error(error, stopped);
		return FALSE;
	}
	if (result == CURLE_OK)
		return TRUE;
	*words = g_strdup(*transfer->trouble ? transfer->trouble : curl_easy_strerror(result));
	return FALSE;
}

gboolean http_exchange(const struct http *http, const struct http_request *request,
                       const struct bounds *bounds, struct http_reply *reply, char **words,
                       GError **error)
{
	struct transfer transfer = {.request = request, .reply = reply};
	curl_off_t retry_s = 0;
	gboolean ok = FALSE;
	long status = 0;

	*reply = (struct http_reply){.body = g_string_new(NULL)};
	transfer_init(&transfer);
	set_connection(http, &transfer);
	set_request(http, &transfer);
	if (add_token(http, &transfer, words) && perform(&transfer, bounds, words, error)) {
		curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(transfer.easy, CURLINFO_RETRY_AFTER, &retry_s);
		reply->status = (int)status;
		reply->retry_s = MAX(retry_s, 0);
		ok = TRUE;
	}
	transfer_clear(&transfer);
	return ok;
}

gboolean http_is_reachable(const struct http *http, const struct bounds *bounds, char **words)
{
	struct transfer transfer = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *root = g_strndup(http->url, strcspn(http->url, "{"));
	gboolean ok;

	if (http->token_file) {
		char *token = secret_read("token_file", http->token_file, words);

		if (!token)
			return FALSE;
		secret_free(token);
	}
	transfer_init(&transfer);
	set_connection(http, &transfer);
	curl_easy_setopt(transfer.easy, CURLOPT_URL, root);
	curl_easy_setopt(transfer.easy, CURLOPT_CONNECT_ONLY, 1L);
	ok = perform(&transfer, bounds, words, &error);
	transfer_clear(&transfer);
	return ok;
}

char *http_words(const struct http_reply *reply)
{
	g_autofree char *line = g_strndup(reply->body->str, strcspn(reply->body->str, "\r\n"));
	g_autofree char *valid = g_utf8_make_valid(line, -1);

	g_strstrip(valid);
	if (!*valid)
		return g_strdup_printf("it answered %d", reply->status);
	return g_strdup_printf("it answered %d: %.*s", reply->status, WORDS_MAX, valid);
}
