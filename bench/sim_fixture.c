/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_fixture.h"

#include "base/bytes.h"
#include "bench/random.h"
#include "bench/sim_fixture_line.h"
#include "bench/sim_fixture_pins.h"

#include <math.h>
#include <string.h>

#define TRANSFER_LONGEST 256
#define BIT_S            2.5e-6 /* of the I2C clock, 400 kHz */
#define NO_MODULE_V      2.75   /* an OSFP socket's LPWn/PRSn above it */
#define LINE_NOISE_V     3e-3   /* deviation of one reading */
#define INT_STUCK_V      3.02   /* an OSFP socket's INT/RSTn that somebody interrupts by */

struct sim_fixture {
	GMutex lock;         /* one request at a time; taken before the module's */
	struct world *world; /* borrowed */
	guint site;
	struct sim_module *module;
	gpointer owner;   /* the session that is the connection; null when there is none */
	GMutex seat_lock; /* what is below; never held while another is taken but the world's */
	guint insertions;
	struct world_unit *seated;      /* borrowed from the world; null when empty */
	double forced_v[FIXTURE_LINES]; /* of a faulty line; NaN when it is sound */
	guint beside;                   /* bit n: it has pin n of what stands beside the socket */
	guint beside_levels;
	struct faults *faults; /* borrowed; null: none can be armed */
	struct random_stream noise;
};

/* ---- pins ---- */

static const struct fixture_socket *socket_of(struct sim_fixture *fixture)
{
	return fixture_socket_of(world_site_model(fixture->world, fixture->site));
}

gboolean sim_fixture_level(struct sim_fixture *fixture, const char *pin, gboolean *level)
{
	const struct fixture_socket *socket = socket_of(fixture);
	const struct fixture_output *output = fixture_find_output(socket, pin);
	int input = fixture_find_input(socket, pin);
	if (output)
		*level = sim_module_pin(fixture->module, output->pin) != output->inverted;
	else if (input == 0)
		*level = !sim_module_present(fixture->module);
	else if (input == 1)
		*level = !faults_take(fixture->faults, FAULT_INT_STUCK) &&
		         sim_module_int_l(fixture->module);
	else
		return sim_fixture_beside(fixture, pin, level);
	return TRUE;
}

gboolean sim_fixture_line_volt(struct sim_fixture *fixture, const char *name, double *volt)
{
	int line = fixture_find_line(socket_of(fixture), name);
	if (line < 0)
		return FALSE;
	double driven_v =
		line == FIXTURE_LINE_INT_RST && faults_take(fixture->faults, FAULT_INT_STUCK)
			? INT_STUCK_V
			: fixture_line_volt((enum fixture_line_kind)line, fixture->module);
	g_mutex_lock(&fixture->seat_lock);
	double forced_v = fixture->forced_v[line];
	*volt = isnan(forced_v) ? driven_v : forced_v;
	*volt += LINE_NOISE_V * random_bounded(&fixture->noise, 1, 3);
	g_mutex_unlock(&fixture->seat_lock);
	return TRUE;
}

gboolean sim_fixture_force_line(struct sim_fixture *fixture, const char *name, double volt)
{
	int line = fixture_find_line(socket_of(fixture), name);
	if (line < 0)
		return FALSE;
	g_mutex_lock(&fixture->seat_lock);
	fixture->forced_v[line] = volt;
	g_mutex_unlock(&fixture->seat_lock);
	return TRUE;
}

void sim_fixture_make_safe(struct sim_fixture *fixture)
{
	sim_module_set_pin(fixture->module, SIM_PIN_RESET_L, FALSE);
	sim_module_set_pin(fixture->module, SIM_PIN_LP_MODE, TRUE);
	sim_module_set_pin(fixture->module, SIM_PIN_MOD_SEL_L, TRUE);
}

/* ---- beside the socket ---- */

static gboolean beside_bit(struct sim_fixture *fixture, guint n)
{
	g_mutex_lock(&fixture->seat_lock);
	gboolean level = fixture->beside_levels >> n & 1;
	g_mutex_unlock(&fixture->seat_lock);
	return level;
}

gboolean sim_fixture_beside(struct sim_fixture *fixture, const char *pin, gboolean *level)
{
	int n = fixture_find_beside(pin);
	g_mutex_lock(&fixture->seat_lock);
	gboolean has = n >= 0 && fixture->beside >> n & 1;
	g_mutex_unlock(&fixture->seat_lock);
	if (has)
		*level = beside_bit(fixture, (guint)n);
	return has;
}

static gboolean is_lid_open(struct sim_fixture *fixture)
{
	gboolean closed = TRUE;
	return sim_fixture_beside(fixture, "Lid", &closed) && !closed;
}

gboolean sim_fixture_set_beside(struct sim_fixture *fixture, const char *pin, gboolean level)
{
	int n = fixture_find_beside(pin);
	gboolean was = FALSE;
	if (!sim_fixture_beside(fixture, pin, &was))
		return FALSE;
	g_mutex_lock(&fixture->seat_lock);
	fixture->beside_levels = (fixture->beside_levels & ~(1u << n)) | (level ? 1u : 0u) << n;
	g_mutex_unlock(&fixture->seat_lock);
	if (is_lid_open(fixture))
		sim_fixture_make_safe(fixture);
	return TRUE;
}

void sim_fixture_has_beside(struct sim_fixture *fixture, gboolean lid, gboolean start,
                            gboolean tower)
{
	g_mutex_lock(&fixture->seat_lock);
	fixture->beside = (lid ? 1u << FIXTURE_BESIDE_LID : 0) |
	                  (start ? 1u << FIXTURE_BESIDE_START : 0) |
	                  (tower ? FIXTURE_BESIDE_LAMPS : 0);
	fixture->beside_levels = 1u << FIXTURE_BESIDE_LID;
	g_mutex_unlock(&fixture->seat_lock);
}

void sim_fixture_use_faults(struct sim_fixture *fixture, struct faults *faults)
{
	fixture->faults = faults;
}

/* Nobody knows any more what it should show. */
static void put_lamps_out(struct sim_fixture *fixture)
{
	g_mutex_lock(&fixture->seat_lock);
	fixture->beside_levels &= ~FIXTURE_BESIDE_LAMPS;
	g_mutex_unlock(&fixture->seat_lock);
}

/* ---- commands: words in, data words appended to out ---- */

static enum reply_code do_hello(struct sim_fixture *fixture, char **words, GString *out)
{
	g_string_append_printf(out, "station-fixture 1 VBFX%04u %s", fixture->site + 1,
	                       socket_of(fixture)->form);
	return REPLY_OK;
}

static void append_pin(struct sim_fixture *fixture, const char *name, GString *out)
{
	gboolean level = FALSE;
	sim_fixture_level(fixture, name, &level);
	g_string_append_printf(out, "%s%s=%d", out->len ? " " : "", name, level ? 1 : 0);
}

static enum reply_code do_all_pins(struct sim_fixture *fixture, char **words, GString *out)
{
	const struct fixture_socket *socket = socket_of(fixture);
	for (guint i = 0; socket->outputs[i].name; i++)
		append_pin(fixture, socket->outputs[i].name, out);
	for (guint i = 0; socket->inputs[i]; i++)
		append_pin(fixture, socket->inputs[i], out);
	for (guint i = 0; fixture_beside_pins[i]; i++) {
		gboolean level = FALSE;
		if (sim_fixture_beside(fixture, fixture_beside_pins[i], &level))
			append_pin(fixture, fixture_beside_pins[i], out);
	}
	return REPLY_OK;
}

static enum reply_code do_get_pin(struct sim_fixture *fixture, char **words, GString *out)
{
	gboolean level = FALSE;
	if (!sim_fixture_level(fixture, words[1], &level))
		return REPLY_UNKNOWN_PIN;
	g_string_append_c(out, level ? '1' : '0');
	return REPLY_OK;
}

static enum reply_code do_set_pin(struct sim_fixture *fixture, char **words, GString *out)
{
	const struct fixture_socket *socket = socket_of(fixture);
	const struct fixture_output *output = fixture_find_output(socket, words[1]);
	int lamp = fixture_find_beside(words[1]) - FIXTURE_BESIDE_FIRST_LAMP;
	gboolean was = FALSE;
	if (!output && !sim_fixture_level(fixture, words[1], &was))
		return REPLY_UNKNOWN_PIN;
	if (!output && lamp < 0)
		return REPLY_INPUT_PIN;
	if (strcmp(words[2], "0") != 0 && strcmp(words[2], "1") != 0)
		return REPLY_BAD_ARGUMENT;
	gboolean level = words[2][0] == '1';
	if (!output) {
		sim_fixture_set_beside(fixture, words[1], level);
		return REPLY_OK;
	}
	if (output->pin == SIM_PIN_RESET_L && level && is_lid_open(fixture))
		return REPLY_LID_OPEN;
	sim_module_set_pin(fixture->module, output->pin, level != output->inverted);
	return REPLY_OK;
}

static enum reply_code do_line(struct sim_fixture *fixture, char **words, GString *out)
{
	double volt = 0;
	if (!sim_fixture_line_volt(fixture, words[1], &volt))
		return REPLY_UNKNOWN_PIN;
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	g_string_append(out, g_ascii_formatd(text, sizeof text, "%.3f", volt));
	return REPLY_OK;
}

static gboolean parse_address(const char *text, guint *address)
{
	if (strlen(text) != 2 || !fixture_is_upper_hex(text))
		return FALSE;
	*address = (guint)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
	return *address < 0x80;
}

/* Null unless 1 to 256 bytes in upper-case digits. */
static GByteArray *parse_data(const char *text)
{
	gsize digits = strlen(text);
	if (digits == 0 || digits > 2 * TRANSFER_LONGEST || !fixture_is_upper_hex(text))
		return NULL;
	return bytes_from_hex(text, NULL);
}

/* As the controller can tell it: in an OSFP socket by a line, which may be faulty. */
static gboolean is_empty(struct sim_fixture *fixture)
{
	double volt = 0;
	if (sim_fixture_line_volt(fixture, "LPWn/PRSn", &volt))
		return volt > NO_MODULE_V;
	return !sim_module_present(fixture->module);
}

static enum reply_code transfer(struct sim_fixture *fixture, guint address, const GByteArray *sent,
                                guint count, GString *out)
{
	if (is_lid_open(fixture))
		return REPLY_LID_OPEN;
	if (is_empty(fixture))
		return REPLY_NO_MODULE;
	if (faults_take(fixture->faults, FAULT_NACK))
		return REPLY_NACK_ADDRESS;
	guint8 read[TRANSFER_LONGEST];
	guint sent_len = sent ? sent->len : 0;
	enum sim_bus_result result =
		sim_module_transfer(fixture->module, address, sent ? sent->data : NULL, sent_len,
	                            read, count);
	guint bytes = result == SIM_BUS_NACK_ADDRESS ? 1 : sent_len + count + 2;
	world_sleep_s(fixture->world, bytes * 9 * BIT_S);
	if (result == SIM_BUS_NACK_ADDRESS)
		return REPLY_NACK_ADDRESS;
	if (result == SIM_BUS_NACK_DATA)
		return REPLY_NACK_DATA;
	for (guint i = 0; i < count; i++)
		g_string_append_printf(out, "%02X", read[i]);
	return REPLY_OK;
}

static enum reply_code do_read(struct sim_fixture *fixture, char **words, GString *out)
{
	guint address = 0;
	guint count = 0;
	if (!parse_address(words[1], &address) ||
	    !fixture_parse_decimal(words[2], 1, TRANSFER_LONGEST, &count))
		return REPLY_BAD_ARGUMENT;
	return transfer(fixture, address, NULL, count, out);
}

static enum reply_code do_write(struct sim_fixture *fixture, char **words, GString *out)
{
	guint address = 0;
	g_autoptr(GByteArray) data = parse_data(words[2]);
	if (!parse_address(words[1], &address) || !data)
		return REPLY_BAD_ARGUMENT;
	enum reply_code code = transfer(fixture, address, data, 0, out);
	if (code == REPLY_OK)
		g_string_append_printf(out, "%u", data->len);
	return code;
}

static enum reply_code do_transfer(struct sim_fixture *fixture, char **words, GString *out)
{
	guint address = 0;
	guint count = 0;
	g_autoptr(GByteArray) data = parse_data(words[2]);
	if (!parse_address(words[1], &address) || !data ||
	    !fixture_parse_decimal(words[3], 1, TRANSFER_LONGEST, &count))
		return REPLY_BAD_ARGUMENT;
	return transfer(fixture, address, data, count, out);
}

static enum reply_code do_count(struct sim_fixture *fixture, char **words, GString *out)
{
	g_string_append_printf(out, "%u", sim_fixture_insertions(fixture));
	return REPLY_OK;
}

/* By an EEPROM of its own, which hears no more than a module when the bus is broken. */
static enum reply_code do_bus(struct sim_fixture *fixture, char **words, GString *out)
{
	g_string_append_c(out, faults_take(fixture->faults, FAULT_NACK) ? '0' : '1');
	return REPLY_OK;
}

static enum reply_code do_safe(struct sim_fixture *fixture, char **words, GString *out)
{
	sim_fixture_make_safe(fixture);
	return REPLY_OK;
}

static const struct {
	const char *name;
	guint arguments;
	enum reply_code (*run)(struct sim_fixture *fixture, char **words, GString *out);
} commands[] = {
	{"HELLO", 0, do_hello}, {"PINS?", 0, do_all_pins}, {"PIN?", 1, do_get_pin},
	{"PIN", 2, do_set_pin}, {"LINE?", 1, do_line},     {"READ", 2, do_read},
	{"WRITE", 2, do_write}, {"XFER", 3, do_transfer},  {"COUNT?", 0, do_count},
	{"SAFE", 0, do_safe},   {"BUS?", 0, do_bus},
};

static enum reply_code run_command(struct sim_fixture *fixture, char **words, GString *out)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(commands[i].name, words[0]) != 0)
			continue;
		if (g_strv_length(words) != commands[i].arguments + 1)
			return REPLY_BAD_ARGUMENT;
		return commands[i].run(fixture, words, out);
	}
	return REPLY_UNKNOWN_COMMAND;
}

char *sim_fixture_line(struct sim_fixture *fixture, const char *line, gsize len)
{
	struct fixture_request request;
	if (!fixture_parse(line, len, &request))
		return fixture_compose(0, "ERR 1 bad-line");
	sim_fixture_tick(fixture);
	g_autoptr(GString) data = g_string_new(NULL);
	g_mutex_lock(&fixture->lock);
	enum reply_code code = run_command(fixture, request.words, data);
	g_mutex_unlock(&fixture->lock);
	g_autofree char *body =
		code == REPLY_OK
			? g_strdup_printf("OK%s%s", data->len ? " " : "", data->str)
			: g_strdup_printf("ERR %d %s", (int)code, fixture_reply_word(code));
	char *reply = fixture_compose(request.seq, body);
	fixture_request_clear(&request);
	return reply;
}

/* ---- life ---- */

struct sim_fixture *sim_fixture_new(struct world *world, guint site)
{
	struct sim_fixture *fixture = g_new0(struct sim_fixture, 1);
	g_mutex_init(&fixture->lock);
	g_mutex_init(&fixture->seat_lock);
	fixture->world = world;
	fixture->site = site;
	fixture->module = sim_module_new(world, site);
	for (guint i = 0; i < FIXTURE_LINES; i++)
		fixture->forced_v[i] = NAN;
	g_autofree char *name = g_strdup_printf("fixture %u", site);
	random_init(&fixture->noise, world_seed(world), name);
	sim_fixture_tick(fixture);
	return fixture;
}

void sim_fixture_free(struct sim_fixture *fixture)
{
	if (!fixture)
		return;
	sim_module_free(fixture->module);
	g_mutex_clear(&fixture->seat_lock);
	g_mutex_clear(&fixture->lock);
	g_free(fixture);
}

struct sim_module *sim_fixture_module(struct sim_fixture *fixture)
{
	return fixture->module;
}

void sim_fixture_tick(struct sim_fixture *fixture)
{
	g_mutex_lock(&fixture->seat_lock);
	struct world_unit *unit = world_unit(fixture->world, fixture->site);
	if (unit && unit != fixture->seated)
		fixture->insertions++;
	fixture->seated = unit;
	g_mutex_unlock(&fixture->seat_lock);
	sim_module_tick(fixture->module);
}

guint sim_fixture_insertions(struct sim_fixture *fixture)
{
	g_mutex_lock(&fixture->seat_lock);
	guint insertions = fixture->insertions;
	g_mutex_unlock(&fixture->seat_lock);
	return insertions;
}

/* ---- connections ---- */

struct fixture_session {
	struct sim_fixture *fixture;
};

static void *session_new(void *device)
{
	struct sim_fixture *fixture = device;
	struct fixture_session *session = g_new0(struct fixture_session, 1);
	session->fixture = fixture;
	g_mutex_lock(&fixture->lock);
	fixture->owner = session;
	sim_fixture_make_safe(fixture);
	g_mutex_unlock(&fixture->lock);
	return session;
}

static gboolean session_message(void *data, const char *line, gsize len, GByteArray *reply)
{
	struct fixture_session *session = data;
	g_mutex_lock(&session->fixture->lock);
	gboolean owns = session->fixture->owner == session;
	g_mutex_unlock(&session->fixture->lock);
	if (!owns)
		return FALSE;
	g_autofree char *text = sim_fixture_line(session->fixture, line, len);
	g_byte_array_append(reply, (const guint8 *)text, (guint)strlen(text));
	return TRUE;
}

static void session_free(void *data)
{
	struct fixture_session *session = data;
	struct sim_fixture *fixture = session->fixture;
	g_mutex_lock(&fixture->lock);
	if (fixture->owner == session) {
		fixture->owner = NULL;
		sim_fixture_make_safe(fixture);
		put_lamps_out(fixture);
	}
	g_mutex_unlock(&fixture->lock);
	g_free(session);
}

const struct server_ops sim_fixture_server_ops = {
	.session_new = session_new,
	.message = session_message,
	.session_free = session_free,
};
