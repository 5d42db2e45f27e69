"""llama_parity.py DIR: transformers loads the model in DIR and must find the loss, logits and gradients of
ours.safetensors. Exits 77 where torch or transformers is missing."""
import sys

try:
    import torch
    from safetensors.torch import load_file
    from transformers import LlamaForCausalLM
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOLERANCE = 1e-5  # relative to the largest element: fp32 sums in different orders

directory = sys.argv[1]
model, report = LlamaForCausalLM.from_pretrained(directory, output_loading_info=True)
assert not report["unexpected_keys"] and not report["mismatched_keys"], report
assert set(report["missing_keys"]) <= {"lm_head.weight"}, report
ours = load_file(directory + "/ours.safetensors")
tokens, targets = ours["tokens"].long(), ours["targets"].long()
logits = model(tokens).logits
loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum")
loss.backward()


def close(name, mine, theirs):
    error = ((mine - theirs).abs().max() / theirs.abs().max()).item()
    print(f"{error:9.2e}  {name}")
    assert mine.shape == theirs.shape and error < TOLERANCE, name


close("loss", ours["loss"], loss.detach().reshape(1))
close("logits", ours["logits"], logits[0, -1].detach())
gradients = {name: p.grad for name, p in model.named_parameters()}
assert {"gradient." + name for name in gradients} == {name for name in ours if name.startswith("gradient.")}
for name, gradient in gradients.items():
    close(name, ours["gradient." + name], gradient)
