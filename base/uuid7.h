/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_UUID7_H
#define BASE_UUID7_H

#include <glib.h>

/*
 * UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix time in ms, 12 bits of counter (section
 * 6.2, method 1), 62 random bits. As text they sort by the order in which they were given.
 */
enum { UUID7_TEXT = 37 }; /* 36 characters and the end */

/* Where the last one stood; zeroed: none was given. */
struct uuid7_place {
	guint64 ms;
	guint counter; /* 0 ... 4095 */
};

/*
 * The next id behind `place`, which it moves. A new millisecond begins the counter at a random
 * number below 2048; within one, or when the clock went back, it counts on, and at its end takes
 * the next millisecond ahead of the clock. `random` is 10 random bytes.
 */
void uuid7_next(struct uuid7_place *place, guint64 now_ms, const guint8 random[10],
                char text[UUID7_TEXT]);

/* Where an id of version 7 stands; FALSE, *place untouched, when the text is none. Upper and lower
 * case are the same. */
gboolean uuid7_read(const char *text, struct uuid7_place *place);

/* One of now, above all that this process has given or heard of; from any thread. Free with g_free.
 */
char *uuid7_new(void);

/* From now on none is below this one, which somebody gave before (null or another kind of id:
 * nothing changes). For clocks that were put back while no program ran. */
void uuid7_not_below(const char *text);

#endif
