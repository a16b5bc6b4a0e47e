/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/schema.h"

#include <glib.h>

const char *const schema_migrations[] = {
	/* 1: runs with their document; steps and measurements beside it for queries */
	"CREATE TABLE runs ("
	"  run_id TEXT PRIMARY KEY NOT NULL,"
	"  station TEXT NOT NULL, site INTEGER NOT NULL,"
	"  lot TEXT NOT NULL, serial TEXT NOT NULL, part_number TEXT NOT NULL,"
	"  type TEXT NOT NULL, stage TEXT NOT NULL,"
	"  plan TEXT NOT NULL, plan_revision TEXT NOT NULL,"
	"  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL,"
	"  verdict TEXT NOT NULL CHECK (verdict IN ('PASS', 'FAIL', 'ERROR', 'ABORTED')),"
	"  marginal INTEGER NOT NULL, reason TEXT, first_failing_step TEXT,"
	"  document TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX runs_by_serial ON runs (serial, stage, start_us);"
	"CREATE INDEX runs_by_lot ON runs (lot, start_us);"
	"CREATE TABLE steps ("
	"  run_id TEXT NOT NULL REFERENCES runs (run_id), number INTEGER NOT NULL,"
	"  name TEXT NOT NULL, kind TEXT NOT NULL, lane INTEGER NOT NULL, corner TEXT NOT NULL,"
	"  attempt INTEGER NOT NULL, superseded INTEGER NOT NULL,"
	"  start_us INTEGER NOT NULL, duration_s REAL NOT NULL,"
	"  verdict TEXT NOT NULL, reason TEXT,"
	"  PRIMARY KEY (run_id, number)"
	") STRICT;"
	"CREATE TABLE measurements ("
	"  run_id TEXT NOT NULL, number INTEGER NOT NULL, step INTEGER NOT NULL,"
	"  id TEXT NOT NULL, lane INTEGER NOT NULL, corner TEXT NOT NULL,"
	"  value REAL, unit TEXT NOT NULL, uncertainty REAL,"
	"  verdict TEXT NOT NULL, marginal INTEGER NOT NULL,"
	"  PRIMARY KEY (run_id, number),"
	"  FOREIGN KEY (run_id, step) REFERENCES steps (run_id, number)"
	") STRICT;"
	"CREATE INDEX measurements_by_id ON measurements (id, lane);",
	/* 2: what operators did; indexes that answer what screens ask without touching a row */
	"CREATE TABLE log ("
	"  number INTEGER PRIMARY KEY, time_us INTEGER NOT NULL,"
	"  who TEXT NOT NULL, what TEXT NOT NULL, text TEXT NOT NULL"
	") STRICT;"
	"DROP INDEX runs_by_lot;"
	"CREATE INDEX runs_by_lot ON runs (lot, start_us, run_id, serial, verdict);"
	"CREATE INDEX runs_by_station ON runs (station, start_us, run_id, serial, verdict);"
	"CREATE INDEX runs_by_unit ON runs (serial, start_us, run_id, lot, verdict);"
	"CREATE INDEX runs_by_plan"
	"  ON runs (part_number, plan, plan_revision, verdict, start_us, run_id, end_us);"
	"CREATE INDEX measurements_failed ON measurements (run_id, number, step, id)"
	"  WHERE verdict = 'FAIL';",
	/* 3: what was done to units by hand */
	"CREATE TABLE touches ("
	"  number INTEGER PRIMARY KEY, serial TEXT NOT NULL, station TEXT NOT NULL,"
	"  time_us INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX touches_by_unit ON touches (serial, time_us);",
	/* 4: for statistics of many runs: the values that count of a run, packed (samples.h) */
	"CREATE TABLE sample_keys ("
	"  number INTEGER PRIMARY KEY, id TEXT NOT NULL, lane INTEGER NOT NULL,"
	"  corner TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (id, lane, corner, unit)"
	") STRICT;"
	"CREATE TABLE samples ("
	"  number INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE REFERENCES runs (run_id),"
	"  operator TEXT NOT NULL, samples BLOB NOT NULL"
	") STRICT;"
	"CREATE INDEX runs_by_time ON runs (start_us, run_id, serial, lot, part_number, station,"
	"  site, stage, verdict, first_failing_step);"
	/* nothing has asked it, and each value of a run costs a page of it */
	"DROP INDEX measurements_by_id;",
	/* 5: what shows that nothing was altered (chain.h); which migration was applied when */
	"CREATE TABLE migrations ("
	"  version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
	"  applied_us INTEGER, program TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE chain ("
	"  number INTEGER PRIMARY KEY,"
	"  kind TEXT NOT NULL CHECK (kind IN ('run', 'touch', 'log')),"
	"  key TEXT NOT NULL, row_sha256 BLOB NOT NULL, document_sha256 BLOB,"
	"  steps_sha256 BLOB, measurements_sha256 BLOB,"
	"  previous BLOB NOT NULL, hash BLOB NOT NULL, UNIQUE (kind, key)"
	") STRICT;"
	"CREATE TABLE heads ("
	"  number INTEGER PRIMARY KEY REFERENCES chain (number), hash BLOB NOT NULL,"
	"  signed_us INTEGER NOT NULL, public_key BLOB NOT NULL, signature BLOB NOT NULL"
	") STRICT;",
	/* 6: what others are still to be told (outbox.h) */
	"CREATE TABLE outbox ("
	"  number INTEGER PRIMARY KEY, sink TEXT NOT NULL,"
	"  run_id TEXT REFERENCES runs (run_id), touch INTEGER REFERENCES touches (number),"
	"  saved_us INTEGER NOT NULL,"
	"  state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')),"
	"  attempts INTEGER NOT NULL DEFAULT 0, next_us INTEGER NOT NULL DEFAULT 0,"
	"  words TEXT, taken_us INTEGER,"
	"  CHECK ((run_id IS NULL) <> (touch IS NULL)),"
	"  UNIQUE (sink, run_id), UNIQUE (sink, touch)"
	") STRICT;"
	/* the row's number is part of it: the first of a state is found at once */
	"CREATE INDEX outbox_by_state ON outbox (sink, state);",
};

const char *const schema_names[G_N_ELEMENTS(schema_migrations)] = {
	"runs", "log", "touches", "samples", "chain", "outbox",
};

const int schema_version = G_N_ELEMENTS(schema_migrations);
