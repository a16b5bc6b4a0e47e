/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/speed/io_peers.h"

#include "bench/hislip_server_wire.h"
#include "bench/rpc_server.h"
#include "bench/vxi11_server.h"
#include "bench/vxi11_server_link.h"

#include <string.h>

#define MESSAGE_MAX 4096
#define SESSION_ID  1
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

void io_serve_raw(void *data, GSocket *socket, GCancellable *stop)
{
	char message[MESSAGE_MAX];
	gssize got = 0;

	/* messages are short and come one at a time, each in one piece */
	while ((got = g_socket_receive(socket, message, sizeof(message), NULL, NULL)) > 0) {
		gsize len = 0;
		const guint8 *answer = answer_to(data, message, (gsize)got, &len);
		if (!socket_send_all(socket, answer, len, NULL))
			return;
	}
}

/* --- HiSLIP ------------------------------------------------------------------------------------
 */

static gboolean answer_hislip(const struct io_block *block, GSocket *socket,
                              const struct hislip_header *asked, const GByteArray *payload)
{
	struct hislip_header header = {.parameter = asked->parameter};
	const guint8 ours[8] = {0, 0, 0, 0, 0, 0x10, 0, 0};
	const void *answer = NULL;
	gsize len = 0;

	switch (asked->type) {
	case HISLIP_INITIALIZE:
		header.type = HISLIP_INITIALIZE_RESPONSE;
		header.parameter = 0x0100u << 16 | SESSION_ID;
		break;
	case HISLIP_ASYNC_INITIALIZE:
		header.type = HISLIP_ASYNC_INITIALIZE_RESPONSE;
		break;
	case HISLIP_ASYNC_MAX_SIZE:
		header.type = HISLIP_ASYNC_MAX_SIZE_RESPONSE;
		answer = ours;
		len = sizeof(ours);
		break;
	case HISLIP_DATA_END:
		header.type = HISLIP_DATA_END;
		answer = answer_to(block, payload->data, payload->len, &len);
		break;
	default:
		header.type = HISLIP_ERROR;
		break;
	}
	header.len = len;
	return hislip_wire_send(socket, &header, answer, NULL);
}

void io_serve_hislip(void *data, GSocket *socket, GCancellable *stop)
{
	g_autoptr(GByteArray) payload = g_byte_array_new();
	struct hislip_header header;

	while (hislip_wire_receive(socket, &header, payload, MESSAGE_MAX, NULL) ==
	               HISLIP_RECEIVED &&
	       answer_hislip(data, socket, &header, payload))
		;
}

/* --- VXI-11 ------------------------------------------------------------------------------------
 */

struct vxi11_peer {
	const struct io_block *block;
	const guint8 *answer;
	gsize left;
};

static enum rpc_status run_write(struct vxi11_peer *peer, struct rpc_call *call)
{
	gsize len = 0;

	rd_bytes(&call->arguments, 16); /* link, timeouts, flags */
	const guint8 *data = rpc_take_opaque(&call->arguments, &len);
	if (!data)
		return RPC_GARBAGE_ARGUMENTS;
	peer->answer = answer_to(peer->block, data, len, &peer->left);
	rpc_put_u32(call->results, VXI11_OK);
	rpc_put_u32(call->results, (guint32)len);
	return RPC_SUCCESS;
}

static enum rpc_status run_read(struct vxi11_peer *peer, struct rpc_call *call)
{
	rd_be32(&call->arguments);
	guint32 wanted = rd_be32(&call->arguments);
	gsize len = MIN(MIN(wanted, READ_MAX), peer->left);

	rpc_put_u32(call->results, VXI11_OK);
	rpc_put_u32(call->results, len == peer->left ? 4 : 1);
	rpc_put_opaque(call->results, peer->answer, len);
	peer->answer += len;
	peer->left -= len;
	return RPC_SUCCESS;
}

static enum rpc_status run_vxi11(void *data, struct rpc_call *call)
{
	switch (call->procedure) {
	case VXI11_CREATE_LINK:
		for (guint i = 0; i < 3; i++)
			rpc_put_u32(call->results, 0);
		rpc_put_u32(call->results, MESSAGE_MAX);
		return RPC_SUCCESS;
	case VXI11_WRITE:
		return run_write(data, call);
	case VXI11_READ:
		return run_read(data, call);
	default:
		rpc_put_u32(call->results, VXI11_OK);
		return RPC_SUCCESS;
	}
}

void io_serve_vxi11(void *data, GSocket *socket, GCancellable *stop)
{
	static const struct rpc_program program = {VXI11_CORE_PROGRAM, VXI11_VERSION, run_vxi11};
	struct vxi11_peer peer = {.block = data};

	rpc_serve(&program, &peer, socket, 2 * MESSAGE_MAX, NULL);
}
