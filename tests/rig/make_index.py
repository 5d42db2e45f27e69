#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts manifests of an OCI layout under an index, and the index under a tag.

usage: make_index.py DIR TAG ENTRY...       ENTRY: DIGEST[,OS/ARCHITECTURE][,annotation=VALUE]   image: makes an empty image
                                            attestation: … that BuildKit's annotations mark; referrer: … about the first digest
Prints the digest of the index.
"""
import hashlib
import json
import os
import sys

directory, tag, *entries = sys.argv[1:]
MANIFEST, INDEX = (f"application/vnd.oci.image.{kind}.v1+json" for kind in ("manifest", "index"))


def put(value, **more):
    data = json.dumps(value).encode()
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{directory}/blobs/sha256/{digest}", "wb") as file:
        file.write(data)
    return {"digest": f"sha256:{digest}", "size": len(data), **more}


def image(number, **more):
    config = put({"number": number}, mediaType="application/vnd.oci.image.config.v1+json")
    return put({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [], **more}, mediaType=MANIFEST)


def listed(number, entry):
    if entry == "image":
        return image(number)
    if entry == "attestation":
        return image(number, layers=[]) | {"annotations": {"vnd.docker.reference.type": "attestation-manifest"},
                                           "platform": {"os": "unknown", "architecture": "unknown"}}
    if entry == "referrer":
        first = next(one for one in entries if ":" in one).split(",")[0]
        return image(number, artifactType="application/x", subject=listed(0, first))
    digest, *more = entry.split(",")
    size = os.path.getsize(f"{directory}/blobs/{digest.replace(':', '/')}")
    result = {"mediaType": MANIFEST, "digest": digest, "size": size}
    for one in more:
        name, equals, value = one.partition("=")
        if equals:
            result.setdefault("annotations", {})[name] = value
        else:
            result["platform"] = dict(zip(("os", "architecture"), one.split("/")))
    return result


index = put({"schemaVersion": 2, "mediaType": INDEX, "manifests": [listed(*pair) for pair in enumerate(entries)]})
with open(f"{directory}/index.json", encoding="utf-8") as file:
    top = json.load(file)
top["manifests"].append({"mediaType": INDEX, **index, "annotations": {"org.opencontainers.image.ref.name": tag}})
with open(f"{directory}/index.json", "w", encoding="utf-8") as file:
    json.dump(top, file)
print(index["digest"])
