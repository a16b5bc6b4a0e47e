/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_diag.h"

#include <math.h>
#include <string.h>

#define PAGE_CONTROL 0x10
#define PAGE_DIAG    0x13
#define PAGE_RESULT  0x14

#define BYTE_MEASURE  177
#define BYTE_LOOPBACK 180 /* media output, media input, host output, host input */
#define RESET_ERRORS  0x20
#define AGAIN         0x10

#define REFILL_S        0.05 /* from writing the selector to results */
#define HOST_SNR_DB     22.0
#define MOST_SNR_DB     30.0
#define BITS_PER_SYMBOL 2
#define MEDIA_RATE_BD   53.125e9

enum { SIDE_HOST, SIDE_MEDIA };
enum { LOOP_MEDIA_OUTPUT, LOOP_MEDIA_INPUT, LOOP_HOST_OUTPUT, LOOP_HOST_INPUT };

/* Generators and checkers: where each has its enable bits, its patterns, and what it offers. */
static const struct unit {
	guint enable, pattern, offered;
	gboolean checker;
	int side;
} units[] = {
	{144, 148, 132, FALSE, SIDE_HOST},
	{152, 156, 134, FALSE, SIDE_MEDIA},
	{160, 164, 136, TRUE, SIDE_HOST},
	{168, 172, 138, TRUE, SIDE_MEDIA},
};
#define HOST_GENERATOR  (&units[0])
#define MEDIA_GENERATOR (&units[1])

/* Gate times by the code of 13h:177.3-1; 0 is without end. */
static const double gates_s[] = {0, 5, 10, 30, 60, 120, 300, 0};

static guint8 diag_byte(struct sim_module *module, guint byte)
{
	return *memory_at(&module->memory, PAGE_DIAG, byte);
}

static gboolean is_looped(struct sim_module *module, guint loop, guint lane)
{
	return diag_byte(module, BYTE_LOOPBACK + loop) >> lane & 1;
}

static gboolean is_enabled(struct sim_module *module, const struct unit *unit, guint lane)
{
	return diag_byte(module, unit->enable) >> lane & 1;
}

static enum world_pattern pattern_of_code(guint code)
{
	switch (code) {
	case 0:
		return WORLD_PATTERN_PRBS31Q;
	case 6:
		return WORLD_PATTERN_PRBS13Q;
	case 12:
		return WORLD_PATTERN_SSPRQ;
	default:
		return WORLD_PATTERN_NONE;
	}
}

static enum world_pattern unit_pattern(struct sim_module *module, const struct unit *unit,
                                       guint lane)
{
	return pattern_of_code(memory_get_nibble(&module->memory, PAGE_DIAG, unit->pattern, lane));
}

/* --- what goes where ------------------------------------------------------------------------- */

/* Of one host lane at the module's host side receiver. */
static enum world_pattern host_input(struct sim_module *module, guint host_lane)
{
	return module->analog.host_input[host_lane] ? module->analog.host_pattern[host_lane]
	                                            : WORLD_PATTERN_NONE;
}

static enum world_pattern light_input(struct sim_module *module, guint lane)
{
	return module->analog.rx_locked[lane] ? module->analog.rx_pattern[lane]
	                                      : WORLD_PATTERN_NONE;
}

/* What the host lanes bring for a media lane: all of them have to. */
static enum world_pattern from_host(struct sim_module *module, guint lane)
{
	guint per_media = sim_state_host_per_media(module);
	enum world_pattern pattern = WORLD_PATTERN_NONE;
	for (guint i = 0; i < per_media; i++) {
		guint host_lane = lane * per_media + i;
		if (is_looped(module, LOOP_HOST_OUTPUT, host_lane))
			pattern = is_enabled(module, HOST_GENERATOR, host_lane)
			                  ? unit_pattern(module, HOST_GENERATOR, host_lane)
			                  : light_input(module, lane);
		else
			pattern = host_input(module, host_lane);
		if (pattern == WORLD_PATTERN_NONE)
			return WORLD_PATTERN_NONE;
	}
	return pattern;
}

enum world_pattern sim_diag_tx_pattern(struct sim_module *module, guint lane)
{
	if (*memory_at(&module->memory, PAGE_CONTROL, 132) >> lane & 1)
		return WORLD_PATTERN_NONE;
	if (is_enabled(module, MEDIA_GENERATOR, lane))
		return unit_pattern(module, MEDIA_GENERATOR, lane);
	enum world_pattern pattern = is_looped(module, LOOP_MEDIA_INPUT, lane)
	                                     ? light_input(module, lane)
	                                     : from_host(module, lane);
	gboolean squelches = (*memory_at(&module->memory, PAGE_CONTROL, 131) >> lane & 1) == 0;
	/* Without squelch an unlocked transmitter sends noise: light that no scope can lock to. */
	if (pattern == WORLD_PATTERN_NONE && !squelches)
		return WORLD_PATTERN_PRBS31Q;
	return pattern;
}

gboolean sim_diag_host_pattern(struct sim_module *module, guint host_lane,
                               enum world_pattern *pattern)
{
	guint lane = host_lane / sim_state_host_per_media(module);
	*pattern = WORLD_PATTERN_NONE;
	if (is_enabled(module, HOST_GENERATOR, host_lane))
		*pattern = unit_pattern(module, HOST_GENERATOR, host_lane);
	else if (is_looped(module, LOOP_HOST_INPUT, host_lane))
		*pattern = host_input(module, host_lane);
	else if (is_looped(module, LOOP_MEDIA_OUTPUT, lane))
		*pattern = sim_diag_tx_pattern(module, lane);
	else
		return FALSE;
	return TRUE;
}

/* --- checkers -------------------------------------------------------------------------------- */

static gboolean has_lane(const struct sim_module *module, int side, guint lane)
{
	return lane < (side == SIDE_HOST ? module->model->n_host_lanes : module->model->n_lanes);
}

/* TRUE when the checker holds lock; *ber is what it then sees. */
static gboolean checks(struct sim_module *module, const struct unit *unit, guint lane, double *ber)
{
	enum world_pattern arrives;
	*ber = 0;
	if (module->state != MODULE_READY || !has_lane(module, unit->side, lane))
		return FALSE;
	if (unit->side == SIDE_HOST) {
		if (is_looped(module, LOOP_HOST_OUTPUT, lane)) {
			if (!sim_diag_host_pattern(module, lane, &arrives))
				arrives = light_input(module,
				                      lane / sim_state_host_per_media(module));
		} else {
			arrives = host_input(module, lane);
		}
	} else if (is_looped(module, LOOP_MEDIA_OUTPUT, lane)) {
		arrives = sim_diag_tx_pattern(module, lane);
	} else {
		arrives = light_input(module, lane);
		*ber = module->analog.rx_ber[lane];
		if (world_unit_defect_lane(module->unit, WORLD_DEFECT_FALSE_CHECKER) == (int)lane)
			*ber /= 3;
	}
	return arrives != WORLD_PATTERN_NONE && arrives == unit_pattern(module, unit, lane);
}

static double bits_per_s(const struct sim_module *module, int side)
{
	return BITS_PER_SYMBOL *
	       (side == SIDE_HOST ? world_model_host_rate_bd(module->model) : MEDIA_RATE_BD);
}

static struct diag_checker *checker_of(struct sim_module *module, const struct unit *unit,
                                       guint lane)
{
	return &module->diag.checkers[unit->side][lane];
}

static void start_gate(struct sim_module *module, struct diag_checker *checker)
{
	double gate_s = gates_s[diag_byte(module, BYTE_MEASURE) >> 1 & 7];
	checker->bits = checker->errors = 0;
	checker->counting = TRUE;
	checker->gate_end_s = gate_s > 0 ? module->now_s + gate_s : INFINITY;
}

static void end_gate(struct sim_module *module, const struct unit *unit, guint lane)
{
	struct diag_checker *checker = checker_of(module, unit, lane);
	checker->counting = FALSE;
	checker->kept_bits = checker->bits;
	checker->kept_errors = checker->errors;
	if (isfinite(checker->gate_end_s))
		sim_state_raise(module, PAGE_RESULT, unit->side == SIDE_HOST ? 134 : 135,
		                (guint8)(1u << lane));
}

static void count(struct sim_module *module, const struct unit *unit, guint lane, double from_s)
{
	struct diag_checker *checker = checker_of(module, unit, lane);
	double to_s = MIN(module->now_s, checker->gate_end_s);
	double ber;
	if (!checks(module, unit, lane, &ber)) {
		sim_state_raise(module, PAGE_RESULT, unit->side == SIDE_HOST ? 138 : 139,
		                (guint8)(1u << lane));
	} else if (checker->counting && to_s > from_s) {
		guint64 bits = (guint64)(bits_per_s(module, unit->side) * (to_s - from_s));
		checker->bits += bits;
		checker->errors +=
			MIN(random_poisson(&module->diag.noise, ber * (double)bits), bits);
	}
	if (!checker->counting || module->now_s < checker->gate_end_s)
		return;
	end_gate(module, unit, lane);
	if (diag_byte(module, BYTE_MEASURE) & AGAIN)
		start_gate(module, checker);
}

void sim_diag_advance(struct sim_module *module)
{
	double from_s = module->diag.counted_s;
	module->diag.counted_s = module->now_s;
	if (!sim_state_managed(module) || sim_state_is_sff8636(module))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		guint8 enabled = units[i].checker ? diag_byte(module, units[i].enable) : 0;
		for (guint lane = 0; enabled && lane < WORLD_HOST_LANES; lane++)
			if (enabled >> lane & 1)
				count(module, &units[i], lane, from_s);
	}
}

void sim_diag_start(struct sim_module *module)
{
	struct module_diag *diag = &module->diag;
	memset(diag->checkers, 0, sizeof diag->checkers);
	diag->counted_s = module->now_s;
	diag->refilled_s = -INFINITY;
	if (diag->seeded || !module->unit)
		return;
	g_autofree char *name = g_strconcat("checkers ", world_unit_serial(module->unit), NULL);
	random_init(&diag->noise, world_seed(module->world), name);
	diag->seeded = TRUE;
}

/* --- controls -------------------------------------------------------------------------------- */

static guint offered(struct sim_module *module, const struct unit *unit)
{
	const guint8 *at = memory_at(&module->memory, PAGE_DIAG, unit->offered);
	return at[0] | (guint)at[1] << 8; /* little-endian */
}

/* It keeps its pattern when asked for one that it does not offer, and stays off without any. */
static void settle_unit(struct sim_module *module, const struct unit *unit,
                        const guint8 before[128])
{
	guint patterns = offered(module, unit);
	for (guint lane = 0; lane < WORLD_HOST_LANES; lane++) {
		guint code = memory_get_nibble(&module->memory, PAGE_DIAG, unit->pattern, lane);
		guint old = before[unit->pattern - 128 + lane / 2] >> (lane % 2 * 4) & 15;
		if ((patterns >> code & 1) == 0)
			memory_put_nibble(&module->memory, PAGE_DIAG, unit->pattern, lane, old);
	}
	guint8 *enable = memory_at(&module->memory, PAGE_DIAG, unit->enable);
	if (patterns == 0)
		*enable = 0;
	guint8 was = before[unit->enable - 128];
	for (guint lane = 0; unit->checker && lane < WORLD_HOST_LANES; lane++) {
		gboolean on = *enable >> lane & 1, was_on = was >> lane & 1;
		if (on && !was_on)
			start_gate(module, checker_of(module, unit, lane));
		else if (!on && was_on && checker_of(module, unit, lane)->counting)
			end_gate(module, unit, lane);
	}
}

/* Only what is offered, and of a lane one side at a time (13h:128.6 is 0). */
static void settle_loopbacks(struct sim_module *module, const guint8 before[128])
{
	guint8 *loops = memory_at(&module->memory, PAGE_DIAG, BYTE_LOOPBACK);
	guint8 has = diag_byte(module, 128);
	for (guint i = 0; i < 4; i++)
		if (!(has >> i & 1))
			loops[i] = 0;
	if ((loops[LOOP_MEDIA_OUTPUT] | loops[LOOP_MEDIA_INPUT]) &
	    (loops[LOOP_HOST_OUTPUT] | loops[LOOP_HOST_INPUT]))
		memcpy(loops, before + BYTE_LOOPBACK - 128, 4);
}

void sim_diag_written(struct sim_module *module, const guint8 before[128])
{
	for (guint i = 0; i < G_N_ELEMENTS(units); i++)
		settle_unit(module, &units[i], before);
	settle_loopbacks(module, before);
	guint8 *measure = memory_at(&module->memory, PAGE_DIAG, BYTE_MEASURE);
	if (!(*measure & RESET_ERRORS))
		return;
	*measure &= (guint8)~RESET_ERRORS;
	for (guint i = 0; i < G_N_ELEMENTS(units); i++)
		for (guint lane = 0; units[i].checker && lane < WORLD_HOST_LANES; lane++)
			if (is_enabled(module, &units[i], lane))
				start_gate(module, checker_of(module, &units[i], lane));
}

/* --- results --------------------------------------------------------------------------------- */

/* With as many digits as fit. */
guint16 sim_diag_f16(double value)
{
	if (!(value >= 0.5e-24))
		return 0;
	int s = (int)CLAMP(ceil(log10(value / 2047)) + 24, 0, 31);
	return (guint16)(s << 11 | (int)MIN(lround(value / pow(10, s - 24)), 2047));
}

static void put_le64(guint8 *at, guint64 value)
{
	for (guint i = 0; i < 8; i++)
		at[i] = (guint8)(value >> (8 * i));
}

static void show_ber(struct sim_module *module, guint8 *data, gboolean kept)
{
	for (guint side = 0; side < 2; side++) {
		for (guint lane = 0; lane < WORLD_HOST_LANES; lane++) {
			const struct diag_checker *of = &module->diag.checkers[side][lane];
			guint64 bits = kept ? of->kept_bits : of->bits;
			guint64 errors = kept ? of->kept_errors : of->errors;
			guint16 word = bits ? sim_diag_f16((double)errors / (double)bits) : 0;
			data[16 * side + 2 * lane] = (guint8)(word >> 8);
			data[16 * side + 2 * lane + 1] = (guint8)word;
		}
	}
}

static void show_counts(struct sim_module *module, guint8 *data, guint which, gboolean kept)
{
	for (guint i = 0; i < 4; i++) {
		const struct diag_checker *of =
			&module->diag.checkers[which / 2][4 * (which % 2) + i];
		put_le64(data + 16 * i, kept ? of->kept_errors : of->errors);
		put_le64(data + 16 * i + 8, kept ? of->kept_bits : of->bits);
	}
}

/* The ratio is 3/8 erfc(sqrt(SNR / 10)). */
double sim_diag_snr_db(double ber)
{
	double low_db = 0, high_db = MOST_SNR_DB;
	for (guint i = 0; i < 40; i++) {
		double middle_db = (low_db + high_db) / 2;
		if (0.375 * erfc(sqrt(pow(10, middle_db / 10) / 10)) > ber)
			low_db = middle_db;
		else
			high_db = middle_db;
	}
	return low_db;
}

static void put_snr(guint8 *at, double value_db)
{
	guint word = (guint)lround(value_db * 256); /* little-endian */
	at[0] = (guint8)word;
	at[1] = (guint8)(word >> 8);
}

static void show_snr(struct sim_module *module, guint8 *data)
{
	for (guint lane = 0; lane < module->model->n_host_lanes; lane++)
		if (module->analog.host_input[lane])
			put_snr(data + 16 + 2 * lane, HOST_SNR_DB);
	for (guint lane = 0; lane < module->model->n_lanes; lane++)
		if (module->analog.rx_locked[lane])
			put_snr(data + 48 + 2 * lane, sim_diag_snr_db(module->analog.rx_ber[lane]));
}

void sim_diag_selected(struct sim_module *module)
{
	module->diag.refilled_s = module->now_s + REFILL_S;
}

/* Without checkers nothing is reported: 13h:130 is 0. */
void sim_diag_show(struct sim_module *module)
{
	guint8 *data = memory_at(&module->memory, PAGE_RESULT, 192);
	guint selector = *memory_at(&module->memory, PAGE_RESULT, 128);
	gboolean kept = (selector & 0x10) != 0;
	memset(data, 0, 64);
	if (module->now_s < module->diag.refilled_s || diag_byte(module, 130) == 0)
		return;
	switch (selector & 0x0f) {
	case 1:
		show_ber(module, data, kept);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		show_counts(module, data, (selector & 0x0f) - 2, kept);
		break;
	case 6:
		if (!kept && module->state == MODULE_READY)
			show_snr(module, data);
		break;
	default:
		break;
	}
}
