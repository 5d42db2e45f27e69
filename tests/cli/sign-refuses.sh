# What a signature could not cover is refused before anything is written.
. "$(dirname "$0")/../lib.sh"
cd "$t"
aiops key generate -q --out mine --no-passphrase >/dev/null
mkdir empty model; printf weights >model/w
run 1 aiops sign ./empty --key mine.key
err_has 'a model without files'
ln -s w model/link
run 1 aiops sign ./model --key mine.key
err_has 'model/link: is a link'
err_has 'cp -rL'
rm model/link; mkfifo model/pipe
run 1 aiops sign ./model --key mine.key
err_has 'model/pipe'
rm model/pipe; printf x >model/$'bad\xff'
run 1 aiops sign ./model --key mine.key
err_has 'not UTF-8'
[ ! -e model/model.sig ] || fail "a signature was written"
rm model/bad*
run 2 aiops sign ./model
err_has '--key'
run 5 aiops sign ./nowhere --key mine.key
run 5 aiops sign ./model --key nowhere.key
err_has 'nowhere.key'
run 2 aiops sign Model --key mine.key
mkdir Model; printf x >Model/x
run 2 aiops sign Model --key mine.key
err_has 'dir:Model'
run 0 aiops sign dir:Model --key mine.key
run 2 aiops sign demo:1 --key mine.key --signature x
