# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""A web service for the tests of the factory's adapters: https_peer.py LOG [CERT KEY [CLIENTS]]

Prints "ready PORT". The path of a request says what becomes of it; each is written to LOG, a line
of JSON. Ends with its standard input.
"""
import hashlib
import http.server
import json
import os
import ssl
import sys
import threading

STATUS = {"taken": 200, "made": 201, "later": 503, "busy": 429, "refused": 422, "token": 401,
          "moved": 301}


class Peer(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        way = self.path.split("/")[1]
        with open(sys.argv[1], "a") as log:
            print(json.dumps({"method": self.command, "path": self.path,
                              "headers": dict(self.headers.items()), "length": len(body),
                              "sha256": hashlib.sha256(body).hexdigest()}), file=log)
        if way == "hang":
            self.connection.recv(1)  # until the other side closes
            return
        if way == "garbage":
            self.wfile.write(b"\x00\xff not HTTP\r\n\r\n")
            self.close_connection = True
            return
        text = {"allow": b'{"allow": true, "text": "go"}', "deny": b'{"allow": false}',
                "long": b"x" * 100000}.get(way, b"said " + way.encode() + b"\nmore")
        self.send_response(STATUS.get(way, 200))
        if way in ("later", "moved"):
            self.send_header("Retry-After" if way == "later" else "Location", "120")
        self.send_header("Content-Length", str(len(text) + 1000 * (way == "cut")))
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
server.daemon_threads = True
server.handle_error = lambda *_: None
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    if len(sys.argv) > 4:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
