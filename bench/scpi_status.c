/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scpi_status.h"

/* Standard event status register, IEEE 488.2 section 11.5.1. */
enum event {
	EVENT_OPC = 0x01,
	EVENT_QUERY = 0x04,
	EVENT_DEVICE = 0x08,
	EVENT_EXECUTION = 0x10,
	EVENT_COMMAND = 0x20
};

/* Status byte, SCPI-1999 volume 1, 9.1. */
enum status_bit {
	STATUS_ERRORS = 0x04,
	STATUS_QUESTIONABLE = 0x08,
	STATUS_MESSAGE = 0x10,
	STATUS_EVENT = 0x20,
	STATUS_REQUEST = 0x40,
	STATUS_OPERATION = 0x80
};

static const struct {
	int number;
	const char *text;
} error_texts[] = {
	{0, "No error"},
	{-100, "Command error"},
	{-101, "Invalid character"},
	{-102, "Syntax error"},
	{-104, "Data type error"},
	{-108, "Parameter not allowed"},
	{-109, "Missing parameter"},
	{-113, "Undefined header"},
	{-114, "Header suffix out of range"},
	{-120, "Numeric data error"},
	{-121, "Invalid character in number"},
	{-123, "Exponent too large"},
	{-131, "Invalid suffix"},
	{-138, "Suffix not allowed"},
	{-141, "Invalid character data"},
	{-148, "Character data not allowed"},
	{-151, "Invalid string data"},
	{-161, "Invalid block data"},
	{-200, "Execution error"},
	{-205, "Meter not running"},
	{-213, "Init ignored"},
	{-220, "Parameter error"},
	{-221, "Settings conflict"},
	{-222, "Data out of range"},
	{-224, "Illegal parameter value"},
	{-230, "Data corrupt or stale"},
	{-231, "Data questionable"},
	{-240, "Hardware error"},
	{-241, "Hardware missing"},
	{-256, "File name not found"},
	{-261, "Math error in expression"},
	{-284, "Program currently running"},
	{-286, "Program runtime error"},
	{-300, "Device-specific error"},
	{-301, "Module lacks command"},
	{-303, "Slot empty"},
	{-307, "No head"},
	{-310, "System error"},
	{-330, "Self-test failed"},
	{-350, "Queue overflow"},
	{-400, "Query error"},
	{-410, "Query INTERRUPTED"},
	{-420, "Query UNTERMINATED"},
	{-430, "Query DEADLOCKED"},
	{-616, "Zeroing running"},
};

const char *scpi_status_error_text(int number)
{
	for (guint i = 0; i < G_N_ELEMENTS(error_texts); i++) {
		if (error_texts[i].number == number)
			return error_texts[i].text;
	}
	return "Device-specific error";
}

guint scpi_status_error_event(int number)
{
	if (number <= -400 && number > -500)
		return EVENT_QUERY;
	if (number <= -200 && number > -300)
		return EVENT_EXECUTION;
	if (number <= -100 && number > -200)
		return EVENT_COMMAND;
	return EVENT_DEVICE;
}

static struct scpi_status *status_of(struct scpi_call *call)
{
	return scpi_device_status(scpi_call_device(call));
}

static const struct scpi_model *model_of(struct scpi_call *call)
{
	return scpi_device_model(scpi_call_device(call));
}

static gboolean is_busy(struct scpi_call *call)
{
	const struct scpi_model *model = model_of(call);
	return model->busy && model->busy(scpi_instrument(call));
}

static void wait_idle(struct scpi_call *call)
{
	const struct scpi_model *model = model_of(call);
	if (model->wait)
		model->wait(scpi_instrument(call));
}

static void run_cls(struct scpi_call *call)
{
	if (scpi_end(call))
		scpi_device_clear(scpi_call_device(call));
}

static void run_idn(struct scpi_call *call)
{
	if (scpi_end(call))
		scpi_reply_raw(call, scpi_device_idn(scpi_call_device(call)));
}

static void run_options(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	if (model_of(call)->options)
		model_of(call)->options(call);
	else
		scpi_reply_raw(call, "0");
}

static void run_reset(struct scpi_call *call)
{
	if (scpi_end(call) && model_of(call)->reset)
		model_of(call)->reset(scpi_instrument(call));
}

/* The event is set at once: the engine runs a command to its end before the next. */
static void run_opc(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	if (model_of(call)->completion == SCPI_OPC_WAITS)
		wait_idle(call);
	status_of(call)->event |= EVENT_OPC;
}

static void run_opc_query(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	if (model_of(call)->completion == SCPI_OPC_WAITS)
		wait_idle(call);
	scpi_reply_bool(call, model_of(call)->completion != SCPI_OPC_POLLED || !is_busy(call));
}

static void run_wai(struct scpi_call *call)
{
	if (scpi_end(call) && model_of(call)->completion == SCPI_OPC_WAITS)
		wait_idle(call);
}

static void run_test(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	if (model_of(call)->plus_sign)
		scpi_reply_signed(call, 0);
	else
		scpi_reply_int(call, 0);
}

guint scpi_status_byte(struct scpi_device *device, gboolean message_available)
{
	const struct scpi_status *status = scpi_device_status(device);
	guint byte = message_available ? STATUS_MESSAGE : 0;

	scpi_device_latch(device);
	if (scpi_device_errors(device) > 0)
		byte |= STATUS_ERRORS;
	if (status->questionable_event & status->questionable_enable)
		byte |= STATUS_QUESTIONABLE;
	if (status->event & status->event_enable)
		byte |= STATUS_EVENT;
	if (status->operation_event & status->operation_enable)
		byte |= STATUS_OPERATION;
	if (byte & status->request_enable)
		byte |= STATUS_REQUEST;
	return byte;
}

static void reply_register(struct scpi_call *call, guint value)
{
	if (model_of(call)->plus_sign)
		scpi_reply_signed(call, value);
	else
		scpi_reply_int(call, value);
}

enum register_tag {
	STATUS_BYTE,
	EVENT,
	EVENT_ENABLE,
	REQUEST_ENABLE,
	OPERATION_CONDITION,
	OPERATION_EVENT,
	OPERATION_ENABLE,
	QUESTIONABLE_CONDITION,
	QUESTIONABLE_EVENT,
	QUESTIONABLE_ENABLE,
};

static guint condition(guint (*read)(void *instrument), struct scpi_call *call)
{
	return read ? read(scpi_instrument(call)) : 0;
}

/* Reading an event register clears it. */
static guint take_event(guint *event)
{
	guint value = *event;
	*event = 0;
	return value;
}

static void run_register_query(struct scpi_call *call)
{
	struct scpi_status *status = status_of(call);
	guint value = 0;

	if (!scpi_end(call))
		return;
	scpi_device_latch(scpi_call_device(call));
	switch ((enum register_tag)scpi_tag(call)) {
	case STATUS_BYTE:
		value = scpi_status_byte(scpi_call_device(call), FALSE);
		break;
	case EVENT:
		value = take_event(&status->event);
		break;
	case EVENT_ENABLE:
		value = status->event_enable;
		break;
	case REQUEST_ENABLE:
		value = status->request_enable;
		break;
	case OPERATION_CONDITION:
		value = condition(model_of(call)->operation, call);
		break;
	case OPERATION_EVENT:
		value = take_event(&status->operation_event);
		break;
	case OPERATION_ENABLE:
		value = status->operation_enable;
		break;
	case QUESTIONABLE_CONDITION:
		value = condition(model_of(call)->questionable, call);
		break;
	case QUESTIONABLE_EVENT:
		value = take_event(&status->questionable_event);
		break;
	case QUESTIONABLE_ENABLE:
		value = status->questionable_enable;
		break;
	}
	reply_register(call, value);
}

static void run_register_set(struct scpi_call *call)
{
	struct scpi_status *status = status_of(call);
	int tag = scpi_tag(call);
	gboolean byte = tag == EVENT_ENABLE || tag == REQUEST_ENABLE;
	int value = 0;

	if (!scpi_take_int(call, 0, byte ? 0xFF : 0xFFFF, &value) || !scpi_end(call))
		return;
	switch ((enum register_tag)tag) {
	case EVENT_ENABLE:
		status->event_enable = (guint)value;
		break;
	case REQUEST_ENABLE:
		status->request_enable = (guint)value & ~(guint)STATUS_REQUEST;
		break;
	case OPERATION_ENABLE:
		status->operation_enable = (guint)value;
		break;
	case QUESTIONABLE_ENABLE:
		status->questionable_enable = (guint)value;
		break;
	default:
		g_assert_not_reached();
	}
}

static void run_preset(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	status_of(call)->operation_enable = 0;
	status_of(call)->questionable_enable = 0;
}

static void run_error(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	g_autofree char *text = scpi_device_take_error(scpi_call_device(call));
	scpi_reply_raw(call, text);
}

static void run_error_count(struct scpi_call *call)
{
	if (scpi_end(call))
		reply_register(call, scpi_device_errors(scpi_call_device(call)));
}

static void run_version(struct scpi_call *call)
{
	if (scpi_end(call))
		scpi_reply_raw(call, "1999.0");
}

const struct scpi_row scpi_status_rows[] = {
	{"*CLS", run_cls, 0},
	{"*ESE", run_register_set, EVENT_ENABLE},
	{"*ESE?", run_register_query, EVENT_ENABLE},
	{"*ESR?", run_register_query, EVENT},
	{"*IDN?", run_idn, 0},
	{"*OPC", run_opc, 0},
	{"*OPC?", run_opc_query, 0},
	{"*OPT?", run_options, 0},
	{"*RST", run_reset, 0},
	{"*SRE", run_register_set, REQUEST_ENABLE},
	{"*SRE?", run_register_query, REQUEST_ENABLE},
	{"*STB?", run_register_query, STATUS_BYTE},
	{"*TST?", run_test, 0},
	{"*WAI", run_wai, 0},
	{"SYSTem:ERRor[:NEXT]?", run_error, 0},
	{"SYSTem:ERRor:COUNt?", run_error_count, 0},
	{"SYSTem:VERSion?", run_version, 0},
	{"STATus#:OPERation:CONDition?", run_register_query, OPERATION_CONDITION},
	{"STATus#:OPERation[:EVENt]?", run_register_query, OPERATION_EVENT},
	{"STATus#:OPERation:ENABle", run_register_set, OPERATION_ENABLE},
	{"STATus#:OPERation:ENABle?", run_register_query, OPERATION_ENABLE},
	{"STATus#:QUEStionable:CONDition?", run_register_query, QUESTIONABLE_CONDITION},
	{"STATus#:QUEStionable[:EVENt]?", run_register_query, QUESTIONABLE_EVENT},
	{"STATus#:QUEStionable:ENABle", run_register_set, QUESTIONABLE_ENABLE},
	{"STATus#:QUEStionable:ENABle?", run_register_query, QUESTIONABLE_ENABLE},
	{"STATus:PRESet", run_preset, 0},
};
const guint scpi_status_n_rows = G_N_ELEMENTS(scpi_status_rows);
