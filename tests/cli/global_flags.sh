# Global flags mean the same before and after the verb; -C moves before anything is read.
. "$(dirname "$0")/../lib.sh"
run 0 aiops -o json version; cp "$t/out" "$t/want"
for words in 'version -o json' 'version --output=json' '--output json version' 'version -ojson'; do
  run 0 aiops $words; cmp "$t/want" "$t/out"; err_empty
done
run 0 aiops -q version; out_is "$(aiops --version | cut -d' ' -f2)"
run 0 aiops version -q; out_is "$(aiops --version | cut -d' ' -f2)"
mkdir "$t/project"; printf 'config:\n  ui:\n    color: never\n' >"$t/project/aiops.yaml"
run 0 aiops -C "$t/project" config show ui.color; out_is $'ui.color\tnever'
run 5 aiops -C "$t/nowhere" config show; out_empty; err_has "cannot work in $t/nowhere: No such file"
