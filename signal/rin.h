/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_RIN_H
#define SIGNAL_RIN_H

#include "signal/pam4_shape.h"
#include "signal/status.h"

#include <glib.h>

/* To what the noise is related; they are 6.02 dB apart. */
enum rin_definition {
	RIN_HALF_OMA, /* 10 log10 (N / (BW (OMA / 2)^2)) */
	RIN_LEGACY,   /* 10 log10 (N / (BW OMA^2)) */
};

/* Noise bandwidth of the fourth-order Bessel-Thomson receiver over its -3 dB frequency. */
#define RIN_NOISE_BANDWIDTH 1.04637

/*
 * RINxOMA in dB/Hz from the outer levels where they are flat: runs of at least six symbols without
 * the first and last two (8 + 8 square wave: its middle). N is the mean of the variances of both
 * levels about a polynomial of degree 4 for each two symbols; noise of the scope taken off,
 * averaging undone; BW the noise bandwidth of the receiver that the waveform went through.
 *
 * No value: SIGNAL_NO_FEATURE without such runs or without OMA, SIGNAL_NOT_FILTERED without a
 * reference receiver, SIGNAL_SCOPE_NOISE when the declared noise of the scope explains, within
 * twice the uncertainty, all that is there.
 */
struct signal_value rin_oma_db_hz(const struct pam4_view *view, struct signal_value oma_outer_w,
                                  enum rin_definition definition);

#endif
