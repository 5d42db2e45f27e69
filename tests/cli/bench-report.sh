# bench report: one page that needs nothing but itself, with every plot; the same in the terminal, and as tables.
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
[ "$(grep -c 'class="a bars"' "$t/page.html")" = 1 ] || fail "two runs of the same work have no history with intervals"

# Operations and bytes make a roofline, below ceilings that were measured: that of memory only where it was.
run 0 aiops bench gemm --m 16,64 --samples 20 --out "$t/gemm.jsonl"
run 0 aiops bench memory --size 4KiB,1MiB --samples 20 --out "$t/memory.jsonl"
run 0 aiops bench report "$t/gemm.jsonl" "$t/memory.jsonl" --out "$t/roofline.html"
[ "$(grep -c 'operations a second by operations for each byte' "$t/roofline.html")" = 1 ] || fail "no roofline, or several"
grep -qE 'measured [0-9.]+ GB/s</h2>' "$t/roofline.html" || fail "the roof of memory is not named"
run 0 aiops bench report "$t/memory.jsonl" --out "$t/plain.html"
! grep -q 'operations for each byte' "$t/plain.html" || fail "a roofline of work without operations"

# Tables: a row for each record.
run 0 aiops bench report "$t/gemm.jsonl" "$t/memory.jsonl" --markdown
[ "$(wc -l <"$t/out")" = $((2 + $(cat "$t/gemm.jsonl" "$t/memory.jsonl" | wc -l))) ] || fail "not a row for each record: $(cat "$t/out")"
out_has '^\| gemm: k 16, m 16, n 16, threads 1, transpose nn \| aiops \| [0-9.]+ GFLOP/s \| [0-9.]+ to [0-9.]+ \| [0-9]+ % \| 20 \| count \| .* \| not signed: a claim \|$'
run 0 aiops bench report "$t/gemm.jsonl" --csv --out "$t/table.csv"
python3 - "$t/table.csv" "$t/gemm.jsonl" <<'P'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
records = [json.loads(line) for line in open(sys.argv[2])]
assert len(rows) == len(records), rows
for row, record in zip(rows, records):
    metric = record["metrics"][0]
    assert float(row["value"]) == metric["value"] and row["unit"] == metric["unit"], (row, metric)
    assert [float(row["ci95_low"]), float(row["ci95_high"])] == metric["ci95"], (row, metric)
    assert float(row["share_of_ceiling"]) == record["peak"]["frac_of"]["measured"] and row["id"] == record["id"], row
P
run 2 aiops bench report "$t/gemm.jsonl" --csv --markdown
run 2 aiops bench report "$t/gemm.jsonl" --csv --term
