/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_bert.h"

#include "bench/bert_counting.h"
#include "bench/bert_settings.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

/*
 * Keysight M8040A under M8070B: a generator module M1 with outputs M1.DataOut1 to 8, an analyser
 * module M2 with inputs M2.DataIn1 to 8, each with its clock: M1.ClkGen, M2.ClkGen. Only PAM4
 * with Gray mapping means anything: PRBS31Q (PRBS 2^31-1), to the reference transmitters at 53.125
 * GBd also PRBS13Q and SSPRQ; from a module at the rate of its host lanes PRBS31Q alone. Cursor 1
 * of the de-emphasis and the random interference make the reference transmitters' stress. Not
 * there: user patterns beyond their names, sequences beyond one block, other cursors and error
 * insertion (kept, without effect). From memory: *IDN?, *OPT?, the second clock, the numbers of the
 * cursors, the interference, the state after a reset (NRZ, 2^15-1, outputs off), loading and
 * alignment times.
 */
#define LANES           4
#define ISI_MAX         0.45
#define LOAD_S          2.0
#define ALIGN_S         3.0
#define RATE_PPM        200.0
#define OPTICAL_RATE_BD 53.125e9

enum sequence { SEQUENCE_GENERATOR, SEQUENCE_ANALYZER, SEQUENCES };
static const char *const sequence_names[SEQUENCES] = {"Generator", "Analyzer"};
enum pattern_kind { PATTERN_PRBS, PATTERN_MEMORY };
static const char *const pattern_kinds[] = {"PRBS", "MEMory", "CLOCk", "PULSe", "STATic", NULL};

struct pattern {
	int kind; /* of pattern_kinds */
	char *name;
	char *xml; /* what SEQuence:VALue gave; null when SET was last */
};

struct m8040a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	struct bert_counting *counting;
	struct pattern patterns[SEQUENCES];
	double coding[BERT_OUTPUTS];   /* as after the message before this one */
	double loaded_s;               /* when the last pattern is there */
	double aligned_s[BERT_INPUTS]; /* when the last alignment ends; 0 never began */
	gboolean aborted[BERT_INPUTS];
};

static int locate_input(const char *text)
{
	int location = bert_locate(text, "I");
	return location < 0 ? -1 : location - LOCATION_IN;
}

static double setting(const struct m8040a *bert, enum bert_setting_row row, int location)
{
	return settings_number(scpi_device_settings(bert->device), row, location);
}

static enum world_pattern named(const struct pattern *pattern)
{
	if (pattern->kind == PATTERN_MEMORY && g_str_has_suffix(pattern->name, "SSPRQ"))
		return WORLD_PATTERN_SSPRQ;
	if (pattern->kind != PATTERN_PRBS)
		return WORLD_PATTERN_NONE;
	if (g_str_has_prefix(pattern->name, "2^31-1"))
		return WORLD_PATTERN_PRBS31Q;
	return g_str_has_prefix(pattern->name, "2^13-1") ? WORLD_PATTERN_PRBS13Q
	                                                 : WORLD_PATTERN_NONE;
}

/* What a location sends or waits for, at the rate that the other side has; else NONE. */
static enum world_pattern pattern_at(const struct m8040a *bert, enum sequence sequence,
                                     int location)
{
	gboolean generator = sequence == SEQUENCE_GENERATOR;
	const struct world_model *site = world_site_model(bert->world, bert->site);
	double expected_bd = generator ? OPTICAL_RATE_BD : world_model_host_rate_bd(site);
	double rate_bd = setting(bert, FREQUENCY, LOCATION_CLOCK + (generator ? 0 : 1));

	gboolean means = fabs(rate_bd / expected_bd - 1) < RATE_PPM * 1e-6 &&
	                 setting(bert, CODING, location) == CODING_PAM4 &&
	                 setting(bert, MAPPING, location) == MAPPING_GRAY;

	return means ? named(&bert->patterns[sequence]) : WORLD_PATTERN_NONE;
}

static void apply_stress(struct m8040a *bert, guint lane)
{
	int location = LOCATION_OUT + (int)lane;
	double isi = setting(bert, DEEMPHASIS_CURSOR, SETTING_PLACE(location, 1)), noise = 0;

	isi = CLAMP(isi, 0, ISI_MAX);
	if (setting(bert, NOISE_STATE, location) != 0)
		noise = setting(bert, NOISE_AMPLITUDE, location) /
		        setting(bert, AMPLITUDE, location);
	world_set_stress(bert->world, bert->site, lane, isi, noise);
}

static void apply(struct m8040a *bert)
{
	for (int i = 0; i < LANES; i++) {
		int location = LOCATION_OUT + i;
		gboolean on = setting(bert, OUTPUT_STATE, location) != 0;
		enum world_pattern pattern = pattern_at(bert, SEQUENCE_GENERATOR, location);
		world_set_ppg_pattern(bert->world, bert->site, (guint)i, pattern);
		world_set_ppg(bert->world, bert->site, (guint)i,
		              on && pattern != WORLD_PATTERN_NONE);
		apply_stress(bert, (guint)i);
	}
	world_set_ppg_global(bert->world, bert->site,
	                     setting(bert, OUTPUT_GLOBAL, LOCATION_SYSTEM) != 0);
}

static gboolean analyser_ready(void *owner, guint input)
{
	const struct m8040a *bert = owner;

	/* the generator's own rate and coding show in whether there is light */
	return pattern_at(bert, SEQUENCE_ANALYZER, LOCATION_IN + (int)input) ==
	               WORLD_PATTERN_PRBS31Q &&
	       named(&bert->patterns[SEQUENCE_GENERATOR]) == WORLD_PATTERN_PRBS31Q;
}

/* --- patterns -----------------------------------------------------------------------------------
 */

static gboolean take_sequence(struct scpi_call *call, int *sequence)
{
	g_autofree char *name = NULL;
	if (!scpi_take_string(call, &name))
		return FALSE;
	for (int i = 0; i < SEQUENCES; i++) {
		if (g_ascii_strcasecmp(name, sequence_names[i]) == 0) {
			*sequence = i;
			return TRUE;
		}
	}
	scpi_error(call, -224, "sequence");
	return FALSE;
}

/* The lengths that the generator has. */
static gboolean prbs_exists(const char *name)
{
	static const char *const names[] = {"2^7-1",   "2^9-1",  "2^10-1",  "2^11-1", "2^13-1",
	                                    "2^15-1",  "2^23-1", "2^23-1P", "2^31-1", "2^13-1Q",
	                                    "2^31-1Q", "2^33-1", NULL};
	return g_strv_contains(names, name);
}

static void set_pattern(struct m8040a *bert, int sequence, int kind, const char *name,
                        const char *xml)
{
	struct pattern *pattern = &bert->patterns[sequence];
	g_free(pattern->name);
	g_free(pattern->xml);
	pattern->kind = kind;
	pattern->name = g_strdup(name);
	pattern->xml = g_strdup(xml);
	bert->loaded_s = world_now_s(bert->world) + LOAD_S;
	apply(bert);
}

static void run_sequence(struct scpi_call *call)
{
	g_autofree char *name = NULL;
	int sequence = 0;
	int kind = 0;

	if (!take_sequence(call, &sequence) || !scpi_take_choice(call, pattern_kinds, &kind) ||
	    !scpi_take_string(call, &name) || !scpi_end(call))
		return;
	if (kind == 0 && !prbs_exists(name))
		scpi_error(call, -224, "PRBS");
	else
		set_pattern(scpi_instrument(call), sequence, kind, name, NULL);
}

static void run_sequence_query(struct scpi_call *call)
{
	static const char *const kinds[] = {"PRBS", "MEM", "CLOC", "PULS", "STAT"};
	const struct m8040a *bert = scpi_instrument(call);
	int sequence = 0;

	if (!take_sequence(call, &sequence) || !scpi_end(call))
		return;
	scpi_reply_raw(call, kinds[bert->patterns[sequence].kind]);
	scpi_reply_quoted(call, bert->patterns[sequence].name);
}

/* A sequence as XML is kept and given back; its pattern is not one the optics know. */
static void run_sequence_xml(struct scpi_call *call)
{
	struct scpi_span value;
	struct scpi_span bytes;
	int sequence = 0;

	if (!take_sequence(call, &sequence) || !scpi_take_any(call, &value) || !scpi_end(call))
		return;
	if (!scpi_block(value, &bytes)) {
		scpi_error(call, -161, NULL);
		return;
	}
	g_autofree char *xml = g_strndup(bytes.p, bytes.len);
	set_pattern(scpi_instrument(call), sequence, 1, "sequence", xml);
}

static void run_sequence_xml_query(struct scpi_call *call)
{
	const struct m8040a *bert = scpi_instrument(call);
	int sequence = 0;

	if (!take_sequence(call, &sequence) || !scpi_end(call))
		return;
	const char *xml = bert->patterns[sequence].xml;
	scpi_reply_block(call, xml ? xml : "", xml ? strlen(xml) : 0);
}

static void run_accepted(struct scpi_call *call)
{
	struct scpi_span value;
	while (scpi_parameters_left(call) > 0)
		scpi_take_any(call, &value);
}

static void run_import(struct scpi_call *call)
{
	run_accepted(call);
	scpi_error(call, -256, NULL);
}

/* --- state ---------------------------------------------------------------------------------------
 */

static gboolean take_location(struct scpi_call *call, const char *classes, int *location)
{
	g_autofree char *text = NULL;
	if (!scpi_take_string(call, &text))
		return FALSE;
	*location = bert_locate(text, classes);
	if (*location < 0)
		scpi_error(call, -224, "location");
	return *location >= 0;
}

static void run_running(struct scpi_call *call)
{
	const struct m8040a *bert = scpi_instrument(call);
	int location = 0;
	if (take_location(call, "OISC", &location) && scpi_end(call))
		scpi_reply_bool(call, world_now_s(bert->world) >= bert->loaded_s);
}

static void run_running_wait(struct scpi_call *call)
{
	struct m8040a *bert = scpi_instrument(call);
	double timeout_s = 60;
	int location = 0;

	if (!take_location(call, "OISC", &location))
		return;
	if (scpi_parameters_left(call) > 0 && !scpi_take_number(call, "S", 0, 3600, 60, &timeout_s))
		return;
	if (!scpi_end(call))
		return;
	double left_s = bert->loaded_s - world_now_s(bert->world);
	if (left_s > 0)
		world_sleep_s(bert->world, MIN(left_s, timeout_s));
	scpi_reply_bool(call, world_now_s(bert->world) >= bert->loaded_s);
}

/* Symbol, clock and data loss come together here; outputs lose nothing. */
static void run_loss(struct scpi_call *call)
{
	const struct m8040a *bert = scpi_instrument(call);
	int location = 0;

	if (!take_location(call, "OIS", &location) || !scpi_end(call))
		return;
	gboolean input = location >= LOCATION_IN && location < LOCATION_IN + BERT_INPUTS;
	scpi_reply_bool(call, input && !bert_counting_locked(bert->counting,
	                                                     (guint)(location - LOCATION_IN)));
}

static void run_align(struct scpi_call *call)
{
	struct m8040a *bert = scpi_instrument(call);
	int location = 0;

	if (!take_location(call, "I", &location) || !scpi_end(call))
		return;
	int input = location - LOCATION_IN;
	bert->aligned_s[input] = world_now_s(bert->world) + ALIGN_S;
	bert->aborted[input] = FALSE;
}

static void run_align_abort(struct scpi_call *call)
{
	struct m8040a *bert = scpi_instrument(call);
	int location = 0;
	if (take_location(call, "I", &location) && scpi_end(call))
		bert->aborted[location - LOCATION_IN] = TRUE;
}

static void run_align_status(struct scpi_call *call)
{
	struct m8040a *bert = scpi_instrument(call);
	int location = 0;

	if (!take_location(call, "I", &location) || !scpi_end(call))
		return;
	int input = location - LOCATION_IN;
	if (bert->aligned_s[input] <= 0)
		scpi_reply_raw(call, "UNKNOWN");
	else if (bert->aborted[input])
		scpi_reply_raw(call, "ABORTED");
	else if (world_now_s(bert->world) < bert->aligned_s[input])
		scpi_reply_raw(call, "INPROGRESS");
	else if (bert_counting_locked(bert->counting, (guint)input))
		scpi_reply_raw(call, "SUCCESS");
	else
		scpi_reply_raw(call, "FAILED");
}

static void run_counting(struct scpi_call *call)
{
	const struct m8040a *bert = scpi_instrument(call);
	bert_counting_run(bert->counting, call);
}

#define PLUGIN  "PLUGin:ERATio:"
#define ACQUIRE PLUGIN "ACQuisition:"

static const struct scpi_row rows[] = {
	{"DATA:SEQuence:SET", run_sequence, 0},
	{"DATA:SEQuence:SET?", run_sequence_query, 0},
	{"DATA:SEQuence[:VALue]", run_sequence_xml, 0},
	{"DATA:SEQuence[:VALue]?", run_sequence_xml_query, 0},
	{"DATA:SEQuence:BIND", run_accepted, 0},
	{"DATA:PATTern:USE", run_accepted, 0},
	{"DATA:PATTern:IDATa", run_accepted, 0},
	{"DATA:PATTern:PACKing", run_accepted, 0},
	{"DATA:PATTern:IMPort", run_import, 0},
	{"OUTPut:EINSertion:ONCE", run_accepted, 0},
	{"STATus:INSTrument:RUN[:STATe]?", run_running, 0},
	{"STATus:INSTrument:RUN:WAIT?", run_running_wait, 0},
	{"STATus:INSTrument:SLOS?", run_loss, 0},
	{"STATus:INSTrument:CLOS?", run_loss, 0},
	{"STATus:INSTrument:DLOS?", run_loss, 0},
	{"STATus:INSTrument:SALarm?", run_loss, 0},
	{"INPut:ALIGnment:EYE:AUTO", run_align, 0},
	{"INPut:ALIGnment:EYE:ACENter", run_align, 0},
	{"INPut:ALIGnment:ABORt", run_align_abort, 0},
	{"INPut:ALIGnment:EYE:ABORt", run_align_abort, 0},
	{"INPut:ALIGnment:STATus[:VALue]?", run_align_status, 0},
	{"FETCh:IBER?", run_counting, BERT_INSTANT},
	{"FETCh:BCOunt?", run_counting, BERT_COUNTS},
	{PLUGIN "CATalog?", run_counting, BERT_CATALOG},
	{PLUGIN "NEW", run_counting, BERT_NEW},
	{PLUGIN "DELete", run_counting, BERT_DELETE},
	{PLUGIN "RESet", run_counting, BERT_CLEAR},
	{PLUGIN "STARt", run_counting, BERT_START},
	{PLUGIN "STOP", run_counting, BERT_STOP},
	{PLUGIN "RUN[:STATe]?", run_counting, BERT_RUNS},
	{PLUGIN "FETCh[:DATA]?", run_counting, BERT_DATA},
	{PLUGIN "SHOW:RVMode", run_counting, BERT_HISTORY},
	{ACQUIRE "ALOCation", run_counting, BERT_LOCATION},
	{ACQUIRE "AEND", run_counting, BERT_END},
	{ACQUIRE "DURation", run_counting, BERT_DURATION},
	{ACQUIRE "DURation?", run_counting, BERT_DURATION_ASKED},
	{ACQUIRE "TIME", run_counting, BERT_TIME},
	{ACQUIRE "TIME?", run_counting, BERT_TIME_ASKED},
	{ACQUIRE "HISTory", run_counting, BERT_HISTORY},
};

static void changed(void *instrument, guint row, int place)
{
	apply(instrument);
}

/* Two generators of a pair share their clock: one cannot have another coding than the other. */
static void message_end(void *instrument, struct scpi_device *device)
{
	struct m8040a *bert = instrument;
	gboolean conflict = FALSE;

	for (int i = 0; i < BERT_OUTPUTS; i += 2) {
		int first = LOCATION_OUT + i;
		conflict |= setting(bert, CODING, first) != setting(bert, CODING, first + 1);
	}
	for (int i = 0; i < BERT_OUTPUTS; i++) {
		if (conflict)
			settings_put(scpi_device_settings(device), CODING, LOCATION_OUT + i,
			             bert->coding[i]);
		bert->coding[i] = setting(bert, CODING, LOCATION_OUT + i);
	}
	if (!conflict)
		return;
	scpi_device_error(device, -221, "line coding of two generators");
	apply(bert);
}

static gboolean busy(void *instrument)
{
	struct m8040a *bert = instrument;
	double end_s = 0.0;
	return bert_counting_running(bert->counting, &end_s) ||
	       world_now_s(bert->world) < bert->loaded_s;
}

static void wait(void *instrument)
{
	struct m8040a *bert = instrument;
	double end_s = 0.0;

	while (!world_stopped(bert->world) && busy(bert)) {
		bert_counting_running(bert->counting, &end_s);
		world_sleep_s(bert->world, MAX(end_s, bert->loaded_s) - world_now_s(bert->world));
	}
}

static void reset(void *instrument)
{
	struct m8040a *bert = instrument;
	settings_reset(scpi_device_settings(bert->device));
	bert_counting_reset(bert->counting);
	memset(bert->aligned_s, 0, sizeof(bert->aligned_s));
	for (int i = 0; i < SEQUENCES; i++)
		set_pattern(bert, i, 0, "2^15-1", NULL);
	bert->loaded_s = world_now_s(bert->world);
}

static void options(struct scpi_call *call)
{
	scpi_reply_raw(call, "\"M1:M8045A-G64,0P3,0G4;M2:M8046A-A64,0P3,0P4\"");
}

static const struct settings_model settings_model = {
	.rows = bert_setting_rows,
	.n_rows = BERT_SETTING_ROWS,
	.decimals = 8,
	.exponent_digits = 2,
	.locate = bert_locate,
	.changed = changed,
};

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 50,
	.completion = SCPI_OPC_WAITS,
	.busy = busy,
	.wait = wait,
	.reset = reset,
	.options = options,
	.message_end = message_end,
	.settings = &settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct m8040a *bert = g_new0(struct m8040a, 1);
	g_autofree char *serial = sim_serial("MY608", site);
	g_autofree char *idn = g_strdup_printf("Keysight Technologies,M8070B,%s,9.5.330.5", serial);

	bert->world = world;
	bert->site = site;
	bert->device = scpi_device_new(&model, idn, bert, faults);
	bert->counting = bert_counting_new(world, site, analyser_ready, locate_input, bert);
	reset(bert);
	return bert->device;
}

static void destroy(void *device)
{
	struct m8040a *bert = scpi_device_instrument(device);
	scpi_device_free(device);
	bert_counting_free(bert->counting);
	for (int i = 0; i < SEQUENCES; i++) {
		g_free(bert->patterns[i].name);
		g_free(bert->patterns[i].xml);
	}
	g_free(bert);
}

const struct sim_kind sim_bert = {
	.name = "bert",
	.model = "m8040a",
	.what = "Keysight M8040A under M8070B",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
