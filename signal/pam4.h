/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_H
#define SIGNAL_PAM4_H

#include "base/waveform.h"
#include "signal/pam4_align.h"
#include "signal/status.h"
#include "signal/tdecq.h"

#include <glib.h>

/*
 * Which runs OMAouter is taken from: seven 3s and six 0s of the pattern (in an inverted signal
 * those are seven 0s and six 3s in the light).
 */
enum pam4_runs {
	PAM4_RUNS_AT_LEAST, /* runs of at least 7 and 6, equal weight (default) */
	PAM4_RUNS_EXACTLY,  /* runs of exactly 7 and 6 */
};

struct pam4_settings {
	enum pam4_runs runs;
	gboolean with_tdecq; /* TDECQ takes most of the time: tuning loops may leave it out */
	gboolean with_eye;   /* eye openings and thresholds, behind the equaliser of TDECQ */
	double eye_ser;      /* symbol error ratio that the eye openings are told for: 1e-6 */
	struct tdecq_settings tdecq;
};

/* All of it, with the settings of 400GBASE-DR4. */
void pam4_settings_default(struct pam4_settings *settings);

/* One of the three eyes between neighbouring levels, behind the equaliser. */
struct pam4_sub_eye {
	struct signal_value threshold_w; /* as TDECQ used it; uncertainty without its search's */
	struct signal_value height_w;    /* between the quantiles of both levels at eye_ser */
	struct signal_value width_ui;    /* open time along the threshold at eye_ser */
};

struct pam4_result {
	enum signal_status status; /* of the waveform as a whole; told on refusal too */
	struct pam4_alignment alignment;
	struct signal_value average_power_w;
	struct signal_value level_w[4];  /* mean at the eye's centre, 0.45..0.55 UI */
	struct signal_value oma_outer_w; /* P3 - P0 over the central 2 UI of the runs */
	struct signal_value outer_er_db; /* 10 log10 (P3 / P0) of the same */
	double oma_p3_w;                 /* that P3 and P0; NaN when there are no such runs */
	double oma_p0_w;
	guint runs_of_threes; /* how many runs were used */
	guint runs_of_zeros;
	struct signal_value rlm; /* 120D.3.1.2: min(3 ES1, 3 ES2, 2 - 3 ES1, 2 - 3 ES2) */
	struct signal_value transition_time_s; /* 20-80 %, the slower of rise and fall */
	struct signal_value rise_time_s;
	struct signal_value fall_time_s;
	struct signal_value overshoot;  /* (Pmax - P3) / OMAouter, 1 % of all samples above Pmax */
	struct signal_value undershoot; /* (P0 - Pmin) / OMAouter */
	struct signal_value
		power_excursion_w; /* max(Pmax - Pave, Pave - Pmin), formula from memory */
	/* RINxOMA: noise of the outer levels where they are flat, scope noise taken off, over the
	 * reference receiver's noise bandwidth and (OMAouter / 2)^2 */
	struct signal_value rin_oma_db_hz;
	struct signal_value noise_margin_w; /* rms noise that the signal bears at the target SER */
	struct signal_value tdecq_db;       /* as in tdecq; no value when not asked for */
	struct signal_value ceq_db;         /* 10 log10 Ceq */
	struct pam4_sub_eye eye[3];         /* lower, middle, upper */
	struct tdecq_result tdecq;
};

/*
 * Aligns and measures. A waveform that cannot be measured is refused with STATION_ERROR_DATA and
 * the reason in result->status: as pam4_align, and SIGNAL_GRAY_SWAPPED when the levels are not in
 * order. Settings of TDECQ out of range, or a scope noise that is none, are errors as in
 * tdecq_measure and SIGNAL_BAD_SETTING. What the signal does not have (no long runs, closed eye)
 * has its status in its member. With settings->tdecq.noise_in_samples no uncertainty is known, and
 * no RIN. STATION_ERROR_CANCELLED when settings->tdecq.stop was triggered: there is no result then.
 */
gboolean pam4_measure(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                      const struct pam4_settings *settings, struct pam4_result *result,
                      GError **error);

#endif
