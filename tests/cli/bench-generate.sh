# bench generate: llama-bench's names, every combination, a share of the ceiling; what is no test is exit 2 and nothing is measured.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench generate --test 'pp8-16*2,tg2@d4,pp8+tg2' --precision fp32,bf16 --samples 2
[ "$(cut -f 1,2 "$t/out" | paste -sd ' ')" = $'fp32\tpp8 fp32\tpp16 fp32\ttg2@d4 fp32\tpp8+tg2 bf16\tpp8 bf16\tpp16 bf16\ttg2@d4 bf16\tpp8+tg2' ] || fail "$(cat "$t/out")"
grep -q fma /proc/cpuinfo && { grep -qE $'\t[0-9]+%\t' "$t/out" || fail "no share of the ceiling: $(cat "$t/out")"; }
run 0 aiops bench generate --test tg2 --samples 2 --out "$t/tg.jsonl" -o json
run 0 aiops bench verify "$t/tg.jsonl"
run 2 aiops bench generate --test pp8,512
out_empty
err_has "--test: '512' is not a test"
run 2 aiops bench generate --test pp2000+tg49
err_has 'pp2000\+tg49 is 2049 tokens: tiny takes 2048'
run 5 aiops bench generate --model gpt-9
err_has "--model gpt-9: no shape, and .*gpt-9"
err_has "gpt2-124m, smollm2-135m, tiny"
# A side may set the suite's flags; whatever the verdict, it is one.
"$AIOPS" bench ab generate --both test=tg2 --a precision=fp32 --b precision=bf16 --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"

# A model that is stored, in a directory, in the store and in a layout: the same weights, whose digests the records name, so they can be compared.
python3 "$SOURCE/tests/rig/make_demo.py" "$t/demo"
run 0 aiops pack "$t/demo" -t demo:1
run 0 aiops copy demo:1 "oci:$t/layout:1"
run 0 aiops checkpoint export "$t/demo" --out "$t/demo.gguf"
for model in "$t/demo" demo:1 "oci:$t/layout:1" "$t/demo.gguf"; do
  run 0 aiops bench generate --model "$model" --test pp8,tg2 --samples 2 --out "$t/stored.jsonl"
  run 0 aiops bench verify "$t/stored.jsonl"
  cat "$t/stored.jsonl" >>"$t/all.jsonl"
done
python3 - "$t/all.jsonl" "$t/demo" "$t/demo.gguf" <<'P'
import hashlib, json, os, sys
records = [json.loads(line) for line in open(sys.argv[1])]
def described(path):
    data = open(path, "rb").read()
    return {"name": os.path.basename(path), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
names = sorted(name for name in os.listdir(sys.argv[2]) if name.endswith(".safetensors"))
weights = [described(os.path.join(sys.argv[2], name)) for name in names]
assert weights and all(r["workload"]["weights"]["files"] == weights for r in records[:6]), records[0]["workload"]
assert [r["comparable_sha256"] for r in records[:2]] * 2 == [r["comparable_sha256"] for r in records[2:6]]
gguf = described(sys.argv[3])
assert all(r["workload"]["weights"]["files"] == [gguf] for r in records[6:]), records[6]["workload"]
assert records[6]["workload"]["params"]["model"].endswith("@" + gguf["sha256"][:12])
assert records[6]["comparable_sha256"] != records[0]["comparable_sha256"]
P
# Beside a shape, and one against the other.
run 0 aiops bench generate --model "tiny,$t/demo" --test pp8 --samples 2
grep -q '^tiny' "$t/out" && grep -qE '^[a-z0-9]+-[0-9]+[KM]@[0-9a-f]{12}' "$t/out" || fail "$(cat "$t/out")"
"$AIOPS" bench ab generate --both test=tg2 --a "model=$t/demo" --b model=demo:1 --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
run 2 aiops bench generate --model "$t/demo" --test pp100000
err_has 'is 100000 tokens'
