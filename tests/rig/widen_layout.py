#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_layout.py's artifact again, with its layer named by sha512.

usage: widen_layout.py FROM TO
TO has the manifest under tag 1 by its sha256 and under tag wide by its sha512. Prints the digest of the layer, and the
manifest's sha512 and sha256.
"""
import hashlib
import json
import os
import sys

source, target = sys.argv[1:]


def read(digest):
    with open(f"{source}/blobs/{digest.replace(':', '/')}", "rb") as file:
        return file.read()


def put(data, algorithm):
    digest = hashlib.new(algorithm, data).hexdigest()
    os.makedirs(f"{target}/blobs/{algorithm}", exist_ok=True)
    with open(f"{target}/blobs/{algorithm}/{digest}", "wb") as file:
        file.write(data)
    return f"{algorithm}:{digest}"


with open(f"{source}/index.json", encoding="utf-8") as file:
    entry = json.load(file)["manifests"][0]
manifest = json.loads(read(entry["digest"]))
put(read(manifest["config"]["digest"]), "sha256")
layer = manifest["layers"][0]
layer["digest"] = put(read(layer["digest"]), "sha512")
data = json.dumps(manifest).encode()
wide, narrow = put(data, "sha512"), put(data, "sha256")
entries = [{**entry, "digest": digest, "size": len(data), "annotations": {"org.opencontainers.image.ref.name": tag}}
           for digest, tag in ((narrow, "1"), (wide, "wide"))]
with open(f"{target}/index.json", "w", encoding="utf-8") as file:
    json.dump({"schemaVersion": 2, "manifests": entries}, file)
with open(f"{target}/oci-layout", "w", encoding="utf-8") as file:
    file.write('{"imageLayoutVersion":"1.0.0"}')
print(layer["digest"], wide, narrow, sep="\n")
