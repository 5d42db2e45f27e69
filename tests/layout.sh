# Sourced after lib.sh: makes an OCI layout by hand, so that tests of other verbs do not need `pack`.
# blob FILE: stores it in $layout and prints its descriptor's digest and size members.
blob() {
  local hex; hex=$(sha256sum <"$1" | cut -c 1-64)
  cp "$1" "$layout/blobs/sha256/$hex"
  printf '"digest":"sha256:%s","size":%s' "$hex" "$(stat -c %s "$1")"
}
# write_layout DIR REF FILE...: one artifact of raw layers, one a file, named REF; $digest is its manifest's digest.
write_layout() {
  layout=$1; local ref=$2 layers='' file; shift 2
  mkdir -p "$layout/blobs/sha256"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  for file; do
    layers+="${layers:+,}{\"mediaType\":\"application/vnd.cncf.model.weight.v1.raw\",$(blob "$file"),\"annotations\":{\"org.cncf.model.filepath\":\"${file##*/}\"}}"
  done
  printf '{}' >"$t/.config"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.model.manifest.v1+json","config":{"mediaType":"application/vnd.cncf.model.config.v1+json",%s},"layers":[%s]}' \
    "$(blob "$t/.config")" "$layers" >"$t/.manifest"
  digest=sha256:$(sha256sum <"$t/.manifest" | cut -c 1-64)
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",%s,"annotations":{"org.opencontainers.image.ref.name":"%s"}}]}' \
    "$(blob "$t/.manifest")" "$ref" >"$layout/index.json"
}
