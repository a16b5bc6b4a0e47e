#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""What engine and store take of a lot, and how soon and how big the program is.

usage: engine.py BIN-FOLDER ENGINE-PROGRAM ANALYZE-PROGRAM WORK-FOLDER

ENGINE-PROGRAM (tests/speed/engine.c) measures within a process. Here the program `station` runs
lots on the virtual bench: from its start to the first event of a unit, and the most memory that it
ever had (ru_maxrss) with one and with four sites; and how busy it keeps a scope that 1, 2, 4 and 8
sites share, on the bench's latencies. ANALYZE-PROGRAM (tests/speed/analyze.c) asks a
store of ROWS measurements. The last line is for programs.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = os.path.join(HERE, "station", "examples", "virtual-bench.yaml.in")
NAMES = "meter attenuator scope bert supply switch thermal osa".split()
SHARED = "scope switch osa".split()
STARTS = 15
# sites and units of the lots whose bottleneck is looked at, and how many times faster time runs
BUSY = ((1, 2), (2, 4), (4, 24), (8, 24))
BUSY_SCALE = 200


def aim(value, limit, at_least=False):
    return "met" if (value >= limit if at_least else value <= limit) else "not met"


def twin(part, site, shared=()):
    """A part of the example for another site, but for names of instruments that are shared."""
    def number(match):
        mine = match.group(2) not in shared
        return match.group(1) + match.group(2) + str(site if mine else 1) + match.group(3)

    part = re.sub(r"(@)([a-z_]+)1(@)", number, part)
    part = re.sub(r"(\b)(%s)1(\b)" % "|".join(NAMES), number, part)
    return part.replace("- site: 1", "- site: %d" % site)


def beside(place, site):
    """The light of a site at a switch that all sites share."""
    return re.sub(r"((?:switch|fibre)_channel: )(\d+)",
                  lambda match: match.group(1) + str(int(match.group(2)) + 16 * (site - 1)), place)


def template(path, sites, one_scope):
    """The shipped example with as many sites, each with instruments of its own, or all with one
    switch and what is behind it."""
    with open(EXAMPLE) as file:
        head, rest = file.read().split("instruments:\n", 1)
    instruments, rest = rest.split("\nsites:\n", 1)
    places, products = rest.split("\nproducts:\n", 1)
    shared = SHARED if one_scope else ()
    items = instruments.split("  - name: ")[1:]
    own = [item for item in items if item.split("\n")[0].rstrip("1") not in shared]
    numbers = range(1, sites + 1)
    with open(path, "w") as file:
        file.write(head + "instruments:\n  - name: " + "  - name: ".join(items))
        for site in numbers[1:]:
            file.write("".join("  - name: " + twin(item, site) for item in own))
        file.write("\nsites:\n")
        for site in numbers:
            place = twin(places, site, shared)
            file.write(beside(place, site) if one_scope else place)
        file.write("\nproducts:\n" + products)


class Bench:
    """A virtual bench with a configuration for the station."""

    def __init__(self, tools, work, sites, time_scale=1000, one_scope=False):
        self.folder = os.path.join(work, "%d-sites-%d" % (one_scope, sites))
        os.makedirs(self.folder)
        self.config = os.path.join(self.folder, "station.yaml")
        wanted = os.path.join(self.folder, "template.yaml.in")
        template(wanted, sites, one_scope)
        self.process = subprocess.Popen(
            [os.path.join(tools, "virtual-bench"), "--sites", str(sites), "--seed", "7",
             "--time-scale", str(time_scale), "--template", wanted, "--out", self.config] +
            (["--one-scope"] if one_scope else []),
            stdout=subprocess.PIPE)
        self.process.stdout.readline()
        self.station = [os.path.join(tools, "station"), "--config", self.config]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def lot(self, name, units):
        path = os.path.join(self.folder, name + ".csv")
        with open(path, "w") as file:
            file.write("serial,part_number\n")
            for i in range(units):
                file.write("%s-%d,VB-QDD-DR4-500\n" % (name, i + 1))
        return self.station + ["--lot", path, "--json"]

    def start_ms(self, name):
        """To the first event of a unit, which the engine begins then; it is aborted after it."""
        begin = time.monotonic()
        with subprocess.Popen(self.lot(name, 1), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as station:
            for line in station.stdout:
                if json.loads(line).get("event") == "run-start":
                    break
            took = time.monotonic() - begin
            station.terminate()
            station.stdout.read()
        return took * 1e3

    def whole_lot(self, name, units):
        """Seconds, the most memory in MiB, and what the last line of --json says."""
        begin = time.monotonic()
        with open(os.path.join(self.folder, name + ".err"), "w") as words:
            station = subprocess.Popen(self.lot(name, units), stdout=subprocess.PIPE, stderr=words)
            last = station.stdout.readlines()[-1]
            _, status, usage = os.wait4(station.pid, 0)
            station.returncode = os.waitstatus_to_exitcode(status)
            station.stdout.close()
        if station.returncode > 1:
            sys.exit("the lot ended with exit code %d, see %s" % (station.returncode, words.name))
        return time.monotonic() - begin, usage.ru_maxrss / 1024, json.loads(last)


def starts(bench, tools):
    took = [bench.start_ms("START%d" % i) for i in range(STARTS)]
    version = []
    for _ in range(STARTS):
        begin = time.monotonic()
        subprocess.run([os.path.join(tools, "station"), "--version"], stdout=subprocess.DEVNULL,
                       check=True)
        version.append((time.monotonic() - begin) * 1e3)
    median, least = statistics.median(took), statistics.median(version)
    print("start to the first event of a unit: median %.1f ms, longest %.1f ms of %d;"
          " station --version: %.1f ms, ratio %.1f; aim 50 ms: %s"
          % (median, max(took), STARTS, least, median / least, aim(median, 50)))
    return median


def sizes(tools, work):
    with Bench(tools, work, 1) as bench:
        start_ms = starts(bench, tools)
        took_s, rss1, _ = bench.whole_lot("ONE", 4)
        print("one site: a lot of 4 units in %.1f s, at most %.1f MiB" % (took_s, rss1))
    with Bench(tools, work, 4) as bench:
        took_s, rss4, _ = bench.whole_lot("FOUR", 8)
        print("four sites: a lot of 8 units in %.1f s, at most %.1f MiB, ratio to one site %.2f;"
              " aim 24 MiB: %s" % (took_s, rss4, rss4 / rss1, aim(rss4, 24)))
    return start_ms, rss4


def busy(tools, work):
    """How busy the scope that all sites share is kept, with four of them."""
    share = {}
    for sites, units in BUSY:
        with Bench(tools, work, sites, BUSY_SCALE, one_scope=True) as bench:
            took_s, _, end = bench.whole_lot("BUSY%d" % sites, units)
        share[sites] = end["steady_busy_pct"]
        print("%d site%s, one scope, %2d units in %.0f s (time scale %d): %s busy for %.1f %% while"
              " all sites had units, %.1f %% in all; %.3g units per hour%s"
              % (sites, "s" if sites > 1 else "", units, took_s, BUSY_SCALE, end["bottleneck"],
                 share[sites], end["busy_pct"], end["steady_units_per_hour"] or float("nan"),
                 "; aim 95 %%: %s" % aim(share[sites], 95, True) if sites > 2 else ""))
    return share[4]


def run(words):
    """A program's output is ours but for its last line, which is given."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
        last = ""
        for line in program.stdout:
            if last:
                print(last, flush=True)
            last = line.rstrip("\n")
    if program.returncode:
        sys.exit("%s ended with exit code %d" % (words[0], program.returncode))
    return last


def main():
    tools, engine, analyze, work = sys.argv[1:5]
    rows = os.environ.get("ROWS", "10000000")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    os.environ["PATH"] = tools + ":" + os.environ["PATH"]
    start_ms, rss4 = sizes(tools, work)
    busy4 = busy(tools, work)
    costs = run([engine, os.path.join(work, "lot")])
    asked = run([analyze, os.path.join(tools, "station"), os.path.join(work, "rows"), rows])
    print("yield and capability over %s" % asked)
    print("%s start_ms=%.1f rss4_mib=%.1f busy4_pct=%.1f" % (costs, start_ms, rss4, busy4))
    shutil.rmtree(work)


main()
