/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_LINK_H
#define INSTRUMENTS_LINK_LINK_H

#include "base/deadline.h"

#include <gio/gio.h>

/*
 * A connection to one instrument that moves whole messages. The bottom of the stack knows a
 * transport (TCP socket, serial line); a top (trace) wears the same operations and passes them on
 * to the link below it. Which ones, tells the resource string.
 *
 *   TCPIP[n]::HOST::PORT::SOCKET          raw socket; an IPv6 host stands in brackets: [::1]
 *   TCPIP[n]::HOST::hislipN[,PORT][::INSTR][?SETTINGS]   HiSLIP; PORT is 4880. SETTINGS: tls=on
 *                                         ca=PATH fingerprint=SHA256 user=NAME
 *                                         password_file=PATH, joined by '&', each key once;
 *                                         values with %XX escapes; any of them wants encryption
 *   TCPIP[n]::HOST[::NAME[@PORT]][::INSTR]    VXI-11; NAME is inst0 (gpib0,9 behind a gateway);
 *                                         PORT is asked of the host's portmapper
 *   USB[n]::VENDOR::PRODUCT::SERIAL[::INTERFACE][::INSTR]   USBTMC; numbers 0x1AB1 or decimal
 *   ASRL/dev/ttyUSB0::INSTR[?SETTINGS]    serial line. SETTINGS are KEY=VALUE joined by '&', each
 *                                         key once: baud=9600 bits=7|8 parity=none|odd|even
 *                                         stop=1|2 flow=none|rtscts|xonxoff; what is not said
 *                                         is 9600 8N1 without flow control
 *   PRLGX-TCPIP[n]::HOST[::PORT]::GPIB::ADDRESS[,SECONDARY][::INSTR]   GPIB behind a Prologix
 *                                         adapter; PORT is 1234
 *   PRLGX-ASRL/dev/ttyUSB0::GPIB::ADDRESS[,SECONDARY][::INSTR][?SETTINGS]   the same on USB
 *   trace:RESOURCE                        reports every message to the sink given to link_open
 *   trace:file=PATH:RESOURCE              and appends it to PATH as JSON lines; ':' and '%' in
 *                                         PATH are written %3A and %25
 *   record:file=PATH:RESOURCE             writes to PATH what replay needs
 *   replay:file=PATH:RESOURCE             opens nothing: PATH answers as RESOURCE did
 *   fault:KEY=VALUE[,KEY=VALUE...]:RESOURCE   spoils traffic; keys in instruments/link/fault.h
 *
 * Key words are read in either case; nothing may stand before or after. What VISA knows and we do
 * not speak (GPIB boards, VXI, PXI) is STATION_ERROR_UNSUPPORTED; all else that does not fit is
 * STATION_ERROR_CONFIG. Source of the forms: VPP-4.3, VISA resource names; "@PORT", "?SETTINGS",
 * the Prologix form and the tops are our own.
 *
 * A link is used by one thread at a time.
 */
struct link;

/* How the end of a message from the instrument is known where the transport has no end mark. */
enum link_framing {
	/*
	 * IEEE 488.2 response: the read_end outside of quoted strings and definite blocks. A block
	 * begins with '#' at the start of a data element; its announced length is read exactly.
	 */
	LINK_FRAMING_SCPI,
	/* The first read_end, whatever stands before it. */
	LINK_FRAMING_LINE,
	/*
	 * Lines up to one that is "Done" or begins with "Error". An empty line after it belongs to
	 * it, but need not come. The message is all of them joined by LF, the last included; empty
	 * lines before the first are dropped. Source: OZ Optics DD-100.
	 */
	LINK_FRAMING_DONE,
};

/* The bytes that end a message. */
enum link_end {
	LINK_END_LF, /* received: one CR just before the LF is dropped too */
	LINK_END_CR,
	LINK_END_CRLF, /* received: the CR must be there */
	LINK_END_NONE, /* sent only: nothing is added */
};

/* In what a raw socket's bytes are wrapped. */
enum link_packets {
	LINK_PACKETS_NONE,
	LINK_PACKETS_THORLABS, /* a header of four bytes and up to 1436 of the message */
};

/*
 * What a raw socket wants to hear after it was connected, before anything else: a line that names
 * the user, answered by `challenge`, then the password, answered by `welcome`. Answers are
 * compared in either case. None of it is reported to a sink.
 */
struct link_login {
	const char *user; /* the whole line: OPEN "anonymous" */
	const char *password;
	const char *challenge;
	const char *welcome;
};

/* What the instrument's language asks of the link; constant, lives longer than the link. */
struct link_settings {
	enum link_framing framing;
	enum link_end write_end; /* added to each message sent */
	enum link_end read_end;  /* ends each message received, and is not part of the result */
	double stall_s; /* longest silence inside a message once begun; 0: the deadline only */
	double gap_s;   /* least quiet time between traffic and the next message sent */
	enum link_packets packets;      /* of a raw socket */
	const struct link_login *login; /* of a raw socket, at each connection; null: none */
};

/* SCPI framing, LF both ways, 5 s of silence at most, no gap. */
extern const struct link_settings link_settings_scpi;
/* The same with line framing. */
extern const struct link_settings link_settings_line;

/* One thing that happened on a link; everything pointed to is valid during the call only. */
enum link_event_kind {
	LINK_EVENT_OPENED,
	LINK_EVENT_SENT,
	LINK_EVENT_RECEIVED,
	LINK_EVENT_CLEARED,
	LINK_EVENT_CLOSED,
	LINK_EVENT_TRIGGERED,
};

struct link_event {
	enum link_event_kind kind;
	const char *resource; /* without tops */
	gint64 start_us;      /* g_get_monotonic_time() when the operation began */
	gint64 duration_us;
	const guint8 *data; /* the message, without its end; null when there is none */
	gsize len;
	const GError *error; /* how the operation failed; null when it did not */
};

typedef void (*link_event_fn)(const struct link_event *event, gpointer user_data);

/* Who is told; fn may be called from within every link_… function. */
struct link_sink {
	link_event_fn fn;
	gpointer user_data;
};

/*
 * Opens a link. settings are borrowed as long as the link lives. sink is copied; when it is not
 * null every message is reported to it, whether the resource begins with "trace:" or not.
 * Connecting is part of it and bounded. Errors: STATION_ERROR_CONFIG (resource string),
 * UNSUPPORTED, IO, TIMEOUT, CANCELLED. Close with link_close.
 */
struct link *link_open(const char *resource, const struct link_settings *settings,
                       const struct link_sink *sink, const struct bounds *bounds, GError **error);

/* Closes and frees. Null is allowed. (No g_autoptr: unistd.h has taken the name of the type.) */
void link_close(struct link *link);

/* The resource without its tops; borrowed. For messages. */
const char *link_resource(const struct link *link);

/*
 * Sends one whole message of len bytes and the end that the settings name. A dirty link is cleared
 * first. Bytes received but never asked for are STATION_ERROR_PROTOCOL, and make the link dirty:
 * the instrument and we no longer agree on who answers what. When less than all could be sent the
 * call fails and the link is dirty.
 */
gboolean link_write(struct link *link, const void *data, gsize len, const struct bounds *bounds,
                    GError **error);

/*
 * link_write to an instrument that speaks first: what it has said is left to be read, and may still
 * be on its way. The caller knows the answer when it comes.
 */
gboolean link_greet(struct link *link, const void *data, gsize len, const struct bounds *bounds,
                    GError **error);

/*
 * Receives one whole message into reply (emptied first), without its end. More than max_len bytes
 * are STATION_ERROR_PROTOCOL; nothing is cut. On failure reply is empty and the link dirty. Bytes
 * after the end stay in the link for the next link_read. An indefinite block ("#0…") is
 * STATION_ERROR_UNSUPPORTED here when the transport has no end mark: use link_read_indefinite.
 */
gboolean link_read(struct link *link, GByteArray *reply, gsize max_len, const struct bounds *bounds,
                   GError **error);

/*
 * Receives one message that is an indefinite block with exactly payload_len bytes, of which the
 * caller knows how many they are: a raw socket has no other way to find their end. reply gets the
 * bytes after "#0". A definite block of the same length is accepted as well.
 */
gboolean link_read_indefinite(struct link *link, GByteArray *reply, gsize payload_len,
                              const struct bounds *bounds, GError **error);

/*
 * Receives one line, whatever the framing of the settings: to find the way back into a stream of
 * which only the tail may be left. Else as link_read.
 */
gboolean link_read_line(struct link *link, GByteArray *reply, gsize max_len,
                        const struct bounds *bounds, GError **error);

/* link_write of a text, then link_read. */
gboolean link_query(struct link *link, const char *message, GByteArray *reply, gsize max_len,
                    const struct bounds *bounds, GError **error);

/*
 * Makes the link usable after a failure: what is under way is given up, what was received is thrown
 * away. HiSLIP, VXI-11, USBTMC and GPIB have a device clear; a raw socket and a serial line are
 * closed and opened again. The link is clean afterwards, or stays dirty when this fails. Late bytes
 * may still arrive on a serial line: who speaks the instrument's language has to check (scpi does).
 */
gboolean link_clear(struct link *link, const struct bounds *bounds, GError **error);

/*
 * The status byte, asked past the stream of messages: serial poll, status query, READ_STATUS_BYTE.
 * May be asked while an answer is awaited. UNSUPPORTED where the transport has none (raw socket,
 * serial line): *STB? is a message there.
 */
gboolean link_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                          GError **error);

/* Bits of the status byte (IEEE 488.2 §11.2). */
enum link_status {
	LINK_STATUS_MAV = 0x10, /* an answer waits */
	LINK_STATUS_ESB = 0x20, /* an enabled event of the standard event register */
	LINK_STATUS_RQS = 0x40, /* the instrument requests service; reading the byte clears it */
};

/*
 * The bus's own trigger, in the order of the messages: Trigger (HiSLIP, USB488), device_trigger,
 * GET (GPIB). As link_write with a dirty link, bytes that nobody asked for and failures.
 * UNSUPPORTED where there is none (raw socket, serial line, a USB interface that does not offer
 * it): *TRG is a message there.
 */
gboolean link_trigger(struct link *link, const struct bounds *bounds, GError **error);

/*
 * Waits until the instrument requests service, and gives its status byte with LINK_STATUS_RQS in
 * it; the request is over then. One that came before the call counts, unless a link_clear came
 * after it. May be called while an answer is awaited, and leaves the link as clean as it was. By
 * AsyncServiceRequest, interrupt channel, interrupt endpoint or SRQ line where the bus and the
 * instrument have them; else, and each second in any case, the status byte is asked for: a request
 * that got lost on its way comes late, but comes. UNSUPPORTED where link_status_byte is.
 */
gboolean link_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                            GError **error);

/*
 * Takes the instrument for this link alone, by the bus's own lock, and waits for it until the
 * bounds end: then STATION_ERROR_REFUSED. UNSUPPORTED where the bus has none. Ends with link_unlock
 * or the connection.
 */
gboolean link_lock(struct link *link, const struct bounds *bounds, GError **error);
gboolean link_unlock(struct link *link, const struct bounds *bounds, GError **error);

/* True after a failed write or read, until link_clear. */
gboolean link_is_dirty(const struct link *link);
/* For the layer above: what was received makes no sense. */
void link_mark_dirty(struct link *link);

/* Bytes received and not read yet, as far as can be told without waiting. */
gsize link_unread(struct link *link);

/*
 * How often something happened after which the instrument may not be set as it was: a clear (which
 * may be a new connection), a lock taken, an operation that failed. Who leaves out what is set
 * already compares it.
 */
guint link_upsets(const struct link *link);

/* False: a stream of bytes (raw socket, serial line), where an answer's end is found by framing. */
gboolean link_marks_ends(const struct link *link);

/* ---- for those who write a transport or a top ---- */

/* What ops->read is to receive. */
struct link_frame {
	enum link_framing framing;
	enum link_end read_end;
	gsize max_len;
	double stall_s;
	gboolean indefinite; /* the message is one block of indefinite_len bytes */
	gsize indefinite_len;
	/* set by a transport that marks the end of a message: an indefinite block goes up to it */
	gboolean marked;
};

/*
 * A transport or top: constant, apart from the instance. All have the contract of the link_…
 * function of the same name, but that the dirty flag, the gap and the check for unread bytes are
 * link.c's business. write gets the message with its end.
 */
struct link_ops {
	const char *name; /* "tcp" */
	gboolean (*write)(struct link *link, const guint8 *data, gsize len, gsize end_len,
	                  const struct bounds *bounds, GError **error);
	gboolean (*read)(struct link *link, const struct link_frame *frame, GByteArray *reply,
	                 const struct bounds *bounds, GError **error);
	gboolean (*clear)(struct link *link, const struct bounds *bounds, GError **error);
	gsize (*unread)(struct link *link);
	/* Null: UNSUPPORTED. */
	gboolean (*status_byte)(struct link *link, guint8 *status, const struct bounds *bounds,
	                        GError **error);
	gboolean (*trigger)(struct link *link, const struct bounds *bounds, GError **error);
	gboolean (*await_service)(struct link *link, guint8 *status, const struct bounds *bounds,
	                          GError **error);
	gboolean (*lock)(struct link *link, const struct bounds *bounds, GError **error);
	gboolean (*unlock)(struct link *link, const struct bounds *bounds, GError **error);
	void (*close)(struct link *link); /* frees the instance after link_done */
};

/* First member of every instance. Not for users of a link. */
struct link {
	const struct link_ops *ops;
	const struct link_settings *settings;
	char *resource;
	gint64 last_traffic_us;
	gboolean dirty;
	gboolean is_stream; /* of the link that link_open gave: see link_marks_ends */
	gboolean awaited;   /* service: a request before a clear is not to be found after it */
	guint upsets;
};

/* Fills the common part; link_done frees what it owns. */
void link_init(struct link *link, const struct link_ops *ops, const char *resource,
               const struct link_settings *settings);
void link_done(struct link *link);

#endif
