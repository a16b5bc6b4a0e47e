/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/factory_peer.h"
#include "tests/unit/factory_sink_bed.h"

#include "station/factory/cfx_message.h"

#include <json-glib/json-glib.h>

/* Who is told is Debian's python3-qpid-proton. */
static struct sink *cfx_sink(const struct sink_bed *bed, int port, const char *address,
                             const char *more)
{
	g_autofree char *text = g_strdup_printf("url: \"amqp://127.0.0.1:%d\"\naddress: %s\n%s",
	                                        port, address, more);

	return sink_bed_sink(bed, sink_cfx_load, text);
}

static gboolean is_missing(const char **python)
{
	struct sink_bed bed;
	g_autoptr(GError) error = NULL;
	struct sink *sink;

	sink_bed_bare(&bed);
	sink = sink_bed_load(&bed, sink_cfx_load, "url: \"amqp://127.0.0.1\"\naddress: a\n",
	                     &error);
	if (sink)
		sink->ops->free(sink);
	sink_bed_done(&bed);
	*python = sink ? peer_python("proton") : NULL;
	if (!sink)
		g_test_skip(error->message);
	else if (!*python)
		g_test_skip("IPC-CFX NOT TESTED: python3-qpid-proton is not installed");
	return !*python;
}

static void start(struct peer *peer, const char *python)
{
	g_autofree char *script = peer_script("cfx_peer.py");
	const char *argv[] = {python, script, NULL};

	peer_start(peer, argv);
}

/* --- what is said -------------------------------------------------------------------------------
 */

static JsonObject *member(JsonObject *object, const char *name)
{
	return json_object_get_object_member(object, name);
}

static const char *text(JsonObject *object, const char *name)
{
	return json_object_get_string_member(object, name);
}

/* The value of a test by its name; null: there is none. */
static JsonObject *find_value(JsonObject *unit, const char *name)
{
	JsonArray *tests = json_object_get_array_member(unit, "Tests");

	for (guint i = 0; i < json_array_get_length(tests); i++) {
		JsonArray *values =
			json_object_get_array_member(json_array_get_object_element(tests, i),
		                                     "Measurements");

		for (guint j = 0; j < json_array_get_length(values); j++) {
			JsonObject *value = json_array_get_object_element(values, j);

			if (strcmp(text(value, "MeasurementName"), name) == 0)
				return value;
		}
	}
	return NULL;
}

static void test_message(void)
{
	struct sink_bed bed;
	JsonObject *root, *body, *unit, *value;
	guint counted = 0;

	sink_bed_init(&bed);
	g_autofree char *first = cfx_units_tested(bed.record, "line3");
	g_autofree char *again = cfx_units_tested(bed.record, "line3");
	g_autoptr(JsonNode) node = json_from_string(first, NULL);
	g_assert_cmpstr(first, ==, again);
	root = json_node_get_object(node);
	g_assert_cmpstr(text(root, "MessageName"), ==, CFX_UNITS_TESTED);
	g_assert_cmpstr(text(root, "UniqueID"), ==, bed.record->run_id);
	g_assert_cmpstr(text(root, "Source"), ==, "line3");
	body = member(root, "MessageBody");
	g_assert_cmpstr(text(body, "TransactionId"), ==, bed.record->run_id);
	unit = json_array_get_object_element(json_object_get_array_member(body, "TestedUnits"), 0);
	g_assert_cmpstr(text(unit, "UnitIdentifier"), ==, bed.record->serial);
	g_assert_cmpstr(text(unit, "OverallResult"), ==, "Failed");
	for (guint i = 0; i < bed.record->steps->len; i++)
		counted += !run_record_superseded(bed.record, i);
	g_assert_cmpuint(json_array_get_length(json_object_get_array_member(unit, "Tests")), ==,
	                 counted);
	/* each value that is missing has no number, each other one has its own */
	for (guint i = 0; i < bed.record->measurements->len; i++) {
		const struct record_measurement *m = bed.record->measurements->pdata[i];
		g_autofree char *name =
			m->lane ? g_strdup_printf("%s lane %d", m->id, m->lane) : g_strdup(m->id);

		value = *m->corner ? NULL : find_value(unit, name);
		if (!value || run_record_superseded(bed.record, m->step))
			continue;
		g_assert_cmpstr(json_object_get_members(value)->data, ==, "$type");
		g_assert_cmpint(json_object_get_null_member(value, "MeasuredValue"), ==,
		                !isfinite(m->value));
		if (!isfinite(m->value))
			g_assert_cmpstr(text(value, "Result"), !=, "Passed");
	}
	sink_bed_done(&bed);
}

/* --- over the wire ------------------------------------------------------------------------------
 */

static void test_taken(void)
{
	const char *python;
	struct sink_bed bed;
	struct sink *sink;
	struct peer peer;
	JsonObject *got, *properties;

	if (is_missing(&python))
		return;
	start(&peer, python);
	sink_bed_init(&bed);
	sink = cfx_sink(&bed, peer.port, "accept", "handle: site.line3\n");
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_autofree char *first = peer_line(&peer);
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_autofree char *second = peer_line(&peer);
	/* after a rest it connects anew */
	sink->ops->rest(sink);
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_autofree char *third = peer_line(&peer);
	g_assert_cmpstr(first, ==, second);
	g_assert_cmpstr(first, ==, third);
	g_autoptr(JsonNode) node = json_from_string(first, NULL);
	got = json_node_get_object(node);
	g_assert_cmpstr(text(got, "id"), ==, bed.record->run_id);
	g_assert_cmpstr(text(got, "subject"), ==, "site.line3." CFX_UNITS_TESTED);
	g_assert_cmpstr(text(got, "reply_to"), ==, "site.line3");
	g_assert_cmpstr(text(got, "content_type"), ==, "application/json; charset=\"utf-8\"");
	g_assert_true(json_object_get_boolean_member(got, "durable"));
	g_assert_true(json_object_get_boolean_member(got, "inferred"));
	g_assert_true(json_object_get_boolean_member(got, "bytes"));
	properties = member(got, "properties");
	g_assert_cmpstr(text(properties, "cfx-message"), ==, CFX_UNITS_TESTED);
	g_assert_cmpstr(text(properties, "cfx-handle"), ==, "site.line3");
	g_assert_cmpstr(text(properties, "cfx-topic"), ==, "CFX.Production.TestAndInspection");
	g_assert_cmpstr(text(member(got, "body"), "UniqueID"), ==, bed.record->run_id);
	sink->ops->free(sink);
	peer_stop(&peer);
	sink_bed_done(&bed);
}

static void test_others(void)
{
	static const struct {
		const char *address, *more;
		enum sink_answer answer;
		const char *says;
	} cases[] = {
		{"reject", "", SINK_REFUSED, "no such unit"},
		{"release", "", SINK_LATER, "released"},
		{"mute", "timeout: 0.2 s\n", SINK_LATER, "out of time"},
		{"drop", "", SINK_LATER, ""},
		{"away", "", SINK_LATER, "no such address"},
	};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	const char *python;
	struct sink_bed bed;
	struct sink *sink;
	struct peer peer;

	if (is_missing(&python))
		return;
	start(&peer, python);
	sink_bed_bare(&bed);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		sink = cfx_sink(&bed, peer.port, cases[i].address, cases[i].more);
		sink_bed_send(&bed, sink, cases[i].answer, cases[i].says);
		sink->ops->free(sink);
		if (strcmp(cases[i].address, "away") != 0)
			g_free(peer_line(&peer));
	}
	sink = cfx_sink(&bed, peer.port, "accept", "");
	g_assert_true(sink->ops->is_reachable(sink, &bounds, &words));
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	/* killed in between: the connection that it knows is gone */
	peer_stop(&peer);
	sink_bed_send(&bed, sink, SINK_LATER, "");
	sink_bed_send(&bed, sink, SINK_LATER, "refused");
	g_assert_false(sink->ops->is_reachable(sink, &bounds, &words));
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

static gpointer cancel(gpointer data)
{
	g_cancellable_cancel(data);
	return NULL;
}

/* Somebody listens who says nothing; an abort ends it. */
static void test_mute(void)
{
	g_autoptr(GSocketListener) listener = g_socket_listener_new();
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(1000), cancellable};
	g_autofree char *words = NULL;
	const char *python;
	struct sink_bed bed;
	struct sink *sink;
	GThread *thread;

	if (is_missing(&python))
		return;
	sink_bed_bare(&bed);
	int port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
	sink = cfx_sink(&bed, port, "accept", "timeout: 0.2 s\n");
	sink_bed_send(&bed, sink, SINK_LATER, "out of time");
	sink->ops->free(sink);
	sink = cfx_sink(&bed, port, "accept", "timeout: 1000 s\n");
	thread = g_thread_new("abort", cancel, cancellable);
	g_assert_cmpint(sink->ops->send(sink, &bed.run, &bounds, &words), ==, SINK_LATER);
	g_thread_join(thread);
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"address: a\n", "url"},
		{"url: \"amqp://b\"\n", "address"},
		{"url: \"amqp://b\"\naddress: \"\"\n", "address"},
		{"url: \"mqtt://b\"\naddress: a\n", "amqps://HOST:PORT"},
		{"url: \"amqp://b\"\naddress: a\nusername: c\npassword_file: d\n", "encryption"},
	};
	const char *python;
	struct sink_bed bed;

	if (is_missing(&python))
		return;
	sink_bed_bare(&bed);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		sink_bed_refused(&bed, sink_cfx_load, cases[i].text, cases[i].says);
	sink_bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cfx/message", test_message);
	g_test_add_func("/cfx/taken", test_taken);
	g_test_add_func("/cfx/others", test_others);
	g_test_add_func("/cfx/mute", test_mute);
	g_test_add_func("/cfx/refused", test_refused);
	return g_test_run();
}
