/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_LOGIN_H
#define STATION_SHELL_LOGIN_H

#include "station/operator/users.h"
#include "station/shell/command.h"
#include "station/shell/shell.h"

/*
 * Who works at the shell, and what he may. Where the configuration names a file of users whatever
 * does more than look wants an engineer; where it names none anyone may do all, as at the terminal
 * for operators.
 */
struct shell_login {
	struct users *users;            /* null: nobody has wanted to log in yet */
	char badge[USER_BADGE_MAX + 1]; /* "" nobody */
	char name[USER_NAME_MAX + 1];
	gboolean is_engineer;
};

/* Whether a thing of that right may be done now. */
gboolean login_may(struct shell *shell, enum command_right right);
/* The same; STATION_ERROR_AUTHORITY says of `what` what it does, and how to get leave. */
gboolean login_permits(struct shell *shell, enum command_right right, const char *what,
                       GError **error);

/*
 * The PIN is the first line of a file that nobody but its owner may read, or is asked for (null).
 * Whoever was there before is logged out. STATION_ERROR_AUTHORITY: badge or PIN are wrong; others
 * may read the file. In the store's log when it returns TRUE.
 */
gboolean login_begin(struct shell *shell, const char *badge, const char *pin_file, GError **error);
/* Undoes what is energised and gives the site back: nobody answers for it any more. */
gboolean login_end(struct shell *shell, GError **error);
/* For the shell's end: likewise, but the site is made safe by others. */
void login_clear(struct shell *shell);

#endif
