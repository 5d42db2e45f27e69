"""optimiser_parity.py DIR: torch trains the model in DIR on the tokens of ours.safetensors, in double precision, with the
options that optimiser_parity.cpp has, and must come to the same weights. Errors are relative to the farthest that any
element of a tensor has moved. Exits 77 where torch, its Muon or transformers is missing."""
import math
import sys

try:
    import torch
    import torch.optim._muon as muon
    import transformers
    from safetensors.torch import load_file
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

STEPS, WARMUP, FLOOR, CLIP, DECAY = 20, 4, 0.1, 3.0, 0.3
directory = sys.argv[1]
ours = load_file(directory + "/ours.safetensors")


def share(step):
    """Of the highest learning rate, in the words of the documentation."""
    if step <= WARMUP:
        return step / WARMUP
    return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) / 2


def double_precision(gradient, coefficients, steps, eps):
    """torch's own iteration without its rounding to bfloat16."""
    a, b, c = coefficients
    x = gradient.T if gradient.size(0) > gradient.size(1) else gradient
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if gradient.size(0) > gradient.size(1) else x


class DecoupledSgd(torch.optim.SGD):
    """torch adds the decay to the gradient; ours is AdamW's."""

    def step(self):
        with torch.no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    p.mul_(1 - group["lr"] * group["decoupled"])
        super().step()


def optimisers(kind, model):
    named = list(model.named_parameters())
    inside = [p for name, p in named if p.dim() == 2 and ".layers." in name]
    others = [(name, p) for name, p in named if not (kind == "muon" and p.dim() == 2 and ".layers." in name)]
    groups = [[p for _, p in others if p.dim() == 2], [p for _, p in others if p.dim() == 1]]
    if kind == "sgd":
        return [DecoupledSgd([{"params": g, "decoupled": d} for g, d in zip(groups, (DECAY, 0))], lr=0.2, momentum=0.9)]
    adamw = torch.optim.AdamW([{"params": g, "weight_decay": d} for g, d in zip(groups, (DECAY, 0))], lr=0.004,
                              betas=(0.9, 0.95), eps=1e-8)
    return [adamw] if kind == "adamw" else [adamw, muon.Muon(inside, lr=0.02, weight_decay=DECAY, momentum=0.95)]


def train(kind):
    model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float64).train()
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    steppers = optimisers(kind, model)
    peaks = [[group["lr"] for group in stepper.param_groups] for stepper in steppers]
    for step in range(1, STEPS + 1):
        logits = model(ours["tokens"][step - 1].long()).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ours["targets"][step - 1].long().flatten(), ignore_index=-1)
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        for stepper, lrs in zip(steppers, peaks):
            for group, lr in zip(stepper.param_groups, lrs):
                group["lr"] = lr * share(step)
            stepper.step()
    worst = 0
    for name, p in model.named_parameters():
        moved = (p.detach() - start[name]).abs().max()
        assert moved > 1e-3, f"{kind}: {name} has not moved"
        worst = max(worst, ((ours[f"{kind}/{name}"].double() - p.detach()).abs().max() / moved).item())
    return worst


rounded = muon._zeropower_via_newtonschulz
for kind, newton_schulz, most, label in (("adamw", rounded, 1e-3, "adamw"), ("sgd", rounded, 1e-4, "sgd"),
                                         ("muon", double_precision, 1e-3, "muon, its iteration in double precision"),
                                         ("muon", rounded, 0.1, "muon, as torch rounds its iteration to bfloat16")):
    muon._zeropower_via_newtonschulz = newton_schulz
    error = train(kind)
    print(f"{label}: worst error {error:.1e}")
    assert error < most, f"{label}: {error:.2e}"
