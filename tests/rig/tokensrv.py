#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Minimal token server for docker-registry's token auth (standard library and the openssl program).

usage: tokensrv.py DIR [TTL [EXPIRES_IN]]
Prints "PORT <number>" on stdout when it listens.
DIR holds tok.crt/tok.key (signs the tokens) and srv.crt/srv.key (TLS). Tokens end TTL seconds from now
(default 300) and are announced as EXPIRES_IN seconds (default TTL). docker-registry allows 60 s of leeway,
so TTL -57 makes a token that is refused after about 3 s.
GET: basic or anonymous (anonymous may pull pub/*). POST: grant_type password or refresh_token.
"""
import base64
import json
import ssl
import subprocess
import sys
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIR = sys.argv[1]
TTL = int(sys.argv[2]) if len(sys.argv) > 2 else 300
EXPIRES_IN = int(sys.argv[3]) if len(sys.argv) > 3 else TTL
USERS = {"alice": "s3cret"}
REFRESH = {"refresh-alice": "alice"}


def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


CERT = base64.b64encode(openssl("x509", "-in", f"{DIR}/tok.crt", "-outform", "DER")).decode()


def granted(user, scopes):
    access = []
    for scope in " ".join(scopes).split():  # repeated parameters, or several in one, joined by a space
        kind, rest = scope.split(":", 1)
        name, actions = rest.rsplit(":", 1)
        allowed = actions.split(",")
        if user is None:
            allowed = [a for a in allowed if a == "pull" and name.startswith("pub/")]
        if allowed:
            access.append({"type": kind, "name": name, "actions": allowed})
    return access


def token(user, service, scopes):
    now = int(time.time())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [CERT]}
    claims = {"iss": "rig-issuer", "sub": user or "", "aud": service, "exp": now + TTL, "nbf": now - 10,
              "iat": now, "jti": str(uuid.uuid4()), "access": granted(user, scopes)}
    text = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{b64url(openssl('dgst', '-sha256', '-sign', f'{DIR}/tok.key', data=text.encode()))}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, obj, **headers):
        body = json.dumps(obj).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = b""
        while True:  # containers/image sends this body chunked
            size = int(self.rfile.readline().split(b";")[0], 16)
            data += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return data

    def log_message(self, *args):
        sys.stderr.write(f"{self.command} {self.path}\n")

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        user, auth = None, self.headers.get("Authorization", "")
        if auth.startswith("Basic "):
            user, _, password = base64.b64decode(auth[6:]).decode().partition(":")
            if USERS.get(user) != password:
                return self.reply(401, {"errors": [{"code": "UNAUTHORIZED", "message": "bad credentials"}]},
                                  WWW_Authenticate='Basic realm="rig"')
        jwt = token(user, query.get("service", [""])[0], query.get("scope", []))
        answer = {"token": jwt, "access_token": jwt, "expires_in": EXPIRES_IN,
                  "issued_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        if user and query.get("offline_token") == ["true"]:
            answer["refresh_token"] = "refresh-" + user
        self.reply(200, answer)

    def do_POST(self):
        form = {k: v[0] for k, v in urllib.parse.parse_qs(self.body().decode()).items()}
        user = None
        if form.get("grant_type") == "refresh_token":
            user = REFRESH.get(form.get("refresh_token"))
        elif form.get("grant_type") == "password" and form.get("username") in USERS:
            user = form["username"] if USERS[form["username"]] == form.get("password") else None
        if user is None:
            return self.reply(401, {"error": "invalid_grant"})
        scope = form.get("scope", "")
        self.reply(200, {"access_token": token(user, form.get("service", ""), [scope]), "expires_in": EXPIRES_IN,
                         "refresh_token": "refresh-" + user, "scope": scope})


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{DIR}/srv.crt", f"{DIR}/srv.key")
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("PORT", server.server_port, flush=True)
server.serve_forever()
