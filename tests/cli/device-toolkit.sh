# Configuring without a CUDA toolkit: AIOPS_CUDA=ON says in one line what to do, AUTO and OFF leave the plug-in out and keep the
# executor that runs kernels by their source. In a mount namespace, so nothing outside changes.
. "$(dirname "$0")/../lib.sh"
cd "$t"
needs unshare mount cmake ninja
hidden() {
  unshare -rm sh -c 'for place in $(readlink -f /usr/local/cuda) /usr/local/bin; do [ ! -d "$place" ] || mount -t tmpfs none "$place" || exit 77; done
    PATH=/usr/bin:/bin exec "$@"' sh "$@"
}
hidden true 2>/dev/null || skip "this machine lets nobody mount in a namespace of his own"
hidden sh -c '! command -v nvcc' || skip "nvcc is somewhere else than in /usr/local"
configure() { hidden cmake -S "$SOURCE" -B "$1" -G Ninja -Wno-dev "-DAIOPS_CUDA=$1"; }
run 1 configure ON
err_has '^ *AIOPS_CUDA=ON, and no nvcc on the PATH or in /usr/local/cuda: install the CUDA toolkit 13, or configure with AIOPS_CUDA=AUTO$'
for how in AUTO OFF; do
  run 0 configure "$how"
  out_has "CUDA $how \(no toolkit\)"
  hidden ninja -C "$how" -t targets all >targets
  grep -q 'simt_operators_test: phony' targets || fail "$how: the executor's tests are left out"
  ! grep -qE 'libaiops_cuda.so|cuda_test' targets || fail "$how: there is a plug-in"
done
