/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "instruments/link/usbtmc_message.h"

#include <string.h>

/*
 * A bulk-in transfer, and what else a device sends. The first three bytes are what was asked: tag,
 * length in units of 256, whether any MsgID will do. What is accepted holds what it promises.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;
	const struct usbtmc_asked asked = {data[0], (guint32)data[1] << 8, data[2] & 1};
	const guint8 *transfer = data + 3;
	gsize len = size - 3;
	struct usbtmc_answer answer;
	struct usbtmc_capabilities capabilities;
	g_autoptr(GError) error = NULL;
	guint8 status;

	if (usbtmc_unpack_answer(transfer, len, &asked, &answer, &error)) {
		guint8 header[USBTMC_HEADER_LEN];
		/* the other direction's header of the same values differs in MsgID only */
		usbtmc_pack_out(header, asked.tag, answer.len, answer.end);
		g_assert_cmpmem(header + 1, 2, transfer + 1, 2);
		g_assert_cmpmem(header + 4, 4, transfer + 4, 4);
		g_assert_cmpuint(answer.len, <=, asked.len);
		g_assert_cmpuint(len, >=, USBTMC_HEADER_LEN);
	} else {
		g_assert_true(g_error_matches(error, STATION_ERROR, STATION_ERROR_PROTOCOL));
		g_assert_cmpuint(answer.len > asked.len || answer.len == 0, ==, TRUE);
	}
	if (usbtmc_unpack_capabilities(transfer, len, &capabilities))
		g_assert_cmpuint(len, >=, USBTMC_CAPABILITIES_LEN);
	if (usbtmc_unpack_status_packet(transfer, len, asked.tag, &status))
		g_assert_cmpuint(status, ==, transfer[1]);
	if (usbtmc_is_service_request(transfer, len))
		g_assert_cmphex(transfer[0] << 8 | (transfer[1] & 0x40), ==, 0x8140);
	g_assert_nonnull(usbtmc_status_name(asked.tag));
	return 0;
}
