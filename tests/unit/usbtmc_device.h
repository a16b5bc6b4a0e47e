/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_USBTMC_DEVICE_H
#define TESTS_UNIT_USBTMC_DEVICE_H

#include <gio/gio.h>

#include <errno.h>
#include <string.h>

/*
 * A USBTMC instrument as three functions: control, out and in, typed from the standard without the
 * code under test. Each gives the bytes moved or what a kernel says: -EAGAIN keeps the transfer
 * waiting, -EPIPE is a stall, -ENODEV the end. Not thread-safe: the bus locks. What it answers is
 * somebody else's matter, or this:
 *
 *   ECHO? TEXT    TEXT             BLOCK? N   a definite block of N bytes, byte i is 7 i
 *   TEXT? N       N letters        SILENT?    nothing, ever
 *   RAW? TEXT     TEXT without LF  LINES?     two lines in one message
 *   LENGTH? ...   how many bytes the command had
 */

/* Where in an exchange a fault can strike. */
enum device_step {
	STEP_NONE,
	STEP_STRING,
	STEP_CAPABILITIES,
	STEP_REMOTE,
	STEP_CLEAR,
	STEP_CHECK_CLEAR,
	STEP_ABORT_IN,
	STEP_CHECK_ABORT_IN,
	STEP_ABORT_OUT,
	STEP_CHECK_ABORT_OUT,
	STEP_STATUS,
	STEP_INTERRUPT,
	STEP_OUT,     /* a command */
	STEP_REQUEST, /* REQUEST_DEV_DEP_MSG_IN */
	STEP_IN,      /* the beginning of an answer */
	STEP_IN_REST, /* past its first packet */
};

struct device;

/* What a message means, and what else concerns who knows that; `instrument` is theirs. */
struct device_language {
	/* a message that has ended; sets device->message to what is to be sent, or does not */
	void (*answer)(struct device *device, const guint8 *message, gsize len);
	void (*clear)(struct device *device);
};

/* What is wrong with an answer. */
enum device_garble {
	GARBLE_NONE,
	GARBLE_CUT, /* the transfer ends after garble_at bytes */
	GARBLE_TAG,
	GARBLE_TAG_INVERSE,
	GARBLE_ID,
	GARBLE_ASKED,    /* TransferSize above what was asked */
	GARBLE_BEYOND,   /* TransferSize above what is sent */
	GARBLE_NO_END,   /* no EOM */
	GARBLE_NOTHING,  /* EOM with no byte */
	GARBLE_BABBLE,   /* more bytes than TransferSize, beyond a packet */
	GARBLE_OLD,      /* the answer to the request before */
	GARBLE_EMPTY,    /* an empty transfer first: a quirk */
	GARBLE_EMPTIES,  /* nothing but empty ones */
	GARBLE_NO_SHORT, /* no empty packet after a full last one: a quirk */
	GARBLE_PADDING,  /* padding is counted: a quirk */
};

struct device {
	/* what it is */
	guint16 vendor, product;
	const char *serial;
	guint packet;
	guint part_max; /* bytes of a message in one transfer; 0: as many as are asked for */
	gboolean has_interrupt;
	gboolean plain;        /* protocol 0, no USB488 */
	guint8 remote;         /* byte 15 of its capabilities */
	gboolean triggers;     /* takes TRIGGER */
	gboolean only_answers; /* its interrupt pipe brings nothing with a status byte */
	guint8 status;
	guint idle_polls;                       /* status bytes without bit 6 before */
	int pending;                            /* times that a CHECK says pending */
	int busy;                               /* times that READ_STATUS_BYTE says busy */
	const struct device_language *language; /* null: the one above */
	gpointer instrument;
	/* what goes wrong; strikes times */
	enum device_step fault_step;
	int fault; /* -EAGAIN, -EPIPE, -ENODEV */
	int strikes;
	GCancellable *on_silence; /* cancelled when -EAGAIN strikes; null: nobody */
	int n_struck;
	enum device_garble garble;
	gsize garble_at;
	/* what was seen */
	int n_remote, n_local, n_clear, n_abort_in, n_abort_out, n_halt_in, n_halt_out, n_reset;
	int n_trigger, n_claim, n_release, n_detach, n_requests, n_out_of_line;
	guint32 asked_max;
	gboolean is_busy; /* another program has the interface */
	gboolean is_gone;
	gboolean comes_back; /* it is only gone until it is opened again */
	/* its state */
	GByteArray *command; /* that has not ended yet */
	GByteArray *message; /* to be answered; null: nothing */
	GByteArray *moving;  /* the bulk-in transfer under way; null: none */
	gsize moved;
	guint8 tag, out_tag;
	guint32 asked; /* by the request that waits; 0: none waits */
	guint8 interrupt[4][2];
	guint n_interrupt;
};

static void device_init(struct device *device)
{
	*device = (struct device){.vendor = 0x1313,
	                          .product = 0x8078,
	                          .serial = "P0001234",
	                          .packet = 64,
	                          .status = 0x50,
	                          .remote = 0x0e};
}

static void device_forget(struct device *device)
{
	g_clear_pointer(&device->command, g_byte_array_unref);
	g_clear_pointer(&device->message, g_byte_array_unref);
	g_clear_pointer(&device->moving, g_byte_array_unref);
	device->asked = 0;
	device->n_interrupt = 0;
}

static gpointer device_cancel(gpointer cancellable)
{
	g_cancellable_cancel(cancellable);
	g_object_unref(cancellable);
	return NULL;
}

/* 0 or what the fault makes of this step. */
static int device_step(struct device *device, enum device_step step)
{
	if (device->is_gone)
		return -ENODEV;
	if (device->fault_step != step || device->strikes == 0)
		return 0;
	device->strikes--;
	if (device->n_struck++ == 0 && device->fault == -EAGAIN && device->on_silence)
		g_thread_unref(
			g_thread_new("cancel", device_cancel, g_object_ref(device->on_silence)));
	if (device->fault == -ENODEV)
		device->is_gone = TRUE;
	return device->fault;
}

/* ---- control ---- */

static int device_say(guint8 *data, int max, const void *bytes, gsize len)
{
	gsize n = MIN(len, (gsize)max);
	memcpy(data, bytes, n);
	return (int)n;
}

static int device_string(struct device *device, guint8 index, guint8 *data, int max)
{
	const char *text = index == 1   ? "Example \xc2\xb5"
	                   : index == 2 ? "Meter"
	                   : index == 3 ? device->serial
	                                : NULL;
	glong count = 0;
	int wrong = device_step(device, STEP_STRING);

	if (wrong || (!text && index != 0))
		return wrong ? wrong : -EPIPE;
	if (index == 0)
		return device_say(data, max, "\x04\x03\x09\x04", 4);
	g_autofree gunichar2 *wide = g_utf8_to_utf16(text, -1, NULL, &count, NULL);
	guint8 bytes[256] = {(guint8)(2 + 2 * count), 3};
	memcpy(bytes + 2, wide, (gsize)count * 2);
	return device_say(data, max, bytes, bytes[0]);
}

/* The status of a CHECK: pending for a while. */
static guint8 device_check(struct device *device, int *left)
{
	return *left > 0 && (*left)-- > 0 ? 2 : 1;
}

static int device_abort(struct device *device, const guint8 *setup, guint8 *data, int max)
{
	gboolean is_in = setup[1] >= 3;
	guint8 check[8] = {0}, initiate[2] = {1, setup[2]};
	int wrong = device_step(device, setup[1] == 1   ? STEP_ABORT_OUT
	                                : setup[1] == 2 ? STEP_CHECK_ABORT_OUT
	                                : setup[1] == 3 ? STEP_ABORT_IN
	                                                : STEP_CHECK_ABORT_IN);
	if (wrong)
		return wrong;
	if (setup[4] != (is_in ? 0x81 : 0x02) || setup[0] != 0xa2)
		return -EPIPE;
	if (setup[1] == 2 || setup[1] == 4) {
		check[0] = device_check(device, &device->pending);
		return device_say(data, max, check, sizeof check);
	}
	*(is_in ? &device->n_abort_in : &device->n_abort_out) += 1;
	if (is_in && !device->asked && !device->moving)
		initiate[0] = 0x80;
	else if (is_in && device->tag != setup[2])
		initiate[0] = 0x81;
	else if (is_in) {
		/* the transfer under way ends with a short packet; the message stays */
		device->asked = 0;
		g_clear_pointer(&device->moving, g_byte_array_unref);
		device->moving = g_byte_array_new();
		device->moved = 0;
	}
	return device_say(data, max, initiate, sizeof initiate);
}

static int device_status(struct device *device, const guint8 *setup, guint8 *data, int max)
{
	guint8 status = device->idle_polls > 0 ? device->status & 0xbf : device->status;
	guint8 tag = setup[2], answer[3] = {1, tag, device->has_interrupt ? 0 : status};
	int wrong = device_step(device, STEP_STATUS);

	if (wrong)
		return wrong;
	if (tag < 2 || tag > 127 || device->plain)
		return -EPIPE;
	device->idle_polls -= MIN(device->idle_polls, 1);
	if (device->busy > 0 && device->busy-- > 0) {
		answer[0] = 0x20;
	} else if (device->has_interrupt && device->only_answers) {
		g_assert_cmpuint(device->n_interrupt, <, G_N_ELEMENTS(device->interrupt));
		memcpy(device->interrupt[device->n_interrupt++], (guint8[]){0x80 | tag, status}, 2);
	} else if (device->has_interrupt) {
		/* a service request has come before, and a late answer */
		memcpy(device->interrupt, "\x81\x40\xff\x41", 4);
		memcpy(device->interrupt[2], (guint8[]){0x80 | tag, status}, 2);
		device->n_interrupt = 3;
	}
	if (device->garble == GARBLE_TAG)
		answer[1]++;
	return device_say(data, max, answer, sizeof answer);
}

static int device_clear(struct device *device, guint8 *data, int max)
{
	int wrong = device_step(device, STEP_CLEAR);

	if (wrong)
		return wrong;
	device->n_clear++;
	device_forget(device);
	if (device->language)
		device->language->clear(device);
	return device_say(data, max, "\x01", 1);
}

static int device_control(struct device *device, const guint8 *setup, guint8 *data, int max)
{
	guint8 capabilities[24] = {1, 0, 0, 1, 0, 1, [12] = 0, 1, 4, device->remote};
	guint8 check[2];
	int wrong;

	if (setup[0] == 0x80 && setup[1] == 6 && setup[3] == 3)
		return device_string(device, setup[2], data, max);
	switch (setup[1]) {
	case 1:
	case 2:
	case 3:
	case 4:
		return device_abort(device, setup, data, max);
	case 5:
		return device_clear(device, data, max);
	case 6:
		wrong = device_step(device, STEP_CHECK_CLEAR);
		check[0] = device_check(device, &device->pending);
		check[1] = 0;
		return wrong ? wrong : device_say(data, max, check, sizeof check);
	case 7:
		wrong = device_step(device, STEP_CAPABILITIES);
		capabilities[14] |= device->triggers;
		if (device->plain)
			capabilities[14] = capabilities[15] = 0;
		return wrong ? wrong : device_say(data, max, capabilities, sizeof capabilities);
	case 0x80:
		return device_status(device, setup, data, max);
	case 0xa0:
		wrong = device_step(device, STEP_REMOTE);
		*(setup[2] ? &device->n_remote : &device->n_local) += 1;
		return wrong ? wrong : device_say(data, max, "\x01", 1);
	default:
		return -EPIPE;
	}
}

/* ---- bulk ---- */

static void device_answer(struct device *device, const char *command)
{
	GByteArray *message = g_byte_array_new();
	guint64 n = 0;

	if (g_str_has_prefix(command, "ECHO? ")) {
		g_byte_array_append(message, (const guint8 *)command + 6,
		                    (guint)strlen(command + 6));
	} else if (g_str_has_prefix(command, "RAW? ")) {
		g_byte_array_append(message, (const guint8 *)command + 5,
		                    (guint)strlen(command + 5) - 1);
	} else if (g_str_has_prefix(command, "TEXT? ")) {
		n = g_ascii_strtoull(command + 6, NULL, 10);
		g_byte_array_set_size(message, (guint)n + 1);
		memset(message->data, 'x', n);
		message->data[n] = '\n';
	} else if (g_str_has_prefix(command, "BLOCK? ")) {
		n = g_ascii_strtoull(command + 7, NULL, 10);
		g_autofree char *head = g_strdup_printf("#8%08u", (guint)n);
		g_byte_array_append(message, (const guint8 *)head, 10);
		for (guint64 i = 0; i < n; i++)
			g_byte_array_append(message, &(guint8){(guint8)(i * 7)}, 1);
		g_byte_array_append(message, (const guint8 *)"\n", 1);
	} else if (g_str_has_prefix(command, "LINES?")) {
		g_byte_array_append(message, (const guint8 *)"one\ntwo\n", 8);
	} else if (g_str_has_prefix(command, "LENGTH? ")) {
		g_autofree char *text = g_strdup_printf("%u\n", (guint)strlen(command));
		g_byte_array_append(message, (const guint8 *)text, (guint)strlen(text));
	} else {
		g_byte_array_unref(message);
		return;
	}
	g_clear_pointer(&device->message, g_byte_array_unref);
	device->message = message;
}

static guint32 device_u32(const guint8 *bytes)
{
	return bytes[0] | (guint32)bytes[1] << 8 | (guint32)bytes[2] << 16 |
	       (guint32)bytes[3] << 24;
}

static int device_out(struct device *device, const guint8 *data, int len)
{
	guint32 size = len >= 12 ? device_u32(data + 4) : 0;

	if (len < 12 || (data[1] ^ data[2]) != 0xff || data[1] == 0 || data[3] != 0)
		return -EPIPE;
	int wrong = device_step(device, data[0] == 1 ? STEP_OUT : STEP_REQUEST);
	if (wrong)
		return wrong;
	device->n_out_of_line += data[1] != device->out_tag % 255 + 1;
	device->out_tag = data[1];
	if (data[0] == 2) {
		device->tag = data[1];
		device->asked = size;
		device->asked_max = MAX(device->asked_max, size);
		device->n_requests++;
		return len;
	}
	if (data[0] == 128 && device->triggers && len == 12) {
		device->n_trigger++;
		return len;
	}
	if (data[0] != 1 || (guint32)len != 12 + (size + 3) / 4 * 4)
		return -EPIPE;
	if (!device->command)
		device->command = g_byte_array_new();
	g_byte_array_append(device->command, data + 12, size);
	if (data[8] & 1) {
		g_autoptr(GByteArray) command = g_steal_pointer(&device->command);
		if (device->language) {
			device->language->answer(device, command->data, command->len);
			return len;
		}
		g_byte_array_append(command, (const guint8 *)"", 1);
		device_answer(device, (const char *)command->data);
	}
	return len;
}

/* Puts the transfer together that answers the request. */
static void device_begin(struct device *device)
{
	guint32 len = MIN(device->message->len, device->asked);
	guint8 header[12] = {2, device->tag, (guint8)~device->tag};
	gboolean end;

	if (device->part_max)
		len = MIN(len, device->part_max);
	end = len == device->message->len;
	if (device->garble == GARBLE_NOTHING)
		len = 0;
	guint32 said = device->garble == GARBLE_ASKED     ? device->asked + 1
	               : device->garble == GARBLE_BEYOND  ? len + 4
	               : device->garble == GARBLE_PADDING ? (len + 3) / 4 * 4
	                                                  : len;
	if (device->garble == GARBLE_TAG || device->garble == GARBLE_OLD) {
		header[1] = (guint8)(device->tag - 1);
		header[2] = (guint8)~header[1];
	}
	if (device->garble == GARBLE_TAG_INVERSE)
		header[2] ^= 0x10;
	if (device->garble == GARBLE_ID)
		header[0] = 3;
	memcpy(header + 4, (guint8[]){(guint8)said, (guint8)(said >> 8), (guint8)(said >> 16)}, 3);
	header[8] = end && device->garble != GARBLE_NO_END;
	device->moving = g_byte_array_new();
	device->moved = 0;
	if (device->garble == GARBLE_EMPTIES)
		return;
	g_byte_array_append(device->moving, header, sizeof header);
	g_byte_array_append(device->moving, device->message->data, len);
	while (device->moving->len % 4)
		g_byte_array_append(device->moving, (const guint8 *)"", 1);
	for (int i = 0; device->garble == GARBLE_BABBLE && i < 100; i++)
		g_byte_array_append(device->moving, (const guint8 *)"9", 1);
	if (device->garble == GARBLE_CUT && device->garble_at < device->moving->len)
		g_byte_array_set_size(device->moving, (guint)device->garble_at);
	device->asked = 0;
	if (end)
		g_clear_pointer(&device->message, g_byte_array_unref);
	else
		g_byte_array_remove_range(device->message, 0, len);
}

static void device_end_transfer(struct device *device)
{
	g_clear_pointer(&device->moving, g_byte_array_unref);
}

/* max is a multiple of the packet; less than max is a short packet. */
static int device_in(struct device *device, guint8 *data, int max)
{
	if (!device->moving) {
		if (!device->asked || !device->message)
			return device->is_gone ? -ENODEV : -EAGAIN;
		int wrong = device_step(device, STEP_IN);
		if (wrong)
			return wrong;
		if (device->garble == GARBLE_EMPTY) {
			device->garble = GARBLE_NONE;
			return 0;
		}
		device_begin(device);
	} else if (device->moved > 0) {
		int wrong = device_step(device, STEP_IN_REST);
		if (wrong)
			return wrong;
	}
	gsize left = device->moving->len - device->moved;
	if (device->garble == GARBLE_NO_SHORT && left < (gsize)max && left % device->packet == 0 &&
	    device->moving->len > 0) {
		/* what is left would be moved, but nothing ends it */
		return -EAGAIN;
	}
	gsize n = MIN(left, (gsize)max);
	if (n > 0)
		memcpy(data, device->moving->data + device->moved, n);
	device->moved += n;
	gboolean is_full_end = device->moved == device->moving->len && n == (gsize)max;
	if (n < (gsize)max || (is_full_end && device->garble == GARBLE_NO_SHORT))
		device_end_transfer(device);
	return (int)n;
}

static int device_interrupt(struct device *device, guint8 *data, int max)
{
	if (device->n_interrupt == 0)
		return device->is_gone ? -ENODEV : -EAGAIN;
	int wrong = device_step(device, STEP_INTERRUPT);
	if (wrong)
		return wrong;
	int n = device_say(data, max, device->interrupt[0], 2);
	memmove(device->interrupt[0], device->interrupt[1], sizeof device->interrupt[0] * 3);
	device->n_interrupt--;
	return n;
}

#endif
