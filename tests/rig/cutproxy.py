#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TCP proxy 127.0.0.1 -> 127.0.0.1:UPSTREAM that breaks a connection at a byte count.

usage: cutproxy.py UPSTREAM DOWN UP NCUT [rst|fin|stall]
Prints "PORT <number>" on stdout when it listens.
A connection is broken once DOWN bytes went to the client or UP bytes to the server (0 = never; HTTP headers and
TLS framing count, and a kept-alive connection adds up). Only the first NCUT connections that get there are broken.
rst: reset both ends (default). fin: end both ends cleanly. stall: keep both open and go silent.
Each cut prints "CUT <mode> <direction> after <bytes>" on stderr.
"""
import asyncio
import socket
import struct
import sys

UPSTREAM, DOWN, UP, NCUT = map(int, sys.argv[1:5])
MODE = sys.argv[5] if len(sys.argv) > 5 else "rst"
assert MODE in ("rst", "fin", "stall"), __doc__
CHUNK = 256 * 1024
cuts = 0
stalled = []  # keeps silent connections open


def finish(sock):
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass


async def pump(source, target, limit, direction):
    """Forward until the end of input (False), or until the limit if a cut is still due (True)."""
    global cuts
    loop, sent = asyncio.get_running_loop(), 0
    try:
        while data := await loop.sock_recv(source, CHUNK):
            if limit and cuts < NCUT and sent + len(data) >= limit:
                cuts += 1
                await loop.sock_sendall(target, data[:limit - sent])
                print(f"CUT {MODE} {direction} after {limit}", file=sys.stderr, flush=True)
                return True
            await loop.sock_sendall(target, data)
            sent += len(data)
    except OSError:
        pass  # one side is gone; the other direction may still have a reply to deliver
    finish(target)
    return False


async def drain(sock):
    loop = asyncio.get_running_loop()
    finish(sock)
    try:
        while await loop.sock_recv(sock, CHUNK):
            pass
    except OSError:
        pass


async def serve(client):
    server = socket.create_connection(("127.0.0.1", UPSTREAM))
    server.setblocking(False)
    pair = (client, server)
    pumps = [asyncio.create_task(pump(client, server, UP, "up")),
             asyncio.create_task(pump(server, client, DOWN, "down"))]
    cut = False
    for finished in asyncio.as_completed(pumps):
        if cut := await finished:
            break
    for task in pumps:
        task.cancel()
    await asyncio.gather(*pumps, return_exceptions=True)
    if cut and MODE == "stall":
        stalled.append(pair)
        return
    if cut and MODE == "fin":
        await asyncio.gather(*map(drain, pair))
    for sock in pair:
        if cut and MODE == "rst":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


async def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    listener.setblocking(False)
    print("PORT", listener.getsockname()[1], flush=True)
    running = set()
    while True:
        client, _ = await asyncio.get_running_loop().sock_accept(listener)
        task = asyncio.create_task(serve(client))
        running.add(task)
        task.add_done_callback(running.discard)


asyncio.run(main())
