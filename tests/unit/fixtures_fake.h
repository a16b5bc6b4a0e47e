/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FIXTURES_FAKE_H
#define TESTS_UNIT_FIXTURES_FAKE_H

#include "base/clock.h"
#include "base/error.h"
#include "fixtures/cmis/cmis_memory.h"
#include "fixtures/fixture.h"

#include <string.h>

/*
 * A fixture with a module inside the test's process: an array of bytes behind a page selector, and
 * as much of the state machines as the tests need. Strict: an access that the standard does not
 * allow (too long, across the halves, while not selected) ends the test.
 */
struct fake {
	struct fixture base;
	struct cmis_memory *memory;
	struct bounds bounds;
	guint8 lower[128];
	guint8 pages[256][128];
	gboolean has_page[256];
	guint8 page;
	guint8 bank, bank_wanted;
	guint banks;                /* 0: the selector does not take another bank */
	guint8 banked[2][256][128]; /* of bank 1; nothing moves there */
	gsize read_limit;
	gboolean frozen;                               /* nothing moves: an image */
	gboolean present, reset_l, lp_mode, mod_sel_l; /* in the sense of a QSFP-DD socket */
	gboolean interrupt;
	guint hosts_per_media; /* host lanes to a media lane */
	double line_v;         /* what every line measures from now on; 0: what it has to */
	guint lines_measured;

	/* faults */
	guint address_nacks;        /* so many transfers are not acknowledged */
	gboolean no_repeated_start; /* address and data have to come in two transfers */
	guint8 pointer;             /* of the last write, for a read that follows */
	gboolean data_nack;         /* every write is refused after the address */
	gboolean broken;            /* the fixture itself fails */
	gboolean wrong_page;        /* the selector reads back as page 55h */
	gboolean stuck_state;       /* the module state never moves */
	gboolean stuck_path;        /* data paths never get beyond Init */
	gboolean to_fault;          /* power-up ends in ModuleFault */
	guint8 config_result;       /* what a configuration ends with */
	gboolean ignores_writes;    /* of pages 10h and above */
	guint8 commit_result;
	gboolean commit_hangs;

	/* what is going on */
	guint config_polls;
	guint commit_polls;
	gboolean unlocked;
	guint32 password;

	guint transfers;
	guint page_writes;
	GString *log; /* "10h:130=FF " for every byte written */
};

static inline gboolean fake_is_low_power(const struct fake *fake)
{
	return (fake->lower[26] & 0x10) || ((fake->lower[26] & 0x40) && fake->lp_mode);
}

static inline void fake_reset(struct fake *fake)
{
	fake->page = 0;
	fake->lower[3] = 1 << 1;
	fake->lower[26] = 0x40;
	fake->unlocked = FALSE;
	memset(fake->pages[0x10], 0, 128);
	memset(fake->pages[0x11], 0, 128);
	memset(fake->pages[0x11], 0x11, 4);
}

/* Whether a transmitter of the host lane's data path is switched off. */
static inline gboolean fake_is_dark(const struct fake *fake, guint lane)
{
	const guint8 *active = &fake->pages[0x11][206 - 128];

	for (guint i = 0; i < 8; i++)
		if (active[i] == active[lane] &&
		    (fake->pages[0x10][130 - 128] >> (i / fake->hosts_per_media) & 1))
			return TRUE;
	return FALSE;
}

/* One step of every state machine for each look at a state. */
static inline void fake_step_module(struct fake *fake)
{
	guint state = (fake->lower[3] >> 1) & 7;
	gboolean low = fake_is_low_power(fake);

	if (fake->stuck_state)
		return;
	if (state == 1 && !low)
		state = 2;
	else if (state == 2)
		state = fake->to_fault ? 5 : 3;
	else if (state == 3 && low)
		state = 4;
	else if (state == 4)
		state = 1;
	fake->lower[3] = (guint8)(state << 1);
}

static inline void fake_step_paths(struct fake *fake)
{
	static const guint8 up[8] = {1, 2, 7, 1, 4, 4, 7, 5};
	static const guint8 down[8] = {1, 1, 3, 1, 6, 6, 7, 3};

	for (guint lane = 0; lane < 8; lane++) {
		guint8 *byte = &fake->pages[0x11][lane / 2];
		guint shift = lane % 2 ? 4 : 0;
		guint state = (*byte >> shift) & 7;
		gboolean used = fake->pages[0x11][206 - 128 + lane] >> 4;
		gboolean wanted = used && ((fake->lower[3] >> 1) & 7) == 3 &&
		                  !(fake->pages[0x10][0] >> lane & 1);

		if (wanted && (state == 4 || state >= 6) && fake_is_dark(fake, lane))
			state = state == 4 ? 6 : 7;
		else
			state = wanted ? up[state] : down[state];
		if (fake->stuck_path && state == 7)
			state = 2;
		*byte = (guint8)((*byte & ~(0xFu << shift)) | state << shift);
	}
}

static inline void fake_step_config(struct fake *fake)
{
	if (fake->config_polls == 0)
		return;
	fake->config_polls--;
	memset(&fake->pages[0x11][202 - 128],
	       fake->config_polls ? 0xCC : fake->config_result * 0x11, 4);
}

static inline guint8 fake_read_byte(struct fake *fake, guint byte)
{
	guint8 *cell;
	guint8 value;

	if (byte == 3 && !fake->frozen)
		fake_step_module(fake);
	if (byte == 127)
		return fake->wrong_page ? 0x55 : fake->page;
	if (byte == 126)
		return fake->bank;
	if (byte >= 128 && fake->bank)
		return fake->banked[fake->bank][fake->page][byte - 128];
	if ((byte >= 118 && byte <= 125))
		return 0;
	if (byte >= 128 && fake->page >= 0xB0 && !fake->unlocked)
		return 0;
	if (fake->page == 0x11 && byte == 128 && !fake->frozen)
		fake_step_paths(fake);
	if (fake->page == 0x11 && byte == 202)
		fake_step_config(fake);
	if (fake->page == 0xB1 && byte == 255 && fake->pages[0xB1][127] == 1 &&
	    !fake->commit_hangs && fake->commit_polls-- == 0)
		fake->pages[0xB1][127] = fake->commit_result;
	cell = byte < 128 ? &fake->lower[byte] : &fake->pages[fake->page][byte - 128];
	value = *cell;
	if ((byte >= 8 && byte <= 13) || (fake->page == 0x11 && byte >= 134 && byte <= 153))
		*cell = 0;
	return value;
}

static inline void fake_apply(struct fake *fake, guint8 lanes)
{
	for (guint i = 0; i < 8; i++) {
		guint8 config = fake->pages[0x10][145 - 128 + i];

		if (!(lanes >> i & 1) || fake->config_result != 1)
			continue;
		fake->pages[0x11][206 - 128 + i] = config;
		/* signal integrity settings: the host's of all lanes, or amplitude code 2 */
		if (config & 1)
			memcpy(&fake->pages[0x11][214 - 128], &fake->pages[0x10][153 - 128], 21);
		else
			memset(&fake->pages[0x11][231 - 128], 0x22, 4);
	}
	memset(&fake->pages[0x11][202 - 128], 0xCC, 4);
	fake->config_polls = 3;
}

static inline void fake_write_byte(struct fake *fake, guint byte, guint8 value)
{
	g_string_append_printf(fake->log, "%02Xh:%u=%02X ", byte < 128 ? 0 : fake->page, byte,
	                       value);
	if (byte == 126) {
		fake->bank_wanted = value;
		return;
	}
	if (byte == 127) {
		gboolean has = fake->has_page[value] && fake->bank_wanted < MAX(fake->banks, 1);

		fake->page = has ? value : 0;
		fake->bank = has ? fake->bank_wanted : 0;
		fake->page_writes++;
		return;
	}
	if (byte >= 122 && byte <= 125) {
		guint shift = 8 * (125 - byte);

		fake->password = (fake->password & ~(0xFFu << shift)) | (guint32)value << shift;
		fake->unlocked = byte == 125 && fake->password == 0xA5C3F01E;
		return;
	}
	if (byte < 128) {
		fake->lower[byte] = value;
		return;
	}
	if (fake->bank) {
		fake->banked[fake->bank][fake->page][byte - 128] = value;
		return;
	}
	if ((fake->page >= 0xB0 && !fake->unlocked) || (fake->page >= 0x10 && fake->ignores_writes))
		return;
	if (fake->page == 0x10 && (byte == 143 || byte == 144)) {
		fake_apply(fake, value);
		return;
	}
	fake->pages[fake->page][byte - 128] = value;
	if (fake->page == 0xB1 && byte == 254 && value == 1) {
		fake->pages[0xB1][127] = 1;
		fake->commit_polls = 3;
	}
}

static inline gboolean fake_transfer(struct fixture *fix, guint8 address, const guint8 *out,
                                     gsize n_out, guint8 *in, gsize n_in, enum fixture_nack *nack,
                                     const struct bounds *bounds, GError **error)
{
	struct fake *fake = (struct fake *)fix;
	guint first;

	fake->transfers++;
	if (fake->broken) {
		station_error_set(error, STATION_ERROR_FIXTURE, "broken");
		return FALSE;
	}
	g_assert_cmpuint(address, ==, 0x50);
	g_assert_true(fake->reset_l && (!fake->mod_sel_l || g_str_equal(fake->base.form, "OSFP")));
	if (fake->address_nacks) {
		fake->address_nacks--;
		*nack = FIXTURE_NACK_ADDRESS;
		station_error_set(error, STATION_ERROR_MODULE, "no acknowledge");
		return FALSE;
	}
	if (fake->no_repeated_start && n_in && n_out) {
		*nack = FIXTURE_NACK_DATA;
		station_error_set(error, STATION_ERROR_MODULE, "no repeated start");
		return FALSE;
	}
	g_assert_true(n_out >= 1 || fake->no_repeated_start);
	first = n_out ? out[0] : fake->pointer;
	fake->pointer = (guint8)first;
	n_out = MAX(n_out, 1);
	if (fake->data_nack && n_out > 1) {
		*nack = FIXTURE_NACK_DATA;
		station_error_set(error, STATION_ERROR_MODULE, "no acknowledge of data");
		return FALSE;
	}
	g_assert_cmpuint(n_out - 1, <=, 8);
	g_assert_cmpuint(n_in, <=, fake->read_limit);
	g_assert_true(n_in == 0 || n_out == 1);
	g_assert_cmpuint(first + MAX(n_in, n_out - 1), <=, first < 128 ? 128 : 256);
	for (gsize i = 1; i < n_out; i++)
		fake_write_byte(fake, first + (guint)i - 1, out[i]);
	for (gsize i = 0; i < n_in; i++)
		in[i] = fake_read_byte(fake, first + (guint)i);
	return TRUE;
}

/* An output and whether its level is the other way round; null for what is none of the socket's. */
static inline gboolean *fake_pin(struct fake *fake, const char *pin, gboolean *inverted)
{
	gboolean osfp = g_str_equal(fake->base.form, "OSFP");

	*inverted = osfp && g_str_equal(pin, "LPWn");
	if (g_str_equal(pin, osfp ? "RSTn" : "ResetL"))
		return &fake->reset_l;
	if (g_str_equal(pin, osfp ? "LPWn" : "LPMode"))
		return &fake->lp_mode;
	return !osfp && g_str_equal(pin, "ModSelL") ? &fake->mod_sel_l : NULL;
}

static inline gboolean fake_pin_get(struct fixture *fix, const char *pin, gboolean *level,
                                    const struct bounds *bounds, GError **error)
{
	struct fake *fake = (struct fake *)fix;

	g_assert_cmpstr(fake->base.form, ==, "QSFP-DD");
	if (g_str_equal(pin, "IntL")) {
		*level = !fake->interrupt;
		return TRUE;
	}
	g_assert_cmpstr(pin, ==, "ModPrsL");
	*level = !fake->present;
	return TRUE;
}

static inline gboolean fake_pin_set(struct fixture *fix, const char *pin, gboolean level,
                                    const struct bounds *bounds, GError **error)
{
	struct fake *fake = (struct fake *)fix;
	gboolean inverted = FALSE;
	gboolean *output = fake_pin(fake, pin, &inverted);

	g_assert_nonnull(output);
	*output = inverted ? !level : level;
	if (output == &fake->reset_l && !level)
		fake_reset(fake);
	return TRUE;
}

static inline gboolean fake_line_get(struct fixture *fix, const char *line, double *volts,
                                     const struct bounds *bounds, GError **error)
{
	struct fake *fake = (struct fake *)fix;

	g_assert_cmpstr(fake->base.form, ==, "OSFP");
	fake->lines_measured++;
	if (g_str_equal(line, "INT/RSTn")) {
		*volts = !fake->reset_l ? 0.3 : fake->interrupt ? 3.1 : 1.9;
	} else {
		g_assert_cmpstr(line, ==, "LPWn/PRSn");
		*volts = !fake->present ? 3.2 : fake->lp_mode ? 0.9 : 1.7;
	}
	if (fake->line_v != 0)
		*volts = fake->line_v;
	return TRUE;
}

static inline gboolean fake_insertions(struct fixture *fix, guint64 *count,
                                       const struct bounds *bounds, GError **error)
{
	*count = 1;
	return TRUE;
}

static inline gboolean fake_safe(struct fixture *fix, const struct bounds *bounds, GError **error)
{
	struct fake *fake = (struct fake *)fix;

	fake->reset_l = FALSE;
	fake->lp_mode = TRUE;
	fake->mod_sel_l = TRUE;
	fake_reset(fake);
	return TRUE;
}

static inline void fake_close(struct fixture *fix)
{
	struct fake *fake = (struct fake *)fix;

	g_free(fake->base.form);
	g_string_free(fake->log, TRUE);
	g_free(fake);
}

static const struct fixture_ops fake_ops = {
	.kind = "fake",
	.pin_get = fake_pin_get,
	.pin_set = fake_pin_set,
	.line_get = fake_line_get,
	.transfer = fake_transfer,
	.insertions = fake_insertions,
	.safe = fake_safe,
	.close = fake_close,
};

static inline void fake_text(guint8 *page, guint byte, guint len, const char *text)
{
	memset(page + byte - 128, ' ', len);
	memcpy(page + byte - 128, text, strlen(text));
}

static inline guint8 fake_sum(const guint8 *page, guint first, guint last)
{
	guint sum = 0;

	for (guint byte = first; byte <= last; byte++)
		sum += page[byte - 128];
	return (guint8)sum;
}

static inline void fake_fill(struct fake *fake)
{
	static const guint8 apps[] = {0x11, 0x1C, 0x84, 0x01, 0x0D, 0x14, 0x21, 0x55, 0xFF};
	static const guint8 pages[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x11,
	                               0x12, 0x13, 0x14, 0xB0, 0xB1, 0xB2};
	guint8 *p0 = fake->pages[0];
	guint8 *p1 = fake->pages[1];

	for (guint i = 0; i < G_N_ELEMENTS(pages); i++)
		fake->has_page[pages[i]] = TRUE;
	fake->lower[0] = 0x18;
	fake->lower[1] = 0x52;
	fake->lower[14] = 40;
	fake->lower[16] = 0x80;
	fake->lower[17] = 0xE8; /* 3.3 V */
	fake->lower[39] = 1;
	fake->lower[40] = 4;
	fake->lower[85] = 2;
	memcpy(fake->lower + 86, apps, sizeof(apps));
	p0[0] = 0x18;
	fake_text(p0, 129, 16, "VIRTUAL BENCH");
	fake_text(p0, 148, 16, "VB-QDD-DR4-500");
	fake_text(p0, 164, 2, "A1");
	fake_text(p0, 166, 16, "S1");
	fake_text(p0, 182, 8, "260131");
	p0[200 - 128] = 5 << 5;
	p0[201 - 128] = 36;
	p0[203 - 128] = 0x0C;
	p0[222 - 128] = fake_sum(p0, 128, 221);
	p1[138 - 128] = 0x66;
	p1[139 - 128] = 0x58; /* 1310 nm */
	p1[142 - 128] = 0x20;
	p1[144 - 128] = 0x32;
	p1[151 - 128] = 0x10;
	p1[153 - 128] = 0xB0; /* amplitudes 0, 1 and 3 */
	p1[155 - 128] = 0x02;
	p1[159 - 128] = 0x03;
	p1[160 - 128] = 0x0F; /* laser current in steps of 4 uA */
	p1[162 - 128] = 0x04;
	p1[167 - 128] = 0x23;
	p1[168 - 128] = 0x11;
	p1[176 - 128] = 0x01;
	p1[177 - 128] = 0x0F;
	p1[255 - 128] = fake_sum(p1, 130, 254);
	fake->pages[2][255 - 128] = fake_sum(fake->pages[2], 128, 254);
	fake->pages[0x13][134 - 128] = 0x41; /* little-endian: PRBS31Q, PRBS13Q, SSPRQ */
	fake->pages[0x13][135 - 128] = 0x10;
	for (guint lane = 0; lane < 4; lane++)
		fake->pages[0xB1][2 * lane] = 0x20;
	fake->pages[0xB0][250 - 128] = 0x02;
}

/* Makes it a module of four host lanes in an OSFP socket: 400GAUI-4 and four times 100GAUI-1. */
static inline void fake_fill_osfp(struct fake *fake)
{
	static const guint8 apps[] = {0x4F, 0x1C, 0x44, 0x01, 0x4B, 0x14, 0x11, 0x0F, 0xFF};

	fake_fill(fake);
	fake->hosts_per_media = 1;
	g_free(fake->base.form);
	fake->base.form = g_strdup("OSFP");
	fake->lower[0] = 0x19;
	memcpy(fake->lower + 86, apps, sizeof(apps));
	fake_text(fake->pages[0], 148, 16, "VB-OSFP-DR4-500");
}

static inline struct fake *fake_new(void)
{
	struct fake *fake = g_new0(struct fake, 1);

	clock_set_scale(1000);
	fake->base.ops = &fake_ops;
	fake->base.form = g_strdup("QSFP-DD");
	fake->present = TRUE;
	fake->lp_mode = TRUE;
	fake->mod_sel_l = TRUE;
	fake->read_limit = 8;
	fake->hosts_per_media = 2;
	fake->config_result = 1;
	fake->log = g_string_new(NULL);
	fake->bounds.deadline = deadline_in_s(30);
	fake->memory = cmis_memory_new(&fake->base);
	return fake;
}

/* As after a power-up, without one. */
static inline void fake_select(struct fake *fake)
{
	fake->reset_l = TRUE;
	fake->mod_sel_l = FALSE;
}

static inline void fake_free(struct fake *fake)
{
	cmis_memory_free(fake->memory);
	fixture_close(&fake->base);
}

#endif
