/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_PIN_ASK_H
#define STATION_FRONT_PIN_ASK_H

#include <gio/gio.h>

/*
 * One line of standard input, at most size - 1 bytes of it, byte by byte so that it stays in no
 * buffer. FALSE when Ctrl-C was typed.
 */
gboolean pin_read(char *pin, gsize size);

/*
 * Asks at the terminal that standard input is; nothing shows. Ctrl-C comes as a character, so that
 * the terminal is as before afterwards: STATION_ERROR_CANCELLED, as when `stop` (may be null) was
 * triggered. STATION_ERROR_IO without a terminal.
 */
gboolean pin_ask(const char *words, char *pin, gsize size, GCancellable *stop, GError **error);

#endif
