# SPDX-License-Identifier: Apache-2.0
"""Puts the parts together: accepts connections, routes requests, lets rules have their way, keeps the log."""
import json
import re
import select
import socket
import ssl
import threading
import time

from fake.access import Access
from fake.blobs import Blobs, error
from fake.faults import Rule, play
from fake.manifests import Manifests
from fake.records import Records, Secrets
from fake.uploads import Uploads
from fake.wire import Broken, Connection, DRAINED, Meter, Request, Response, say

NAME = r"/v2/(.+)"
LOGGED = ("range", "content-range", "if-range")


class Server:
    def __init__(self, arguments, parse):
        options, rules = parse(arguments)
        self.options, self.parse, self.rules = options, parse, [Rule(text) for text in rules]
        family = socket.AF_INET6 if ":" in options.get("listen", "") else socket.AF_INET
        self.listener = socket.create_server((options.get("listen", "127.0.0.1"), int(options.get("port", 0))), family=family, backlog=128)
        self.port = self.listener.getsockname()[1]
        self.records = Records(options)
        self.secrets = Secrets(options.get("secrets"), str(self.port))
        self.access = Access(options, self.secrets, self.records, self.port)
        self.blobs = Blobs(options, self.secrets)
        self.uploads, self.manifests = Uploads(options, self.blobs, self.secrets), Manifests(options, self.blobs)
        self.tls = self._tls() if "tls" in options else None
        self.routes = [(r"/v2/?", "base", lambda request: Response(200, {"Content-Type": "application/json"}, "{}")),
                       (r"/token", "token", self.access.serve_token),
                       (NAME + r"/blobs/uploads/([^/]*)", "uploads", self.uploads.serve),
                       (NAME + r"/blobs/([^/]+)", "blobs", self.blobs.serve),
                       (NAME + r"/manifests/([^/]+)", "manifests", self.manifests.serve),
                       (NAME + r"/referrers/([^/]+)", "referrers", self.manifests.serve_referrers),
                       (NAME + r"/tags/list", "tags", self.manifests.serve_tags)]

    def _tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.options["tls"] + "/srv.crt", self.options["tls"] + "/srv.key")
        if "alpn" in self.options:
            context.set_alpn_protocols(self.options["alpn"].split(","))
        if "client-ca" in self.options:
            context.load_verify_locations(self.options["client-ca"])
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def run(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self._serve_socket, args=(sock,), daemon=True).start()

    def _serve_socket(self, sock):
        self.records.connected(1)
        try:
            # Small buffers: what a killed client never saw must not count as sent.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 256 << 10)
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                self._shake_hands(sock)
                say("TLS", sock.version(), f"alpn={sock.selected_alpn_protocol()}")
            self._serve(Connection(sock, {"never": 0, "twice": 2}.get(self.options.get("continue"), 1)))
        except (Broken, OSError, ssl.SSLError):
            pass
        finally:
            sock.close()
            self.records.connected(-1)

    @staticmethod
    def _shake_hands(sock):
        """Closed with bytes of the client unread, a connection is reset, and a client that sends before it reads never sees the alert."""
        try:
            sock.do_handshake()
        except ssl.SSLError:
            socket.socket.shutdown(sock, socket.SHUT_WR)
            sock.settimeout(5)
            while socket.socket.recv(sock, 1 << 16):
                pass
            raise

    def _serve(self, connection):
        while True:
            request = Request(connection.head(), connection)
            if request.path.startswith("/_rig/"):
                request.up = request.down = Meter(connection, lambda size: False)
                connection.send(request, self._control(request))
                continue
            connection.request = f"{request.method} {request.target}"
            if request.method == "CONNECT" and "proxy" in self.options and self._tunnels(request):
                return
            response = self._answer(request)
            refused = request.expects and not request.answered_expect
            response.close = response.close or bool(request.unread and (refused or request.left > DRAINED or request.chunked))
            self._log(request, response)
            if request.action == "vanish":
                raise Broken
            connection.send(request, response)
            if response.close or response.framing == "close":
                socket.socket.shutdown(connection.socket, socket.SHUT_WR)
                time.sleep(.05 if request.unread else 0)  # the reply first, then the reset for what was not read
                return
            request.drain()
            if "closes" in self.options:
                time.sleep(float(self.options["closes"]))
                return

    def _control(self, request):
        """GET /_rig/counts, and PUT /_rig/change: options and rules, one a line, from now on."""
        if request.method == "PUT":
            options, rules = self.parse(request.whole_body().decode().splitlines())
            self.options.update(options)
            self.rules[:0] = [Rule(text) for text in rules]
        return Response(200, {"Content-Type": "application/json"}, json.dumps(self.records.as_json()))

    def _tunnels(self, request):
        """CONNECT: both ways until one side ends, or not, if a rule has an answer."""
        if any(rule.method == "CONNECT" for rule in self.rules):
            return False
        client, (host, _, port) = request.connection.socket, self.options["proxy"].rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self._log(request, Response(200))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ways = {client: upstream, upstream: client}
            while True:
                for source in select.select(ways, [], [])[0]:
                    if not (data := source.recv(65536)):
                        return True
                    ways[source].sendall(data)

    def _answer(self, request):
        kind, name, serve = self._route(request)
        digest = request.query.get("digest") if kind == "uploads" else request.path.rpartition("/")[2] if kind == "blobs" else None
        request.up = Meter(request.connection, self.records.meter("received", digest), int(self.options.get("up-rate", 0)))
        request.down = Meter(request.connection, self.records.meter("sent", digest), int(self.options.get("rate", 0)))
        self.records.request(f"{request.method} {kind}")
        self.access.watch(request)
        rule = next((rule for rule in self.rules if rule.takes(request)), None)
        response = play(rule, request, lambda request: self._serve_as_asked(request, name, serve))
        if "warning" in self.options and response.status != 401:
            response.headers["Warning"] = [f'299 - "{text}"' for text in self.options["warning"]]
        return response

    def _route(self, request):
        for pattern, kind, serve in self.routes:
            if found := re.fullmatch(pattern, request.path):
                parts = found.groups()
                return kind, parts[0] if parts else None, lambda request: serve(request, *parts)
        return "other", None, lambda request: error(404, "NAME_UNKNOWN")

    def _serve_as_asked(self, request, name, serve):
        if self.options.get("continue") == "417" and request.expects:
            return Response(417, {"Content-Type": "text/plain"}, "no expectations here\n", close=True)
        if refused := self.access.refusal(request, name):
            return refused
        if name and "repositories" in self.options and name not in self.options["repositories"].split(","):
            return error(404, "NAME_UNKNOWN", f"the repository with name '{name}' does not exist")
        return serve(request)

    def _log(self, request, response):
        extra = [f"{name}={request.headers[name]}" for name in LOGGED if name in request.headers]
        extra += ["authorized"] * ("authorization" in request.headers) + ["expects"] * request.expects
        extra += [f"to={request.host}"] * (request.host != f"localhost:{self.port}") + ["proxied"] * request.proxied
        say(request.method, request.target, response.status, *extra)
