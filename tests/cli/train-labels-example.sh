# The example of docs/training.md runs as it is printed: from the licences of Debian it learns which one a paragraph is from,
# far better on held-out paragraphs than by naming the commonest (20 of 54).
. "$(dirname "$0")/lib-train.sh"
[ -e /usr/share/common-licenses/GFDL-1.3 ] || skip "no /usr/share/common-licenses: not Debian"
sed -n '/^```sh$/,/^```$/p' "$SOURCE/docs/training.md" | sed '/^```/d' >example.sh
grep -q '^aiops train licences.yaml$' example.sh || fail "the example is gone"
run 0 bash -e example.sh
out_has '^accuracy  0\.[0-9]+$'
run 0 aiops eval licences/model --data test.csv -o json
jq -e '.examples > 50 and .accuracy > 0.6 and .f1 > 0.5' out >/dev/null || fail "it has not learnt to tell licences apart: $(cat out)"
