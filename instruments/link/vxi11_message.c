/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/vxi11_message.h"

#include "base/error.h"
#include "instruments/link/xdr.h"

#include <string.h>

enum {
	REASON_END = 4,
	/* Some servers announce 0 or 2^32-1 bytes: neither can be meant. */
	WRITE_SANE_MAX = 1 << 20,
	WRITE_FALLBACK = 4096,
	FAMILY_TCP = 0,
	HANDLE_MAX = 40,
};

const struct rpc_program vxi11_core = {0x0607AF, 1, "VXI-11"};
const struct rpc_program vxi11_async = {0x0607B0, 1, "the abort channel of VXI-11"};
const struct rpc_program vxi11_interrupt_program = {0x0607B1, 1, "VXI-11's interrupt channel"};

/* ---- arguments ---- */

void vxi11_put_create_link(GByteArray *to, guint32 client_id, const char *device)
{
	xdr_put_u32(to, client_id);
	xdr_put_u32(to, FALSE); /* lock the device */
	xdr_put_u32(to, 0);     /* lock_timeout */
	xdr_put_string(to, device);
}

void vxi11_put_link(GByteArray *to, guint32 link)
{
	xdr_put_u32(to, link);
}

void vxi11_put_write(GByteArray *to, guint32 link, guint32 io_timeout_ms, guint32 flags,
                     const guint8 *data, gsize len)
{
	xdr_put_u32(to, link);
	xdr_put_u32(to, io_timeout_ms);
	xdr_put_u32(to, 0); /* lock_timeout */
	xdr_put_u32(to, flags);
	xdr_put_opaque(to, data, len);
}

void vxi11_put_read(GByteArray *to, guint32 link, guint32 size, guint32 io_timeout_ms)
{
	xdr_put_u32(to, link);
	xdr_put_u32(to, size);
	xdr_put_u32(to, io_timeout_ms);
	xdr_put_u32(to, 0); /* lock_timeout */
	xdr_put_u32(to, 0); /* flags */
	xdr_put_u32(to, 0); /* the character that ends a message: only with a flag */
}

void vxi11_put_generic(GByteArray *to, guint32 link, guint32 io_timeout_ms)
{
	xdr_put_u32(to, link);
	xdr_put_u32(to, 0); /* flags */
	xdr_put_u32(to, 0); /* lock_timeout: here it stands before io_timeout */
	xdr_put_u32(to, io_timeout_ms);
}

void vxi11_put_lock(GByteArray *to, guint32 link, guint32 flags, guint32 lock_timeout_ms)
{
	xdr_put_u32(to, link);
	xdr_put_u32(to, flags);
	xdr_put_u32(to, lock_timeout_ms);
}

void vxi11_put_interrupt_channel(GByteArray *to, guint32 ipv4, guint16 port)
{
	xdr_put_u32(to, ipv4);
	xdr_put_u32(to, port);
	xdr_put_u32(to, vxi11_interrupt_program.number);
	xdr_put_u32(to, vxi11_interrupt_program.version);
	xdr_put_u32(to, FAMILY_TCP);
}

void vxi11_put_enable_srq(GByteArray *to, guint32 link, const guint8 *handle, gsize len)
{
	xdr_put_u32(to, link);
	xdr_put_u32(to, TRUE);
	xdr_put_opaque(to, handle, len);
}

gboolean vxi11_take_request(const guint8 *data, gsize len, const guint8 *handle, gsize handle_len,
                            guint32 *xid, GError **error)
{
	struct rd arguments;
	gsize its_len;
	if (!rpc_take_call(data, len, &vxi11_interrupt_program, VXI11_DEVICE_INTR_SRQ, xid,
	                   &arguments, error))
		return FALSE;
	const guint8 *its = xdr_take_opaque(&arguments, HANDLE_MAX, &its_len);
	if (!arguments.bad && its_len == handle_len && memcmp(its, handle, handle_len) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL, "a request with another's handle");
	return FALSE;
}

/* ---- results ---- */

struct device_error {
	guint32 number;
	enum station_error code;
	const char *name;
};

/* clang-format off */
static const struct device_error device_errors[] = {
	{1,  STATION_ERROR_PROTOCOL,    "syntax error"},
	{3,  STATION_ERROR_IO,          "device not accessible"},
	{4,  STATION_ERROR_IO,          "invalid link identifier"},
	{5,  STATION_ERROR_PROTOCOL,    "parameter error"},
	{6,  STATION_ERROR_PROTOCOL,    "channel not established"},
	{8,  STATION_ERROR_UNSUPPORTED, "operation not supported"},
	{9,  STATION_ERROR_IO,          "out of resources"},
	{11, STATION_ERROR_REFUSED,     "locked by another link"},
	{12, STATION_ERROR_REFUSED,     "no lock held by this link"},
	{15, STATION_ERROR_TIMEOUT,     "I/O timeout"},
	{17, STATION_ERROR_IO,          "I/O error"},
	{21, STATION_ERROR_IO,          "invalid address"},
	{23, STATION_ERROR_INSTRUMENT,  "abort"},
	{29, STATION_ERROR_PROTOCOL,    "channel already established"},
};
/* clang-format on */

static gboolean fail_short(GError **error)
{
	station_error_set(error, STATION_ERROR_PROTOCOL, "the results are too short");
	return FALSE;
}

gboolean vxi11_take_none(struct rd *results, GError **error)
{
	guint32 number = rd_be32(results);
	if (results->bad)
		return fail_short(error);
	if (number == 0)
		return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(device_errors); i++) {
		const struct device_error *known = &device_errors[i];
		if (known->number != number)
			continue;
		station_error_set(error, known->code, "error %u, %s", number, known->name);
		return FALSE;
	}
	station_error_set(error, STATION_ERROR_INSTRUMENT, "error %d, not in the standard",
	                  (gint32)number);
	return FALSE;
}

gboolean vxi11_take_link_made(struct rd *results, struct vxi11_link_made *made, GError **error)
{
	if (!vxi11_take_none(results, error))
		return FALSE;
	made->link = rd_be32(results);
	guint32 port = rd_be32(results);
	made->write_max = rd_be32(results);
	if (results->bad)
		return fail_short(error);
	if (port > G_MAXUINT16) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "%u is no abort port", port);
		return FALSE;
	}
	made->abort_port = (guint16)port;
	if (made->write_max == 0 || made->write_max > WRITE_SANE_MAX)
		made->write_max = WRITE_FALLBACK;
	return TRUE;
}

gboolean vxi11_take_written(struct rd *results, gsize sent, gsize *taken, GError **error)
{
	if (!vxi11_take_none(results, error))
		return FALSE;
	*taken = rd_be32(results);
	if (results->bad)
		return fail_short(error);
	if (*taken <= sent && (*taken > 0 || sent == 0))
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes taken", *taken, sent);
	return FALSE;
}

gboolean vxi11_take_piece(struct rd *results, gsize size, struct vxi11_piece *piece, GError **error)
{
	if (!vxi11_take_none(results, error))
		return FALSE;
	guint32 reason = rd_be32(results);
	piece->data = xdr_take_opaque(results, size, &piece->len);
	piece->end = (reason & REASON_END) != 0;
	if (!results->bad)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "the results are too short, or have more than the %" G_GSIZE_FORMAT
	                  " bytes asked for",
	                  size);
	return FALSE;
}

gboolean vxi11_take_status(struct rd *results, guint8 *status, GError **error)
{
	if (!vxi11_take_none(results, error))
		return FALSE;
	guint32 value = rd_be32(results);
	if (results->bad)
		return fail_short(error);
	if (value > G_MAXUINT8) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "0x%x is no status byte", value);
		return FALSE;
	}
	*status = (guint8)value;
	return TRUE;
}
