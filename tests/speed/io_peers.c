/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/speed/io_peers.h"

#include "base/bytes.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define MESSAGE_MAX 4096
#define READ_MAX    (1u << 20)

struct io_block io_block_make(void)
{
	g_autofree char *digits = g_strdup_printf("%u", IO_BLOCK_BYTES);
	g_autofree char *header = g_strdup_printf("#%u%s", (guint)strlen(digits), digits);
	gsize header_len = strlen(header);
	struct io_block block = {.len = header_len + IO_BLOCK_BYTES + 1};

	block.bytes = g_malloc(block.len);
	memcpy(block.bytes, header, header_len);
	for (gsize i = 0; i < IO_BLOCK_BYTES; i++)
		block.bytes[header_len + i] = (guint8)(i * 2654435761u >> 13);
	block.bytes[block.len - 1] = '\n';
	return block;
}

/* What a message is answered with; null: nothing. */
static const guint8 *answer_to(const struct io_block *block, const void *message, gsize len,
                               gsize *answer_len)
{
	if (len == strlen(IO_BLOCK_QUERY) && memcmp(message, IO_BLOCK_QUERY, len) == 0) {
		*answer_len = block->len;
		return block->bytes;
	}
	*answer_len = strlen(IO_ANSWER);
	return (const guint8 *)IO_ANSWER;
}

/* GIO makes every descriptor one that never blocks; poll before each message would slow us. */
static int blocking(GSocket *socket)
{
	int fd = g_socket_get_fd(socket);

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

/* One message as it came; 0: the client has gone. */
static gsize hear(int fd, guint8 *message)
{
	gssize got = recv(fd, message, MESSAGE_MAX, 0);

	return (gsize)MAX(got, 0);
}

static gboolean say(int fd, const void *header, gsize header_len, const void *answer, gsize len)
{
	struct iovec parts[2] = {{(void *)header, header_len}, {(void *)answer, len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	while (parts[0].iov_len + parts[1].iov_len > 0) {
		gssize sent = sendmsg(fd, &message, MSG_NOSIGNAL);
		if (sent < 0)
			return FALSE;
		for (guint i = 0; i < 2; i++) {
			gsize part = MIN((gsize)sent, parts[i].iov_len);
			parts[i].iov_base = (guint8 *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			sent -= (gssize)part;
		}
	}
	return TRUE;
}

void io_serve_raw(void *data, GSocket *socket, GCancellable *stop)
{
	int fd = blocking(socket);
	guint8 message[MESSAGE_MAX];

	for (;;) {
		gsize got = hear(fd, message), len = 0;
		if (got == 0)
			return;
		const guint8 *answer = answer_to(data, message, got, &len);
		if (!say(fd, NULL, 0, answer, len))
			return;
	}
}

/* --- HiSLIP ------------------------------------------------------------------------------------
 */

/* IVI-6.1: "HS", type, control, parameter, length of the payload. */
enum {
	HEADER_LEN = 16,
	INITIALIZE = 0,
	INITIALIZE_RESPONSE = 1,
	DATA_END = 7,
	ASYNC_MAX_SIZE = 15,
	ASYNC_MAX_SIZE_RESPONSE = 16,
	ASYNC_INITIALIZE = 17,
	ASYNC_INITIALIZE_RESPONSE = 18,
	VERSION_1_0_SESSION_1 = 0x01000001,
};

void io_serve_hislip(void *data, GSocket *socket, GCancellable *stop)
{
	static const guint8 max_size[8] = {0, 0, 0, 0, 0, 0x10, 0, 0};
	int fd = blocking(socket);
	guint8 message[MESSAGE_MAX], header[HEADER_LEN] = {'H', 'S'};

	for (;;) {
		gsize got = hear(fd, message), len = 0;
		const guint8 *answer = NULL;
		if (got < HEADER_LEN)
			return;
		memcpy(header + 4, message + 4, 4);
		switch (message[2]) {
		case INITIALIZE:
			header[2] = INITIALIZE_RESPONSE;
			put_be32(header + 4, VERSION_1_0_SESSION_1);
			break;
		case ASYNC_INITIALIZE:
			header[2] = ASYNC_INITIALIZE_RESPONSE;
			break;
		case ASYNC_MAX_SIZE:
			header[2] = ASYNC_MAX_SIZE_RESPONSE;
			answer = max_size;
			len = sizeof(max_size);
			break;
		case DATA_END:
			header[2] = DATA_END;
			answer = answer_to(data, message + HEADER_LEN, got - HEADER_LEN, &len);
			break;
		default:
			return;
		}
		put_be32(header + 12, (guint32)len);
		if (!say(fd, header, HEADER_LEN, answer, len))
			return;
	}
}

/* --- VXI-11 ------------------------------------------------------------------------------------
 */

/*
 * RFC 5531 and VXI-11 B.6: a mark of the record, a call of ten words (the credentials and the
 * verifier empty) and its arguments; a reply of six words and its results.
 */
enum {
	LAST = 0x80000000u,
	CALL_XID = 4,
	CALL_PROCEDURE = 24,
	CALL_ARGUMENTS = 44,
	REPLY_WORDS = 6,
	CREATE_LINK = 10,
	DEVICE_WRITE = 11,
	DEVICE_READ = 12,
	WRITE_LEN = CALL_ARGUMENTS + 16, /* link, two timeouts, flags */
	READ_WANTED = CALL_ARGUMENTS + 4,
	READ_END = 4,
	READ_FULL = 1,
};

static guint32 word(const guint8 *message, gsize at)
{
	struct rd rd = rd_init(message + at, 4);

	return rd_be32(&rd);
}

/* A reply that ends with n results and, when there is one, an opaque of len, a multiple of 4. */
static gboolean reply(int fd, const guint8 *call, const guint32 *results, guint n,
                      const void *opaque, gsize len)
{
	guint32 words[1 + REPLY_WORDS + 4] = {0, word(call, CALL_XID), 1};
	guint8 bytes[sizeof(words)];
	gsize head = (1 + REPLY_WORDS + n) * 4;

	memcpy(words + 1 + REPLY_WORDS, results, n * sizeof(*results));
	words[0] = LAST | (guint32)(head - 4 + len);
	for (gsize i = 0; i < head / 4; i++)
		put_be32(bytes + 4 * i, words[i]);
	return say(fd, bytes, head, opaque, len);
}

struct left {
	const guint8 *answer;
	gsize len;
};

static gboolean reply_read(int fd, const guint8 *call, struct left *left)
{
	static const guint8 filling[4];
	gsize len = MIN(MIN(word(call, READ_WANTED), READ_MAX), left->len);
	guint32 results[] = {0, len == left->len ? READ_END : READ_FULL, (guint32)len};
	guint8 last[MESSAGE_MAX] = {0};
	const guint8 *answer = left->answer;
	gsize padded = (len + 3) & ~(gsize)3;

	/* only the last piece can need filling up; it is short */
	if (padded > len && len <= sizeof(last) - sizeof(filling))
		answer = memcpy(last, left->answer, len);
	left->answer += len;
	left->len -= len;
	return reply(fd, call, results, G_N_ELEMENTS(results), answer, padded);
}

void io_serve_vxi11(void *data, GSocket *socket, GCancellable *stop)
{
	int fd = blocking(socket);
	struct left left = {NULL, 0};
	guint8 call[MESSAGE_MAX];
	gboolean ok = TRUE;

	while (ok && hear(fd, call) >= CALL_ARGUMENTS) {
		guint32 procedure = word(call, CALL_PROCEDURE);
		if (procedure == CREATE_LINK) {
			const guint32 results[] = {0, 0, 0, MESSAGE_MAX / 2};
			ok = reply(fd, call, results, G_N_ELEMENTS(results), NULL, 0);
		} else if (procedure == DEVICE_WRITE) {
			guint32 len = word(call, WRITE_LEN);
			const guint32 results[] = {0, len};
			left.answer = answer_to(data, call + WRITE_LEN + 4, len, &left.len);
			ok = reply(fd, call, results, G_N_ELEMENTS(results), NULL, 0);
		} else {
			const guint32 none = 0;
			ok = procedure == DEVICE_READ ? reply_read(fd, call, &left)
			                              : reply(fd, call, &none, 1, NULL, 0);
		}
	}
}
