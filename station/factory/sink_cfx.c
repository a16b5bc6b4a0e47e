/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

#include "station/factory/amqp.h"
#include "station/factory/cfx_message.h"
#include "station/factory/setting.h"

/*
 * IPC-CFX over AMQP 1.0: each run is a UnitsTested message to one address. A run is taken when the
 * peer has accepted the delivery. The connection is kept while there is more to be sent.
 */
#define TIMEOUT_S    30.0
#define CONTENT_TYPE "application/json; charset=\"utf-8\""
#define NAMESPACE    "CFX.Production.TestAndInspection"

struct sink_cfx {
	struct sink sink;
	struct broker broker;
	char *address, *handle;
	double timeout_s;
	struct amqp *amqp; /* null: not connected */
};

static gboolean connect_within(struct sink_cfx *cfx, const struct bounds *bounds, char **words)
{
	if (!cfx->amqp)
		cfx->amqp = amqp_open(&cfx->broker, cfx->handle, cfx->address, bounds, words);
	return cfx->amqp != NULL;
}

static void cfx_rest(struct sink *sink)
{
	g_clear_pointer(&((struct sink_cfx *)sink)->amqp, amqp_close);
}

static enum sink_answer cfx_send(struct sink *sink, const struct sink_run *run,
                                 const struct bounds *bounds, char **words)
{
	struct sink_cfx *cfx = (struct sink_cfx *)sink;
	struct bounds within = bounds_within(bounds, cfx->timeout_s);
	g_autofree char *body = cfx_units_tested(run->record, cfx->handle);
	g_autofree char *subject = g_strdup_printf("%s.%s", cfx->handle, CFX_UNITS_TESTED);
	const char *const properties[] = {"cfx-topic",   NAMESPACE,
	                                  "cfx-message", CFX_UNITS_TESTED,
	                                  "cfx-handle",  cfx->handle,
	                                  NULL};
	const struct amqp_message message = {
		.id = run->record->run_id,
		.reply_to = cfx->handle,
		.subject = subject,
		.content_type = CONTENT_TYPE,
		.properties = properties,
		.created_ms = run->record->end_us / 1000,
		.body = body,
	};

	if (!connect_within(cfx, &within, words))
		return SINK_LATER;
	switch (amqp_send(cfx->amqp, &message, &within, words)) {
	case AMQP_ACCEPTED:
		return SINK_TAKEN;
	case AMQP_REJECTED:
		return SINK_REFUSED;
	case AMQP_NOT_NOW:
		return SINK_LATER;
	case AMQP_BROKEN:
		break;
	}
	cfx_rest(sink);
	return SINK_LATER;
}

static gboolean cfx_is_reachable(struct sink *sink, const struct bounds *bounds, char **words)
{
	gboolean ok = connect_within((struct sink_cfx *)sink, bounds, words);

	cfx_rest(sink);
	return ok;
}

static void cfx_free(struct sink *sink)
{
	struct sink_cfx *cfx = (struct sink_cfx *)sink;

	cfx_rest(sink);
	broker_clear(&cfx->broker);
	g_free(cfx->address);
	g_free(cfx->handle);
	g_free(sink->name);
	g_free(cfx);
}

static const struct sink_ops ops = {
	.kind = "cfx",
	.send = cfx_send,
	.is_reachable = cfx_is_reachable,
	.rest = cfx_rest,
	.free = cfx_free,
};

struct sink *sink_cfx_load(const struct yaml_node *map, const struct sink_place *place,
                           GError **error)
{
	static const struct broker_ports ports = {"amqp", 5672, 5671};
	struct sink_cfx *cfx = g_new0(struct sink_cfx, 1);
	const char *address;

	cfx->sink.ops = &ops;
	if (broker_load(map, place->config_path, &ports, &cfx->broker, error) &&
	    yaml_string(map, "address", &address, error) &&
	    setting_text(map, "address", &cfx->address, error) &&
	    setting_text(map, "handle", &cfx->handle, error) &&
	    setting_time(map, "timeout", TIMEOUT_S, &cfx->timeout_s, error)) {
		if (!cfx->handle)
			cfx->handle = g_strdup(place->station);
		return &cfx->sink;
	}
	cfx_free(&cfx->sink);
	return NULL;
}
