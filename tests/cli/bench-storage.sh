# bench storage: new files and cold reads in a directory, of which nothing stays, a kill included; a read that would not be cold is refused.
. "$(dirname "$0")/../lib.sh"
mkdir "$t/here"
run 0 aiops bench storage --directory "$t/here" --operation write --size 64KiB,3MiB --samples 2 --out "$t/storage.jsonl"
[ "$(cut -f 1 "$t/out" | paste -sd ' ')" = '64.0 KiB 3.0 MiB' ] || fail "$(cat "$t/out")"
run 0 aiops bench verify "$t/storage.jsonl"
[ -z "$(ls -A "$t/here")" ] || fail "left behind: $(ls -A "$t/here")"
if [ "$(stat -f -c %T "$t/here")" != tmpfs ]; then
  run 0 aiops bench storage --directory "$t/here" --operation read --size 3MiB --samples 3 -o json
  grep -q '"resident_pct":0[,}]' "$t/out" || fail "the file was not cold: $(cat "$t/out")"
fi
if [ -d /dev/shm ] && [ "$(stat -f -c %T /dev/shm)" = tmpfs ]; then
  run 1 aiops bench storage --directory /dev/shm --operation read --size 64KiB --samples 1
  err_has 'the page cache keeps 100 % of the file: a read would not be cold'
fi
"$AIOPS" bench storage --directory "$t/here" --operation write --size 8MiB --time 60 >"$t/out" 2>"$t/err" &
sleep 0.5
kill -TERM $!
wait $! && fail 'a stop is no success'
[ -z "$(ls -A "$t/here")" ] || fail "left behind: $(ls -A "$t/here")"
run 5 aiops bench storage --directory "$t/nowhere"
out_empty
err_has 'nowhere is no directory'
run 1 aiops bench storage --directory "$t/here" --size 1000000TiB
err_has 'has room for '
"$AIOPS" bench ab storage --both directory="$t/here" --both operation=write --a size=64KiB --b size=64KiB --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
