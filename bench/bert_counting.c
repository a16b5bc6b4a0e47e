/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/bert_counting.h"

#include "base/number.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

#define INSTANT_S 0.1
#define PEEK_S    1e-6
#define LEVELS    4

struct count {
	guint64 bits;
	guint64 errors;
	gboolean locked;
};

struct measurement {
	char *name;
	gboolean inputs[BERT_INPUTS];
	gboolean fixed_time;
	double time_s;
	gboolean running;
	gboolean has_data;
	double started_s;
	double elapsed_s;
	struct count counts[BERT_INPUTS];
};

struct bert_counting {
	struct world *world;
	guint site;
	gboolean (*ready)(void *owner, guint input);
	int (*locate)(const char *text);
	void *owner;
	GPtrArray *measurements; /* of struct measurement */
	struct count accumulated[BERT_INPUTS];
	double accumulated_s; /* until when */
};

static void measurement_free(gpointer data)
{
	struct measurement *measurement = data;
	g_free(measurement->name);
	g_free(measurement);
}

struct bert_counting *bert_counting_new(struct world *world, guint site,
                                        gboolean (*ready)(void *owner, guint input),
                                        int (*locate)(const char *text), void *owner)
{
	struct bert_counting *counting = g_new0(struct bert_counting, 1);
	counting->world = world;
	counting->site = site;
	counting->ready = ready;
	counting->locate = locate;
	counting->owner = owner;
	counting->measurements = g_ptr_array_new_with_free_func(measurement_free);
	bert_counting_reset(counting);
	return counting;
}

void bert_counting_free(struct bert_counting *counting)
{
	if (!counting)
		return;
	g_ptr_array_unref(counting->measurements);
	g_free(counting);
}

void bert_counting_reset(struct bert_counting *counting)
{
	g_ptr_array_set_size(counting->measurements, 0);
	memset(counting->accumulated, 0, sizeof(counting->accumulated));
	counting->accumulated_s = world_now_s(counting->world);
}

static struct count count(struct bert_counting *counting, guint input, double gate_s)
{
	struct count result = {0};
	if (counting->ready(counting->owner, input))
		world_count_errors(counting->world, counting->site, input, gate_s, &result.bits,
		                   &result.errors, &result.locked);
	return result;
}

gboolean bert_counting_locked(struct bert_counting *counting, guint input)
{
	return count(counting, input, PEEK_S).locked;
}

/* Counts are drawn when the gate has ended, for the whole of it. */
static void finish(struct bert_counting *counting, struct measurement *measurement)
{
	for (guint i = 0; i < BERT_INPUTS; i++) {
		if (measurement->inputs[i])
			measurement->counts[i] = count(counting, i, measurement->elapsed_s);
	}
	measurement->running = FALSE;
	measurement->has_data = TRUE;
}

gboolean bert_counting_running(struct bert_counting *counting, double *end_s)
{
	double now_s = world_now_s(counting->world);
	gboolean any = FALSE;

	*end_s = now_s;
	for (guint i = 0; i < counting->measurements->len; i++) {
		struct measurement *measurement = counting->measurements->pdata[i];
		double ends_s = measurement->started_s + measurement->time_s;
		if (!measurement->running || !measurement->fixed_time)
			continue;
		if (now_s >= ends_s) {
			measurement->elapsed_s = measurement->time_s;
			finish(counting, measurement);
			continue;
		}
		any = TRUE;
		*end_s = MAX(*end_s, ends_s);
	}
	return any;
}

/* --- counters without a gate --------------------------------------------------------------------
 */

static gboolean take_input(struct bert_counting *counting, struct scpi_call *call, int *input)
{
	g_autofree char *location = NULL;
	if (!scpi_take_string(call, &location))
		return FALSE;
	*input = counting->locate(location);
	if (*input < 0)
		scpi_error(call, -224, "location");
	return *input >= 0;
}

static void append_number(GString *text, double value)
{
	g_autofree char *number = isfinite(value) ? number_format(value) : g_strdup("9.91e37");
	g_string_append_printf(text, ",%s", number);
}

static void append_count(GString *text, guint64 value)
{
	g_string_append_printf(text, ",%" G_GUINT64_FORMAT, value);
}

/* Ones, zeros, errored ones, errored zeros: a long pattern has as many of each. */
static void append_bits(GString *text, const struct count *count)
{
	append_count(text, count->bits / 2);
	append_count(text, count->bits - count->bits / 2);
	append_count(text, count->errors / 2);
	append_count(text, count->errors - count->errors / 2);
}

static GString *begin_tuple(struct bert_counting *counting, int input)
{
	GString *text = g_string_new("(");
	g_autofree char *stamp = number_format(floor(world_now_s(counting->world) * 1e9));
	g_string_append_printf(text, "%s,\"M2.DataIn%d\"", stamp, input + 1);
	return text;
}

/* A symbol carries two bits and, Gray coded, is wrong in one of them. */
static void run_instant(struct bert_counting *counting, struct scpi_call *call)
{
	int input = 0;
	if (!take_input(counting, call, &input) || !scpi_end(call))
		return;
	struct count result = count(counting, (guint)input, INSTANT_S);
	double ratio = result.bits > 0 ? (double)result.errors / (double)result.bits : NAN;
	g_autoptr(GString) text = begin_tuple(counting, input);
	append_number(text, ratio);
	for (int i = 0; i < 1 + LEVELS; i++)
		append_number(text, 2 * ratio);
	g_string_append_c(text, ')');
	scpi_reply_raw(call, text->str);
}

static void accumulate(struct bert_counting *counting)
{
	double now_s = world_now_s(counting->world);
	double gate_s = now_s - counting->accumulated_s;

	if (gate_s <= 0)
		return;
	for (guint i = 0; i < BERT_INPUTS; i++) {
		struct count result = count(counting, i, gate_s);
		counting->accumulated[i].bits += result.bits;
		counting->accumulated[i].errors += result.errors;
	}
	counting->accumulated_s = now_s;
}

static void run_counts(struct bert_counting *counting, struct scpi_call *call)
{
	int input = 0;
	if (!take_input(counting, call, &input) || !scpi_end(call))
		return;
	accumulate(counting);
	const struct count *result = &counting->accumulated[input];
	g_autoptr(GString) text = begin_tuple(counting, input);
	append_bits(text, result);
	append_count(text, result->bits / 2);
	append_count(text, result->errors);
	for (int i = 0; i < LEVELS; i++) {
		append_count(text, result->bits / 2 / LEVELS);
		append_count(text, result->errors / LEVELS);
	}
	g_string_append_c(text, ')');
	scpi_reply_raw(call, text->str);
}

/* --- the plug-in ---------------------------------------------------------------------------------
 */

static struct measurement *find(struct bert_counting *counting, const char *name)
{
	for (guint i = 0; i < counting->measurements->len; i++) {
		struct measurement *measurement = counting->measurements->pdata[i];
		if (strcmp(measurement->name, name) == 0)
			return measurement;
	}
	return NULL;
}

static struct measurement *take_measurement(struct bert_counting *counting, struct scpi_call *call)
{
	g_autofree char *name = NULL;
	if (!scpi_take_string(call, &name))
		return NULL;
	struct measurement *measurement = find(counting, name);
	if (!measurement)
		scpi_error(call, -224, "measurement");
	return measurement;
}

static void run_catalog(struct bert_counting *counting, struct scpi_call *call)
{
	g_autoptr(GString) names = g_string_new(NULL);
	if (!scpi_end(call))
		return;
	for (guint i = 0; i < counting->measurements->len; i++) {
		const struct measurement *measurement = counting->measurements->pdata[i];
		g_string_append_printf(names, "%s%s", i > 0 ? "," : "", measurement->name);
	}
	scpi_reply_quoted(call, names->str);
}

static void run_new(struct bert_counting *counting, struct scpi_call *call)
{
	g_autofree char *name = NULL;
	if (!scpi_take_string(call, &name) || !scpi_end(call))
		return;
	if (*name == '\0' || find(counting, name)) {
		scpi_error(call, -224, "measurement");
		return;
	}
	struct measurement *measurement = g_new0(struct measurement, 1);
	measurement->name = g_steal_pointer(&name);
	measurement->time_s = 1;
	measurement->fixed_time = TRUE;
	g_ptr_array_add(counting->measurements, measurement);
}

static void start(struct bert_counting *counting, struct measurement *measurement)
{
	measurement->running = TRUE;
	measurement->has_data = FALSE;
	measurement->started_s = world_now_s(counting->world);
}

static void stop(struct bert_counting *counting, struct measurement *measurement)
{
	if (!measurement->running)
		return;
	measurement->elapsed_s = world_now_s(counting->world) - measurement->started_s;
	finish(counting, measurement);
}

static void set_locations(struct bert_counting *counting, struct measurement *measurement,
                          struct scpi_call *call)
{
	gboolean inputs[BERT_INPUTS] = {0};

	do {
		int input = 0;
		if (!take_input(counting, call, &input))
			return;
		inputs[input] = TRUE;
	} while (scpi_parameters_left(call) > 0);
	memcpy(measurement->inputs, inputs, sizeof(inputs));
}

static void set_duration(struct measurement *measurement, struct scpi_call *call)
{
	static const char *const words[] = {"FTIMe", "INDefinite", NULL};
	int index = 0;
	if (scpi_take_choice(call, words, &index) && scpi_end(call))
		measurement->fixed_time = index == 0;
}

/* The only end that is here: after the duration. */
static void set_end(struct scpi_call *call)
{
	static const char *const words[] = {"FDURation", NULL};
	int index = 0;
	if (scpi_take_choice(call, words, &index))
		scpi_end(call);
}

static void set_time(struct measurement *measurement, struct scpi_call *call)
{
	double time_s = 0.0;
	if (scpi_take_number(call, "S", 0.001, 1e6, 1, &time_s) && scpi_end(call))
		measurement->time_s = time_s;
}

static void reply_data(const struct measurement *measurement, struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	if (!measurement->has_data) {
		scpi_error(call, -230, "no data");
		scpi_reply_raw(call, "()");
		return;
	}
	for (int i = 0; i < BERT_INPUTS; i++) {
		if (!measurement->inputs[i])
			continue;
		g_autoptr(GString) text = g_string_new(NULL);
		g_string_append_printf(text, "(\"M2.DataIn%d\"", i + 1);
		append_number(text, measurement->elapsed_s);
		append_bits(text, &measurement->counts[i]);
		g_string_append_c(text, ')');
		scpi_reply_raw(call, text->str);
	}
}

static void drop_parameters(struct scpi_call *call)
{
	struct scpi_span value;
	while (scpi_parameters_left(call) > 0)
		scpi_take_any(call, &value);
}

static void run_named(struct bert_counting *counting, struct scpi_call *call)
{
	struct measurement *measurement = take_measurement(counting, call);
	double end_s = 0.0;

	if (!measurement)
		return;
	bert_counting_running(counting, &end_s);
	switch ((enum bert_command)scpi_tag(call)) {
	case BERT_DELETE:
		if (scpi_end(call))
			g_ptr_array_remove(counting->measurements, measurement);
		break;
	case BERT_CLEAR:
		measurement->has_data = measurement->running = FALSE;
		break;
	case BERT_START:
		if (scpi_end(call))
			start(counting, measurement);
		break;
	case BERT_STOP:
		stop(counting, measurement);
		break;
	case BERT_RUNS:
		scpi_reply_bool(call, measurement->running);
		break;
	case BERT_LOCATION:
		set_locations(counting, measurement, call);
		break;
	case BERT_END:
		set_end(call);
		break;
	case BERT_DURATION:
		set_duration(measurement, call);
		break;
	case BERT_DURATION_ASKED:
		scpi_reply_raw(call, measurement->fixed_time ? "FTIM" : "IND");
		break;
	case BERT_TIME:
		set_time(measurement, call);
		break;
	case BERT_TIME_ASKED:
		scpi_reply_exp(call, measurement->time_s, 8, 2, FALSE);
		break;
	case BERT_DATA:
		reply_data(measurement, call);
		break;
	default:
		drop_parameters(call);
		break;
	}
}

void bert_counting_run(struct bert_counting *counting, struct scpi_call *call)
{
	switch ((enum bert_command)scpi_tag(call)) {
	case BERT_INSTANT:
		run_instant(counting, call);
		break;
	case BERT_COUNTS:
		run_counts(counting, call);
		break;
	case BERT_CATALOG:
		run_catalog(counting, call);
		break;
	case BERT_NEW:
		run_new(counting, call);
		break;
	default:
		run_named(counting, call);
		break;
	}
}
