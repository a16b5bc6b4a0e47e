/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_meerstetter.h"

#include "bench/faults.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * A TEC controller with one instance: ASCII frames of hexadecimal digits, with a checksum. Frames,
 * numbers of parameters and of errors are from the maker's public driver; from memory: the values
 * of status, stability and output, ranges, that a frame with a wrong checksum or for another
 * address is not answered, that the letters of ?IF name the model.
 *
 * The plate lies against the unit always: for the world it is air that always blows on the unit
 * while the output is on, and none while it is off.
 */

enum { FRAME_HEAD = 7, FRAME_CRC = 4, FRAME_MAX = 64 };
enum { OWN_ADDRESS = 2, DEVICE_TYPE = 1091, FIRMWARE = 310 };

enum mecom_error {
	NO_COMMAND = 1,
	BAD_FORMAT = 4,
	NO_PARAMETER = 5,
	READ_ONLY = 6,
	OUT_OF_RANGE = 7,
	NO_INSTANCE = 8,
};

enum status { STATUS_READY = 1, STATUS_RUN = 2, STATUS_ERROR = 3 };
enum stable { NOT_ACTIVE, NOT_STABLE, STABLE };

#define TARGET_MIN   -40.0
#define TARGET_MAX   125.0
#define STABLE_K     0.1
#define STABLE_S     10.0
#define FAULT_NUMBER 33 /* any */
#define AMPERE_PER_K 0.08
#define OHM          1.5

struct tec {
	struct world *world;
	guint site;
	struct faults *faults;
	GMutex lock;
	guint32 serial;
	guint32 output;
	guint32 error;
	float target_degc;
	float ampere_limit;
	double inside_since_s; /* NaN: outside */
};

/* --- numbers ------------------------------------------------------------------------------------
 */

static guint16 checksum(const char *text, gsize len)
{
	guint16 sum = 0;
	for (gsize i = 0; i < len; i++) {
		sum = (guint16)(sum ^ ((guint8)text[i] << 8));
		for (int bit = 8; bit > 0; bit--) {
			gboolean carry = (sum & 0x8000) != 0;
			sum = (guint16)(sum << 1);
			if (carry)
				sum = (guint16)(sum ^ 0x1021);
		}
	}
	return sum;
}

static gboolean read_digits(const char *text, guint n, guint32 *number)
{
	*number = 0;
	for (guint i = 0; i < n; i++) {
		if (!g_ascii_isxdigit(text[i]) || g_ascii_islower(text[i]))
			return FALSE;
		*number = *number * 16 + (guint32)g_ascii_xdigit_value(text[i]);
	}
	return TRUE;
}

static guint32 bits_of(double value)
{
	union {
		float number;
		guint32 bits;
	} both = {.number = (float)value};
	return both.bits;
}

static float number_of(guint32 bits)
{
	union {
		guint32 bits;
		float number;
	} both = {.bits = bits};
	return both.number;
}

/* --- the plate ----------------------------------------------------------------------------------
 */

static void drive(struct tec *tec)
{
	gboolean on = tec->output == 1 && tec->error == 0;
	world_set_thermal(tec->world, tec->site, on, on, tec->target_degc);
}

static double object_degc(struct tec *tec)
{
	double plate_degc = 0;
	double case_degc = 0;
	world_thermal_degc(tec->world, tec->site, &plate_degc, &case_degc);
	return case_degc;
}

/* As seen when asked; nobody else asks. */
static guint32 stable(struct tec *tec)
{
	if (tec->output != 1 || tec->error != 0) {
		tec->inside_since_s = NAN;
		return NOT_ACTIVE;
	}
	double now_s = world_now_s(tec->world);
	if (fabs(object_degc(tec) - tec->target_degc) > STABLE_K)
		tec->inside_since_s = NAN;
	else if (isnan(tec->inside_since_s))
		tec->inside_since_s = now_s;
	return now_s - tec->inside_since_s >= STABLE_S ? STABLE : NOT_STABLE;
}

static double ampere(struct tec *tec)
{
	if (tec->output != 1 || tec->error != 0)
		return 0;
	double wanted = (tec->target_degc - object_degc(tec)) * AMPERE_PER_K;
	return CLAMP(wanted, -tec->ampere_limit, tec->ampere_limit);
}

static void reset(struct tec *tec)
{
	tec->output = 0;
	tec->error = 0;
	tec->target_degc = 25;
	tec->ampere_limit = 4;
	tec->inside_since_s = NAN;
	drive(tec);
}

/* --- parameters ---------------------------------------------------------------------------------
 */

static guint32 status(const struct tec *tec)
{
	if (tec->error != 0)
		return STATUS_ERROR;
	return tec->output == 1 ? STATUS_RUN : STATUS_READY;
}

/* 0, or the number of an error. */
static guint get(struct tec *tec, guint32 id, guint32 *bits)
{
	switch (id) {
	case 100:
		*bits = DEVICE_TYPE;
		return 0;
	case 102:
		*bits = tec->serial;
		return 0;
	case 103:
		*bits = FIRMWARE;
		return 0;
	case 104:
		*bits = status(tec);
		return 0;
	case 105:
		*bits = tec->error;
		return 0;
	case 1000:
		*bits = bits_of(object_degc(tec));
		return 0;
	case 1001: /* the sink's temperature */
		*bits = bits_of(28);
		return 0;
	case 1010:
	case 1011: /* target, and where its ramp is: there is none */
	case 3000:
		*bits = bits_of(tec->target_degc);
		return 0;
	case 1020:
		*bits = bits_of(ampere(tec));
		return 0;
	case 1021:
		*bits = bits_of(ampere(tec) * OHM);
		return 0;
	case 1200:
		*bits = stable(tec);
		return 0;
	case 2010:
		*bits = tec->output;
		return 0;
	case 2030:
		*bits = bits_of(tec->ampere_limit);
		return 0;
	case 2051:
		*bits = OWN_ADDRESS;
		return 0;
	default:
		return NO_PARAMETER;
	}
}

static gboolean take_float(float *member, guint32 bits, double min, double max)
{
	float value = number_of(bits);
	if (!(value >= min && value <= max))
		return FALSE;
	*member = value;
	return TRUE;
}

static guint set(struct tec *tec, guint32 id, guint32 bits)
{
	guint32 old = 0;
	gboolean ok = TRUE;
	switch (id) {
	case 2010:
		ok = bits <= 3;
		tec->output = ok ? bits : tec->output;
		break;
	case 2030:
		ok = take_float(&tec->ampere_limit, bits, 0, 4);
		break;
	case 3000:
		ok = take_float(&tec->target_degc, bits, TARGET_MIN, TARGET_MAX);
		break;
	default:
		return get(tec, id, &old) == 0 ? READ_ONLY : NO_PARAMETER;
	}
	if (ok) {
		tec->inside_since_s = NAN;
		drive(tec);
	}
	return ok ? 0 : OUT_OF_RANGE;
}

/* --- frames -------------------------------------------------------------------------------------
 */

/* What follows the head of the reply; empty: done. Gives the number of an error. */
static guint execute(struct tec *tec, const char *payload, gsize len, GString *answer)
{
	guint32 id = 0, instance = 0, bits = 0;
	gboolean gets = len == 9 && strncmp(payload, "?VR", 3) == 0;
	gboolean sets = len == 16 && strncmp(payload, "VS", 2) == 0;
	const char *digits = payload + (gets ? 3 : 2);

	if (len == 3 && strncmp(payload, "?IF", 3) == 0) {
		g_string_append_printf(answer, "%-20s", "8065-TEC-1091");
		return 0;
	}
	if (len == 2 && strncmp(payload, "RS", 2) == 0) {
		reset(tec);
		return 0;
	}
	if (!gets && !sets)
		return payload[0] == '?' || payload[0] == 'V' ? BAD_FORMAT : NO_COMMAND;
	if (!read_digits(digits, 4, &id) || !read_digits(digits + 4, 2, &instance) ||
	    (sets && !read_digits(digits + 6, 8, &bits)))
		return BAD_FORMAT;
	if (instance != 1)
		return NO_INSTANCE;
	if (sets)
		return set(tec, id, bits);
	guint error = get(tec, id, &bits);
	if (error == 0)
		g_string_append_printf(answer, "%08X", bits);
	return error;
}

static gboolean is_for_us(const char *frame, gsize len)
{
	guint32 address = 0, sequence = 0, sum = 0;
	return len >= FRAME_HEAD + FRAME_CRC && len <= FRAME_MAX && frame[0] == '#' &&
	       read_digits(frame + 1, 2, &address) && read_digits(frame + 3, 4, &sequence) &&
	       read_digits(frame + len - FRAME_CRC, FRAME_CRC, &sum) &&
	       (address == 0 || address == OWN_ADDRESS) && sum == checksum(frame, len - FRAME_CRC);
}

static void answer_frame(struct tec *tec, const char *frame, gsize len, GString *reply)
{
	g_autoptr(GString) answer = g_string_new(NULL);

	if (faults_take(tec->faults, FAULT_QUEUE_ERROR)) {
		tec->error = FAULT_NUMBER;
		drive(tec);
	}
	guint error = execute(tec, frame + FRAME_HEAD, len - FRAME_HEAD - FRAME_CRC, answer);
	g_string_append_printf(reply, "!%.6s", frame + 1);
	if (error != 0)
		g_string_append_printf(reply, "+%02X", error);
	else
		g_string_append(reply, answer->str);
	/* with nothing to say the checksum is the request's once more */
	guint16 sum = reply->len == FRAME_HEAD ? checksum(frame, len - FRAME_CRC)
	                                       : checksum(reply->str, reply->len);
	g_string_append_printf(reply, "%04X\r", sum);
}

/* --- serving ------------------------------------------------------------------------------------
 */

static void *session_new(void *device)
{
	return device;
}

static gsize session_frame(void *session, const char *data, gsize len)
{
	const char *end = memchr(data, '\r', len);
	return end ? (gsize)(end - data) + 1 : 0;
}

static gboolean session_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	struct tec *tec = session;
	g_autofree char *frame = g_strndup(data, len - 1);
	g_autoptr(GString) text = g_string_new(NULL);

	/* bytes before the sign belong to no frame */
	const char *begin = strrchr(frame, '#');
	if (!begin || !is_for_us(begin, strlen(begin)))
		return TRUE;
	g_mutex_lock(&tec->lock);
	answer_frame(tec, begin, strlen(begin), text);
	g_mutex_unlock(&tec->lock);
	g_byte_array_append(reply, (const guint8 *)text->str, (guint)text->len);
	return TRUE;
}

static void session_free(void *session)
{
}

static const struct server_ops ops = {
	.session_new = session_new,
	.frame = session_frame,
	.message = session_message,
	.session_free = session_free,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct tec *tec = g_new0(struct tec, 1);

	tec->world = world;
	tec->site = site;
	tec->faults = faults;
	tec->serial = 101 + site;
	g_mutex_init(&tec->lock);
	reset(tec);
	return tec;
}

static void destroy(void *device)
{
	struct tec *tec = device;

	g_mutex_clear(&tec->lock);
	g_free(tec);
}

const struct sim_kind sim_meerstetter = {
	.name = "thermal",
	.model = "tec-1091",
	.what = "Meerstetter TEC-1091",
	.ops = &ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
