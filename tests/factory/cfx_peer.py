# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""Who is told by IPC-CFX, with Debian's python3-qpid-proton: cfx_peer.py

Prints "ready PORT", then a line of JSON for each message. The address says what becomes of them:
accept, reject, release, mute (never decided), drop (the connection ends), away (no such address).
Ends with its standard input.
"""
import json
import os
import socket
import sys
import threading

from proton import Condition, Delivery
from proton.handlers import MessagingHandler
from proton.reactor import Container


class Peer(MessagingHandler):
    def __init__(self, port):
        super().__init__(auto_accept=False, auto_settle=False)
        self.port = port

    def on_start(self, event):
        event.container.listen("127.0.0.1:%d" % self.port)
        print("ready", self.port, flush=True)

    def on_link_opening(self, event):
        event.link.target.address = event.link.remote_target.address

    def on_link_opened(self, event):
        if event.link.target.address == "away":
            event.link.condition = Condition("amqp:not-found", "no such address")
            event.link.close()

    def on_message(self, event):
        message = event.message
        print(json.dumps({"id": str(message.id), "subject": message.subject,
                          "reply_to": message.reply_to, "durable": message.durable,
                          "content_type": str(message.content_type),
                          "created": message.creation_time, "inferred": message.inferred,
                          "bytes": isinstance(message.body, (bytes, memoryview)),
                          "properties": message.properties,
                          "body": json.loads(bytes(message.body).decode())}), flush=True)
        what = event.link.target.address
        if what == "accept":
            event.delivery.update(Delivery.ACCEPTED)
            event.delivery.settle()
        elif what == "reject":
            event.delivery.local.condition = Condition("cfx:refused", "no such unit")
            event.delivery.update(Delivery.REJECTED)
            event.delivery.settle()
        elif what == "release":
            event.delivery.update(Delivery.RELEASED)
            event.delivery.settle()
        elif what == "drop":
            event.connection.close()


def wait_for_end():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=wait_for_end, daemon=True).start()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    number = free.getsockname()[1]
Container(Peer(number)).run()
