# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""A mosquitto of a test's own: mqtt_peer.py LINES

LINES of its configuration; "password": only line3 with s3cret may connect. Prints "ready PORT",
ends with its standard input.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
folder = tempfile.mkdtemp()
lines = sys.argv[1]
if lines == "password":
    words = os.path.join(folder, "passwords")
    open(words, "w").close()
    os.chmod(words, 0o600)
    subprocess.run(["mosquitto_passwd", "-b", words, "line3", "s3cret"], check=True)
    lines = "password_file %s\nallow_anonymous false\n" % words
else:
    lines += "allow_anonymous true\n"
for _ in range(20):
    # the broker takes no port from the kernel by itself: somebody may be faster
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = os.path.join(folder, "mosquitto.conf")
    with open(config, "w") as file:
        # as whoever runs the test: else root would become somebody who may not look here
        file.write("user root\nlistener %d 127.0.0.1\n%s" % (port, lines))
    broker = subprocess.Popen([mosquitto, "-c", config], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    while broker.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            break
        except OSError:
            time.sleep(0.01)
    if broker.poll() is None:
        break
print("ready", port, flush=True)
sys.stdin.read()
broker.terminate()
broker.wait()
shutil.rmtree(folder)
