#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A reader of checkpoint deltas after docs/checkpoint-delta.md alone; zstd frames are expanded by the program zstd.

usage: checkpoint_delta.py dump PAGE BASE       the hexdump in PAGE is a delta to the file BASE; prints the whole's digest
       checkpoint_delta.py artifact LAYOUT TAG OUT   rebuilds the files of an artifact in an OCI layout into OUT
"""
import hashlib, json, pathlib, re, struct, subprocess, sys


def unzstd(frame):
    return subprocess.run(["zstd", "-dcq"], input=frame, stdout=subprocess.PIPE, check=True).stdout


def planes(payload, width, count):
    lengths, at, found = struct.unpack_from(f"<{width}I", payload), 4 * width, []
    for length in lengths:
        stored, at = payload[at : at + length], at + length
        found.append(bytes(count) if length == 0 else stored if length == count else unzstd(stored))
        assert len(found[-1]) == count
    assert at == len(payload)
    return found


def chunk(encoding, payload, base, width):
    if encoding == 0:
        return base
    if encoding == 1:
        return payload
    word, mask = "_BH_I___Q"[width], (1 << 8 * width) - 1
    count = len(base) // width
    numbers = struct.unpack(f"<{count}{word}", b"".join(bytes(n) for n in zip(*planes(payload, width, count))))
    old = struct.unpack(f"<{count}{word}", base)
    if encoding == 3:
        numbers = [z ^ b for z, b in zip(numbers, old)]
    if encoding == 4:
        numbers = [b + (z >> 1 if z % 2 == 0 else -(z + 1 >> 1)) & mask for z, b in zip(numbers, old)]
    return struct.pack(f"<{count}{word}", *numbers)


def rebuild(delta, base):
    magic, version, size_of_chunks, size = struct.unpack_from("<8sIIQ", delta)
    assert magic == b"\x89AIDELTA" and version == 1 and size == len(base)
    assert hashlib.sha256(base).digest() == delta[56:88]
    count, chunks = struct.unpack_from("<II", delta, 88)
    sections = [struct.unpack_from("<QII", delta, 96 + 16 * i) for i in range(count)]
    table = 96 + 16 * count
    entries = iter(struct.unpack_from("<II", delta, table + 8 * i) for i in range(chunks))
    whole, at = b"", table + 8 * chunks
    for length, width, zero in sections:
        end = len(whole) + length
        while len(whole) < end:
            stored, encoding = next(entries)
            here = base[len(whole) : min(end, len(whole) + size_of_chunks)]
            whole += chunk(encoding, delta[at : at + stored], here, width)
            at += stored
    assert at == len(delta) and next(entries, None) is None and len(whole) == size
    assert hashlib.sha256(whole).digest() == delta[24:56]
    return whole


def artifact(layout, tag, out):
    def blob(digest):
        return (layout / "blobs" / digest.replace(":", "/")).read_bytes()

    index = json.loads((layout / "index.json").read_bytes())["manifests"]
    found = next(m for m in index if m.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag)
    says, files, made = "vnd.aiops.checkpoint.delta.", {}, {}
    for layer in json.loads(blob(found["digest"]))["layers"]:
        notes = layer.get("annotations", {})
        if says + "path" in notes:
            files[notes[says + "path"]] = notes[says + "digest"]
        elif says + "digest" not in notes and "org.cncf.model.filepath" in notes:
            files[notes["org.cncf.model.filepath"]] = layer["digest"]
        made[notes.get(says + "digest", layer["digest"])] = (layer["digest"], notes.get(says + "base"))

    def whole(digest):
        stored, base = made[digest]
        return blob(stored) if base is None else rebuild(blob(stored), whole(base))

    for path, digest in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(whole(digest))
        assert "sha256:" + hashlib.sha256(target.read_bytes()).hexdigest() == digest


if sys.argv[1] == "dump":
    lines = re.findall(r"^[0-9a-f]{8}: ([0-9a-f ]{39})  ", pathlib.Path(sys.argv[2]).read_text(), re.M)
    print(hashlib.sha256(rebuild(bytes.fromhex("".join(lines)), pathlib.Path(sys.argv[3]).read_bytes())).hexdigest())
else:
    artifact(pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4]))
