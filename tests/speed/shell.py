# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""How long the engineering shell takes from its start to its prompt, with the virtual bench up.

usage: shell.py BIN-FOLDER

Starts it so many times in a terminal of its own (TIMES, 25). Beside it a program that does nothing
is started in the same way. The last line is for programs. Fails when the median is over 100 ms.
"""
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT_MS = 100
HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def start_ms(command, wanted):
    begin = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    seen = b""
    while wanted not in seen:
        seen += os.read(terminal, 4096)
    took = time.monotonic() - begin
    os.write(terminal, b"quit\r")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass
    os.close(terminal)
    os.waitpid(pid, 0)
    return took * 1e3


def main():
    tools = os.path.abspath(sys.argv[1])
    times = int(os.environ.get("TIMES", "25"))
    os.environ["TERM"] = "xterm"
    with tempfile.TemporaryDirectory() as work:
        os.environ["XDG_STATE_HOME"] = work
        config = os.path.join(work, "station.yaml")
        template = os.path.join(HERE, "station", "examples", "virtual-bench.yaml.in")
        bench = subprocess.Popen([os.path.join(tools, "virtual-bench"), "--template", template,
                                  "--out", config], stdout=subprocess.PIPE)
        try:
            bench.stdout.readline()
            shell = [os.path.join(tools, "station"), "--config", config, "--shell"]
            ours = [start_ms(shell, b"station> ") for _ in range(times)]
            echo = [start_ms(["echo", "station> "], b"station> ") for _ in range(times)]
        finally:
            bench.terminate()
            bench.wait()
    median, nothing = statistics.median(ours), statistics.median(echo)
    print("start to prompt: median %.1f ms, longest %.1f ms of %d; echo: %.1f ms"
          % (median, max(ours), times, nothing))
    print("start_ms=%.1f ratio_to_echo=%.1f" % (median, median / nothing))
    sys.exit(0 if median < LIMIT_MS else 1)


main()
