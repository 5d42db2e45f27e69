# Half of the files have at most 110 lines, nine tenths at most 400, none more than 600. A waiver is a name and a reason.
. "$(dirname "$0")/lib.sh"
waived=()
files '*.cpp' '*.hpp' '*.h' '*.cu' '*.cuh' '*.sh' '*.py' '*.cmake' CMakeLists.txt | xargs -d '\n' wc -l | grep -v ' total$' | sort -n |
  awk '{print $1, $2}' >"$t/sizes"
count=$(wc -l <"$t/sizes")
at() { sed -n "$(((count * $1 + 99) / 100))p" "$t/sizes"; }
echo "$count files: median $(at 50), p90 $(at 90), largest $(tail -1 "$t/sizes")"
while read -r lines name; do
  [ "$lines" -le 600 ] || case " ${waived[*]-} " in *" $name "*) ;; *) echo "$name has $lines lines, more than 600" ;; esac
done <"$t/sizes" | verdict "a file is too long"
[ "$(at 50 | cut -d' ' -f1)" -le 110 ] || fail "the median file has more than 110 lines: $(at 50)"
[ "$(at 90 | cut -d' ' -f1)" -le 400 ] || fail "more than a tenth of the files have over 400 lines: $(at 90)"
