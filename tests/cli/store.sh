# ls, tag, rm and store gc: names go first, bytes when nobody needs them; scripts get tabs and JSON.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
make_model "$t/m"; cp -r "$t/m" "$t/n"; echo more >"$t/n/notes.md"
run 0 aiops ls; out_empty; err_empty
run 0 aiops pack "$t/m" -t demo:1; digest=$(cat "$t/out")
run 0 aiops pack "$t/n" -t demo:2
run 0 aiops tag demo:1 demo:latest team/demo; out_is "$digest"
run 0 aiops ls -q; out_is $'demo:1\ndemo:2\ndemo:latest\nteam/demo:latest'
run 0 aiops ls demo:1; out_is "$(printf 'demo:1\t%s\t%s\tsafetensors\t0.1K' "${digest:0:19}" "$(aiops ls demo:1 | cut -f3)")"
run 0 aiops ls -o json; out_has "\"name\":\"team/demo:latest\",\"digest\":\"$digest\""
run 5 aiops rm demo:1 demo:nope; err_has 'there is no demo:nope'
run 0 aiops ls -q; out_has '^demo:1$'
run 0 aiops rm demo:2; out_has '^demo:2.sha256:'; err_has 'aiops store gc would free'
run 0 aiops store gc -n; planned=$(cat "$t/out"); [ -n "$planned" ] || fail "nothing to collect"
run 0 aiops store gc; out_is "$planned"; err_has '^removed 3 files, freed'
run 0 aiops store gc -n; out_empty
run 0 aiops store check; out_empty; err_has '^checked 6 blobs'
run 0 aiops "rm" "demo@$digest"; out_has demo:1; out_has demo:latest
run 0 aiops ls -q; out_is team/demo:latest
run 0 aiops store info -o json; out_has '"artifacts":1'
run 2 aiops tag team/demo "oci:$t/x:1"; err_has 'try: aiops copy'
