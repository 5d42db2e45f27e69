"""Reads a finished run with Hugging Face's libraries and numpy, and compares with what aiops says."""
import json, random, subprocess, sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

run = Path(sys.argv[1])
model = run / "model"
config = json.loads((model / "config.json").read_text())
weights = load_file(model / "model.safetensors")
tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))


def aiops(*words, text=None):
    return subprocess.run(["aiops", *words], input=text, capture_output=True, check=True).stdout


def texts():
    """The corpus, this file, and hard cases: mixed scripts, emoji, odd spaces, special tokens, noise."""
    yield Path("corpus.txt").read_text()
    yield Path(__file__).read_text()
    yield "I'll say: we've 12.5% -- don't!! 's'S  it's\n\n\n  end \t\r\n"
    yield "naïve café Ångström ЖИЗНЬ ελληνικά עברית العربية हिन्दी 日本語のテキスト 한국어 ภาษาไทย"
    yield "👩‍👩‍👧 🇳🇱 e\u0301 \u00a0\u3000\u2003x \u200b² ½ Ⅷ ١٢٣ 𝔘𝔫𝔦 𐍈"
    yield "a<|endoftext|>b <|endoftext|> <|endoftex|>"
    draw = random.Random(1)
    for _ in range(200):
        points = [draw.choice(" \n'sTe1,") if draw.random() < .5 else chr(draw.choice(
            [draw.randrange(1, 0x3000), draw.randrange(0x3000, 0xD800), draw.randrange(0x10000, 0x1FFFF)]))
            for _ in range(60)]
        yield "".join(points)


def rms_norm(x, weight):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + config["rms_norm_eps"]) * weight


def rotate(x, positions):
    """Rotary positions in Hugging Face's order: the halves of a head are the two coordinates."""
    d = x.shape[-1]
    angle = positions[:, None] * config["rope_theta"] ** (-np.arange(0, d, 2) / d)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    a, b = x[..., : d // 2], x[..., d // 2 :]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)


def logits_of(ids):
    """A Llama forward pass in double precision, as plainly as it can be written."""
    w = {
name: tensor.astype(np.float64) for name, tensor in weights.items()}
    heads, kv, d, n = (config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"], len(ids))
    positions = np.arange(n)
    x = w["model.embed_tokens.weight"][ids]
    for i in range(config["num_hidden_layers"]):
        p = f"model.layers.{i}."
        h = rms_norm(x, w[p + "input_layernorm.weight"])
        q, k, v = ((h @ w[p + f"self_attn.{name}_proj.weight"].T).reshape(n, -1, d) for name in "qkv")
        q, k = rotate(q, positions), rotate(k, positions)
        k, v = np.repeat(k, heads // kv, 1), np.repeat(v, heads // kv, 1)
        scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(d)
        scores[:, np.triu(np.ones((n, n), bool), 1)] = -np.inf
        share = np.exp(scores - scores.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        x = x + np.einsum("hqk,khd->qhd", share, v).reshape(n, -1) @ w[p + "self_attn.o_proj.weight"].T
        h = rms_norm(x, w[p + "post_attention_layernorm.weight"])
        gate, up = h @ w[p + "mlp.gate_proj.weight"].T, h @ w[p + "mlp.up_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * up) @ w[p + "mlp.down_proj.weight"].T
    return rms_norm(x, w["model.norm.weight"]) @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def mix(a, b):
    """train/data/permutation.cpp"""
    z = (a + 0x9E3779B97F4A7C15 * (b + 1)) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def shuffled(i, size, key):
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    while True:
        left, right = i >> half, i % 2**half
        for turn in range(6):
            left, right = right, left ^ mix(mix(key, turn), right) % 2**half
        i = left << half | right
        if i < size:
            return i


def validation_windows(trained):
    """The windows of the token cache that the run set aside (train/data/windows.cpp)."""
    tokens = np.fromfile(next((run / "cache").glob("*.tokens")), "<i4")
    length, share = trained["config"]["batch"]["length"], trained["config"]["data"]["validation"]
    size = (len(tokens) - 1) // length
    held_out = max(1, int(size * share + 0.5))
    used = min(held_out, trained["config"]["eval"]["batches"] * trained["config"]["batch"]["rows"])
    for row in range(used):
        at = shuffled(size - held_out + row, size, mix(trained["config"]["seed"], 0)) * length
        yield tokens[at : at + length], tokens[at + 1 : at + length + 1]


count = 0
for text in texts():
    ours = [int(word) for word in aiops("tokenizer", "encode", str(model), text=text.encode()).split()]
    theirs = tokenizer.encode(text).ids
    assert ours == theirs, f"ids differ for {text[:80]!r}"
    assert aiops("tokenizer", "decode", str(model), text=" ".join(map(str, ours)).encode()) == text.encode()
    count += 1
print(f"ids equal: {count} texts")

trained = json.loads((run / "latest/training/trainer_state.json").read_text())
losses = []
for tokens, targets in validation_windows(trained):
    logits = logits_of(tokens)
    top = logits.max(-1)
    losses.append((top + np.log(np.exp(logits - top[:, None]).sum(-1)) - logits[np.arange(len(targets)), targets]).mean())
difference = abs(np.mean(losses) - trained["validation_loss"])
assert difference < 1e-4, f"validation loss {trained['validation_loss']}, numpy {np.mean(losses)}"
print(f"validation loss agrees within {difference:.1e}")

prompt = "In the beginning was"
answer = json.loads(aiops("generate", str(model), prompt, "--tokens", "12", "--temperature", "0", "-o", "json", text=b""))
ids, end = tokenizer.encode(prompt).ids, config["eos_token_id"]
margin = np.inf
for _ in range(answer["tokens"]):
    logits = logits_of(ids)[-1]
    two = np.sort(logits)[-2:]
    margin = min(margin, two[1] - two[0])
    ids.append(int(logits.argmax()))
print(f"greedy margin {margin:.4f}")
assert tokenizer.decode(ids[len(tokenizer.encode(prompt).ids):], skip_special_tokens=False) == answer["text"], answer
print("greedy text equal")
