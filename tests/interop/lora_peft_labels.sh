# Adapters of a classifier that were trained here are ones for peft, head included, and ours are those that peft writes:
# over their base both give the same logits.
. "$(dirname "$0")/../cli/lib-train.sh"
python=${PARITY_PYTHON:-python3}
"$python" -c 'import peft, torch, transformers' 2>/dev/null || skip "no Python with peft, torch and transformers (PARITY_PYTHON)"
labelled weather.jsonl
run 0 aiops train train.yaml --out base --set steps=20
echo 'model: {base: base/model}' >lora.yaml
grep -v -e '^model' -e '^tokenizer' train-labels.yaml >>lora.yaml
echo 'lora: {rank: 4, alpha: 10, targets: [q_proj, v_proj, up_proj, down_proj]}' >>lora.yaml
run 0 aiops train lora.yaml --out adapted
run 0 aiops train lora.yaml --out merged --set lora.merge=true
cat >check.py <<'END'
import json, torch, peft, transformers
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast
load = lambda path, **more: AutoModelForSequenceClassification.from_pretrained(path, dtype=torch.float32, **more).eval()
tokenizer = PreTrainedTokenizerFast.from_pretrained("merged/model")
texts = ["the sun is warm 5", "rain falls on the land 7", "12 a wind blows"]
batch = tokenizer(texts, padding=True, return_tensors="pt")
assert tokenizer.pad_token_id is not None
merged = load("merged/model")
adapted = peft.PeftModel.from_pretrained(load("base/model", num_labels=3, pad_token_id=tokenizer.pad_token_id), "adapted/model").eval()
with torch.no_grad():
    wanted = merged(batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    found = adapted(batch["input_ids"], attention_mask=batch["attention_mask"]).logits
largest = wanted.abs().max()
assert (found - wanted).abs().max() < 1e-4 * largest, (found - wanted).abs().max() / largest
said = [merged.config.id2label[i] for i in wanted.argmax(-1).tolist()]
assert said == ["sun", "rain", "wind"], said
# What peft itself makes: other labels, no config.json.
config = peft.LoraConfig(task_type="SEQ_CLS", r=2, lora_alpha=6, target_modules=["q_proj", "o_proj"])
torch.manual_seed(3)
model = peft.get_peft_model(load("base/model", num_labels=4, pad_token_id=tokenizer.pad_token_id), config)
with torch.no_grad():
    for name, parameter in model.named_parameters():
        if parameter.requires_grad: parameter.normal_(0, 0.1)
model.save_pretrained("theirs")
shares = torch.softmax(model.eval()(tokenizer(texts[0], return_tensors="pt")["input_ids"]).logits[0], -1)
json.dump(shares.tolist(), open("shares.json", "w"))
END
run 0 "$python" check.py
run 0 aiops generate adapted/model '12 a wind blows' -q
out_is wind
run 0 aiops generate theirs 'the sun is warm 5' -o json
jq -e --slurpfile wanted shares.json '[.scores[]] as $found | $wanted[0] | length == 4 and ([., $found] | transpose | all((.[0] - .[1]) | fabs < 1e-4))' out >/dev/null || fail "$(cat out shares.json)"
