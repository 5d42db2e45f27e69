# SPDX-License-Identifier: Apache-2.0
"""Rules: which request goes wrong, how often, and how. The manual is in fakeregistry.py."""
import email.utils
import gzip
import re
import threading
import time

from fake.wire import FilePart, Response

NOTES = ("body", "wait", "after", "rate", "side")  # NAME=VALUE pairs that are not header fields
WIRE = ("rst", "fin", "stall", "trickle")


def expand(text, host):
    """{host}, {date+N} and {epoch+N} (N seconds from now, or -N) in header values and bodies."""
    def moment(found):
        then = time.time() + float(found[2])
        return email.utils.formatdate(then, usegmt=True) if found[1] == "date" else str(int(then))
    return re.sub(r"\{(date|epoch)([+-][\d.]+)\}", moment, text.replace("{host}", host))


class Rule:
    lock = threading.Lock()

    def __init__(self, text):
        self.method, self.pattern, times, self.action, *pairs = re.split(r"(?<!\\);", text)
        pairs = dict(pair.replace("\\;", ";").split("=", 1) for pair in pairs)
        self.notes = {n: v for n, v in pairs.items() if n in NOTES}
        self.headers = {n: v for n, v in pairs.items() if n not in NOTES}
        skip, count, period = re.fullmatch(r"(?:(\d+)\+)?(\d+|\*)(?:%(\d+))?", times).groups()
        self.skip, self.count, self.period = int(skip or 0), float("inf") if count == "*" else int(count), int(period or 0)
        self.seen = 0

    def takes(self, request):
        if self.method != "*" and not re.fullmatch(self.method, request.method):
            return False
        if not re.search(self.pattern, request.target):
            return False
        with Rule.lock:
            turn = self.seen % self.period if self.period else self.seen
            self.seen += 1
        return self.skip <= turn < self.skip + self.count

    def number(self, name, default=0):
        return int(float(self.notes.get(name, default)))

    def response(self, request, status, headers=None):
        body = self.notes.get("body", "")
        if body.startswith("@"):
            with open(body[1:], "rb") as file:
                return Response(status, headers or self.headers, file.read())
        body = expand(body, request.host)
        return Response(status, headers or {n: expand(v, request.host) for n, v in self.headers.items()}, body)


def play(rule, request, serve):
    """What is answered under this rule; `serve` is what the registry would answer by itself."""
    if not rule:
        return serve(request)
    request.action = rule.action
    if rule.action.startswith("early-"):
        for _ in request.body(min(request.left, 1 << 16)) if not request.expects else ():
            pass
        response = rule.response(request, int(rule.action[6:]))
        response.close = True
        return response
    if rule.action in WIRE:
        _break(rule, request)
        return _waited(rule, serve(request))
    if rule.action.isdigit() or rule.action in ("html", "endless"):
        request.drain()
        time.sleep(float(rule.notes.get("wait", 0)))
        if rule.action == "html":
            return Response(200, {"Content-Type": "text/html"}, "<html>Please log in</html>")
        if rule.action == "endless":
            return Response(200, rule.headers, framing="endless")
        return rule.response(request, int(rule.action))
    return _bent(rule, request, _waited(rule, serve(request)))


def _waited(rule, response):
    time.sleep(float(rule.notes.get("wait", 0)))
    return response


def _break(rule, request):
    """Puts a break or a trickle into the direction where the bytes are."""
    meters = {"up": request.up, "down": request.down}
    meter = meters[rule.notes.get("side", "up" if request.unread else "down")]
    if rule.action == "trickle":
        meter.rate, meter.slow_from = rule.number("rate", 1), rule.number("after")
    else:
        meter.cut_at, meter.mode = rule.number("after"), rule.action
        if meter.cut_at == 0 and not request.unread:
            request.connection.end(rule.action)


def _flipped(response):
    """The first byte with one bit changed."""
    first = response.parts[0]
    rest = FilePart(first.path, first.offset + 1, first.size - 1) if isinstance(first, FilePart) else first[1:]
    byte = FilePart(first.path, first.offset, 1).read() if isinstance(first, FilePart) else first[:1]
    response.parts[:1] = [bytes([byte[0] ^ 1]), rest]


def _halved(response):
    first = response.parts[0]
    half = len(first) // 2
    response.parts = [FilePart(first.path, first.offset, half) if isinstance(first, FilePart) else first[:half]]


def _bent(rule, request, response):
    """A good answer gone wrong."""
    action = rule.action
    if action.startswith("then-"):
        return rule.response(request, int(action[5:]))
    if action in ("flip", "short", "gzip") and response.parts:
        if action == "gzip":
            data = b"".join(part.read() if isinstance(part, FilePart) else part for part in response.parts)
            response.parts, response.headers["Content-Encoding"] = [gzip.compress(data, 1)], "gzip"
        else:
            {"flip": _flipped, "short": _halved}[action](response)
    elif action == "long":
        response.parts.append(b"more than was promised" * 100)
    elif action == "empty":
        response.parts = []
    elif action == "no-length":
        response.framing = "close"
    elif action == "chunked":
        response.framing = "chunked"
    elif action.startswith("range-"):
        _bend_range(action, response)
    elif action not in ("serve", "lose", "vanish"):
        raise SystemExit(f"fakeregistry.py: no action is called {action}")
    response.headers.update({n: expand(v, request.host) for n, v in rule.headers.items()})
    return response


def _bend_range(action, response):
    """A 206 that lies: about its start, about the total, or that comes as multipart."""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", response.headers.get("Content-Range", ""))
    if not found:
        return
    first, last, total = map(int, found.groups())
    if action == "range-start":
        response.headers["Content-Range"] = f"bytes {first + 7}-{last}/{total}"
    elif action == "range-total":
        response.headers["Content-Range"] = f"bytes {first}-{last}/{total + 7}"
    elif action == "range-multipart":
        part = f"--cut\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {first}-{last}/{total}\r\n\r\n"
        response.headers["Content-Type"] = "multipart/byteranges; boundary=cut"
        del response.headers["Content-Range"]
        response.parts = [part.encode(), *response.parts, b"\r\n--cut--\r\n"]
