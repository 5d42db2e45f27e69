# SPDX-License-Identifier: Apache-2.0
"""Manifests, tags and referrers."""
import json
import re
import threading

from fake.blobs import add_digest, digest_of, error
from fake.wire import Response

INDEX = "application/vnd.oci.image.index.v1+json"
OCI = ("application/vnd.oci.image.manifest.v1+json", INDEX)
LIMIT = 4 << 20


class Manifests:
    def __init__(self, options, blobs):
        self.options, self.blobs, self.lock = options, blobs, threading.Lock()
        self.documents, self.tags, self.subjects = {}, {}, {}  # (name, digest), (name, tag), (name, subject)

    def serve(self, request, name, reference):
        if request.method == "PUT":
            return self._put(request, name, reference, request.whole_body(LIMIT + 1))
        with self.lock:
            digest = self.tags.get((name, reference), reference)
            if (name, digest) not in self.documents:
                return error(404, "MANIFEST_UNKNOWN", {"Name": name, "Revision": reference})
            if request.method == "DELETE":
                return self._delete(name, reference, digest)
            data, media_type = self.documents[name, digest]
        if media_type in OCI and media_type not in request.headers.get("accept", "") and "*/*" not in request.headers.get("accept", ""):
            return error(404, "MANIFEST_UNKNOWN", "OCI manifest found, but accept header does not support OCI manifests")
        headers = {"Content-Type": media_type, "ETag": f'"{digest}"'}
        add_digest(self.options, headers, digest)
        return Response(200, headers, data)

    def _put(self, request, name, reference, data):
        if len(data) > LIMIT:
            return error(400, "MANIFEST_INVALID", "http: request body too large")
        document, algorithm = json.loads(data), reference.partition(":")[0] if ":" in reference else "sha256"
        if algorithm == "sha512" and "no-sha512" in self.options:
            return error(400, "DIGEST_INVALID")
        digest, media_type = digest_of(data, algorithm), request.headers.get("content-type", "").partition(";")[0]
        if ":" in reference and reference != digest:
            return error(400, "DIGEST_INVALID")
        wanted = [reference] if ":" not in reference else re.findall(r"(?:^|&)tag=([^&]*)", request.raw_query)
        if ":" in reference:
            wanted = wanted[:int(self.options.get("oci-tag", 0))]
        with self.lock:
            if refused := self._refusal(name, document, wanted):
                return refused
            return self._keep(name, digest, data, media_type, document, wanted)

    def _refusal(self, name, document, wanted):
        if "artifacts" in self.options and (document.get("artifactType") or "image" not in document.get("config", {}).get("mediaType", "image")):
            return error(int(self.options["artifacts"]), "MANIFEST_INVALID", "artifacts are not supported")
        if "immutable" in self.options and any((name, tag) in self.tags for tag in wanted):
            return error(int(self.options["immutable"]), "TAG_INVALID", f"the tag {wanted[0]} already exists and cannot be overwritten")
        if "checks-blobs" in self.options:
            needed = [document["config"], *document["layers"]] if "layers" in document else []
            missing = [d["digest"] for d in needed if not self.blobs.has(name, d["digest"])]
            missing += [d["digest"] for d in document.get("manifests", []) if (name, d["digest"]) not in self.documents]
            if missing:
                return error(400, "MANIFEST_BLOB_UNKNOWN", missing[0])
        return None

    def _keep(self, name, digest, data, media_type, document, wanted):
        self.documents[name, digest] = data, media_type
        for tag in wanted:
            self.tags[name, tag] = digest
        headers = {"Location": f"/v2/{name}/manifests/{digest}"}
        add_digest(self.options, headers, digest)
        if self.options.get("oci-tag") and wanted:
            headers["OCI-Tag"] = wanted
        if (subject := document.get("subject")) and "referrers" in self.options:
            listed = self.subjects.setdefault((name, subject["digest"]), [])
            listed += [digest] * (digest not in listed)
            if "no-oci-subject" not in self.options:
                headers["OCI-Subject"] = subject["digest"]
        return Response(201, headers)

    def _delete(self, name, reference, digest):
        if "no-delete" in self.options:
            return error(405, "UNSUPPORTED")
        if reference != digest:
            if "no-tag-delete" in self.options:
                return error(400, "DIGEST_INVALID")  # as 2.8.2
            del self.tags[name, reference]
            return Response(202)
        del self.documents[name, digest]
        self.tags = {key: value for key, value in self.tags.items() if value != digest or key[0] != name}
        for listed in self.subjects.values():
            listed[:] = [one for one in listed if one != digest]
        return Response(202)

    def serve_tags(self, request, name):
        with self.lock:
            tags = sorted(tag for repository, tag in self.tags if repository == name)
            known = tags or any(repository == name for repository, _ in self.documents)
        if not known:
            return error(404, "NAME_UNKNOWN", {"name": name})
        size, headers = int(self.options.get("tags-page", 0)), {"Content-Type": "application/json"}
        if "tags-repeat" not in self.options and size:
            tags = [tag for tag in tags if tag > request.query.get("last", "")]
        page = tags[:size] if size else tags
        if size and (len(page) < len(tags)):
            host = f"http{'s' * ('tls' in self.options)}://{request.host}" if "absolute-links" in self.options else ""
            headers["Link"] = f'<{host}/v2/{name}/tags/list?n={size}&last={page[-1]}>; rel="next"'
        return Response(200, headers, json.dumps({"name": name, "tags": page}))

    def serve_referrers(self, request, name, digest):
        if "referrers" not in self.options:
            return Response(404, {"Content-Type": "text/plain"}, "404 page not found\n")  # as 2.8.2
        with self.lock:
            listed = [self._entry(name, one) for one in self.subjects.get((name, digest), [])]
        headers = {"Content-Type": INDEX}
        if "filters" in self.options and "artifactType" in request.query:
            listed = [entry for entry in listed if entry["artifactType"] == request.query["artifactType"]]
            headers["OCI-Filters-Applied"] = "artifactType"
        if self.options["referrers"] == "paged":
            first = int(request.query.get("page", 0))
            if first + 1 < len(listed):
                headers["Link"] = f'</v2/{name}/referrers/{digest}?page={first + 1}>; rel="next"'
            listed = listed[first:first + 1]
        elif "filters" not in self.options:
            listed += listed  # some list everything twice
        return Response(200, headers, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}))

    def _entry(self, name, digest):
        data, media_type = self.documents[name, digest]
        entry = {"mediaType": media_type, "digest": digest, "size": len(data)}
        if "filters" in self.options:
            document = json.loads(data)
            entry["artifactType"] = document.get("artifactType") or document.get("config", {}).get("mediaType")
        return entry
