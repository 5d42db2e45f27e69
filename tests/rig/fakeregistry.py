#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registry in memory that misbehaves on request (standard library only).

usage: fakeregistry.py [OPTION...] [RULE...]
Prints "PORT <number>" on stdout when it listens, and one line a request on stderr:
METHOD PATH STATUS [range=…] [authorized] [expects].

Options: referrers (has the referrers API and sends OCI-Subject), relative (relative upload locations),
basic (asks for Basic credentials, any will do).

A rule is METHOD;REGEX;TIMES;ACTION[;NAME=VALUE...]; the first whose method and path fit and that has TIMES left decides.
  STATUS         answer with it; NAME=VALUE are headers, body=TEXT the body
  then-STATUS    do what was asked, then answer with STATUS all the same
  early-STATUS   answer while the body is still coming, then close
  vanish         do what was asked, then close without an answer
  short          send half of what was asked for, as if it were whole
  html           200 with a page of HTML
  flip           send what was asked for with one bit changed
"""
import hashlib
import json
import re
import sys
import threading
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPTIONS = [a for a in sys.argv[1:] if ";" not in a]
RULES = [a.split(";") for a in sys.argv[1:] if ";" in a]
INDEX = "application/vnd.oci.image.index.v1+json"
lock, blobs, manifests, tags, sessions, referrers = threading.Lock(), {}, {}, {}, {}, {}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def take_rule(method, path):
    with lock:
        for rule in RULES:
            if rule[0] == method and int(rule[2]) > 0 and re.search(rule[1], path):
                rule[2] = int(rule[2]) - 1
                return rule[3], dict(pair.split("=", 1) for pair in rule[4:])
    return None, {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def handle_expect_100(self):
        if self.rule[0] and self.rule[0].startswith("early-"):
            return True  # the answer comes without a 100, in the middle of the body
        return super().handle_expect_100()

    def parse_request(self):
        self.rule = (None, {})
        words = self.raw_requestline.decode("latin-1").split()
        if len(words) > 1:
            self.rule = take_rule(words[0], words[1])
        return super().parse_request()

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **headers):
        extra = [f"range={self.headers['Range']}"] * ("Range" in self.headers)
        extra += ["authorized"] * ("Authorization" in self.headers) + ["expects"] * ("Expect" in self.headers)
        print(self.command, self.path, status, *extra, file=sys.stderr, flush=True)
        action = self.rule[0] or ""
        if action == "vanish":
            self.close_connection = True
            return
        if action.startswith("then-"):
            status, body, headers = int(action[5:]), b"", {}
        if action == "flip" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        if action == "short":
            body = body[:len(body) // 2]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code):
        self.answer(status, json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode(),
                    Content_Type="application/json")

    def route(self):
        action, headers = self.rule
        size = int(self.headers.get("Content-Length", 0))
        if action and action.startswith("early-"):
            self.rfile.read(min(size, 1 << 16))
            self.close_connection = True
            return self.answer(int(action[6:]), headers.pop("body", "").encode(), Connection="close", **headers)
        data = self.rfile.read(size)
        if action and action.isdigit():
            return self.answer(int(action), headers.pop("body", "").encode(), **headers)
        if action == "html":
            return self.answer(200, b"<html>Please log in</html>", Content_Type="text/html")
        if "basic" in OPTIONS and "Authorization" not in self.headers:
            return self.answer(401, WWW_Authenticate='Basic realm="fake"')
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        for pattern, serve in ROUTES:
            if found := re.fullmatch(pattern, url.path):
                with lock:
                    return serve(self, data, query, *found.groups())
        return self.error(404, "NAME_UNKNOWN")

    do_GET = do_HEAD = do_PUT = do_POST = route

    def serve_base(self, data, query):
        self.answer(200, b"{}")

    def serve_upload(self, data, query, name, session):
        if self.command == "POST":
            session = str(uuid.uuid4())
            sessions[session] = True
            path = f"/v2/{name}/blobs/uploads/{session}?_state=a%3D%3d"
            host = "" if "relative" in OPTIONS else f"http://{self.headers['Host']}"
            return self.answer(202, Location=host + path)
        if session not in sessions or "_state" not in query:
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        del sessions[session]
        if query.get("digest") != digest_of(data):
            return self.error(400, "DIGEST_INVALID")
        blobs[query["digest"]] = data
        return self.answer(201)

    def serve_blob(self, data, query, digest):
        if digest not in blobs:
            return self.error(404, "BLOB_UNKNOWN")
        body = blobs[digest]
        if part := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            first = int(part[1])
            return self.answer(206, body[first:], Content_Range=f"bytes {first}-{len(body) - 1}/{len(body)}")
        return self.answer(200, body)

    def serve_manifest(self, data, query, name, reference):
        if self.command == "PUT":
            digest, extra = digest_of(data), {}
            manifests[digest] = (data, self.headers["Content-Type"])
            if ":" not in reference:
                tags[(name, reference)] = digest
            subject = json.loads(data).get("subject")
            if subject and "referrers" in OPTIONS:
                extra["OCI_Subject"] = subject["digest"]
                referrers.setdefault(subject["digest"], []).append(digest)
            return self.answer(201, **extra)
        digest = tags.get((name, reference), reference)
        if digest not in manifests:
            return self.error(404, "MANIFEST_UNKNOWN")
        body, media_type = manifests[digest]
        return self.answer(200, body, Content_Type=media_type)

    def serve_referrers(self, data, query, digest):
        if "referrers" not in OPTIONS:
            return self.error(404, "NAME_UNKNOWN")
        listed = [{"mediaType": manifests[d][1], "digest": d, "size": len(manifests[d][0])} for d in referrers.get(digest, [])]
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed + listed})  # some list twice
        return self.answer(200, body.encode(), Content_Type=INDEX)


ROUTES = [(r"/v2/", Handler.serve_base),
          (r"/v2/(.+)/blobs/uploads/([^/]*)", Handler.serve_upload),
          (r"/v2/.+/blobs/(sha256:[0-9a-f]+)", Handler.serve_blob),
          (r"/v2/(.+)/manifests/([^/]+)", Handler.serve_manifest),
          (r"/v2/.+/referrers/(sha256:[0-9a-f]+)", Handler.serve_referrers)]
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print("PORT", server.server_port, flush=True)
server.serve_forever()
