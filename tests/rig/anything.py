# SPDX-License-Identifier: Apache-2.0
"""What whoever may push can attach to an artifact in a registry without the referrers API: blobs of any content, as referrers."""
import hashlib
import json
import urllib.request

BENCH, BUNDLE = "application/vnd.dev.aiops.bench.v1+json", "application/vnd.dev.sigstore.bundle.v0.3+json"
MANIFEST, INDEX = "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"


class Artifact:
    def __init__(self, registry, repository, subject):
        self.base = f"http://{registry}/v2/{repository}"
        self.about = {"mediaType": MANIFEST, "digest": subject, "size": len(self.get("manifests/" + subject))}
        self.fallback = "manifests/" + subject.replace(":", "-")

    def get(self, path, kind=MANIFEST):
        return urllib.request.urlopen(urllib.request.Request(f"{self.base}/{path}", headers={"Accept": kind})).read()

    def put(self, url, data, kind="application/octet-stream"):
        urllib.request.urlopen(urllib.request.Request(url, method="PUT", data=data, headers={"Content-Type": kind}))
        return {"digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)}

    def blob(self, data):
        begun = urllib.request.urlopen(urllib.request.Request(f"{self.base}/blobs/uploads/", method="POST", data=b""))
        place = begun.headers["Location"]
        return self.put(f"{place}{'&' if '?' in place else '?'}digest=sha256:{hashlib.sha256(data).hexdigest()}", data)

    def index(self):
        return json.loads(self.get(self.fallback, INDEX))

    def layers(self, kind):
        """Digests of the blobs of all referrers of a kind."""
        return [json.loads(self.get("manifests/" + one["digest"]))["layers"][0]["digest"]
                for one in self.index()["manifests"] if one["artifactType"] == kind]

    def attach(self, kind, media_type, data):
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind,
                               "config": {"mediaType": "application/vnd.oci.empty.v1+json", **self.blob(b"{}")},
                               "layers": [{"mediaType": media_type, **self.blob(data)}], "subject": self.about}).encode()
        name = "sha256:" + hashlib.sha256(manifest).hexdigest()
        index = self.index()
        index["manifests"].append({"mediaType": MANIFEST, **self.put(f"{self.base}/manifests/{name}", manifest, MANIFEST),
                                   "artifactType": kind})
        self.put(f"{self.base}/{self.fallback}", json.dumps(index).encode(), INDEX)

    def attach_records(self, text):
        self.attach(BENCH, "application/jsonl", text.encode())
