# bench: what is wrong on the command line is exit 2, one clear line, and nothing is measured.
. "$(dirname "$0")/../lib.sh"
refuses() { local why=$1; shift; run 2 aiops bench "$@"; out_empty; err_has "$why"; }
refuses "--size: '1MiB-8MiB' needs \+STEP or \*FACTOR" memory --size 1MiB-8MiB
refuses "--size: 'huge' is not a size" memory --size huge
refuses "--operation: 'scale' is not one of copy, read, triad" memory --operation scale
refuses 'an array of 16 bytes' memory --size 16 --samples 1
refuses "--m: '0' is less than 1" gemm --m 0
refuses "--transpose: 'xx' is not one of nn, nt, tn, tt" gemm --transpose xx
refuses "--engine: 'mkl' is not one of aiops, openblas, onednn" gemm --engine mkl
refuses "--algorithm: 'md5' is not one of" hash --algorithm md5
refuses "--bytes: 'much' is not a size" allreduce --bytes much
refuses 'arrays of 10 bytes: at least 256, a multiple of 4' allreduce --bytes 10
refuses '--ranks' allreduce --ranks 1
refuses '--samples' hash --samples 0
refuses '--time' hash --time 0
refuses '--threads' hash --threads 100000
refuses 'colour' hash --colour
run 1 aiops bench memory --size 64TiB --samples 1
err_has 'do not fit into'
run 1 aiops bench allreduce --bytes 64TiB --samples 1
err_has '^aiops: (rank 1: )?2 arrays of 64.0 TiB do not fit into the '  # whichever rank sees it first
