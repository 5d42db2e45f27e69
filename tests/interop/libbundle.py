# libbundle.py LAYOUT DIGEST KEY.pub: checks every Sigstore bundle that refers to DIGEST and prints its predicate type.
import base64, hashlib, json, sys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

layout, digest, key_file = sys.argv[1:]
pem = open(key_file, "rb").read()
key = serialization.load_pem_public_key(pem)
spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def blob(descriptor):
    data = open(f"{layout}/blobs/{descriptor['digest'].replace(':', '/')}", "rb").read()
    assert len(data) == descriptor["size"], descriptor
    assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"], descriptor
    return data


def check(manifest):
    bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert manifest["artifactType"] == bundle_type and manifest["schemaVersion"] == 2
    assert manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    assert blob(manifest["config"]) == b"{}" and manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
    [layer] = manifest["layers"]
    assert layer["mediaType"] == bundle_type
    bundle = json.loads(blob(layer))
    assert bundle["mediaType"] == bundle_type
    envelope = bundle["dsseEnvelope"]
    payload, [signature] = base64.b64decode(envelope["payload"], validate=True), envelope["signatures"]
    kind = envelope["payloadType"].encode()
    pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    key.verify(base64.b64decode(signature["sig"], validate=True), pae, ec.ECDSA(hashes.SHA256()))
    statement = json.loads(payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1" and kind == b"application/vnd.in-toto+json"
    assert manifest["annotations"] == {"dev.sigstore.bundle.content": "dsse-envelope",
                                       "dev.sigstore.bundle.predicateType": statement["predicateType"]}
    [subject] = statement["subject"]
    hint = bundle["verificationMaterial"]["publicKey"]["hint"]
    if statement["predicateType"] == "https://sigstore.dev/cosign/sign/v1":
        assert subject["digest"] == {"sha256": digest.split(":")[1]} and statement["predicate"] == {}
        assert hint == base64.b64encode(hashlib.sha256(spki).digest()).decode()
    else:
        resources = statement["predicate"]["resources"]
        layers = json.loads(blob({"digest": digest, "size": manifest["subject"]["size"]}))["layers"]
        names = {layer["annotations"]["org.cncf.model.filepath"]: layer["digest"] for layer in layers}
        assert {r["name"]: "sha256:" + r["digest"] for r in resources} == names
        assert [r["name"] for r in resources] == sorted(names)
        root = hashlib.sha256(b"".join(bytes.fromhex(r["digest"]) for r in resources)).hexdigest()
        assert subject["digest"] == {"sha256": root}
        assert hint == hashlib.sha256(pem).hexdigest()
    return statement["predicateType"]


# distribution-spec 1.1, referrers tag schema: an index under the tag sha256-<hex>.
tag = digest.replace(":", "-")
[fallback] = [d for d in json.load(open(f"{layout}/index.json"))["manifests"]
              if d.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag]
referrers = json.loads(blob(fallback))["manifests"]
assert all(r["artifactType"] == "application/vnd.dev.sigstore.bundle.v0.3+json" for r in referrers)
manifests = [json.loads(blob(r)) for r in referrers]
assert all(m["subject"]["digest"] == digest for m in manifests)
print("\n".join(sorted(check(m) for m in manifests)))
