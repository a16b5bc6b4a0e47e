/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_LIMIT_SET_H
#define LIMITS_LIMIT_SET_H

#include "limits/formula.h"
#include "limits/limit.h"

/* The set that limit.c reads and judge.c judges by; for these two only. */
struct limit_bound {
	enum { BOUND_NONE, BOUND_NUMBER, BOUND_FORMULA } kind;
	double number;
	int formula;
};

struct limit_entry {
	struct limit_row row;
	struct limit_bound low, high;
	int condition; /* formula; meant only when row.condition is not null */
};

struct limit_set {
	char *path;
	char *sha256;
	struct formula_set *formulas;
	GPtrArray *entries; /* struct limit_entry, of the chosen edition */
};

#endif
