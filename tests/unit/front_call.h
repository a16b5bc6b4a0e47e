/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FRONT_CALL_H
#define TESTS_UNIT_FRONT_CALL_H

#include "station/front/front.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One call of the program with what it printed. */
struct said {
	int code;
	char *out, *err;
};

static inline void said_clear(struct said *said)
{
	g_free(said->out);
	g_free(said->err);
}

static inline FILE *divert(FILE *stream, int *kept)
{
	FILE *file = tmpfile();

	fflush(stream);
	*kept = dup(fileno(stream));
	g_assert_cmpint(dup2(fileno(file), fileno(stream)), >=, 0);
	return file;
}

static inline char *restore(FILE *stream, FILE *file, int kept)
{
	GString *text = g_string_new(NULL);
	int c;

	fflush(stream);
	g_assert_cmpint(dup2(kept, fileno(stream)), >=, 0);
	close(kept);
	rewind(file);
	while ((c = fgetc(file)) != EOF)
		g_string_append_c(text, (char)c);
	fclose(file);
	return g_string_free(text, FALSE);
}

/* The words of the call behind "station", null-terminated. */
static inline struct said call(const struct step_table *steps, const char *const *words)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct said said;
	int kept_out, kept_err;
	FILE *out, *err;

	g_ptr_array_add(argv, (char *)"station");
	for (guint i = 0; words[i]; i++)
		g_ptr_array_add(argv, (char *)words[i]);
	g_ptr_array_add(argv, NULL);
	out = divert(stdout, &kept_out);
	err = divert(stderr, &kept_err);
	said.code = front_main(steps, (int)argv->len - 1, (char **)argv->pdata);
	said.out = restore(stdout, out, kept_out);
	said.err = restore(stderr, err, kept_err);
	return said;
}

#define WORDS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

#endif
