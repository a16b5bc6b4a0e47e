/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_CONTROL_H
#define BENCH_CONTROL_H

#include "bench/server.h"

struct stand;
struct world;

/*
 * The control port: one JSON object a line in, one a line out. A request has "command" and the
 * members its row in control_commands names; a reply has "ok", and "error" when it is false.
 * Sites and lanes are counted from 1.
 */
struct control;

/* What a command wants. Words that begin with '?' may be left out. */
struct control_command {
	const char *name;
	const char *parameters; /* members of the request, in the order of the command line */
	const char *help;
	/* Of what breaks something: the words of the same command that repair it, in the same
	 * order; a parameter's name stands for what was said. Null: it breaks nothing. */
	const char *repair;
};
extern const struct control_command control_commands[];
extern const guint control_n_commands;
/* Parameters that are numbers; null-terminated. A lane may be "off" all the same. */
extern const char *const control_number_members[];

/* world and stand are borrowed. `quit` is called, from any thread, by the command of that name. */
struct control *control_new(struct world *world, struct stand *stand, void (*quit)(void *data),
                            void *data);
void control_free(struct control *control); /* null is allowed */

/* The reply to one request, without LF. Never null. Free with g_free. */
char *control_execute(struct control *control, const char *line, gssize len);

/* For server_new, with a struct control as the device. */
extern const struct server_ops control_server_ops;

#endif
