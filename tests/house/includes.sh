# Who may include whom: exactly the USES of CMakeLists.txt, which the table of docs/ARCHITECTURE.md repeats in one line.
. "$(dirname "$0")/lib.sh"
declare -A may
while read -r room uses; do may[$room]=" $room $uses "; done < <(
  sed -nE 's/^aiops_room\(([a-z]+)(.*)/\1 \2/p' CMakeLists.txt | sed -E 's/#.*//; s/LINK.*//; s/USES//; s/[)]//g')
[ "${#may[@]}" -ge 9 ] || fail "cannot read the aiops_room() lines of CMakeLists.txt"

# docs/ARCHITECTURE.md writes the same graph: `a -> {b, c}`; base is everybody's.
while read -r from to; do
  for room in ${may[$from]}; do
    case " $from base cli $to " in *" $room "*) ;; *) echo "CMakeLists.txt lets $from use $room, docs/ARCHITECTURE.md does not" ;; esac
  done
  for room in $to; do
    case ${may[$from]} in *" $room "*) ;; *) echo "docs/ARCHITECTURE.md lets $from use $room, CMakeLists.txt does not" ;; esac
  done
done < <(tr '\n' ' ' <docs/ARCHITECTURE.md | grep -oE '[a-z]+ -> (\{[a-z, ]+\}|[a-z]+)( -> \{[a-z, ]+\})?' |
  sed -E 's/^([a-z]+) -> ([a-z]+) -> (.*)/\1 -> \2\n\2 -> \3/' | tr -d '{},' | sed 's/ ->//') >"$t/graph"
verdict "the graph is written down twice and differs" <"$t/graph"

for room in $rooms; do
  [ -d "$room" ] || continue
  grep -rnoE '^ *# *include "[a-z]+/[^"]+"' "$room" --include='*.[ch]pp' --include='*.cu' --include='*.cuh' --include='*.h' |
    sed -E 's/: *# *include "/ /; s/"$//' | while read -r where header; do
    case "${may[$room]}" in *" ${header%%/*} "*) ;; *) [ ! -d "${header%%/*}" ] || echo "$where: $room/ may not include $header" ;; esac
    case "$room:$header" in commands:cli/context.hpp | commands:cli/verb.hpp | commands:cli/arguments.hpp | commands:cli/settings.hpp) ;;
      commands:cli/*) echo "$where: of cli/ commands/ sees context, verb, arguments and settings only" ;; esac
  done
done | verdict "includes against the architecture"
