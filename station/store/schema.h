/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_SCHEMA_H
#define STATION_STORE_SCHEMA_H

/*
 * The SQLite schema as a list of migrations; entry i brings a file from version i to i + 1
 * (PRAGMA user_version). Entries are never changed once released, only added.
 */
extern const char *const schema_migrations[];
extern const char *const schema_names[]; /* what each is about, in a word */
extern const int schema_version;         /* number of entries */

#endif
