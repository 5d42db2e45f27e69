"""family_parity.py check DIR…: transformers loads the model in each DIR and must find the loss, logits and gradients of
ours.safetensors. family_parity.py make DIR…: transformers writes a small random model into each, of the family and with the
head that the directory's name says (…/theirs-gpt2-tied, -untied, -labels or -numbers), in bfloat16 and several shards. Exits
77 where torch or transformers is missing."""
import os
import sys

try:
    import torch
    import transformers
    from safetensors.torch import load_file
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOLERANCE = 1e-5  # relative to the largest element: fp32 sums in different orders
SMALL = 1e-2  # of the largest gradient: one that cancels (of what all keys share) has no digits of its own


def rope(kind, **parameters):
    """The stretching of positions in the words of this version of transformers."""
    parameters = dict(parameters, rope_type=kind)
    if int(transformers.__version__.split(".")[0]) < 5:
        return {"rope_theta": 10000.0, "rope_scaling": parameters}
    return {"rope_parameters": dict(parameters, rope_theta=10000.0)}


# What has a head of another kind; two labels without names are what config.json does not mention.
HEADS = {"labels": dict(num_labels=2, pad_token_id=0), "numbers": dict(num_labels=2, pad_token_id=0, problem_type="regression")}


def make(directory, family, head):
    like_llama = dict(vocab_size=37, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
                      num_key_value_heads=2, max_position_embeddings=300)
    llama3 = rope("llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
    particulars = {
        "llama": dict(like_llama, attention_bias=True, mlp_bias=True, **llama3),
        "mistral": dict(like_llama, sliding_window=None, **rope("linear", factor=2.0)),
        "qwen2": like_llama,
        "qwen3": dict(like_llama, head_dim=10, **rope("yarn", factor=4.0, original_max_position_embeddings=64)),
        "gpt2": dict(vocab_size=37, n_embd=24, n_layer=2, n_head=4, n_positions=300),
    }[family]
    # The range that makes every part matter; the usual tokens would be outside this vocabulary.
    config = transformers.AutoConfig.for_model(family, tie_word_embeddings=head == "tied", initializer_range=0.15,
                                               bos_token_id=1, eos_token_id=[2, 3], **particulars, **HEADS.get(head, {}))
    torch.manual_seed(7)
    kind = transformers.AutoModelForSequenceClassification if head in HEADS else transformers.AutoModelForCausalLM
    model = kind.from_config(config).to(torch.bfloat16)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter += 0.4 * torch.rand(parameter.shape, dtype=torch.float32).to(torch.bfloat16) - 0.2
    model.save_pretrained(directory, max_shard_size="10KB")


def close(name, mine, theirs, least=0.0):
    error = ((mine - theirs).abs().max() / max(theirs.abs().max().item(), least)).item()
    assert mine.shape == theirs.shape and error < TOLERANCE, f"{name}: {error:.2e}"
    return error


def text_of(model, ours):
    """The summed loss of a batch of text, and the logits after its first row."""
    tokens, targets = ours["tokens"].long(), ours["targets"].long()
    logits = model(tokens).logits
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum")
    return loss, logits[0, -1]


def judgement_of(model, ours):
    """The loss and the logits that the library itself makes of padded texts and what is to be said of them."""
    tokens = ours["tokens"].long()
    is_regression = model.config.problem_type == "regression"
    labels = ours["values"] if is_regression else ours["labels"].long()
    out = model(input_ids=tokens, attention_mask=(tokens != 0).long(), labels=labels)
    return out.loss, out.logits


def check(directory):
    has_labels = os.path.basename(directory).split("-")[2] in HEADS
    kind = transformers.AutoModelForSequenceClassification if has_labels else transformers.AutoModelForCausalLM
    model, report = kind.from_pretrained(directory, output_loading_info=True)
    model = model.float().eval()
    assert not report["unexpected_keys"] and not report["mismatched_keys"], report
    assert set(report["missing_keys"]) <= (set() if has_labels else {"lm_head.weight"}), report
    ours = load_file(directory + "/ours.safetensors")
    loss, logits = (judgement_of if has_labels else text_of)(model, ours)
    loss.backward()
    gradients = {name: p.grad for name, p in model.named_parameters()}
    assert {"gradient." + name for name in gradients} == {name for name in ours if name.startswith("gradient.")}
    least = SMALL * max(gradient.abs().max().item() for gradient in gradients.values())
    errors = [close("loss", ours["loss"], loss.detach().reshape(1)), close("logits", ours["logits"], logits.detach())]
    worst = max(close(name, ours["gradient." + name], gradient, least) for name, gradient in gradients.items())
    print(f"{os.path.basename(directory)}: loss {errors[0]:.1e}, logits {errors[1]:.1e}, gradients {worst:.1e}")


for directory in sys.argv[2:]:
    if sys.argv[1] == "make":
        _, family, head = os.path.basename(directory).split("-")
        make(directory, family, head)
    else:
        check(directory)
