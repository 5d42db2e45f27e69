# SPDX-License-Identifier: Apache-2.0
"""Upload sessions. By default as in docker-registry 2.8: only the newest `_state` counts, and a body that is cut kills the
session. With `keeps` as in distribution 3 and zot: what has arrived stays, any `_state` will do, a wrong offset is 416."""
import hashlib
import os
import re
import threading
import uuid

from fake.blobs import add_digest, error
from fake.wire import Broken, Response

HTML_413 = ("<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity "
            "Too Large</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n")


class Session:
    def __init__(self, path):
        self.path, self.size, self.hash, self.dead, self.lock = path, 0, hashlib.sha256(), False, threading.Lock()
        self.writer = None
        self.file = open(path, "wb", buffering=0)
        self.renew()

    def renew(self):
        self.state = uuid.uuid4().hex

    def append(self, request):
        """Takes the body in. Whoever comes later takes over, so a request that hangs does not hold the session for ever."""
        self.writer = request
        for piece in request.body():
            with self.lock:
                if self.writer is not request:
                    raise Broken
                self.file.write(piece)
                self.hash.update(piece)
                self.size += len(piece)
        self.writer = None

    def digest(self, algorithm):
        if algorithm == "sha256":
            return "sha256:" + self.hash.hexdigest()
        with open(self.path, "rb") as file:
            return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"

    def remove(self):
        self.file.close()
        if os.path.exists(self.path):
            os.unlink(self.path)


class Uploads:
    def __init__(self, options, blobs, secrets):
        self.options, self.blobs, self.secrets, self.sessions = options, blobs, secrets, {}
        self.keeps = "keeps" in options
        os.makedirs(os.path.join(options["dir"], "uploads"), exist_ok=True)

    def serve(self, request, name, key):
        if request.method == "POST":
            return self._open(request, name)
        session = self.sessions.get(key)
        if not session:
            return error(404, "BLOB_UPLOAD_UNKNOWN")
        lost = session.dead or session.writer or f"_state={session.state}%3D%3d" not in request.raw_query
        if lost and not self.keeps:
            return error(404, "BLOB_UPLOAD_INVALID")
        if request.method == "GET":
            return Response(204, self._where(request, name, key, session))
        if request.method == "DELETE":
            self.sessions.pop(key).remove()
            return Response(204)
        if refused := self._refusal(request):
            return refused
        return self._write(request, name, key, session)

    def _open(self, request, name):
        digest, source = request.query.get("mount"), request.query.get("from")
        if digest and source and self.blobs.has(source, digest):
            self.blobs.mount(name, source, digest)
            return self._created(request, name, digest)
        key = str(uuid.uuid4())
        session = Session(os.path.join(self.options["dir"], "uploads", key))
        if "digest" in request.query and "single-post" in self.options:
            session.append(request)
            return self._close(request, name, key, session)
        request.drain()  # 2.8.2 drops the body of POST ?digest= and opens a session
        self.sessions[key] = session
        headers = {**self._where(request, name, key, session), "Docker-Upload-Uuid": key}
        if "min-chunk" in self.options:
            headers["OCI-Chunk-Min-Length"] = self.options["min-chunk"]
        return Response(202, headers)

    def _where(self, request, name, key, session):
        """Location and Range, as wrong as the options want them."""
        scheme = "https" if "tls" in self.options else "http"
        host, _, port = request.host.partition(":")
        self.secrets.add("state", session.state)
        location = self.options.get("location", "{path}?{query}" if "relative" in self.options else "{scheme}://{host}{path}?{query}")
        fields = {"scheme": scheme, "host": request.host, "name": host, "port": port,
                  "path": f"/v2/{name}/blobs/uploads/{key}", "query": f"_state={session.state}%3D%3d"}
        headers = {"Location": location.format(**fields)}
        last = max(0, session.size - 1)
        text = {"absent": None, "stale": "0-0", "bytes": f"bytes=0-{last}", "minus-one": f"0-{max(0, last - 1)}",
                "plus-one": f"0-{last + 1}"}.get(self.options.get("upload-range"), f"0-{last}")
        if text and request.method != "PUT":
            headers["Range"] = text
        if request.method == "PATCH" and "no-patch-location" in self.options:
            del headers["Location"]
        return headers

    def _refusal(self, request):
        """What refuses a body for its size: `put-limit` and `patch-limit` are SIZE:ghcr, SIZE:nginx or SIZE:STATUS."""
        limit, _, style = self.options.get(f"{request.method.lower()}-limit", "").partition(":")
        if not limit or request.left <= int(limit):
            return None
        if style == "ghcr":
            mib = int(limit) / (1 << 20)
            return error(416, f"REQUESTED_RANGE_NOT_SATISFIABLE: the chunk exceeds the maximum permissible limit of {mib:.2f}MiB")
        if style == "nginx":
            return Response(413, {"Content-Type": "text/html"}, HTML_413)
        return Response(int(style), {"Content-Type": "text/html"}, f"<html><title>error code: {style}</title></html>")

    def _write(self, request, name, key, session):
        first = re.match(r"(\d+)-", request.headers.get("content-range", ""))
        if first and self.keeps and int(first[1]) != session.size:
            text = self.options.get("wrong-offset", "the offset is not where the session stands")
            response = error(416, "RANGE_INVALID", text.replace("{first}", first[1]).replace("{size}", str(session.size)))
            response.headers.update(self._where(request, name, key, session))
            return response
        try:
            session.append(request)
        except (Broken, OSError):
            session.dead = not self.keeps
            raise
        session.renew()
        if request.method == "PUT":
            return self._close(request, name, key, session)
        return Response(int(self.options.get("patch-status", 202)), self._where(request, name, key, session))

    def _close(self, request, name, key, session):
        digest = request.query.get("digest", "")
        self.sessions.pop(key, None)
        algorithm = digest.partition(":")[0]
        good = algorithm in ("sha256", "sha512") and session.digest(algorithm) == digest
        if not good or (algorithm == "sha512" and "no-sha512" in self.options):
            session.remove()
            return error(400, "DIGEST_INVALID", None if digest else "digest missing")
        session.file.close()
        self.blobs.keep(name, digest, session.path)
        if request.action == "lose":
            self.blobs.lose(name, digest)
        return self._created(request, name, digest)

    def _created(self, request, name, digest):
        headers = {"Location": f"/v2/{name}/blobs/{digest}"}
        add_digest(self.options, headers, digest)
        return Response(int(self.options.get("put-status", 201)), headers)
