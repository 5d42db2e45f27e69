# Unpacking into a directory that exists works where the file system knows no RENAME_NOREPLACE (NFS), and replaces nothing.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
needs strace
cd "$t"; make_model m; mkdir files linkless; run 0 aiops pack m -t demo:1
as_nfs() { strace -f -o "$t/trace" -e trace=renameat2,linkat "${deny[@]}" -e inject=renameat2:error=EINVAL "$@"; }
deny=(); as_nfs true || skip "strace cannot trace here"
run 0 as_nfs aiops unpack demo:1 -d files; diff -r m files || fail "other files came out"
grep -q 'renameat2.*INJECTED' "$t/trace" || fail "nothing was injected"
deny=(-e inject=linkat:error=EPERM); run 0 as_nfs aiops unpack demo:1 -d linkless; diff -r m linkless || fail "other files came out"
echo mine >files/README.md; run 1 as_nfs aiops unpack demo:1 -d files; [ "$(cat files/README.md)" = mine ] || fail "a file was replaced"
