/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SECRET_H
#define STATION_FACTORY_SECRET_H

/* A file with one line that others may not read: a token, a password. Null with *words, which name
 * the configuration's key and the file, never what is in it; g_free. Free with secret_free. */
char *secret_read(const char *key, const char *path, char **words);
/* Wipes it first. Null is allowed. */
void secret_free(char *secret);

#endif
