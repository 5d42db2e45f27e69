# The program starts on a machine without CUDA or MPI, and does not pay at every start for libraries that few verbs open.
. "$(dirname "$0")/lib.sh"
needs readelf
[ -x "$AIOPS" ] || fail "no binary at $AIOPS"
readelf -d "$AIOPS" | grep NEEDED >"$t/needed" || fail "readelf found no DT_NEEDED at all"
grep -q libc.so "$t/needed" || fail "readelf's output is not understood"
grep -iE 'libcuda|libcublas|libcudnn|libnccl|libnvidia|libcurl|libarchive|libopenblas|libdnnl|libgomp|libblas|libmpi' "$t/needed" | verdict "the binary needs a library that must be opened on use"
# Nor does a start open one of them, or an MPI, with no plug-in beside the program.
cp "$AIOPS" "$t/aiops"
LD_DEBUG=libs "$t/aiops" --version >"$t/version" 2>"$t/opened" || fail "it does not start alone: $(tail -n 2 "$t/opened")"
grep -q 'find library=libc.so' "$t/opened" || fail "LD_DEBUG's output is not understood"
grep -iE '(find library=|init: ).*(libcuda|libnvidia|libmpi|libaiops_)' "$t/opened" | verdict "a start opens a library of a plug-in"
