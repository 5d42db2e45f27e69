# Kernels are written through kernels/cuda/layer: it alone holds inline asm, __CUDA_ARCH__, raw shared memory and launches,
# and kernels include nothing but it, their own folder, and the plain headers of contracts.
. "$(dirname "$0")/lib.sh"
kernels() { find kernels/cuda tests/simt -name layer -path 'kernels/*' -prune -o \( -name '*.cu' -o -name '*.cuh' \) -print 2>/dev/null; }
{
  kernels | while read -r file; do
    sed -E 's,(^|[^:"])//.*,\1,' "$file" |
      grep -nE '\basm\b|__CUDA_ARCH__|__CUDACC__|__shared__|<<<|cooperative_groups|\bcuda[A-Z][A-Za-z]*\(' | sed "s,^,$file:,"
    # A kernel without a name of external linkage is found by no executor.
    awk -v file="$file" '/^namespace \{/ {inside = 1} /^\}  \/\/ namespace$/ {inside = 0}
      inside && /__global__/ {print file ":" FNR ": a kernel in an anonymous namespace"}' "$file"
  done
  find kernels/cuda -name '*.cuh' -not -path 'kernels/cuda/layer/*' -exec grep -HnoE '^ *# *include [<"][^>"]+' {} + |
    while IFS=: read -r file line include; do
      header=${include#*[<\"]}
      case $header in
        kernels/cuda/layer/layer.cuh | "${file%/*}"/*) ;;
        kernels/*/*) echo "$file:$line: a kernel may not include $header" ;;
        kernels/*.hpp) ! grep -q '^#include "base/thread_pool.hpp"' "$header" || echo "$file:$line: $header brings base/thread_pool.hpp along" ;;
        *) echo "$file:$line: a kernel may not include $header" ;;
      esac
    done
} | verdict "kernels beside the layer"
