# Every file of kernels/cpu/ is an operator of kernels/operators.hpp, which the tests demand proofs for, or is named here
# as a part that operators are made of.
. "$(dirname "$0")/lib.sh"
parts=' product_avx2 product_avx512 product_engine product_portable reductions rounding thin_product tile_product '
sed -nE 's/^ *X\((\w+)\).*/\1/p' kernels/operators.hpp | sort >"$t/listed"
[ "$(wc -l <"$t/listed")" -ge 10 ] || fail "cannot read kernels/operators.hpp"
for file in kernels/cpu/*.cpp; do
  name=$(basename "$file" .cpp)
  case $parts in *" $name "*) ;; *) echo "$name" ;; esac
done | sort >"$t/built"
diff "$t/listed" "$t/built" | sed -nE 's/^< (.*)/\1 is listed but has no file in kernels\/cpu/p; s/^> (.*)/kernels\/cpu\/\1.cpp is not in kernels\/operators.hpp/p' |
  verdict "operators without proofs"
