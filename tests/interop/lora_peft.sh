# An adapter trained here is one for peft: over its base it gives the logits of the model that we merged it into.
. "$(dirname "$0")/../cli/lib-train.sh"
python=${PARITY_PYTHON:-python3}
"$python" -c 'import peft, torch, transformers' 2>/dev/null || skip "no Python with peft, torch and transformers (PARITY_PYTHON)"
run 0 aiops train train.yaml --out base --set steps=20
cat >lora.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
model: {base: base/model}
lora: {rank: 4, alpha: 10, targets: [q_proj, v_proj, up_proj, down_proj]}
optimiser: {lr: 0.02}
batch: {rows: 4}
steps: 10
END
run 0 aiops train lora.yaml --out adapted
run 0 aiops train lora.yaml --out merged --set lora.merge=true
cat >check.py <<'END'
import torch, peft
from transformers import AutoModelForCausalLM
load = lambda path: AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
tokens = torch.arange(24)[None] * 13 % 300
with torch.no_grad():
    base = load("base/model")(tokens).logits
    merged = load("merged/model")(tokens).logits
    adapted = peft.PeftModel.from_pretrained(load("base/model"), "adapted/model").eval()(tokens).logits
largest = merged.abs().max()
assert (base - merged).abs().max() > 0.01 * largest, "the adapters say nothing"
assert (adapted - merged).abs().max() < 1e-4 * largest, (adapted - merged).abs().max() / largest
END
run 0 "$python" check.py
