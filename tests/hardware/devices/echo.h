/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_ECHO_H
#define TESTS_HARDWARE_DEVICES_ECHO_H

#include <glib.h>

/* The simplest instrument on a line: each line comes back in angle brackets, "SILENT?" does not. */
struct echo;

/* fd is the instrument's end; borrowed. */
struct echo *echo_new(int fd);
void echo_free(struct echo *echo);

/* Waits until so many lines were heard since the beginning. */
void echo_wait_heard(struct echo *echo, guint n);

#endif
