/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/factory_peer.h"
#include "tests/unit/factory_sink_bed.h"

#include "station/factory/precheck.h"

#include <json-glib/json-glib.h>
#include <sys/stat.h>

/* The web service is Python's own, its certificates are OpenSSL's. */
struct web {
	struct sink_bed bed;
	struct peer peer;
	char *log, *cert, *key, *client, *client_key, *token;
	const char *scheme;
};

static void make_certificate(const char *cert, const char *key)
{
	const char *argv[] = {"openssl",
	                      "req",
	                      "-x509",
	                      "-newkey",
	                      "ec",
	                      "-pkeyopt",
	                      "ec_paramgen_curve:prime256v1",
	                      "-nodes",
	                      "-days",
	                      "2",
	                      "-subj",
	                      "/CN=station test",
	                      "-addext",
	                      "subjectAltName=IP:127.0.0.1",
	                      "-keyout",
	                      key,
	                      "-out",
	                      cert,
	                      NULL};

	g_assert_true(peer_has(argv));
}

static void web_start(struct web *web, gboolean encrypted, gboolean clients)
{
	g_autofree char *script = peer_script("https_peer.py");

	sink_bed_bare(&web->bed);
	web->log = sink_bed_path(&web->bed, "log");
	web->cert = sink_bed_path(&web->bed, "cert.pem");
	web->key = sink_bed_path(&web->bed, "key.pem");
	web->client = sink_bed_path(&web->bed, "client.pem");
	web->client_key = sink_bed_path(&web->bed, "client-key.pem");
	web->token = sink_bed_path(&web->bed, "token");
	web->scheme = encrypted ? "https" : "http";
	if (encrypted)
		make_certificate(web->cert, web->key);
	if (clients)
		make_certificate(web->client, web->client_key);
	const char *argv[] = {"python3", script,
	                      web->log,  encrypted ? web->cert : NULL,
	                      web->key,  clients ? web->client : NULL,
	                      NULL};
	peer_start(&web->peer, argv);
}

static void web_stop(struct web *web)
{
	char **all[] = {&web->log,    &web->cert,       &web->key,
	                &web->client, &web->client_key, &web->token};

	peer_stop(&web->peer);
	for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
		g_unlink(*all[i]);
		g_clear_pointer(all[i], g_free);
	}
	sink_bed_done(&web->bed);
}

/* A sink for a way of the peer's; more lines of its configuration. */
static struct sink *web_sink(const struct web *web, const char *way, const char *more)
{
	g_autofree char *text = g_strdup_printf("url: \"%s://127.0.0.1:%d/%s/{run_id}\"\n%s",
	                                        web->scheme, web->peer.port, way, more);

	return sink_bed_sink(&web->bed, sink_https_load, text);
}

static void web_send(const struct web *web, const char *way, const char *more,
                     enum sink_answer answer, const char *says)
{
	struct sink *sink = web_sink(web, way, more);

	sink_bed_send(&web->bed, sink, answer, says);
	sink->ops->free(sink);
}

/* The last request that the peer wrote down; free with json_node_unref. */
static JsonNode *last_request(const struct web *web)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	guint n;

	g_assert_true(g_file_get_contents(web->log, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	n = g_strv_length(lines);
	return json_from_string(lines[n - 2], NULL);
}

/* --- what it answers ----------------------------------------------------------------------------
 */

static void test_answers(void)
{
	static const struct {
		const char *way, *more;
		enum sink_answer answer;
		const char *says;
	} cases[] = {
		{"taken", "", SINK_TAKEN, NULL},
		{"taken", "method: PUT\n", SINK_TAKEN, NULL}, /* sent twice */
		{"made", "", SINK_TAKEN, NULL},
		{"busy", "", SINK_LATER, "it answered 429: said busy"},
		{"token", "", SINK_LATER, "401"},
		{"moved", "", SINK_LATER, "301"},
		{"refused", "", SINK_REFUSED, "it answered 422: said refused"},
		{"hang", "timeout: 0.1 s\n", SINK_LATER, "out of time"},
		{"garbage", "", SINK_LATER, ""},
		{"cut", "", SINK_LATER, ""},
	};
	struct web web;

	web_start(&web, FALSE, FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		web_send(&web, cases[i].way, cases[i].more, cases[i].answer, cases[i].says);
	web_stop(&web);
}

/* It asked for two minutes of rest: nothing is sent before. */
static void test_rest(void)
{
	struct sink *sink;
	struct web web;

	web_start(&web, FALSE, FALSE);
	sink = web_sink(&web, "later", "");
	sink_bed_send(&web.bed, sink, SINK_LATER, "503");
	g_unlink(web.log);
	sink_bed_send(&web.bed, sink, SINK_LATER, "it asked for 1");
	g_assert_false(g_file_test(web.log, G_FILE_TEST_EXISTS));
	sink->ops->free(sink);
	web_stop(&web);
}

static gpointer cancel(gpointer data)
{
	g_cancellable_cancel(data);
	return NULL;
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(1000), cancellable};
	g_autofree char *words = NULL;
	struct sink *sink;
	struct web web;
	GThread *thread;

	web_start(&web, FALSE, FALSE);
	sink = web_sink(&web, "hang", "timeout: 1000 s\n");
	thread = g_thread_new("abort", cancel, cancellable);
	g_assert_cmpint(sink->ops->send(sink, &web.bed.run, &bounds, &words), ==, SINK_LATER);
	g_thread_join(thread);
	sink->ops->free(sink);
	web_stop(&web);
}

/* --- who may, and what is sent ------------------------------------------------------------------
 */

static void test_encrypted(void)
{
	g_autofree char *sha256 = NULL;
	JsonObject *request, *headers;
	struct web web;
	g_autoptr(JsonNode) node = NULL;

	web_start(&web, TRUE, TRUE);
	g_assert_true(g_file_set_contents(web.token, "s3cret\n", -1, NULL));
	g_assert_cmpint(chmod(web.token, 0640), ==, 0);
	web_send(&web, "taken",
	         "ca_file: cert.pem\ncert_file: client.pem\nkey_file: client-key.pem\n"
	         "token_file: token\nmethod: PUT\nheaders: {X-Line: \"3\"}\n",
	         SINK_TAKEN, NULL);
	node = last_request(&web);
	request = json_node_get_object(node);
	headers = json_object_get_object_member(request, "headers");
	sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, web.bed.document, -1);
	g_assert_cmpstr(json_object_get_string_member(request, "method"), ==, "PUT");
	g_assert_cmpstr(json_object_get_string_member(request, "sha256"), ==, sha256);
	g_assert_true(g_str_has_suffix(json_object_get_string_member(request, "path"),
	                               web.bed.record->run_id));
	g_assert_cmpstr(json_object_get_string_member(headers, "Idempotency-Key"), ==,
	                web.bed.record->run_id);
	g_assert_cmpstr(json_object_get_string_member(headers, "Authorization"), ==,
	                "Bearer s3cret");
	g_assert_cmpstr(json_object_get_string_member(headers, "Content-Type"), ==,
	                "application/json");
	g_assert_cmpstr(json_object_get_string_member(headers, "X-Line"), ==, "3");
	g_assert_false(json_object_has_member(headers, "Expect"));
	/* one that nobody vouches for, and a peer that does not know us */
	web_send(&web, "taken", "cert_file: client.pem\nkey_file: client-key.pem\n", SINK_LATER,
	         "certificate");
	web_send(&web, "taken", "ca_file: cert.pem\n", SINK_LATER, "");
	/* a token that everybody may read */
	g_assert_cmpint(chmod(web.token, 0644), ==, 0);
	web_send(&web, "taken", "ca_file: cert.pem\ntoken_file: token\n", SINK_LATER, "chmod");
	web_stop(&web);
}

static void test_reachable(void)
{
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	struct sink *sink;
	struct web web;

	web_start(&web, FALSE, FALSE);
	sink = web_sink(&web, "taken", "");
	g_assert_true(sink->ops->is_reachable(sink, &bounds, &words));
	g_assert_null(words);
	g_assert_false(g_file_test(web.log, G_FILE_TEST_EXISTS));
	web_stop(&web);
	g_assert_false(sink->ops->is_reachable(sink, &bounds, &words));
	g_assert_nonnull(words);
	sink->ops->free(sink);
}

/* --- before a unit ------------------------------------------------------------------------------
 */

static void test_precheck(void)
{
	static const struct {
		const char *way;
		enum precheck_said said;
		const char *words;
	} cases[] = {
		{"allow", PRECHECK_ALLOWED, "go"},
		{"deny", PRECHECK_DENIED, "no reason"},
		{"taken", PRECHECK_UNANSWERED, "no JSON"},
		{"long", PRECHECK_UNANSWERED, "too long"},
		{"later", PRECHECK_UNANSWERED, "it answered 503"},
		{"garbage", PRECHECK_UNANSWERED, ""},
		{"hang", PRECHECK_UNANSWERED, "no answer within"},
	};
	static const struct precheck_unit unit = {"line3", 1,  "final", "SN1", "P",
	                                          "L",     "", "400g",  "1"};
	struct web web;

	web_start(&web, FALSE, FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			g_strdup_printf("kind: https\nurl: http://127.0.0.1:%d/%s\ntimeout: %s\n",
		                        web.peer.port, cases[i].way,
		                        strcmp(cases[i].way, "hang") == 0 ? "0.1 s" : "20 s");
		g_autoptr(GError) error = NULL;
		g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "s.yaml", &error);
		g_autoptr(precheck) precheck = precheck_load(yaml_root(doc), "s.yaml", &error);
		struct precheck_answer answer;

		g_assert_no_error(error);
		g_assert_true(precheck_ask(precheck, &unit, NULL, &answer, &error));
		g_test_message("%s: %s", cases[i].way, answer.words);
		g_assert_cmpint(answer.said, ==, cases[i].said);
		g_assert_nonnull(strstr(answer.words, cases[i].words));
		g_free(answer.words);
	}
	web_stop(&web);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"method: POST\n", "url"},
		{"url: \"http://mes.example/runs\"\n", "not encrypted"},
		{"url: \"ftp://mes.example/runs\"\n", "neither https nor http"},
		{"url: runs\n", "no URL"},
		{"url: \"https://a:s3cret@mes.example/\"\n", "token_file"},
		{"url: \"https://mes.example/{sn}\"\n", "{serial}"},
		{"url: \"https://mes.example/\"\nmethod: GET\n", "POST or PUT"},
		{"url: \"https://mes.example/\"\ncert_file: a\n", "go together"},
		{"url: \"https://mes.example/\"\nheaders: {Authorization: x}\n", "token_file"},
		{"url: \"https://mes.example/\"\nheaders: {\"X-A:\": x}\n", "X-A"},
	};
	struct sink_bed bed;

	sink_bed_bare(&bed);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		sink_bed_refused(&bed, sink_https_load, cases[i].text, cases[i].says);
	sink_bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/https/answers", test_answers);
	g_test_add_func("/https/rest", test_rest);
	g_test_add_func("/https/cancelled", test_cancelled);
	g_test_add_func("/https/encrypted", test_encrypted);
	g_test_add_func("/https/reachable", test_reachable);
	g_test_add_func("/https/precheck", test_precheck);
	g_test_add_func("/https/refused", test_refused);
	return g_test_run();
}
