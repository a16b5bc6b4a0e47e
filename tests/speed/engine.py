#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""What engine and store take of a lot, and how soon and how big the program is.

usage: engine.py BIN-FOLDER ENGINE-PROGRAM ANALYZE-PROGRAM WORK-FOLDER

ENGINE-PROGRAM (tests/speed/engine.c) measures within a process. Here the program `station` runs
lots on the virtual bench: from its start to the first event of a unit, and the most memory that it
ever had (ru_maxrss) with one and with four sites. ANALYZE-PROGRAM (tests/speed/analyze.c) asks a
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
STARTS = 15


def aim(value, limit, at_least=False):
    return "met" if (value >= limit if at_least else value <= limit) else "not met"


def twin(part, site):
    part = re.sub(r"@([a-z_]+)1@", r"@\g<1>%d@" % site, part)
    part = re.sub(r"\b(%s)1\b" % "|".join(NAMES), r"\g<1>%d" % site, part)
    return part.replace("- site: 1", "- site: %d" % site)


def template(path, sites):
    """The shipped example with as many sites, each with instruments of its own."""
    with open(EXAMPLE) as file:
        head, rest = file.read().split("instruments:\n", 1)
    instruments, rest = rest.split("\nsites:\n", 1)
    places, products = rest.split("\nproducts:\n", 1)
    numbers = range(1, sites + 1)
    with open(path, "w") as file:
        file.write(head + "instruments:\n" + "\n".join(twin(instruments, n) for n in numbers) +
                   "\nsites:\n" + "\n".join(twin(places, n) for n in numbers) +
                   "\nproducts:\n" + products)


class Bench:
    """A virtual bench with a configuration for the station."""

    def __init__(self, tools, work, sites, time_scale=1000):
        self.folder = os.path.join(work, "sites-%d" % sites)
        os.makedirs(self.folder)
        self.config = os.path.join(self.folder, "station.yaml")
        wanted = os.path.join(self.folder, "template.yaml.in")
        template(wanted, sites)
        self.process = subprocess.Popen(
            [os.path.join(tools, "virtual-bench"), "--sites", str(sites), "--seed", "7",
             "--time-scale", str(time_scale), "--template", wanted, "--out", self.config],
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
        """Seconds and the most memory in MiB."""
        begin = time.monotonic()
        with open(os.path.join(self.folder, name + ".err"), "w") as words:
            station = subprocess.Popen(self.lot(name, units), stdout=subprocess.DEVNULL,
                                       stderr=words)
            _, status, usage = os.wait4(station.pid, 0)
            station.returncode = os.waitstatus_to_exitcode(status)
        if station.returncode > 1:
            sys.exit("the lot ended with exit code %d, see %s" % (station.returncode, words.name))
        return time.monotonic() - begin, usage.ru_maxrss / 1024


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
        took_s, rss1 = bench.whole_lot("ONE", 4)
        print("one site: a lot of 4 units in %.1f s, at most %.1f MiB" % (took_s, rss1))
    with Bench(tools, work, 4) as bench:
        took_s, rss4 = bench.whole_lot("FOUR", 8)
        print("four sites: a lot of 8 units in %.1f s, at most %.1f MiB, ratio to one site %.2f;"
              " aim 24 MiB: %s" % (took_s, rss4, rss4 / rss1, aim(rss4, 24)))
    return start_ms, rss4


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
    costs = run([engine, os.path.join(work, "lot")])
    asked = run([analyze, os.path.join(tools, "station"), os.path.join(work, "rows"), rows])
    print("yield and capability over %s" % asked)
    print("%s start_ms=%.1f rss4_mib=%.1f" % (costs, start_ms, rss4))
    shutil.rmtree(work)


main()
