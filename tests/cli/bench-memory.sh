# bench memory: a table of what varies on stdout, talk on stderr, nothing else.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench memory --size 4KiB,8KiB --operation triad --stores normal --samples 6
[ "$(wc -l <"$t/out")" = 2 ] || fail "wanted two rows: $(cat "$t/out")"
out_has $'^4.0 KiB\t[0-9.]+\t(±[0-9.]+%|\\?)\t6\tcount$'  # operation, stores and threads do not vary: not shown
out_has $'^8.0 KiB\t'
run 0 aiops bench memory --size 4KiB --samples 3
[ "$(cut -f 1 "$t/out" | sort | uniq -c | awk '{print $2 $1}' | paste -sd ' ')" = 'copy2 read1 triad2' ] || fail "$(cat "$t/out")"
out_has $'\t\?\t3\tcount$'  # three samples have no interval
