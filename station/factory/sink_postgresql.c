/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_postgresql.h"

#include "base/error.h"
#include "station/factory/sink_kinds.h"
#include "station/store/postgres.h"

/* The store of a line. Its connection is made when something is sent, and closed when it went wrong
 * or when there is nothing to send. */
struct sink_postgresql {
	struct sink sink;
	char *target;
	struct postgres *postgres; /* null: not connected */
};

static enum sink_answer answer_of(struct sink_postgresql *line, gboolean ok, GError *error,
                                  char **words)
{
	enum sink_answer answer = SINK_TAKEN;

	if (!ok) {
		/* whatever state it is in, the next one begins in a known one */
		g_clear_pointer(&line->postgres, postgres_close);
		answer = g_error_matches(error, STATION_ERROR, STATION_ERROR_REFUSED) ||
		                         g_error_matches(error, STATION_ERROR, STATION_ERROR_DATA)
		                 ? SINK_REFUSED
		                 : SINK_LATER;
		*words = g_strdup(error->message);
	}
	g_clear_error(&error);
	return answer;
}

static gboolean connect_line(struct sink_postgresql *line, const struct bounds *bounds,
                             GError **error)
{
	if (!line->postgres)
		line->postgres = postgres_open(line->target, bounds, error);
	return line->postgres != NULL;
}

static enum sink_answer send_run(struct sink *sink, const struct sink_run *run,
                                 const struct bounds *bounds, char **words)
{
	struct sink_postgresql *line = (struct sink_postgresql *)sink;
	GError *error = NULL;
	gboolean ok = connect_line(line, bounds, &error) &&
	              postgres_save_run(line->postgres, run->record, run->document, run->link, NULL,
	                                bounds, &error);

	return answer_of(line, ok, error, words);
}

static enum sink_answer send_touch(struct sink *sink, const struct sink_touch *touch,
                                   const struct bounds *bounds, char **words)
{
	struct sink_postgresql *line = (struct sink_postgresql *)sink;
	GError *error = NULL;
	gboolean ok = connect_line(line, bounds, &error) &&
	              postgres_save_touch(line->postgres, touch->number, touch->serial,
	                                  touch->touch, bounds, &error);

	return answer_of(line, ok, error, words);
}

static gboolean is_reachable(struct sink *sink, const struct bounds *bounds, char **words)
{
	struct sink_postgresql *line = (struct sink_postgresql *)sink;
	GError *error = NULL;
	gboolean ok = connect_line(line, bounds, &error);

	return answer_of(line, ok, error, words) == SINK_TAKEN;
}

static void rest(struct sink *sink)
{
	struct sink_postgresql *line = (struct sink_postgresql *)sink;

	g_clear_pointer(&line->postgres, postgres_close);
}

static void line_free(struct sink *sink)
{
	struct sink_postgresql *line = (struct sink_postgresql *)sink;

	postgres_close(line->postgres);
	g_free(line->target);
	g_free(sink->name);
	g_free(line);
}

static const struct sink_ops ops = {
	.kind = "postgresql",
	.send = send_run,
	.touch = send_touch,
	.is_reachable = is_reachable,
	.rest = rest,
	.free = line_free,
};

const char *sink_postgresql_target(const struct sink *sink)
{
	return sink->ops == &ops ? ((const struct sink_postgresql *)sink)->target : NULL;
}

struct sink *sink_postgresql_load(const struct yaml_node *map, const struct sink_place *place,
                                  GError **error)
{
	struct sink_postgresql *line;
	const char *target;
	GError *wrong = NULL;

	if (!yaml_string(map, "connect", &target, error))
		return NULL;
	if (!postgres_check_target(target, &wrong)) {
		yaml_error(yaml_find(map, "connect"), error, "connect: %s", wrong->message);
		g_clear_error(&wrong);
		return NULL;
	}
	line = g_new0(struct sink_postgresql, 1);
	line->sink.ops = &ops;
	line->target = g_strdup(target);
	return &line->sink;
}
