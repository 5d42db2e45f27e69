#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An OCI layout with one ModelPack artifact of random files, for tests that move bytes.

usage: make_layout.py DIR MIB...
Writes DIR, its tag is 1, and, beside it, DIR.files/part-1.bin and so on: what the layers hold.
"""
import hashlib
import json
import os
import sys

directory, sizes = sys.argv[1], [int(float(mib) * (1 << 20)) for mib in sys.argv[2:]]
os.makedirs(f"{directory}/blobs/sha256", exist_ok=True)
os.makedirs(f"{directory}.files", exist_ok=True)


def descriptor(media_type, digest, size, **more):
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": size, **more}


def put(data):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{directory}/blobs/sha256/{digest}", "wb") as file:
        file.write(data)
    return digest, len(data)


def layer(number, size):
    name, digest = f"part-{number}.bin", hashlib.sha256()
    with open(f"{directory}.files/{name}", "wb") as file:
        left = size
        while left:
            piece = os.urandom(min(left, 1 << 24))
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
    os.link(f"{directory}.files/{name}", f"{directory}/blobs/sha256/{digest.hexdigest()}")
    return descriptor("application/vnd.cncf.model.weight.v1.raw", digest.hexdigest(), size,
                      annotations={"org.cncf.model.filepath": name, "org.opencontainers.image.title": name})


config = {"descriptor": {"name": "noise"}, "modelfs": {"type": "layers", "diffIds": []}, "config": {}}
manifest_type = "application/vnd.oci.image.manifest.v1+json"
manifest = {"schemaVersion": 2, "mediaType": manifest_type,
            "artifactType": "application/vnd.cncf.model.manifest.v1+json",
            "config": descriptor("application/vnd.cncf.model.config.v1+json", *put(json.dumps(config).encode())),
            "layers": [layer(i + 1, size) for i, size in enumerate(sizes)]}
entry = descriptor(manifest_type, *put(json.dumps(manifest).encode()),
                   annotations={"org.opencontainers.image.ref.name": "1"})
with open(f"{directory}/index.json", "w", encoding="utf-8") as file:
    json.dump({"schemaVersion": 2, "manifests": [entry]}, file)
with open(f"{directory}/oci-layout", "w", encoding="utf-8") as file:
    file.write('{"imageLayoutVersion":"1.0.0"}')
print(entry["digest"])
