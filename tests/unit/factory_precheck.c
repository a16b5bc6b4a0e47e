/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/precheck_message.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

static const struct precheck_unit unit = {
	"line3", 1, "final", "SN\"1\"", "VB-QDD-DR4-500", "LOT-1", "Shift A", "400G", "7",
};

static const struct {
	const char *reply;
	enum precheck_said said;
	const char *words;
} replies[] = {
	{"{\"allow\": true}", PRECHECK_ALLOWED, ""},
	{" {\"allow\":true,\"text\":\"2nd pass\",\"more\":[1,{\"a\":2}]}\n", PRECHECK_ALLOWED,
         "2nd pass"},
	{"{\"allow\":true,\"lot\":\"LOT-1\",\"plan_revision\":\"7\",\"serial\":null}",
         PRECHECK_ALLOWED, ""},
	{"{\"allow\":false,\"text\":\"route: burn-in is missing\"}", PRECHECK_DENIED,
         "route: burn-in is missing"},
	{"{\"allow\":false}", PRECHECK_DENIED, "no reason"},
	{"{\"allow\":false,\"lot\":\"LOT-2\",\"text\":\"why\"}", PRECHECK_DENIED, "why"},
	{"{\"allow\":true,\"lot\":\"LOT-2\"}", PRECHECK_OTHER,
         "lot \"LOT-2\", here it is \"LOT-1\""},
	{"{\"allow\":true,\"serial\":\"SN2\"}", PRECHECK_OTHER, "serial number"},
	{"{\"allow\":true,\"part_number\":\"X\"}", PRECHECK_OTHER, "part number \"X\""},
	{"{\"allow\":true,\"operation\":\"calibrate\"}", PRECHECK_OTHER, "operation"},
	{"{\"allow\":true,\"plan\":\"other\"}", PRECHECK_OTHER, "plan \"other\""},
	{"{\"allow\":true,\"plan_revision\":\"8\"}", PRECHECK_OTHER, "revision of the plan \"8\""},
	{"", PRECHECK_UNANSWERED, "empty"},
	{"yes", PRECHECK_UNANSWERED, "no JSON object"},
	{"true", PRECHECK_UNANSWERED, "no JSON object"},
	{"[{\"allow\":true}]", PRECHECK_UNANSWERED, "no JSON object"},
	{"{\"allow\":true", PRECHECK_UNANSWERED, "no JSON object"},
	{"{\"allow\":true} {\"allow\":false}", PRECHECK_UNANSWERED, "no JSON object"},
	{"var a = {\"allow\":true};", PRECHECK_UNANSWERED, "no JSON object"},
	{"{\"allow\":true}\xff", PRECHECK_UNANSWERED, "no JSON object"},
	{"{}", PRECHECK_UNANSWERED, "\"allow\" of the reply is missing"},
	{"{\"allow\":null}", PRECHECK_UNANSWERED, "\"allow\" of the reply is missing"},
	{"{\"Allow\":true}", PRECHECK_UNANSWERED, "\"allow\" of the reply is missing"},
	{"{\"allow\":1}", PRECHECK_UNANSWERED, "\"allow\" of the reply is of a wrong kind"},
	{"{\"allow\":\"true\"}", PRECHECK_UNANSWERED, "\"allow\" of the reply is of a wrong kind"},
	{"{\"allow\":true,\"lot\":5}", PRECHECK_UNANSWERED, "\"lot\" of the reply"},
	{"{\"allow\":false,\"text\":{}}", PRECHECK_UNANSWERED, "\"text\" of the reply"},
};

static void test_replies(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(replies); i++) {
		g_autoptr(GBytes) reply = g_bytes_new(replies[i].reply, strlen(replies[i].reply));
		struct precheck_answer answer = {0};

		precheck_judge(&unit, reply, &answer);
		g_test_message("%s: %s", replies[i].reply, answer.words);
		g_assert_cmpint(answer.said, ==, replies[i].said);
		g_assert_cmpint(answer.allowed, ==, replies[i].said == PRECHECK_ALLOWED);
		g_assert_nonnull(strstr(answer.words, replies[i].words));
		g_free(answer.words);
	}
}

/* What would make a parser call itself until its stack is gone, and text behind a zero byte. */
static void test_hostile(void)
{
	g_autofree char *deep = g_strnfill(60000, '[');
	static const char hidden[] = "{\"allow\":true}\0x";
	struct precheck_answer answer = {0};
	g_autoptr(GBytes) first = g_bytes_new(deep, 60000);
	g_autoptr(GBytes) second = g_bytes_new(hidden, sizeof hidden);

	precheck_judge(&unit, first, &answer);
	g_assert_cmpint(answer.said, ==, PRECHECK_UNANSWERED);
	g_free(answer.words);
	precheck_judge(&unit, second, &answer);
	g_assert_cmpint(answer.said, ==, PRECHECK_UNANSWERED);
	g_free(answer.words);
}

static void test_request(void)
{
	g_autofree char *request = precheck_request(&unit);
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *object;

	g_assert_true(json_parser_load_from_data(parser, request, -1, NULL));
	object = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpstr(json_object_get_string_member(object, "schema"), ==, PRECHECK_SCHEMA);
	g_assert_cmpint(json_object_get_int_member(object, "site"), ==, 1);
	g_assert_cmpstr(json_object_get_string_member(object, "serial"), ==, "SN\"1\"");
	g_assert_cmpstr(json_object_get_string_member(object, "operation"), ==, "final");
	g_assert_cmpstr(json_object_get_string_member(object, "operator"), ==, "Shift A");
	g_assert_cmpuint(json_object_get_size(object), ==, 10);
	g_assert_null(strchr(request, '\n'));
}

/* --- a program ----------------------------------------------------------------------------------
 */

/* A pre-check that is a script for sh; more lines of its configuration. */
static struct precheck *load(const char *script, const char *more, GError **error)
{
	g_autoptr(yaml_doc) doc = NULL;
	g_autofree char *quoted = g_strescape(script, NULL);
	g_autofree char *text =
		g_strdup_printf("kind: program\ncommand: [sh, -c, \"%s\"]\n%s", quoted, more);

	doc = yaml_load_text(text, -1, "/etc/station/station.yaml", error);
	return doc ? precheck_load(yaml_root(doc), "/etc/station/station.yaml", error) : NULL;
}

static void assert_answer(const char *script, const char *more, enum precheck_said said,
                          gboolean allowed, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(precheck) precheck = load(script, more, &error);
	struct precheck_answer answer;

	g_assert_no_error(error);
	g_assert_true(precheck_ask(precheck, &unit, NULL, &answer, &error));
	g_test_message("%s: %s", script, answer.words);
	g_assert_cmpint(answer.said, ==, said);
	g_assert_cmpint(answer.allowed, ==, allowed);
	g_assert_nonnull(strstr(answer.words, words));
	g_free(answer.words);
}

static void test_program(void)
{
	/* what was sent comes back in words: the whole request was read */
	assert_answer("read r; case $r in *line3*SN*LOT-1*) echo '{\"allow\":true}';; esac", "",
	              PRECHECK_ALLOWED, TRUE, "");
	assert_answer("echo '{\"allow\":false,\"text\":\"not here\"}'", "", PRECHECK_DENIED, FALSE,
	              "not here");
	assert_answer("echo '{\"allow\":false}'", "unanswered: allow\n", PRECHECK_DENIED, FALSE,
	              "no reason");
	assert_answer("echo '{\"allow\":true}'; echo 'no route to host' >&2; exit 3", "",
	              PRECHECK_UNANSWERED, FALSE, "no route to host");
	assert_answer("exit 75", "", PRECHECK_UNANSWERED, FALSE, "code 75");
	assert_answer("kill -9 $$", "", PRECHECK_UNANSWERED, FALSE, "signal");
	assert_answer("echo hello", "", PRECHECK_UNANSWERED, FALSE, "no JSON");
	assert_answer("exit 0", "unanswered: allow\n", PRECHECK_UNANSWERED, TRUE, "empty");
	assert_answer("yes | head -c 100000", "", PRECHECK_UNANSWERED, FALSE, "too long");
	assert_answer("sleep 600", "timeout: 0.1 s\n", PRECHECK_UNANSWERED, FALSE,
	              "no answer within 0.1 s");
	assert_answer("sleep 600 & wait", "timeout: 0.1 s\nunanswered: allow\n",
	              PRECHECK_UNANSWERED, TRUE, "no answer within");
}

static void test_gone(void)
{
	static const char text[] = "kind: program\ncommand: [bin/may-test]\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "/nowhere/station.yaml", &error);
	g_autoptr(precheck) precheck =
		precheck_load(yaml_root(doc), "/nowhere/station.yaml", &error);
	struct bounds bounds = {deadline_in_s(20), NULL};
	struct precheck_answer answer;
	g_autofree char *words = NULL;
	g_autofree char *named = precheck_text(precheck);

	g_assert_no_error(error);
	g_assert_cmpstr(named, ==, "program /nowhere/bin/may-test");
	g_assert_false(precheck_is_reachable(precheck, &bounds, &words));
	g_assert_nonnull(strstr(words, "/nowhere/bin/may-test"));
	g_assert_true(precheck_ask(precheck, &unit, NULL, &answer, &error));
	g_assert_cmpint(answer.said, ==, PRECHECK_UNANSWERED);
	g_assert_nonnull(strstr(answer.words, "/nowhere/bin/may-test"));
	g_free(answer.words);
}

static gpointer cancel(gpointer data)
{
	g_cancellable_cancel(data);
	return NULL;
}

/* An abort ends the question at once, before its time is over. */
static void test_cancelled(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(precheck) precheck = load("sleep 600", "timeout: 1000 s\n", &error);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct precheck_answer answer;
	GThread *thread = g_thread_new("abort", cancel, cancellable);

	g_assert_false(precheck_ask(precheck, &unit, cancellable, &answer, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_thread_join(thread);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"kind: programme\ncommand: [a]\n", "did you mean \"program\"?"},
		{"kind: program\n", "command"},
		{"kind: program\ncommand: []\n", "wants the name of a program first"},
		{"kind: program\ncommand: [a]\ntimeout: 5\n", "timeout"},
		{"kind: program\ncommand: [a]\ntimeout: 0 s\n", "timeout is 0.1 s to an hour"},
		{"kind: program\ncommand: [a]\nunanswered: maybe\n", "deny or allow"},
		{"kind: program\ncommand: [a]\nretries: 3\n", "retries"},
		{"command: [a]\n", "kind"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(yaml_doc) doc = yaml_load_text(cases[i].text, -1, "s.yaml", &error);

		g_assert_null(precheck_load(yaml_root(doc), "s.yaml", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_test_message("%s", error->message);
		g_assert_true(g_str_has_prefix(error->message, "s.yaml:"));
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/precheck/replies", test_replies);
	g_test_add_func("/precheck/hostile", test_hostile);
	g_test_add_func("/precheck/request", test_request);
	g_test_add_func("/precheck/program", test_program);
	g_test_add_func("/precheck/gone", test_gone);
	g_test_add_func("/precheck/cancelled", test_cancelled);
	g_test_add_func("/precheck/refused", test_refused);
	return g_test_run();
}
