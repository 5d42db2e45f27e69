# Learn a tokenizer, encode, decode: every byte comes back.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops tokenizer train corpus.txt --vocab-size 400 --out tok.json
out_has '^tok.json: [0-9]+ tokens learnt from'
printf 'In the beginning\n\tm\xc3\xa4h \xff<|endoftext|>' >text
run 0 bash -c 'aiops tokenizer encode tok.json <text >ids && aiops tokenizer decode tok.json <ids'
cmp -s text "$t/out" || fail "the text did not come back"
err_has 'the text is not all UTF-8'
grep -qw 0 ids || fail "the special token was not recognised: $(cat ids)"
run 0 bash -c 'aiops tokenizer decode tok.json --skip-special <ids'
[ "$(cat "$t/out" | wc -c)" = $(($(wc -c <text) - 13)) ] || fail "--skip-special left something"
run 0 bash -c 'aiops tokenizer encode tok.json --literal <text'
! grep -qw 0 "$t/out" || fail "--literal recognised a special token"
run 0 aiops tokenizer encode tok.json in the -o json
out_has '^\{"ids":\[[0-9,]+\],"tokens":[0-9]+\}$'
run 0 aiops tokenizer encode tok.json in the --count
[ "$(cat "$t/out")" = "$(aiops tokenizer encode tok.json in the | wc -w)" ] || fail "--count says $(cat "$t/out")"
run 0 aiops tokenizer encode tok.json 'in the' --count -o json
out_has '^\{"tokens":[0-9]+,"bytes":6\}$'
run 0 aiops tokenizer encode tok.json $'\xc3\xa4\n' --pieces -o json
out_has '^\{"id":[0-9]+,"text":"�","hex":"c3"\}$'
run 0 aiops tokenizer encode tok.json $'<|endoftext|>\n' --pieces
[ "$(cut -f 2 "$t/out" | tr '\n' ' ')" = '<|endoftext|> \x0a ' ] || fail "--pieces: $(cat "$t/out")"
for words in '' '--count' '-o json'; do  # no text at all is no error
  run 0 bash -c "aiops tokenizer encode tok.json $words </dev/null"
done
run 0 bash -c 'aiops tokenizer decode tok.json </dev/null'
out_empty
# Long texts are encoded as they come: the same ids, in memory that does not grow with them.
for i in 1 2 3 4 5; do cat corpus.txt corpus.txt corpus.txt corpus.txt corpus.txt corpus.txt; done >long; cat long long long long long long long >longer
run 0 bash -c 'aiops tokenizer encode tok.json <longer | aiops tokenizer decode tok.json | cmp - longer'
run 0 bash -c '(for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cat longer longer; done) | (ulimit -v 500000; aiops tokenizer encode tok.json --count)'
# What a tokenizer may be: a file, a directory, a GGUF file, an artifact of the store or a layout.
run 0 aiops train train.yaml --set steps=1 --set tokenizer.splitter=llama3
run 0 aiops checkpoint export run/model --out m.gguf
run 0 aiops pack run/model -t model:1
run 0 aiops pack run/model -t oci:layout:1
for from in run/model/tokenizer.json run/model m.gguf model:1 oci:layout:1; do
  run 0 aiops tokenizer encode $from "It's the 1234th line"
  [ "$from" = run/model/tokenizer.json ] && cp "$t/out" first
  cmp -s first "$t/out" || fail "$from gives other ids"
done
run 0 aiops tokenizer decode model:1 $(cat first)
[ "$(cat "$t/out")" = "It's the 1234th line" ] || fail "decoded: $(cat "$t/out")"
# Wrong input is one line.
run 5 aiops tokenizer encode absent:1 x
run 5 aiops tokenizer encode absent.json x
run 2 aiops tokenizer decode tok.json 99999
err_has 'token id 99999 is not in the vocabulary'
out_empty
run 2 aiops tokenizer decode tok.json 1 two
err_has "'two' is not a token id"
run 2 bash -c "printf '1 2 99999999999999999999' | aiops tokenizer decode tok.json"
err_has "'99999999999999999999' is not a token id"
run 2 aiops tokenizer encode tok.json x --count --pieces
run 2 aiops tokenizer train corpus.txt --vocab-size 100
run 2 aiops tokenizer train corpus.txt --vocab-size 257 --special a --special b
err_has '256 bytes and the special tokens are 258'
run 2 aiops tokenizer train corpus.txt --special a --special a
err_has "the special token 'a' is given twice"
run 2 aiops tokenizer train corpus.txt --splitter wordpiece
run 5 aiops tokenizer train absent.txt
: >empty.txt
run 1 aiops tokenizer train empty.txt
err_has 'empty.txt: the data holds no text'
run 0 aiops tokenizer train corpus.txt empty.txt --vocab-size 300 --out other.json
echo '{}' >bad.json
run 1 aiops tokenizer encode bad.json x
err_has 'bad.json: there is no model'
mkdir spm; : >spm/tokenizer.model
run 1 aiops tokenizer encode spm x
err_has 'tokenizer.model, and no tokenizer.json'
cp -r run/model larger
jq '.added_tokens += [{"id": 5000, "content": "<new>", "special": true}]' run/model/tokenizer.json >larger/tokenizer.json
run 1 aiops generate larger x
err_has 'larger/tokenizer.json: has 5001 tokens, the model knows [0-9]+$'
