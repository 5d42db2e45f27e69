# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on a socket, by hand: every byte of a body is counted, and any of them can be the last one."""
import http.client
import os
import select
import socket
import struct
import time
import urllib.parse

BLOCK = 1 << 20
HEAD_LIMIT = 1 << 20
DRAINED = 256 << 10  # an unread body up to this size is read away to keep the connection, as Go's server does


def say(*words):
    """A line of the log in one write: each connection has a thread."""
    os.write(2, (" ".join(map(str, words)) + "\n").encode("utf-8", "backslashreplace"))


class Broken(Exception):
    """The connection is over: a fault ended it, or the client did."""


class Meter:
    """One direction of one message. Counts the bytes of its body, holds them to a rate, and breaks where it must."""

    def __init__(self, connection, note, rate=0):
        self.connection, self.note, self.rate = connection, note, rate
        self.passed, self.cut_at, self.mode, self.slow_from, self.free_at = 0, None, "", 0, 0.0

    def allow(self, wanted):
        """How many of `wanted` bytes may pass now; sleeps for the rate; does not return at the place of a break."""
        if self.cut_at is not None:
            if self.passed >= self.cut_at:
                self.connection.end(self.mode)
            wanted = min(wanted, self.cut_at - self.passed)
        if self.rate and self.passed < self.slow_from:
            return min(wanted, self.slow_from - self.passed)
        if self.rate:
            wanted = min(wanted, max(1, self.rate // 20))
            now = time.monotonic()
            time.sleep(max(0.0, self.free_at - now))
            self.free_at = max(self.free_at, now) + wanted / self.rate
        return wanted

    def count(self, size):
        self.passed += size
        if self.note(size):
            self.connection.end("rst")

    def finish(self):
        """The message is over; a break due at its very end still happens."""
        if self.cut_at is not None and self.passed >= self.cut_at:
            self.connection.end(self.mode)


class FilePart:
    """A piece of a file as a body."""

    def __init__(self, path, offset, size):
        self.path, self.offset, self.size = path, offset, size

    def __len__(self):
        return self.size

    def read(self):
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            return file.read(self.size)


class Response:
    """Status, header fields and a body in parts (bytes or FilePart). `framing`: length, close, chunked, or endless."""

    def __init__(self, status, headers=None, body=b"", framing="length", close=False):
        self.status, self.headers, self.framing, self.close = status, dict(headers or {}), framing, close
        self.parts = [body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body] if len(body) else []

    @property
    def size(self):
        return sum(len(part) for part in self.parts)

    def head(self):
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, 'Unnamed')}"]
        for name, value in self.headers.items():
            lines += [f"{name}: {one}" for one in (value if isinstance(value, list) else [value])]
        if self.framing == "length" and self.status not in (204, 304):
            lines += [f"Content-Length: {self.size}"] * ("Content-Length" not in self.headers)
        if self.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        if self.close or self.framing in ("close", "endless"):
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


class Request:
    """One request. Its body is read when somebody asks for it, and only then is 100 Continue sent."""

    def __init__(self, head, connection):
        self.text, self.connection = head.decode("latin-1"), connection
        line, *fields = self.text.split("\r\n")
        self.method, self.target, _ = line.split(" ", 2)
        self.headers = {n.strip().lower(): v.strip() for n, _, v in (f.partition(":") for f in fields) if n}
        url = urllib.parse.urlsplit(self.target)
        self.path, self.raw_query, self.proxied = url.path or "/", url.query, bool(url.scheme)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.host = self.headers.get("host", "localhost")
        self.chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        self.left = int(self.headers.get("content-length", 0))
        self.expects = self.headers.get("expect", "").lower() == "100-continue"
        self.answered_expect = False
        self.action = ""

    @property
    def unread(self):
        return self.left or self.chunked

    def _continue(self):
        if self.expects and not self.answered_expect:
            self.answered_expect = True
            self.connection.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * self.connection.continues)

    def body(self, limit=None):
        """Yields the body in pieces (memoryviews that live until the next one), `limit` bytes of it at most."""
        self._continue()
        meter, taken = self.up, 0
        while limit is None or taken < limit:
            if self.chunked and not self.left:
                self.left = int(self.connection.line().split(b";")[0], 16)
                if not self.left:
                    self.connection.line()
                    self.chunked = False
            if not self.left:
                break
            piece = self.connection.receive(meter.allow(min(self.left, BLOCK, (limit or BLOCK))))
            self.left -= len(piece)
            taken += len(piece)
            meter.count(len(piece))
            if self.chunked and not self.left:
                self.connection.line()
            yield piece
        if not self.unread:
            meter.finish()

    def whole_body(self, limit=64 << 20):
        data = bytearray()
        for piece in self.body(limit):
            data += piece
        return bytes(data)

    def drain(self):
        for _ in self.body():
            pass


class Connection:
    """The server's end of a connection."""

    def __init__(self, sock, continues=1):
        self.socket, self.continues, self.pending, self.request = sock, continues, b"", ""
        self.buffer = memoryview(bytearray(BLOCK))
        self.plain = not hasattr(sock, "selected_alpn_protocol")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise Broken
        self.pending += data

    def head(self):
        """The next request's head, or nothing when the client is done."""
        while b"\r\n\r\n" not in self.pending:
            if len(self.pending) > HEAD_LIMIT:
                raise Broken
            self._more()
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        return head

    def line(self):
        while b"\r\n" not in self.pending:
            self._more()
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line

    def receive(self, size):
        if self.pending:
            piece, self.pending = self.pending[:size], self.pending[size:]
            return memoryview(piece)
        got = self.socket.recv_into(self.buffer[:size])
        if not got:
            raise Broken
        return self.buffer[:got]

    def send(self, request, response):
        self.socket.sendall(response.head())
        if request.method == "HEAD" or response.status in (204, 304):
            return
        for part in response.parts:
            if response.framing == "chunked":
                self.socket.sendall(b"%x\r\n" % len(part))
            self._send_part(part, request.down)
            if response.framing == "chunked":
                self.socket.sendall(b"\r\n")
        if response.framing == "chunked":
            self.socket.sendall(b"0\r\n\r\n")
        while response.framing == "endless":
            self._send_part(b"x" * 65536, request.down)
        request.down.finish()

    def _send_part(self, part, meter):
        done = 0
        file = open(part.path, "rb") if isinstance(part, FilePart) else None
        try:
            while done < len(part):
                size = meter.allow(min(len(part) - done, BLOCK))
                if not file:
                    sent = self.socket.send(memoryview(part)[done:done + size])
                elif self.plain:
                    sent = os.sendfile(self.socket.fileno(), file.fileno(), part.offset + done, size)
                else:
                    sent = self.socket.send(os.pread(file.fileno(), size, part.offset + done))
                if not sent:
                    raise Broken
                done += sent
                meter.count(sent)
        finally:
            if file:
                file.close()

    def end(self, mode):
        """Breaks the connection: rst, fin (an orderly end; what still comes is dropped), or stall (silence)."""
        say("CUT", mode, self.request)
        if mode == "stall":
            self._wait_for_hangup()
        elif mode == "rst":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif mode == "fin":
            socket.socket.shutdown(self.socket, socket.SHUT_WR)
            while self.socket.recv_into(self.buffer):
                pass
        raise Broken

    def _wait_for_hangup(self):
        poll = select.poll()
        poll.register(self.socket.fileno(), select.POLLRDHUP)
        poll.poll()
