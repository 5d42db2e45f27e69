# The plug-in exports its one function and needs no library of NVIDIA's to load.
. "$(dirname "$0")/lib.sh"
needs readelf nm
plugin=$BUILD/libaiops_cuda.so
[ -f "$plugin" ] || skip "the CUDA plug-in is not built: configuring says what is missing"
nm -D --defined-only "$plugin" | awk '{print $NF}' | grep -vx aiops_cuda_plugin | verdict "the plug-in exports more than its function"
nm -D --defined-only "$plugin" | grep -q ' T aiops_cuda_plugin$' || fail "the plug-in does not export aiops_cuda_plugin"
readelf -d "$plugin" | grep NEEDED >"$t/needed"
grep -q libc.so "$t/needed" || fail "readelf's output is not understood"
grep -iE 'libcuda|libcublas|libcudnn|libnccl|libnvidia' "$t/needed" | verdict "the plug-in needs a library that must be opened on use"
