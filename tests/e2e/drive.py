# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""Runs a lot with --json and acts on its events.

usage: drive.py DIR LOT GLOB COMMAND [GLOB COMMAND ...]

When a line of events first matches a glob, its shell command runs, with $pid the station's process.
Events go to DIR/events, the station's words to DIR/err. The exit code is the station's.
"""
import fnmatch
import os
import subprocess
import sys

folder, lot, *rules = sys.argv[1:]
waiting = list(zip(rules[::2], rules[1::2]))
command = ["station", "--config", folder + "/station.yaml", "--lot", lot, "--json"]
with open(folder + "/err", "w") as err, open(folder + "/events", "w") as events:
    station = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=err, text=True)
    for line in station.stdout:
        events.write(line)
        for rule in [r for r in waiting if fnmatch.fnmatchcase(line.strip(), r[0])]:
            waiting.remove(rule)
            subprocess.run(["sh", "-c", rule[1]], env={**os.environ, "pid": str(station.pid)},
                           check=True, stdout=subprocess.DEVNULL)
    code = station.wait()
for rule in waiting:
    print("drive: nothing matched " + rule[0], file=sys.stderr)
sys.exit(code if code >= 0 else 128 - code)
