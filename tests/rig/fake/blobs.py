# SPDX-License-Identifier: Apache-2.0
"""Blobs as files, a directory for each repository; a mounted blob is a hard link."""
import hashlib
import hmac
import json
import os
import re
import time

from fake.wire import FilePart, Response

KEY = b"all fakes sign with this"


def error(status, code, detail=None, headers=None):
    text = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " "), "detail": detail}]})
    return Response(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, text)


def digest_of(data, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


class Blobs:
    def __init__(self, options, secrets):
        self.options, self.secrets, self.root = options, secrets, options["dir"]
        self.uses = {}

    def path(self, name, digest):
        return os.path.join(self.root, name.replace("/", "%"), digest)

    def has(self, name, digest):
        return os.path.exists(self.path(name, digest))

    def keep(self, name, digest, file):
        """Moves `file` to its place."""
        os.makedirs(os.path.dirname(self.path(name, digest)), exist_ok=True)
        os.replace(file, self.path(name, digest))

    def mount(self, name, source, digest):
        os.makedirs(os.path.dirname(self.path(name, digest)), exist_ok=True)
        if not self.has(name, digest):
            os.link(self.path(source, digest), self.path(name, digest))

    def lose(self, name, digest):
        os.unlink(self.path(name, digest))

    def serve(self, request, name, digest):
        if not re.fullmatch(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", digest):
            return error(400, "DIGEST_INVALID")
        if "presigned" in self.options and (refused := self._bad_link(request)):
            return refused
        if not self.has(name, digest):
            return error(404, "BLOB_UNKNOWN", {"digest": digest})
        if request.method == "DELETE":
            if "no-delete" in self.options:
                return error(405, "UNSUPPORTED")
            self.lose(name, digest)
            return Response(202)
        if "redirects" in self.options and request.method == "GET":
            return Response(int(self.options.get("redirect-status", 307)), {"Location": self._link(request)})
        return self._content(request, self.path(name, digest), digest)

    # A link is signed for its path and its end, as object stores do it.
    def _link(self, request):
        end = f"{time.time() + float(self.options.get('link-life', 3600)):.6f}"
        signature = self._signature(request.path, end)
        self.secrets.add("signature", signature)
        return f"{self.options['redirects']}{request.path}?X-Amz-Date={end}&X-Amz-Signature={signature}"

    @staticmethod
    def _signature(path, end):
        return hmac.new(KEY, f"{path} {end}".encode(), "sha256").hexdigest()

    def _bad_link(self, request):
        end, signature = request.query.get("X-Amz-Date", "0"), request.query.get("X-Amz-Signature", "")
        uses = self.uses[signature] = self.uses.get(signature, 0) + 1
        if "authorization" in request.headers:
            return self._xml(400, "InvalidArgument", "Only one auth mechanism allowed")
        if signature != self._signature(request.path, end):
            return self._xml(403, "AccessDenied", "Access Denied")
        if float(end) < time.time() or uses > int(self.options.get("link-uses", 1 << 60)):
            return self._xml(403, "AccessDenied", "Request has expired")
        return None

    @staticmethod
    def _xml(status, code, message):
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
        return Response(status, {"Content-Type": "application/xml"}, text)

    def _content(self, request, path, digest):
        size, etag, asked = os.path.getsize(path), f'"{digest}"', request.headers.get("range", "")
        support = self.options.get("ranges", "all")
        headers = {"Content-Type": "application/octet-stream"}
        if support != "none" and "no-accept-ranges" not in self.options:
            headers["Accept-Ranges"] = "bytes"
        if "no-etag" not in self.options:
            headers["ETag"] = etag
        add_digest(self.options, headers, digest)
        if request.headers.get("if-range", etag) != etag or support == "none":
            asked = ""
        if request.action == "range-ignored" or not asked:
            return Response(200, headers, FilePart(path, 0, size))
        return self._ranges(asked, support, path, size, headers)

    @staticmethod
    def _ranges(asked, support, path, size, headers):
        spans = []
        for first, last in re.findall(r"(\d*)-(\d*)", asked):
            if first:
                spans.append((int(first), min(int(last or size - 1), size - 1)))
            elif last and support != "single":
                spans.append((max(0, size - int(last)), size - 1))
        spans = [(first, last) for first, last in spans if first <= last]
        if not spans:
            return Response(416, {"Content-Type": "text/plain", "Content-Range": f"bytes */{size}"},
                            "invalid range: failed to overlap\n")
        if len(spans) == 1 or support == "single":
            first, last = spans[0]
            return Response(206, {**headers, "Content-Range": f"bytes {first}-{last}/{size}"}, FilePart(path, first, last - first + 1))
        response = Response(206, {**headers, "Content-Type": "multipart/byteranges; boundary=part"})
        for first, last in spans:
            response.parts += [f"\r\n--part\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n".encode(),
                               FilePart(path, first, last - first + 1)]
        response.parts.append(b"\r\n--part--\r\n")
        return response


def add_digest(options, headers, digest):
    """Docker-Content-Digest, as right as the option digest-header wants it."""
    kind = options.get("digest-header", "right")
    if kind == "wrong":
        digest = "sha256:" + "0" * 64
    elif kind == "sha512":
        digest = "sha512:" + "0" * 128
    if kind != "absent":
        headers["Docker-Content-Digest"] = digest
