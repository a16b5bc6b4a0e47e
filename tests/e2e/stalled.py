# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""A line that takes nothing for a while: the program must not wait for it.

usage: stalled.py SHOW
Says what is wrong, if anything; the exit status tells. See tests/screen/show.c.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

DEADLINE = 60


def start(show):
    pid, line = pty.fork()
    if pid == 0:
        # the child's output has a size before it looks
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.environ["TERM"] = "vt220"
        os.environ["LC_ALL"] = "C.UTF-8"
        os.execv(show, [show])
    return pid, line


def read_until(line, text):
    """All that comes until the text has come."""
    seen = b""
    end = time.monotonic() + DEADLINE
    while text not in seen:
        ready = select.select([line], [], [], max(0, end - time.monotonic()))[0]
        if not ready:
            sys.exit(f"no {text!r} in {seen[-400:]!r}")
        seen += os.read(line, 4096)
    return seen


def fill(pid, line, times):
    """Draws so much that no buffer holds it, while nobody reads, and sees it taken."""
    other = os.open(os.readlink(f"/proc/{pid}/fd/0"), os.O_RDWR | os.O_NOCTTY)
    end = time.monotonic() + DEADLINE
    os.write(line, b"tick\r" * times)
    # what is written takes its way through the kernel: nothing has to be there several times
    empty = 0
    while empty < 20:
        left = struct.unpack("i", fcntl.ioctl(other, termios.FIONREAD, b"\0" * 4))[0]
        empty = 0 if left else empty + 1
        if time.monotonic() > end:
            sys.exit("the program reads nothing while its line is stalled")
        select.select([], [], [], 0.01)
    os.close(other)


show = sys.argv[1]

pid, line = start(show)
read_until(line, b"key 0")
fill(pid, line, 500)
os.write(line, b"quit now\r")
end = time.monotonic() + DEADLINE
while os.waitpid(pid, os.WNOHANG)[0] == 0:
    if time.monotonic() > end:
        os.kill(pid, 9)
        sys.exit("the program does not end while its line is stalled")
    select.select([], [], [], 0.02)
os.close(line)

pid, line = start(show)
read_until(line, b"key 0")
fill(pid, line, 500)
# Ctrl-L: the newest picture, whole, once the line takes bytes again
os.write(line, b"X\014")
late = read_until(line, b"key 2501: U+0058")
print(len(late), "bytes were waiting")
os.write(line, b"\b\bquit now\r")
read_until(line, b"\033[?25h")
os.close(line)
os.waitpid(pid, 0)
sys.exit(len(late) > 200000)
