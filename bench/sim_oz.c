/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_oz.h"

#include "base/number.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * OZ Optics DD-100: a command ends with CR, or CR LF; it is echoed, then come lines that end with
 * CR LF, the last of them Done and an empty one, or one that begins with Error. From memory: the
 * other lines of the display of the configuration, steps for a decibel, speed, where it stands
 * after finding its home (at the minimum), that it does nothing before that, the text of errors.
 * A real one has 60 dB; the light here is known down to 45 dB.
 */
#define LANE          0
#define LOSS_DB       0.85
#define MAX_DB        45.85
#define STEPS_PER_DB  200
#define STEP_S        5e-5
#define HOME_S        15.0
#define RESTART_S     20.0
#define AT_POWER_UP   2400 /* steps: where somebody left it */
#define MAX_STEPS     ((gint64)((MAX_DB - LOSS_DB) * STEPS_PER_DB))
#define ERROR_RANGE   "Error-2: out of range"
#define ERROR_HOME    "Error-3: no home"
#define ERROR_COMMAND "Error-1: unknown command"

struct dd100 {
	struct world *world;
	guint site;
	GMutex lock; /* one command at a time, whoever sends it */
	gboolean homed;
	gint64 steps; /* from the minimum */
};

static double db_of(gint64 steps)
{
	return (double)steps / STEPS_PER_DB;
}

static void stand(struct dd100 *voa, gint64 steps)
{
	voa->steps = steps;
	world_set_attenuator(voa->world, voa->site, LANE, db_of(steps), TRUE);
}

static void line(GByteArray *reply, const char *text)
{
	g_byte_array_append(reply, (const guint8 *)text, (guint)strlen(text));
	g_byte_array_append(reply, (const guint8 *)"\r\n", 2);
}

static void line_number(GByteArray *reply, const char *key, double number, int decimals)
{
	char format[] = "%.0f";
	char digits[G_ASCII_DTOSTR_BUF_SIZE];
	format[2] = (char)('0' + decimals);
	g_ascii_formatd(digits, sizeof(digits), format, number);
	g_autofree char *text = g_strconcat(key, digits, NULL);
	line(reply, text);
}

static void finish(GByteArray *reply, const char *problem)
{
	line(reply, problem ? problem : "Done");
	line(reply, "");
}

/* Goes there and tells where it is; null, or the error. */
static const char *go(struct dd100 *voa, double steps, GByteArray *reply)
{
	if (!voa->homed)
		return ERROR_HOME;
	if (!(steps >= 0 && steps <= (double)MAX_STEPS))
		return ERROR_RANGE;
	gint64 target = llround(steps);
	world_sleep_s(voa->world, STEP_S * (double)ABS(target - voa->steps));
	stand(voa, target);
	line_number(reply, "Pos:", (double)voa->steps, 0);
	return NULL;
}

static void show_configuration(GByteArray *reply)
{
	line(reply, "DEVICE:DD-100");
	line(reply, "I2C ADDR:20");
	line_number(reply, "IL:", LOSS_DB, 2);
	line_number(reply, "MAX ATTEN:", MAX_DB, 2);
}

/* The filter runs to its stop and back to the minimum: all the light passes. */
static const char *home(struct dd100 *voa)
{
	stand(voa, 0);
	world_sleep_s(voa->world, HOME_S);
	voa->homed = TRUE;
	return NULL;
}

static const char *restart(struct dd100 *voa)
{
	world_sleep_s(voa->world, RESTART_S);
	voa->homed = FALSE;
	return NULL;
}

static const char *show_position(struct dd100 *voa, GByteArray *reply)
{
	if (!voa->homed)
		return ERROR_HOME;
	line_number(reply, "DPos:", (double)voa->steps, 0);
	line_number(reply, "ATTEN:", LOSS_DB + db_of(voa->steps), 2);
	return NULL;
}

static const char *move(struct dd100 *voa, const char *command, GByteArray *reply)
{
	double number = 0.0;
	if (!number_parse_double(command + 1, &number, NULL))
		return ERROR_COMMAND;
	switch (command[0]) {
	case 'A':
		return go(voa, round((number - LOSS_DB) * STEPS_PER_DB), reply);
	case 'S':
		return go(voa, number, reply);
	case 'F':
		return go(voa, (double)voa->steps + number, reply);
	case 'B':
		return go(voa, (double)voa->steps - number, reply);
	default:
		return ERROR_COMMAND;
	}
}

static void execute(struct dd100 *voa, const char *command, GByteArray *reply)
{
	const char *problem = NULL;
	line(reply, command);
	if (strcmp(command, "CD") == 0)
		show_configuration(reply);
	else if (strcmp(command, "H") == 0)
		problem = home(voa);
	else if (strcmp(command, "D") == 0)
		problem = show_position(voa, reply);
	else if (strcmp(command, "RST") == 0)
		problem = restart(voa);
	else
		problem = move(voa, command, reply);
	finish(reply, problem);
}

static void *session_new(void *device)
{
	return device;
}

static void session_free(void *session)
{
}

static gsize frame(void *session, const char *data, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		if (data[i] == '\r' || data[i] == '\n')
			return i + 1;
	}
	return 0;
}

static gboolean message(void *session, const char *data, gsize len, GByteArray *reply)
{
	struct dd100 *voa = session;
	g_autofree char *text = g_strndup(data, len);
	g_autofree char *command = g_ascii_strup(g_strstrip(text), -1);

	if (command[0] == '\0')
		return TRUE; /* the LF of a CR LF */
	g_mutex_lock(&voa->lock);
	execute(voa, command, reply);
	g_mutex_unlock(&voa->lock);
	return TRUE;
}

static const struct server_ops ops = {
	.session_new = session_new,
	.frame = frame,
	.message = message,
	.session_free = session_free,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct dd100 *voa = g_new0(struct dd100, 1);
	voa->world = world;
	voa->site = site;
	g_mutex_init(&voa->lock);
	stand(voa, AT_POWER_UP);
	return voa;
}

static void destroy(void *device)
{
	struct dd100 *voa = device;
	g_mutex_clear(&voa->lock);
	g_free(voa);
}

const struct sim_kind sim_oz = {
	.name = "attenuator",
	.model = "dd-100",
	.what = "OZ Optics DD-100",
	.ops = &ops,
	.create = create,
	.destroy = destroy,
};
