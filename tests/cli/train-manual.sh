# The help and the manual name the same keys of train.yaml.
. "$(dirname "$0")/../lib.sh"
run 0 aiops train --help
grep -oE '^ +[a-z_]+(\.[a-z_]+)*  ' "$t/out" | tr -d ' ' | sort >"$t/help"
sed -n '/^| key |/,/^$/p' "$SOURCE/docs/training.md" | grep -oE '^\| `[a-z._]+`' | tr -d '|` ' | sort >"$t/manual"
[ "$(wc -l <"$t/manual")" -gt 30 ] || fail "the manual's table is gone"
missing=$(comm -13 "$t/help" "$t/manual")
[ -z "$missing" ] || fail "the manual has keys that the help lacks: $missing"
missing=$(grep -F . "$t/help" | comm -23 - "$t/manual")
[ -z "$missing" ] || fail "the help has keys that the manual lacks: $missing"
