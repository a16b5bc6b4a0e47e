/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_ACTION_H
#define STATION_OPERATOR_ACTION_H

#include "station/operator/desk.h"

/*
 * What an operator can do, in one table: the key, the bar code behind "CMD:", the word at the lower
 * edge and the sentence of the help. Nothing else binds keys.
 */
struct action {
	gunichar key;         /* 0: by bar code only */
	const char *key_name; /* "F5", "Enter" */
	const char *command;  /* "RETEST"; null: by key only */
	const char *word;     /* untranslated, as `help` */
	const char *help;
	gboolean (*is_open)(const struct desk *desk); /* whether it can be done now */
	void (*run)(struct desk *desk);
};

extern const struct action actions[];
extern const guint n_actions;

/* Null when there is none. */
const struct action *action_of_key(gunichar key);
const struct action *action_of_command(const char *command);

#endif
