# Learn a tokenizer, encode, decode: every byte comes back.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops tokenizer train corpus.txt --vocab-size 400 --out tok.json
out_has '^tok.json: [0-9]+ tokens learnt from'
printf 'In the beginning\n\tm\xc3\xa4h \xff<|endoftext|>' >text
run 0 bash -c 'aiops tokenizer encode tok.json <text >ids && aiops tokenizer decode tok.json <ids'
cmp -s text "$t/out" || fail "the text did not come back"
grep -qw 0 ids || fail "the special token was not recognised: $(cat ids)"
run 0 bash -c 'aiops tokenizer encode tok.json --literal <text'
! grep -qw 0 "$t/out" || fail "--literal recognised a special token"
run 0 aiops tokenizer encode tok.json in the -o json
out_has '^\{"ids":\[[0-9,]+\],"tokens":[0-9]+\}$'
run 2 aiops tokenizer decode tok.json 99999
err_has 'token id 99999 is not in the vocabulary'
run 2 aiops tokenizer decode tok.json 1 two
err_has "'two' is not a token id"
run 2 aiops tokenizer train corpus.txt --vocab-size 100
run 5 aiops tokenizer train absent.txt
echo '{}' >bad.json
run 1 aiops tokenizer encode bad.json x
err_has 'bad.json: there is no model'
