# The program starts on a machine without CUDA, and does not pay at every start for libraries that few verbs open.
. "$(dirname "$0")/lib.sh"
needs readelf
[ -x "$AIOPS" ] || fail "no binary at $AIOPS"
readelf -d "$AIOPS" | grep NEEDED >"$t/needed" || fail "readelf found no DT_NEEDED at all"
grep -q libc.so "$t/needed" || fail "readelf's output is not understood"
grep -iE 'libcuda|libcublas|libcudnn|libnccl|libnvidia|libcurl|libarchive|libopenblas|libblas|libmpi' "$t/needed" | verdict "the binary needs a library that must be opened on use"
