/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/factory_peer.h"
#include "tests/unit/factory_sink_bed.h"

#include <json-glib/json-glib.h>
#include <signal.h>

/* The broker is mosquitto's, and so is who listens. */
struct bus {
	struct sink_bed bed;
	struct peer broker; /* starts and ends mosquitto, tests/factory/mqtt_peer.py */
};

static gboolean is_missing(void)
{
	g_autofree char *listener = g_find_program_in_path("mosquitto_sub");
	g_autofree char *broker = g_find_program_in_path("mosquitto");
	g_autofree char *hidden = g_find_program_in_path("/usr/sbin/mosquitto");
	struct sink_bed bed;
	g_autoptr(GError) error = NULL;
	struct sink *sink;

	sink_bed_bare(&bed);
	sink = sink_bed_load(&bed, sink_mqtt_load, "url: \"mqtt://127.0.0.1\"\ntopic: a\n", &error);
	if (sink)
		sink->ops->free(sink);
	sink_bed_done(&bed);
	if (!sink)
		g_test_skip(error->message);
	else if (!listener || !(broker || hidden))
		g_test_skip("MQTT NOT TESTED: mosquitto or mosquitto-clients is not installed");
	return !sink || !listener || !(broker || hidden);
}

/* more: lines of the broker's configuration. */
static void bus_start(struct bus *bus, const char *more)
{
	g_autofree char *script = peer_script("mqtt_peer.py");
	const char *argv[] = {"python3", script, more, NULL};

	sink_bed_bare(&bus->bed);
	peer_start(&bus->broker, argv);
}

static void bus_stop(struct bus *bus)
{
	peer_stop(&bus->broker);
	sink_bed_done(&bus->bed);
}

static struct sink *bus_sink(const struct bus *bus, const char *more)
{
	g_autofree char *text =
		g_strdup_printf("url: \"mqtt://127.0.0.1:%d\"\ntopic: area/line3\n%s",
	                        bus->broker.port, more);

	return sink_bed_sink(&bus->bed, sink_mqtt_load, text);
}

/* From the first message of a topic on that is kept, or comes: `n` messages, a line each. */
static char *listen_for(const struct bus *bus, const char *topic, const char *n)
{
	g_autofree char *port = g_strdup_printf("%d", bus->broker.port);
	g_autoptr(GSubprocess) process =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "mosquitto_sub", "-V", "5",
	                         "-p", port, "-q", "1", "-W", "20", "-C", n, "-F", "%t %r %C %p",
	                         "-t", topic, NULL);
	char *text = NULL;

	g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &text, NULL, NULL));
	return text;
}

/* What waits for a client that was there before and is away. */
static void keep_for(const struct bus *bus, const char *topic)
{
	g_autofree char *port = g_strdup_printf("%d", bus->broker.port);
	const char *argv[] = {"mosquitto_sub", "-V", "5",  "-p", port, "-q", "1",   "-i",
	                      "board",         "-c", "-x", "60", "-E", "-t", topic, NULL};

	g_assert_true(peer_has(argv));
}

static char *take_kept(const struct bus *bus, const char *topic, const char *n)
{
	g_autofree char *port = g_strdup_printf("%d", bus->broker.port);
	g_autoptr(GSubprocess) process =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "mosquitto_sub", "-V", "5",
	                         "-p", port, "-q", "1", "-i", "board", "-c", "-x", "60", "-W", "20",
	                         "-C", n, "-F", "%C %p", "-t", topic, NULL);
	char *text = NULL;

	g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &text, NULL, NULL));
	return text;
}

static void test_run(void)
{
	struct sink *sink;
	struct bus bus;

	if (is_missing())
		return;
	bus_start(&bus, "");
	keep_for(&bus, "area/line3/run");
	sink = bus_sink(&bus, "");
	sink_bed_send(&bus.bed, sink, SINK_TAKEN, NULL);
	sink_bed_send(&bus.bed, sink, SINK_TAKEN, NULL);
	g_autofree char *state = listen_for(&bus, "area/line3/state", "1");
	g_assert_cmpstr(state, ==,
	                "area/line3/state 1  {\"state\":\"online\",\"station\":\"line3\"}\n");
	g_autofree char *runs = take_kept(&bus, "area/line3/run", "2");
	g_auto(GStrv) lines = g_strsplit(runs, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 3);
	/* sent twice: twice the same, which the run's id tells */
	g_assert_cmpstr(lines[0], ==, lines[1]);
	g_assert_true(g_str_has_prefix(lines[0], "application/json {"));
	g_autoptr(JsonNode) node = json_from_string(strchr(lines[0], '{'), NULL);
	JsonObject *run = json_node_get_object(node);
	g_assert_cmpstr(json_object_get_string_member(run, "run_id"), ==, bus.bed.record->run_id);
	g_assert_cmpstr(json_object_get_string_member(run, "verdict"), ==,
	                verdict_name(bus.bed.record->verdict));
	sink->ops->free(sink);
	/* the last will of a station that is gone */
	g_autofree char *gone = listen_for(&bus, "area/line3/state", "1");
	g_assert_nonnull(strstr(gone, "offline"));
	bus_stop(&bus);
}

static void test_document(void)
{
	struct sink *sink;
	struct bus bus;

	if (is_missing())
		return;
	bus_start(&bus, "");
	keep_for(&bus, "area/line3/run");
	sink = bus_sink(&bus, "format: json\n");
	sink_bed_send(&bus.bed, sink, SINK_TAKEN, NULL);
	sink->ops->free(sink);
	g_autofree char *text = take_kept(&bus, "area/line3/run", "1");
	g_autoptr(run_record) record = run_record_from_json(strchr(text, '{'), -1, NULL);
	g_assert_nonnull(record);
	g_assert_cmpstr(record->run_id, ==, bus.bed.record->run_id);
	bus_stop(&bus);
}

/* The broker ends and comes back on the same port; what it takes no more is not taken. */
static void test_broken(void)
{
	struct sink *sink;
	struct bus bus;

	if (is_missing())
		return;
	bus_start(&bus, "message_size_limit 100\n");
	sink = bus_sink(&bus, "");
	sink_bed_send(&bus.bed, sink, SINK_REFUSED, NULL);
	sink->ops->free(sink);
	bus_stop(&bus);
	bus_start(&bus, "");
	sink = bus_sink(&bus, "");
	sink_bed_send(&bus.bed, sink, SINK_TAKEN, NULL);
	peer_stop(&bus.broker);
	sink_bed_send_within(&bus.bed, sink, 0.2, SINK_LATER, NULL);
	sink_bed_send_within(&bus.bed, sink, 0.2, SINK_LATER, "no connection to 127.0.0.1");
	sink->ops->free(sink);
	sink_bed_done(&bus.bed);
}

/* Somebody listens who is no broker: nothing is acknowledged. */
static void test_mute(void)
{
	g_autoptr(GSocketListener) listener = g_socket_listener_new();
	struct sink_bed bed;
	struct sink *sink;
	guint port;

	if (is_missing())
		return;
	sink_bed_bare(&bed);
	port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
	g_autofree char *text =
		g_strdup_printf("url: \"mqtt://localhost:%u\"\ntopic: a\ntimeout: 0.1 s\n", port);
	sink = sink_bed_sink(&bed, sink_mqtt_load, text);
	sink_bed_send(&bed, sink, SINK_LATER, "no connection");
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

static void test_reachable(void)
{
	struct bounds bounds = {deadline_in_s(20), NULL}, soon;
	g_autofree char *words = NULL;
	struct sink *sink;
	struct bus bus;

	if (is_missing())
		return;
	bus_start(&bus, "");
	sink = bus_sink(&bus, "");
	g_assert_true(sink->ops->is_reachable(sink, &bounds, &words));
	g_assert_null(words);
	peer_stop(&bus.broker);
	soon = bounds_within(&bounds, 0.1);
	g_assert_false(sink->ops->is_reachable(sink, &soon, &words));
	g_assert_nonnull(strstr(words, "no connection"));
	sink->ops->free(sink);
	sink_bed_done(&bus.bed);
}

/* A password is asked for. */
static void test_password(void)
{
	struct sink *sink;
	struct bus bus;

	if (is_missing())
		return;
	bus_start(&bus, "password");
	g_autofree char *path = sink_bed_path(&bus.bed, "word");
	sink = bus_sink(&bus, "");
	sink_bed_send(&bus.bed, sink, SINK_LATER, "Not authorized");
	sink->ops->free(sink);
	g_assert_true(g_file_set_contents(path, "s3cret\n", -1, NULL));
	g_chmod(path, 0600);
	sink = bus_sink(&bus, "username: line3\npassword_file: word\n");
	sink_bed_send(&bus.bed, sink, SINK_TAKEN, NULL);
	sink->ops->free(sink);
	g_unlink(path);
	bus_stop(&bus);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"topic: a\n", "url"},
		{"url: \"mqtt://b\"\n", "topic"},
		{"url: \"http://b\"\ntopic: a\n", "mqtts://HOST:PORT"},
		{"url: \"mqtt://b/c\"\ntopic: a\n", "nothing else"},
		{"url: \"mqtt://b\"\ntopic: \"a/#\"\n", "wildcards"},
		{"url: \"mqtt://b\"\ntopic: a/\n", "wildcards"},
		{"url: \"mqtt://b\"\ntopic: a\nusername: c\n", "go together"},
		{"url: \"mqtt://b\"\ntopic: a\nusername: c\npassword_file: d\n", "encryption"},
		{"url: \"mqtt://b\"\ntopic: a\nca_file: c\n", "mqtts://"},
		{"url: \"mqtts://b\"\ntopic: a\ncert_file: c\n", "go together"},
	};
	struct sink_bed bed;

	if (is_missing())
		return;
	sink_bed_bare(&bed);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		sink_bed_refused(&bed, sink_mqtt_load, cases[i].text, cases[i].says);
	sink_bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mqtt/run", test_run);
	g_test_add_func("/mqtt/document", test_document);
	g_test_add_func("/mqtt/broken", test_broken);
	g_test_add_func("/mqtt/mute", test_mute);
	g_test_add_func("/mqtt/reachable", test_reachable);
	g_test_add_func("/mqtt/password", test_password);
	g_test_add_func("/mqtt/refused", test_refused);
	return g_test_run();
}
