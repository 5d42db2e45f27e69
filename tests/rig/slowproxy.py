#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TCP proxy 127.0.0.1 -> 127.0.0.1:UPSTREAM with a limited rate per connection.

usage: slowproxy.py UPSTREAM UP_RATE [DOWN_RATE]
Prints "PORT <number>" on stdout when it listens.
Rates in bytes per second, 0 = unlimited: UP_RATE from client to server, DOWN_RATE from server to client.
"""
import socket
import sys
import threading
import time

UPSTREAM, UP_RATE = map(int, sys.argv[1:3])
DOWN_RATE = int(sys.argv[3]) if len(sys.argv) > 3 else 0


def pump(source, target, rate):
    chunk = max(1, min(65536, rate // 10)) if rate else 65536  # ten steps a second, so a low rate is a trickle
    try:
        while data := source.recv(chunk):
            target.sendall(data)
            if rate:
                time.sleep(len(data) / rate)
    except OSError:
        pass  # one side is gone; the other direction may still have a reply to deliver
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print("PORT", listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", UPSTREAM))
    threading.Thread(target=pump, args=(client, server, UP_RATE), daemon=True).start()
    threading.Thread(target=pump, args=(server, client, DOWN_RATE), daemon=True).start()
