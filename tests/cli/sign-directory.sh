# A signed directory verifies; every way in which it may differ afterwards has its own stable reason and names the file.
. "$(dirname "$0")/../lib.sh"
needs xxd
cd "$t"
mkdir -p model/sub model/.git
printf weights >model/w.safetensors; printf cfg >model/sub/config.json; printf x >model/.git/HEAD
aiops key generate -q --out mine --no-passphrase >/dev/null
aiops key generate -q --out other --no-passphrase >/dev/null
run 3 aiops verify -o json ./model --key mine.pub
err_has '"reason":"unsigned"'
run 0 aiops sign ./model --key mine.key
root=$(printf '%s%s' "$(printf cfg | sha256sum | cut -c 1-64)" "$(printf weights | sha256sum | cut -c 1-64)" | xxd -r -p | sha256sum | cut -c 1-64)
out_has "^root  sha256:$root\$"
run 0 aiops verify -o json dir:model --key other.pub --key mine.pub
out_has "\"verified\":true,.*\"oms_root\":\"$root\",\"files\":2,\"ignored\":\[\".git\"\]"
run 0 aiops verify -q -C model . --key ../mine.pub
out_is "sha256:$root"

reason() { run 3 aiops verify -o json ./model --key mine.pub "${@:2}"; err_has "\"reason\":\"$1\""; }
run 3 aiops verify -o json ./model --key other.pub
err_has '"reason":"untrusted-key"'
reason extra-file --strict
out_has '"file":".git/HEAD"'
cp -a model saved
fresh() { rm -rf model; cp -a saved model; }
printf Weights >model/w.safetensors; reason digest-mismatch; out_has '"verified":false.*"file":"w.safetensors"'
printf y >model/new; rm model/sub/config.json
reason digest-mismatch
out_has '"differences":\[\{"reason":"digest-mismatch","file":"w.safetensors"\},\{"reason":"missing-file","file":"sub/config.json"\},\{"reason":"extra-file","file":"new"\}\]'
python3 -c 'import json, sys; json.load(sys.stdin)' <"$t/err" || fail "stderr is not one JSON object"
run 3 aiops verify ./model --key mine.pub
err_has '^extra-file new$'
fresh; mkdir model/sub/.git; printf x >model/sub/.git/hook; reason extra-file; out_has 'sub/.git/hook'
fresh; ln -s /etc/passwd model/link; reason extra-file; out_has '"file":"link"'
fresh; rm model/w.safetensors; ln -s ../saved/w.safetensors model/w.safetensors; reason digest-mismatch
fresh; mv model/sub elsewhere; ln -s ../elsewhere model/sub; reason missing-file
fresh; sed -i 's/"payload":"e/"payload":"f/' model/model.sig; reason bad-signature
fresh; head -c 100 saved/model.sig >model/model.sig; reason bad-signature
