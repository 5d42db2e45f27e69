# What everybody must read stays short: the architecture, main() and the project file.
. "$(dirname "$0")/lib.sh"
while read -r most name; do
  [ -f "$name" ] || { echo "$name is missing"; continue; }
  [ "$(wc -l <"$name")" -le "$most" ] || echo "$name has $(wc -l <"$name") lines, more than $most"
done <<'LIMITS' | verdict "too long to be read"
60 docs/ARCHITECTURE.md
15 cli/main.cpp
120 CMakeLists.txt
LIMITS
