# Only cli/ prints, exits or reads the environment. snprintf writes to memory and may stay; comments may say what they like.
. "$(dirname "$0")/lib.sh"
for room in $rooms; do
  [ "$room" != cli ] && [ -d "$room" ] || continue
  find "$room" -name '*.[ch]pp' -o -name '*.cu' -o -name '*.cuh' -o -name '*.h' | while read -r file; do
    sed -E 's,(^|[^:"])//.*,\1,' "$file" |
      grep -nE 'std::(cout|cerr|clog)\b|\b(v?f?printf|v?dprintf|f?puts|putchar|(secure_)?getenv|setenv|quick_exit|exit)\(|\bspdlog::|fmt::print' |
      sed "s,^,$file:,"
  done
done | verdict "a low room prints, exits or reads the environment"
