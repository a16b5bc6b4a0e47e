/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_GIO_TYPES_H
#define BASE_GIO_TYPES_H

/*
 * Makes the classes of GIO that a connection needs. To be called once, before a program has a
 * second thread: where several threads make their first connection at once, GLib up to 2.74 can
 * wait for itself for ever. One thread makes a class, under a lock, and asks for the type of
 * another, which a second thread is about to register and wants that lock for.
 */
void gio_types_make(void);

#endif
