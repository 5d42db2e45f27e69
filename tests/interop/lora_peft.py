"""lora_peft.py make BASE GPT2: peft writes adapters over the models in these directories, each in a directory named after how
its configuration says which matrices have some, with the logits of the adapted model beside them.
lora_peft.py compare BASE MERGED ADAPTER: peft reads our adapter, whose logits are those of our merged model.
lora_peft.py check DIR…: DIR/merged, which we made of DIR, has the logits that peft says in DIR/logits.pt."""
import json
import sys

import peft
import torch
from transformers import AutoModelForCausalLM

TOKENS = torch.arange(24)[None] * 13 % 300
VARIANTS = {
    "list": dict(target_modules=["q_proj", "mlp.up_proj"], r=3, lora_alpha=5),
    "regex": dict(target_modules=r".*layers\.1.*(q|v)_proj", r=2, lora_alpha=4),
    "all-linear": dict(target_modules="all-linear", r=2, lora_alpha=3, lora_dropout=0.1),
    "layers": dict(target_modules=["q_proj", "o_proj"], layers_to_transform=[1], r=2, lora_alpha=4),
    "excluded": dict(target_modules=["q_proj", "o_proj"], exclude_modules=["layers.0.self_attn.q_proj"], r=2, lora_alpha=4),
    "rslora": dict(target_modules=["v_proj"], r=4, lora_alpha=3, use_rslora=True),
    "patterns": dict(target_modules=["q_proj", "up_proj"], r=2, lora_alpha=4, rank_pattern={r"layers\.0\.self_attn\.q_proj": 5, "up_proj": 3},
                     alpha_pattern={"^model.layers.1.mlp.up_proj": 9}),
    "half": dict(target_modules=["down_proj"], r=2, lora_alpha=4),
    "gpt2": dict(target_modules=["c_attn", "c_proj"], r=2, lora_alpha=4, fan_in_fan_out=True),
    "refused-dora": dict(target_modules=["q_proj"], use_dora=True),
    "refused-saved": dict(target_modules=["q_proj"], modules_to_save=["lm_head"]),
    "refused-bias": dict(target_modules=["q_proj"], bias="all"),
    "refused-head": dict(target_modules=["lm_head"]),
}


def load(path):
    return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()


def logits(model):
    with torch.no_grad():
        return model(TOKENS).logits


def make(base, gpt2):
    for name, options in VARIANTS.items():
        torch.manual_seed(7)
        model = peft.get_peft_model(load(gpt2 if name == "gpt2" else base), peft.LoraConfig(task_type="CAUSAL_LM", **options)).eval()
        for key, parameter in model.named_parameters():
            if "lora_B" in key:
                parameter.data.normal_(std=0.1)
        if name == "half":
            for key, parameter in model.named_parameters():
                if "lora_" in key:
                    parameter.data = parameter.data.bfloat16().float()
        torch.save(logits(model), "logits.pt")
        if name == "half":
            model = model.to(torch.bfloat16)
        model.save_pretrained(name)
        torch.save(torch.load("logits.pt"), f"{name}/logits.pt")


def same(what, found, expected):
    error = ((found - expected).abs().max() / expected.abs().max()).item()
    assert error < 1e-4, f"{what}: {error}"
    return error


mode, *words = sys.argv[1:]
if mode == "make":
    make(*words)
elif mode == "compare":
    base, merged, adapter = words
    expected = logits(load(merged))
    assert (logits(load(base)) - expected).abs().max() > 0.01 * expected.abs().max(), "the adapters say nothing"
    same(adapter, logits(peft.PeftModel.from_pretrained(load(base), adapter).eval()), expected)
else:
    for directory in words:
        print(f"{directory}: {same(directory, logits(load(directory + '/merged')), torch.load(directory + '/logits.pt')):.0e}")
