#!/bin/bash
# skopeo reads and copies what we pushed, and we pull what skopeo pushed; both agree on every byte.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
needs skopeo
start_registry plain
make_layout "$t/model" 1 2
run 0 aiops push "oci:$t/model:1" "$registry/ours"
run 0 skopeo inspect --raw --tls-verify=false "docker://$registry/ours:1"
[ "sha256:$(sha256sum <"$t/out" | cut -d' ' -f1)" = "$digest" ] || fail "skopeo reads another manifest"
run 0 skopeo --insecure-policy copy --src-tls-verify=false "docker://$registry/ours:1" "oci:$t/by-skopeo:1"
run 0 aiops copy "oci:$t/by-skopeo:1" back:1 -q
out_is "$digest"

run 0 skopeo --insecure-policy copy --dest-tls-verify=false "oci:$t/model:1" "docker://$registry/theirs:1"
run 0 aiops pull "$registry/theirs:1" -d "$t/files" -q
out_is "$digest"
diff -r "$t/model.files" "$t/files" || fail "other files came out"

start_registry basic
mkdir "$t/certs" && cp "$registry_ca" "$t/certs/ca.crt"
run 0 bash -c "echo s3cret | aiops login $registry -u alice --password-stdin --tls-ca $registry_ca"
run 0 skopeo inspect --raw --authfile "$XDG_CONFIG_HOME/containers/auth.json" --cert-dir "$t/certs" "docker://$registry/ours:1"
run 0 aiops logout "$registry"
run 0 bash -c "echo s3cret | skopeo login $registry -u alice --password-stdin --cert-dir $t/certs --authfile $t/skopeo.json"
run 0 env REGISTRY_AUTH_FILE="$t/skopeo.json" aiops pull "$registry/ours:1" --tls-ca "$registry_ca" -q
out_is "$digest"
