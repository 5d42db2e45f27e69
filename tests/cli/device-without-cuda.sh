# With the folder of CUDA hidden, `aiops device` says what is missing and everything else works: in a mount namespace, so nothing
# outside changes.
. "$(dirname "$0")/lib-train.sh"
needs unshare mount
hidden() { unshare -rm sh -c 'for folder in $(readlink -f /usr/local/cuda) /usr/local/lib; do [ ! -d "$folder" ] || mount -t tmpfs none "$folder" || exit 77; done; exec "$@"' sh "$@"; }
hidden true 2>/dev/null || skip "this machine lets nobody mount in a namespace of his own"
hidden sh -c '! ls /usr/local/cuda/lib* 2>/dev/null | grep -q libcudnn' || fail "the folder is not hidden"
run 0 hidden aiops device
out_has '^cpu: can be used$'
out_has '^cuda: cannot be used$'
if [ -f "$BUILD/libaiops_cuda.so" ]; then  # which loads all the same: its runtime is inside
  out_has '^  plug-in +aiops '
  out_has '^  CUDA runtime +13.0  inside the plug-in$'
  out_has '^  cuBLASLt +broken: cannot open libcublasLt.so.13'
  out_has '^  cuDNN +absent: cannot open libcudnn.so.9'
  out_has '^ +try: .*AIOPS_CUDA_LIB_DIR=DIR$'
  out_has '^  NCCL +absent: cannot open libnccl.so.2'
fi
run 7 hidden aiops device --require cuda
run 7 hidden aiops device selftest
run 0 hidden aiops device plan --arch a100 --model train.yaml
run 0 hidden aiops train train.yaml --out run --set steps=5
run 0 hidden aiops generate run/model 'In the' --tokens 4
run 0 hidden aiops pack run/model -t demo:1
run 0 hidden aiops bench gemm --m 32 --samples 3 --time 0.1
