# Every file of kernels/cpu/ is an operator of kernels/operators.hpp, which the tests demand proofs for, or is named here
# as a part that operators are made of. The same of the device's.
. "$(dirname "$0")/lib.sh"
parts=' attention_single backend product_avx2 product_avx512 product_engine product_portable rounding rows thin_product '
sed -nE 's/^ *X\((\w+)\).*/\1/p' kernels/operators.hpp | sort >"$t/listed"
[ "$(wc -l <"$t/listed")" -ge 10 ] || fail "cannot read kernels/operators.hpp"
for file in kernels/cpu/*.cpp; do
  name=$(basename "$file" .cpp)
  case $parts in *" $name "*) ;; *) echo "$name" ;; esac
done | sort >"$t/built"
diff "$t/listed" "$t/built" | sed -nE 's/^< (.*)/\1 is listed but has no file in kernels\/cpu/p; s/^> (.*)/kernels\/cpu\/\1.cpp is not in kernels\/operators.hpp/p' |
  verdict "operators without proofs"

# Every folder of kernels/cuda with kernels is an operator of kernels/cuda/operators.hpp and has its trials.
if [ -d kernels/cuda ]; then
  grep -oE '\bX\(\w+\)' kernels/cuda/operators.hpp | sed -E 's/X\((\w+)\)/\1/' | grep -vx X | sort >"$t/listed"
  [ -s "$t/listed" ] || fail "cannot read kernels/cuda/operators.hpp"
  for folder in kernels/cuda/*/; do
    ! compgen -G "$folder*.cu" >/dev/null || basename "$folder"
  done | sort >"$t/built"
  {
    diff "$t/listed" "$t/built" | sed -nE 's/^< (.*)/\1 is listed but has no .cu in kernels\/cuda\/\1/p; s/^> (.*)/kernels\/cuda\/\1 is not in kernels\/cuda\/operators.hpp/p'
    while read -r name; do
      [ -f "kernels/cuda/trials/$name.cpp" ] || echo "$name has no kernels/cuda/trials/$name.cpp"
    done <"$t/listed"
  } | verdict "operators without trials"
fi
