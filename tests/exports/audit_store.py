# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""audit_store.py STORE: computes the hash chain of a store by docs/store.md alone, prints its last
hash, and the signed hash of each head, which STORE.heads has too."""
import hashlib
import sqlite3
import struct
import sys


def value(v):
    if v is None:
        return b"N"
    if isinstance(v, int):
        return b"I" + struct.pack(">q", v)
    if isinstance(v, float):
        return b"R" + struct.pack(">d", v + 0.0)
    if isinstance(v, str):
        v, letter = v.encode(), b"T"
    else:
        letter = b"B"
    return letter + struct.pack(">q", len(v)) + v


def sha256(rows):
    return hashlib.sha256(b"".join(value(v) for row in rows for v in row)).digest()


db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
previous, number = None, 0
for link in db.execute("SELECT * FROM chain ORDER BY number"):
    (at, kind, key, row, document, steps, measurements, before, hashed) = link
    number += 1
    assert at == number, f"row {number} is missing"
    assert previous in (None, before), f"link {number} is broken"
    if kind == "run":
        (*columns, text) = db.execute("SELECT * FROM runs WHERE run_id = ?", (key,)).fetchone()
        assert sha256([columns]) == row, f"{key}: row"
        assert hashlib.sha256(text.encode()).digest() == document, f"{key}: document"
        for table, wanted in (("steps", steps), ("measurements", measurements)):
            rows = db.execute(f"SELECT * FROM {table} WHERE run_id = ? ORDER BY number", (key,))
            assert sha256(rows) == wanted, f"{key}: {table}"
    else:
        table = {"touch": "touches", "log": "log"}[kind]
        found = db.execute(f"SELECT * FROM {table} WHERE number = ?", (int(key),)).fetchall()
        assert sha256(found) == row, f"{table} {key}"
    assert sha256([("station-chain-1", *link[:-1])]) == hashed, f"hash {number}"
    previous = hashed
heads = db.execute("SELECT number, hash, signed_us, public_key, signature FROM heads").fetchall()
with open(sys.argv[1] + ".heads", encoding="ascii") as file:
    lines = [line.split() for line in file]
for line, (at, hashed, signed_us, key, signature) in zip(lines, heads, strict=True):
    assert line == [str(at), hashed.hex(), str(signed_us), key.hex(), signature.hex()], f"line {at}"
print(number, previous.hex())
