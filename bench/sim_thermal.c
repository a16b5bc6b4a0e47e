/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_thermal.h"

#include "base/number.h"
#include "bench/faults.h"
#include "bench/thermal_regulator.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Temptronic ATS-545 ThermoStream: words and numbers, not SCPI trees. The commands and their bits
 * are from the vendor manuals as public drivers give them; from memory: the text of *IDN?, the
 * number of decimals, the defaults, that wrong commands show only in *ESR?. Not there: cycling
 * through several set points (kept, without effect).
 *
 * A thread regulates while the flow is on: it ramps the set point, steers the air in DUT mode, and
 * watches soak and test time.
 */
#define TEMP_MIN -99.9
#define TEMP_MAX 225.0

/* Words that keep a number: what is allowed, what holds after a reset. */
static const struct {
	const char *word;
	double min, max, reset;
	int decimals;
} numbers[NUMBERS] = {
	[SETN] = {"SETN", 0, 17, 1, 0},     [WNDW] = {"WNDW", 0.1, 9.9, 1, 1},
	[SOAK] = {"SOAK", 0, 9999, 5, 0},   [LLIM] = {"LLIM", -99, 25, -80, 1},
	[ULIM] = {"ULIM", 25, 225, 225, 1}, [ADMD] = {"ADMD", 10, 300, 100, 0},
	[TTIM] = {"TTIM", 0, 9999, 0, 0},   [RAMP] = {"RAMP", 0, 9999, 9999, 1},
	[DUTM] = {"DUTM", 0, 1, 0, 0},      [DSNS] = {"DSNS", 0, 2, 0, 0},
	[DUTC] = {"DUTC", 20, 500, 100, 0}, [COOL] = {"COOL", 0, 1, 1, 0},
	[CYCL] = {"CYCL", 0, 1, 0, 0},      [CYCC] = {"CYCC", 1, 9999, 1, 0},
	[NEXT] = {"NEXT", 0, 0, 0, 0},      [SFIL] = {"SFIL", 0, 11, 0, 0},
	[CFIL] = {"CFIL", 0, 11, 0, 0},     [RMPS] = {"RMPS", 0, 1, 0, 0},
	[RMPC] = {"RMPC", 0, 1, 0, 0},      [LRNM] = {"LRNM", 0, 1, 0, 0},
};

enum esr { ESR_EXECUTION = 0x10, ESR_COMMAND = 0x20 };
enum auxc {
	AUXC_HEAD_UP = 1 << 2,
	AUXC_COMPRESSOR_OFF = 1 << 3,
	AUXC_DUT = 1 << 4,
	AUXC_FLOW = 1 << 5,
	AUXC_READY = 1 << 6,
	AUXC_MANUAL = 1 << 8,
	AUXC_RAMP = 1 << 9
};
#define EROR_LOW_FLOW (1u << 3)
#define SCREEN_MANUAL 10
#define FLOW_SCFM     18.0
#define LITRES_PER_S  0.471947 /* of one scfm */

static guint condition(struct ats *ats)
{
	thermal_regulate(ats);
	guint bits = thermal_has_soaked(ats) ? TECR_AT : TECR_NOT_AT;
	if (ats->test_ended)
		bits |= TECR_TEST_END | TECR_STOPPED;
	ats->tesr |= bits;
	return bits;
}

static guint auxiliary(const struct ats *ats)
{
	guint bits = AUXC_READY | AUXC_MANUAL;
	bits |= ats->head_down ? 0 : AUXC_HEAD_UP;
	bits |= ats->number[COOL] != 0 ? 0 : AUXC_COMPRESSOR_OFF;
	bits |= ats->number[DUTM] != 0 ? AUXC_DUT : 0;
	bits |= ats->flow ? AUXC_FLOW : 0;
	bits |= ats->flow && ats->dynamic_degc != thermal_target_degc(ats) ? AUXC_RAMP : 0;
	return bits;
}

static void set_flow(struct ats *ats, gboolean on)
{
	if (on && !ats->flow) {
		ats->flow_since_s = world_now_s(ats->world);
		ats->ticked_s = ats->flow_since_s;
		ats->dynamic_degc = ats->number[RAMP] >= RAMP_FREE ? thermal_target_degc(ats)
		                                                   : thermal_measured_degc(ats);
		ats->air_offset_k = 0;
		ats->inside_since_s = NAN;
		ats->test_ended = FALSE;
	}
	ats->flow = on;
	thermal_drive(ats, ats->dynamic_degc);
	g_cond_signal(&ats->wake);
}

static void reset(struct ats *ats)
{
	for (int i = 0; i < NUMBERS; i++)
		ats->number[i] = numbers[i].reset;
	for (int i = 0; i < CYCLE_POINTS; i++)
		ats->setp[i] = 25;
	ats->setp[0] = 85;
	ats->setp[2] = -40;
	ats->head_down = FALSE;
	ats->dynamic_degc = thermal_target_degc(ats);
	ats->inside_since_s = NAN;
	set_flow(ats, FALSE);
}

/* --- words --------------------------------------------------------------------------------------
 */

static void append_fixed(GString *reply, double value, int decimals)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *format = g_strdup_printf("%%.%df", decimals);
	g_string_append(reply, g_ascii_formatd(buffer, sizeof(buffer), format, value));
}

static void append_temperature(struct ats *ats, const char *word, GString *reply)
{
	double air_degc = 0.0;
	double case_degc = 0.0;
	world_thermal_degc(ats->world, ats->site, &air_degc, &case_degc);

	/* Without a sensor chosen there is no DUT temperature: the number that means invalid. */
	double dut_degc = ats->number[DSNS] != 0 || ats->number[DUTM] != 0 ? case_degc : 999.9;
	if (strcmp(word, "TMPA") == 0)
		append_fixed(reply, air_degc, 1);
	else if (strcmp(word, "TMPD") == 0)
		append_fixed(reply, dut_degc, 1);
	else
		append_fixed(reply, ats->number[DUTM] != 0 ? case_degc : air_degc, 1);
}

/* An event register, which reading clears. */
static void append_event(guint *event, GString *reply)
{
	g_string_append_printf(reply, "%u", *event);
	*event = 0;
}

static gboolean query_state(struct ats *ats, const char *word, GString *reply)
{
	if (strcmp(word, "TEMP") == 0 || strcmp(word, "TMPA") == 0 || strcmp(word, "TMPD") == 0)
		append_temperature(ats, word, reply);
	else if (strcmp(word, "SETP") == 0)
		append_fixed(reply, thermal_target_degc(ats), 1);
	else if (strcmp(word, "SETD") == 0)
		append_fixed(reply, ats->flow ? ats->dynamic_degc : thermal_target_degc(ats), 1);
	else if (strcmp(word, "TECR") == 0)
		g_string_append_printf(reply, "%u", condition(ats));
	else if (strcmp(word, "EROR") == 0)
		g_string_append_printf(reply, "%u", ats->eror);
	else if (strcmp(word, "AUXC") == 0)
		g_string_append_printf(reply, "%u", auxiliary(ats));
	else if (strcmp(word, "WHAT") == 0)
		g_string_append_printf(reply, "%d", SCREEN_MANUAL);
	else if (strcmp(word, "HEAD") == 0)
		g_string_append_c(reply, ats->head_down ? '1' : '0');
	else if (strcmp(word, "FLOW") == 0)
		g_string_append_c(reply, ats->flow ? '1' : '0');
	else if (strcmp(word, "FLWR") == 0)
		append_fixed(reply, ats->flow ? FLOW_SCFM : 0, 1);
	else if (strcmp(word, "FLRL") == 0)
		append_fixed(reply, ats->flow ? FLOW_SCFM * LITRES_PER_S : 0, 1);
	else
		return FALSE;
	return TRUE;
}

static gboolean query(struct ats *ats, const char *word, GString *reply)
{
	if (strcmp(word, "*IDN") == 0) {
		g_string_append(reply, ats->idn);
	} else if (strcmp(word, "*OPC") == 0) {
		g_string_append_c(reply, '1');
	} else if (strcmp(word, "*STB") == 0) {
		g_string_append_printf(reply, "%d", ats->eror ? 4 : 0);
	} else if (strcmp(word, "*ESR") == 0) {
		append_event(&ats->esr, reply);
	} else if (strcmp(word, "TESR") == 0) {
		condition(ats);
		append_event(&ats->tesr, reply);
	} else if (!query_state(ats, word, reply)) {
		for (int i = 0; i < NUMBERS; i++) {
			if (strcmp(numbers[i].word, word) == 0) {
				append_fixed(reply, ats->number[i], numbers[i].decimals);
				return TRUE;
			}
		}
		return FALSE;
	}
	return TRUE;
}

static void set_point(struct ats *ats, double degc)
{
	if (degc < MAX(TEMP_MIN, ats->number[LLIM]) || degc > MIN(TEMP_MAX, ats->number[ULIM])) {
		ats->esr |= ESR_EXECUTION;
		return;
	}
	ats->setp[(int)ats->number[SETN]] = degc;
	ats->inside_since_s = NAN;
	if (ats->number[RAMP] >= RAMP_FREE)
		ats->dynamic_degc = degc;
	ats->air_offset_k = 0;
	thermal_drive(ats, ats->dynamic_degc);
}

static void set_number(struct ats *ats, int index, double value)
{
	/* NEXT does not exist in this model. */
	if (index == NEXT) {
		ats->esr |= ESR_COMMAND;
		return;
	}
	if (value < numbers[index].min || value > numbers[index].max) {
		ats->esr |= ESR_EXECUTION;
		return;
	}
	ats->number[index] = value;
	if (index == SETN)
		set_point(ats, thermal_target_degc(ats));
	if (index == WNDW || index == SOAK || index == DUTM)
		ats->inside_since_s = NAN;
}

/* Words that take no argument; false when it is none of them. */
static gboolean command(struct ats *ats, const char *word)
{
	if (strcmp(word, "%RM") == 0 || strcmp(word, "%LL") == 0)
		ats->remote = TRUE;
	else if (strcmp(word, "%GL") == 0)
		ats->remote = FALSE;
	else if (strcmp(word, "*CLS") == 0)
		ats->esr = ats->tesr = 0;
	else if (strcmp(word, "CLER") == 0)
		ats->eror = 0;
	else if (strcmp(word, "*RST") == 0 || strcmp(word, "RSTO") == 0)
		reset(ats);
	else
		return strcmp(word, "*OPC") == 0;
	return TRUE;
}

static gboolean set(struct ats *ats, const char *word, double value)
{
	if (strcmp(word, "HEAD") == 0) {
		ats->head_down = value != 0;
		thermal_drive(ats, ats->dynamic_degc);
		return TRUE;
	}
	if (strcmp(word, "FLOW") == 0) {
		set_flow(ats, value != 0);
		return TRUE;
	}
	if (strcmp(word, "SETP") == 0) {
		set_point(ats, value);
		return TRUE;
	}
	for (int i = 0; i < NUMBERS; i++) {
		if (strcmp(numbers[i].word, word) == 0) {
			set_number(ats, i, value);
			return TRUE;
		}
	}
	return FALSE;
}

/* One command: WORD, WORD?, or WORD and a number with or without a blank between them. */
static void execute(struct ats *ats, const char *text, GString *reply)
{
	g_autofree char *upper = g_ascii_strup(text, -1);
	g_strstrip(upper);
	gsize len = strcspn(upper, " \t0123456789+-.?");
	g_autofree char *word = g_strndup(upper, len);
	const char *rest = upper + len;
	double value = 0.0;

	if (*upper == '\0')
		return;
	if (*rest == '?') {
		GString *answer = g_string_new(NULL);
		if (!query(ats, word, answer))
			ats->esr |= ESR_COMMAND;
		else
			g_string_append_printf(reply, "%s%s", reply->len > 0 ? ";" : "",
			                       answer->str);
		g_string_free(answer, TRUE);
	} else if (*rest == '\0') {
		if (!command(ats, word))
			ats->esr |= ESR_COMMAND;
	} else if (!number_parse_double(rest, &value, NULL) || !set(ats, word, value)) {
		ats->esr |= ESR_COMMAND;
	}
}

static void *session_new(void *device)
{
	return device;
}

static gboolean session_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	struct ats *ats = session;
	g_autofree char *line = g_strndup(data, len);
	g_auto(GStrv) commands = g_strsplit(line, ";", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	g_mutex_lock(&ats->lock);
	for (guint i = 0; commands[i]; i++)
		execute(ats, commands[i], text);
	if (faults_take(ats->faults, FAULT_QUEUE_ERROR))
		ats->eror |= EROR_LOW_FLOW;
	g_mutex_unlock(&ats->lock);
	if (text->len > 0) {
		g_string_append_c(text, '\n');
		g_byte_array_append(reply, (const guint8 *)text->str, (guint)text->len);
	}
	return TRUE;
}

static void session_free(void *session)
{
}

static const struct server_ops ops = {
	.session_new = session_new,
	.message = session_message,
	.session_free = session_free,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct ats *ats = g_new0(struct ats, 1);
	g_autofree char *serial = sim_serial("TA", site);

	ats->world = world;
	ats->site = site;
	ats->faults = faults;
	ats->idn = g_strdup_printf("TEMPTRONIC,ATS-545,%s,5.02", serial);
	g_mutex_init(&ats->lock);
	g_cond_init(&ats->wake);
	reset(ats);
	ats->regulator = g_thread_new("thermal", thermal_regulator_thread, ats);
	return ats;
}

static void destroy(void *device)
{
	struct ats *ats = device;

	g_mutex_lock(&ats->lock);
	ats->quit = TRUE;
	g_cond_signal(&ats->wake);
	g_mutex_unlock(&ats->lock);
	g_thread_join(ats->regulator);
	g_mutex_clear(&ats->lock);
	g_cond_clear(&ats->wake);
	g_free(ats->idn);
	g_free(ats);
}

const struct sim_kind sim_thermal = {
	.name = "thermal",
	.model = "ats-545",
	.what = "Temptronic ATS-545",
	.ops = &ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
