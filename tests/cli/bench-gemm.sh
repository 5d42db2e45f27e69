# bench gemm: every combination of a sweep, both engines, each product checked before it is measured.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench gemm --m 8-32*2 --n 16 --k 24 --transpose nn,tt --engine aiops --samples 3
[ "$(wc -l <"$t/out")" = 6 ] || fail "wanted 3 shapes times 2 transposes: $(cat "$t/out")"
[ "$(cut -f 1,2 "$t/out" | paste -sd ' ')" = $'nn\t8 nn\t16 nn\t32 tt\t8 tt\t16 tt\t32' ] || fail "$(cat "$t/out")"
ldconfig -p | grep -q libopenblas.so.0 || exit 0
run 0 aiops bench gemm --m 16 --engine aiops,openblas --samples 3
[ "$(cut -f 1 "$t/out" | paste -sd ' ')" = 'aiops OpenBLAS' ] || fail "$(cat "$t/out")"
