/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

#include "station/factory/broker.h"
#include "station/factory/form.h"
#include "station/factory/secret.h"
#include "station/factory/setting.h"
#include "station/factory/summary.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <string.h>

/*
 * An MQTT 5 broker: TOPIC/run gets each run with quality of service 1, TOPIC/state is kept and says
 * "online", or, by the connection's last will, "offline". The library's own thread keeps the
 * connection while there is nothing to be sent. A run is taken when the broker has acknowledged it.
 */
#define TIMEOUT_S   30.0
#define KEEPALIVE_S 30
#define AUTHORITIES "/etc/ssl/certs"

enum { RETRY_LEAST_S = 1, RETRY_MOST_S = 10 };

struct sink_mqtt {
	struct sink sink;
	struct broker broker;
	char *topic, *station;
	gboolean summary; /* no format was wanted */
	struct form form;
	double timeout_s;
	struct mosquitto *client; /* null: there is no connection, nor is one tried */
	gboolean is_quiet;        /* a look only: nothing is published */
	GMutex lock;
	GCond changed;
	/* under the lock, from the library's thread */
	gboolean connected, refused; /* refused: the broker does not let this client in */
	char *trouble;               /* why not; null: not known */
	GHashTable *acknowledged;    /* message number -> reason code */
};

/* --- on the library's thread --------------------------------------------------------------------
 */

static char *state_text(const struct sink_mqtt *mqtt, const char *state)
{
	g_autofree char *station = g_strescape(mqtt->station, NULL);

	return g_strdup_printf("{\"state\":\"%s\",\"station\":\"%s\"}", state, station);
}

static void on_connect(struct mosquitto *client, void *data, int reason, int flags,
                       const mosquitto_property *properties)
{
	struct sink_mqtt *mqtt = data;
	g_autofree char *topic = g_strdup_printf("%s/state", mqtt->topic);
	g_autofree char *online = state_text(mqtt, "online");

	if (reason == 0 && !mqtt->is_quiet)
		mosquitto_publish_v5(client, NULL, topic, (int)strlen(online), online, 1, true,
		                     NULL);
	g_mutex_lock(&mqtt->lock);
	mqtt->connected = reason == 0;
	mqtt->refused = reason != 0;
	g_free(mqtt->trouble);
	mqtt->trouble = reason ? g_strdup(mosquitto_reason_string(reason)) : NULL;
	g_cond_broadcast(&mqtt->changed);
	g_mutex_unlock(&mqtt->lock);
}

static void on_disconnect(struct mosquitto *client, void *data, int reason,
                          const mosquitto_property *properties)
{
	struct sink_mqtt *mqtt = data;

	g_mutex_lock(&mqtt->lock);
	mqtt->connected = FALSE;
	if (!mqtt->trouble)
		mqtt->trouble = g_strdup("the connection was lost");
	g_cond_broadcast(&mqtt->changed);
	g_mutex_unlock(&mqtt->lock);
}

static void on_publish(struct mosquitto *client, void *data, int message, int reason,
                       const mosquitto_property *properties)
{
	struct sink_mqtt *mqtt = data;

	g_mutex_lock(&mqtt->lock);
	g_hash_table_insert(mqtt->acknowledged, GINT_TO_POINTER(message), GINT_TO_POINTER(reason));
	g_cond_broadcast(&mqtt->changed);
	g_mutex_unlock(&mqtt->lock);
}

/* --- the connection -----------------------------------------------------------------------------
 */

/* Closed so that the broker makes the last will known. */
static void disconnect(struct sink_mqtt *mqtt)
{
	if (!mqtt->client)
		return;
	mosquitto_disconnect_v5(mqtt->client, MQTT_RC_DISCONNECT_WITH_WILL_MSG, NULL);
	mosquitto_loop_stop(mqtt->client, false);
	mosquitto_destroy(mqtt->client);
	mqtt->client = NULL;
	mqtt->connected = mqtt->refused = FALSE;
	g_clear_pointer(&mqtt->trouble, g_free);
	g_hash_table_remove_all(mqtt->acknowledged);
}

static int set_password(struct sink_mqtt *mqtt, char **words)
{
	char *password;
	int code;

	if (!mqtt->broker.password_file)
		return MOSQ_ERR_SUCCESS;
	password = secret_read("password_file", mqtt->broker.password_file, words);
	if (!password)
		return MOSQ_ERR_AUTH;
	code = mosquitto_username_pw_set(mqtt->client, mqtt->broker.username, password);
	secret_free(password);
	return code;
}

static int set_up(struct sink_mqtt *mqtt, char **words)
{
	const struct broker *broker = &mqtt->broker;
	g_autofree char *topic = g_strdup_printf("%s/state", mqtt->topic);
	g_autofree char *offline = state_text(mqtt, "offline");
	int code = set_password(mqtt, words);

	mosquitto_int_option(mqtt->client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_reconnect_delay_set(mqtt->client, RETRY_LEAST_S, RETRY_MOST_S, true);
	mosquitto_connect_v5_callback_set(mqtt->client, on_connect);
	mosquitto_disconnect_v5_callback_set(mqtt->client, on_disconnect);
	mosquitto_publish_v5_callback_set(mqtt->client, on_publish);
	if (!code && !mqtt->is_quiet)
		code = mosquitto_will_set_v5(mqtt->client, topic, (int)strlen(offline), offline, 1,
		                             true, NULL);
	if (!code && broker->encrypted)
		code = mosquitto_tls_set(mqtt->client, broker->ca_file,
		                         broker->ca_file ? NULL : AUTHORITIES, broker->cert_file,
		                         broker->key_file, NULL);
	return code;
}

/* Begins to connect; FALSE with *words when that cannot be. */
static gboolean begin(struct sink_mqtt *mqtt, char **words)
{
	int code;

	if (mqtt->client)
		return TRUE;
	/* the broker gives a name of its choice: two processes of a station are two */
	mqtt->client = mosquitto_new(NULL, true, mqtt);
	code = set_up(mqtt, words);
	if (!code) {
		/* what cannot be reached now is tried again by the thread */
		mosquitto_connect_async(mqtt->client, mqtt->broker.host, mqtt->broker.port,
		                        KEEPALIVE_S);
		code = mosquitto_loop_start(mqtt->client);
	}
	if (!code)
		return TRUE;
	if (!*words)
		*words = g_strdup(mosquitto_strerror(code));
	mosquitto_destroy(mqtt->client);
	mqtt->client = NULL;
	return FALSE;
}

/* --- waiting ------------------------------------------------------------------------------------
 */

static void wake(GCancellable *cancellable, gpointer data)
{
	struct sink_mqtt *mqtt = data;

	g_mutex_lock(&mqtt->lock);
	g_cond_broadcast(&mqtt->changed);
	g_mutex_unlock(&mqtt->lock);
}

/* Whether a message (0: a connection) was acknowledged, *reason how; FALSE when the bounds or the
 * connection's end came first. */
static gboolean wait_for(struct sink_mqtt *mqtt, int message, const struct bounds *bounds,
                         int *reason)
{
	gulong handler = bounds->cancellable ? g_cancellable_connect(bounds->cancellable,
	                                                             G_CALLBACK(wake), mqtt, NULL)
	                                     : 0;
	gpointer code = NULL;
	gboolean there = FALSE;

	g_mutex_lock(&mqtt->lock);
	for (;;) {
		there = message ? g_hash_table_lookup_extended(mqtt->acknowledged,
		                                               GINT_TO_POINTER(message), NULL,
		                                               &code)
		                : mqtt->connected;
		if (there || (message ? !mqtt->connected : mqtt->refused) ||
		    !bounds_check(bounds, "mqtt", NULL))
			break;
		double left_s = MIN(deadline_left_s(bounds->deadline), 60);
		g_cond_wait_until(&mqtt->changed, &mqtt->lock,
		                  g_get_monotonic_time() + (gint64)(left_s * 1e6) + 1000);
	}
	g_mutex_unlock(&mqtt->lock);
	if (handler)
		g_cancellable_disconnect(bounds->cancellable, handler);
	*reason = GPOINTER_TO_INT(code);
	return there;
}

static gboolean connect_within(struct sink_mqtt *mqtt, const struct bounds *bounds, char **words)
{
	gboolean refused;
	int reason;

	if (!begin(mqtt, words))
		return FALSE;
	if (wait_for(mqtt, 0, bounds, &reason))
		return TRUE;
	g_mutex_lock(&mqtt->lock);
	*words = g_strdup_printf("no connection to %s:%d%s%s", mqtt->broker.host, mqtt->broker.port,
	                         mqtt->trouble ? ": " : "", mqtt->trouble ? mqtt->trouble : "");
	refused = mqtt->refused;
	g_mutex_unlock(&mqtt->lock);
	/* the next attempt reads the password anew */
	if (refused)
		disconnect(mqtt);
	return FALSE;
}

/* --- a run --------------------------------------------------------------------------------------
 */

static GBytes *payload(const struct sink_mqtt *mqtt, const struct sink_run *run)
{
	char *text;

	if (!mqtt->summary)
		return form_write(&mqtt->form, run);
	text = summary_write(run->record);
	return g_bytes_new_take(text, strlen(text));
}

/* The number of the message; 0 with *code. */
static int publish(struct sink_mqtt *mqtt, const struct sink_run *run, int *code)
{
	g_autofree char *topic = g_strdup_printf("%s/run", mqtt->topic);
	g_autoptr(GBytes) bytes = payload(mqtt, run);
	mosquitto_property *properties = NULL;
	gsize len;
	const char *data = g_bytes_get_data(bytes, &len);
	int message = 0;

	mosquitto_property_add_string(&properties, MQTT_PROP_CONTENT_TYPE,
	                              mqtt->summary ? "application/json"
	                                            : form_media_type(&mqtt->form));
	*code = len > MQTT_MAX_PAYLOAD ? MOSQ_ERR_PAYLOAD_SIZE
	                               : mosquitto_publish_v5(mqtt->client, &message, topic,
	                                                      (int)len, data, 1, false, properties);
	mosquitto_property_free_all(&properties);
	return *code ? 0 : message;
}

/* What the broker says of the message itself is for good, all else may change. */
static enum sink_answer answer_of(int reason, char **words)
{
	if (reason < MQTT_RC_UNSPECIFIED)
		return SINK_TAKEN;
	*words = g_strdup_printf("the broker answered: %s", mosquitto_reason_string(reason));
	return reason == MQTT_RC_TOPIC_NAME_INVALID || reason == MQTT_RC_PAYLOAD_FORMAT_INVALID ||
	                       reason == MQTT_RC_PACKET_TOO_LARGE
	               ? SINK_REFUSED
	               : SINK_LATER;
}

static enum sink_answer mqtt_send(struct sink *sink, const struct sink_run *run,
                                  const struct bounds *bounds, char **words)
{
	struct sink_mqtt *mqtt = (struct sink_mqtt *)sink;
	struct bounds within = bounds_within(bounds, mqtt->timeout_s);
	int code, message, reason;

	if (!connect_within(mqtt, &within, words))
		return SINK_LATER;
	message = publish(mqtt, run, &code);
	if (!message) {
		*words = g_strdup(mosquitto_strerror(code));
		return code == MOSQ_ERR_PAYLOAD_SIZE || code == MOSQ_ERR_OVERSIZE_PACKET
		               ? SINK_REFUSED
		               : SINK_LATER;
	}
	if (wait_for(mqtt, message, &within, &reason)) {
		g_mutex_lock(&mqtt->lock);
		g_hash_table_remove_all(mqtt->acknowledged);
		g_mutex_unlock(&mqtt->lock);
		return answer_of(reason, words);
	}
	*words = g_strdup("the broker has not acknowledged it");
	/* the library would send it later by itself, beside the one that will be sent anew */
	disconnect(mqtt);
	return SINK_LATER;
}

static gboolean mqtt_is_reachable(struct sink *sink, const struct bounds *bounds, char **words)
{
	struct sink_mqtt *mqtt = (struct sink_mqtt *)sink;
	gboolean ok;

	disconnect(mqtt);
	mqtt->is_quiet = TRUE;
	ok = connect_within(mqtt, bounds, words);
	disconnect(mqtt);
	mqtt->is_quiet = FALSE;
	return ok;
}

static void mqtt_free(struct sink *sink)
{
	struct sink_mqtt *mqtt = (struct sink_mqtt *)sink;

	disconnect(mqtt);
	g_hash_table_unref(mqtt->acknowledged);
	g_cond_clear(&mqtt->changed);
	g_mutex_clear(&mqtt->lock);
	broker_clear(&mqtt->broker);
	g_free(mqtt->trouble);
	g_free(mqtt->station);
	g_free(mqtt->topic);
	g_free(sink->name);
	g_free(mqtt);
}

static const struct sink_ops ops = {
	.kind = "mqtt",
	.send = mqtt_send,
	.is_reachable = mqtt_is_reachable,
	.free = mqtt_free,
};

/* --- configuration ------------------------------------------------------------------------------
 */

static gboolean load_topic(struct sink_mqtt *mqtt, const struct yaml_node *map, GError **error)
{
	const char *topic;

	if (!yaml_string(map, "topic", &topic, error))
		return FALSE;
	mqtt->topic = g_strdup(topic);
	if (*topic && mosquitto_pub_topic_check(topic) == MOSQ_ERR_SUCCESS &&
	    !g_str_has_suffix(topic, "/"))
		return TRUE;
	yaml_error(yaml_find(map, "topic"), error,
	           "topic is like area/line/station, without wildcards and without a slash behind");
	return FALSE;
}

struct sink *sink_mqtt_load(const struct yaml_node *map, const struct sink_place *place,
                            GError **error)
{
	static const struct broker_ports ports = {"mqtt", 1883, 8883};
	struct sink_mqtt *mqtt = g_new0(struct sink_mqtt, 1);

	mosquitto_lib_init();
	mqtt->sink.ops = &ops;
	g_mutex_init(&mqtt->lock);
	g_cond_init(&mqtt->changed);
	mqtt->acknowledged = g_hash_table_new(NULL, NULL);
	mqtt->station = g_strdup(place->station);
	mqtt->summary = !yaml_find(map, "format");
	if (broker_load(map, place->config_path, &ports, &mqtt->broker, error) &&
	    load_topic(mqtt, map, error) &&
	    setting_time(map, "timeout", TIMEOUT_S, &mqtt->timeout_s, error) &&
	    form_load(map, place, &mqtt->form, error))
		return &mqtt->sink;
	mqtt_free(&mqtt->sink);
	return NULL;
}
