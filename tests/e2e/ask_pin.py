# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""Runs a command on a terminal of its own and answers what it asks for.

usage: ask_pin.py COMMAND... -- [PROMPT ANSWER]...

An answer ends with Enter; "^C" is the key. Fails when an answer shows on the terminal, or when the
terminal is not left as it was. The exit code is the command's.
"""
import os
import subprocess
import sys
import termios

words = sys.argv[1:]
split = words.index("--")
# our end of the other side stays open, so that its state can be asked for afterwards
ours, theirs = os.openpty()
command = subprocess.Popen(words[:split], stdin=theirs, stdout=theirs, stderr=theirs,
                           start_new_session=True)
shown = b""
answers = words[split + 1:]
for prompt, answer in zip(answers[::2], answers[1::2]):
    while not shown.endswith(prompt.encode()):
        shown += os.read(ours, 1)
    os.write(ours, b"\x03" if answer == "^C" else answer.encode() + b"\r")
code = command.wait()
os.set_blocking(ours, False)
try:
    shown += os.read(ours, 65536)
except BlockingIOError:
    pass
sys.stdout.buffer.write(shown)
if any(answer.encode() in shown for answer in answers[1::2]):
    sys.exit("ask_pin: an answer was shown")
flags = termios.tcgetattr(theirs)[3]
if not flags & termios.ECHO or not flags & termios.ISIG:
    sys.exit("ask_pin: the terminal was left without echo")
sys.exit(code)
