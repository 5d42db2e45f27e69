# The memory that --plan says is the most that the run then has, within 3 % and 4 MiB: with either precision, recomputed layers,
# accumulated and several rows, every optimiser, adapters (merged, too), samples, and checkpoints written beside the run or not.
. "$(dirname "$0")/lib-train.sh"
needs python3
run 0 aiops tokenizer train corpus.txt --vocab-size 320 --out tok.json
cat >large.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
tokenizer: {file: tok.json}
model: {hidden_size: 256, layers: 3, heads: 4, context: 64}
batch: {rows: 2}
eval: {every: 2}
checkpoint: {every: 2}
steps: 3
END
run 0 aiops train large.yaml --out base --set steps=1 --set checkpoint.every=0
cat >lora.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
model: {base: base/model}
lora: {rank: 16, dropout: 0.1}
checkpoint: {every: 2}
batch: {rows: 8, length: 64}
steps: 3
END
cat >measure.py <<'P'
import json, os, subprocess, sys
MiB = 1 << 20
failed = 0
def run(arguments):
    """The most memory that it had at once."""
    with open("talk", "w") as talk:
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=talk)
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, open("talk").read()
    return usage.ru_maxrss * 1024
small = ["model.hidden_size=128", "batch.rows=32"]
for config, settings in [
    ("large", []), ("large", ["precision=bf16"]), ("large", ["checkpoint.background=false"]), ("large", ["batch.accumulate=3"]),
    ("large", small), ("large", small + ["recompute=layers"]), ("large", ["optimiser.name=muon"]), ("large", ["optimiser.name=sgd"]),
    ("large", ["eval.samples.prompts=In the", "model.context=4096", "batch.length=64"]), ("lora", []), ("lora", ["lora.merge=true"])]:
    command = ["aiops", "train", config + ".yaml", "--out", "measured"]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run(["rm", "-rf", "measured"])
    plan = json.loads(subprocess.run(command + ["--plan", "-o", "json"], capture_output=True, check=True).stdout)["memory"]["total"]
    peak = run(command)
    close = abs(peak - plan) <= 0.03 * plan + 4 * MiB
    failed += not close
    print(f"{'ok' if close else 'FAR'} plan {plan / MiB:.1f} MiB, measured {peak / MiB:.1f}: {config} {' '.join(settings)}")
sys.exit(failed)
P
run 0 python3 measure.py
cat "$t/out"
