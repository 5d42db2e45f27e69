# What cannot be packed is refused with the file, the cause and the exit code, and nothing gets a name.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
refuses() { run "$1" aiops pack "$2" -t x:1; out_empty; err_has "$3"; }
refuses 5 "$t/none" 'none: no such directory'
mkdir "$t/empty"; refuses 1 "$t/empty" 'empty: holds no file to pack'
make_model "$t/file"; refuses 1 "$t/file/config.json" 'not a directory'
make_model "$t/text"; echo 'I am just text, whatever my name says' >"$t/text/model.safetensors"
refuses 1 "$t/text" 'model.safetensors: not a safetensors file'
make_model "$t/cut"; truncate -s 60 "$t/cut/model.safetensors"; refuses 1 "$t/cut" 'model.safetensors: .*truncated'
make_model "$t/huge"; printf '\0\0\0\0\0\0\0\020{}' >"$t/huge/model.safetensors"
refuses 1 "$t/huge" 'model.safetensors: .*1152921504606846976'
make_model "$t/gguf"; printf 'GGUF\3\0\0\0\377\377\377\377\377\377\377\017' >"$t/gguf/x.gguf"; head -c 64 /dev/zero >>"$t/gguf/x.gguf"
refuses 1 "$t/gguf" 'x.gguf: it claims [0-9]+ tensors'
make_model "$t/loop"; ln -s b "$t/loop/a"; ln -s a "$t/loop/b"; refuses 1 "$t/loop" 'loop/[ab]: a loop of symbolic links'
make_model "$t/escape"; ln -s /etc/passwd "$t/escape/p"; refuses 1 "$t/escape" 'escape/p: a symbolic link that leaves the directory'
make_model "$t/pipe"; mkfifo "$t/pipe/p"; refuses 1 "$t/pipe" 'pipe/p: neither a file nor a directory'
make_model "$t/case"; echo '{}' >"$t/case/CONFIG.json"; refuses 1 "$t/case" 'differs from another only in case'
make_model "$t/yaml"; printf 'name: demo\nnmae: demo\n' >"$t/yaml/aiops.yaml"
refuses 2 "$t/yaml" "aiops.yaml:2:1: unknown key 'nmae'"; err_has 'try: .*name'
printf 'name: [demo\n' >"$t/yaml/aiops.yaml"; refuses 2 "$t/yaml" 'aiops.yaml:[0-9]+:[0-9]+: not valid YAML'

make_model "$t/m"
run 2 aiops pack "$t/m" -t Demo:1; err_has "'D' at character 1 is upper case"; err_has 'try: write demo'
run 2 aiops pack "$t/m" -t 'demo:a b'; err_has "' ' at character 7"
run 2 aiops pack "$t/m" -t localhost:5000/x:1; err_has 'try: pack with --tag'
run 2 aiops pack "$t/m"; err_has '--tag is needed'
run 2 aiops pack "$t/m" -t "archive:$t/m/x.tar:1"; err_has 'lies inside'
run 2 env -C "$t/m" aiops pack -t oci:out:1; err_has 'lies inside'
run 5 aiops pack "$t/m" -t x:1 --sign "$t/none.key"; err_has 'none.key: no such key file'
run 2 aiops pack "$t/m" -t x:1 --layers zip; err_has 'zip'
run 0 aiops ls; out_empty
