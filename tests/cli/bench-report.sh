# bench report: one page that needs nothing but itself, with every plot; and the same in the terminal.
. "$(dirname "$0")/../lib.sh"
aiops bench ab --samples 30 --out "$t/ab.jsonl" -- sh -c 'exit 0 # <b>' -- true >/dev/null 2>&1 || true # whatever the verdict
for run in 1 2; do aiops bench hash --block 64 --algorithm sha256 --samples 30 --out "$t/run$run.jsonl" >/dev/null 2>&1; done
cat "$t"/run?.jsonl >"$t/hash.jsonl"
run 0 aiops bench report "$t/ab.jsonl" "$t/hash.jsonl" --out "$t/page.html"
out_is "$t/page.html"
[ "$(grep -c '<svg' "$t/page.html")" -ge 8 ] || fail "not two plots for each of four records: $(grep -c '<svg' "$t/page.html")"
grep -q '<span class="a">A</span> and <span class="b">B</span>' "$t/page.html" || fail "the sides are not drawn over each other"
grep -q '&lt;b&gt;' "$t/page.html" && ! grep -q '<b>' "$t/page.html" || fail "words of a record are markup"
! grep -qiE '<script|(src|href)=|https?:|@import|url\(' "$t/page.html" || fail "the page asks for something else"
python3 -c '
import html.parser, sys
class Check(html.parser.HTMLParser):
    open = []
    def handle_startendtag(self, tag, attributes): pass
    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "path"): self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
check = Check(); check.feed(open(sys.argv[1]).read().replace("<!doctype html>", "")); assert not check.open, check.open' "$t/page.html"
run 0 aiops bench report "$t/hash.jsonl"
out_has '^<!doctype html>'
run 0 aiops bench report "$t/ab.jsonl" --term
out_has 'samples by time'
out_has '\*'
run 2 aiops bench report "$t/ab.jsonl" --term --out "$t/x.html"
sed 's/"n":30/"n":31/' "$t/hash.jsonl" >"$t/edited.jsonl"
run 3 aiops bench report "$t/edited.jsonl"
err_has 'samples.n says 31'
run 5 aiops bench report "$t/missing.jsonl"
