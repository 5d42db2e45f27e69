"""make_demo.py DIR: a tiny model as Hugging Face tools write it. Llama with random weights of a fixed seed, byte-level
tokenizer without merges, a card with a licence. The same bytes every time."""
import json
import random
import struct
import sys
from pathlib import Path

HIDDEN, LAYERS, HEADS, FFN, CONTEXT = 32, 2, 2, 64, 64


def byte_alphabet():
    """GPT-2's printable stand-ins for the 256 bytes."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in shown]
    return {b: chr(b) for b in shown} | {b: chr(256 + i) for i, b in enumerate(others)}


def tokenizer():
    vocab = {"<|endoftext|>": 0} | {byte_alphabet()[b]: b + 1 for b in range(256)}
    end = {"id": 0, "content": "<|endoftext|>", "special": True, "normalized": False, "lstrip": False, "rstrip": False, "single_word": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [end], "normalizer": None,
            "pre_tokenizer": level, "post_processor": None, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "vocab": vocab, "merges": []}}


def config():
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 257, "hidden_size": HIDDEN,
            "intermediate_size": FFN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": HEADS,
            "head_dim": HIDDEN // HEADS, "max_position_embeddings": CONTEXT, "hidden_act": "silu", "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0, "tie_word_embeddings": True, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "float32"}


def shapes():
    yield "model.embed_tokens.weight", (257, HIDDEN)
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        yield layer + "input_layernorm.weight", (HIDDEN,)
        for name in "qkvo":
            yield f"{layer}self_attn.{name}_proj.weight", (HIDDEN, HIDDEN)
        yield layer + "post_attention_layernorm.weight", (HIDDEN,)
        yield layer + "mlp.gate_proj.weight", (FFN, HIDDEN)
        yield layer + "mlp.up_proj.weight", (FFN, HIDDEN)
        yield layer + "mlp.down_proj.weight", (HIDDEN, FFN)
    yield "model.norm.weight", (HIDDEN,)


def safetensors():
    draw, header, body = random.Random(7), {"__metadata__": {"format": "pt"}}, b""
    for name, shape in shapes():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = [1.0] * count if len(shape) == 1 else [draw.gauss(0, 0.05) for _ in range(count)]
        data = struct.pack(f"<{count}f", *values)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


to = Path(sys.argv[1])
to.mkdir(parents=True, exist_ok=True)
(to / "config.json").write_text(json.dumps(config(), indent=2) + "\n")
(to / "tokenizer.json").write_text(json.dumps(tokenizer(), indent=1) + "\n")
(to / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"}) + "\n")
(to / "model.safetensors").write_bytes(safetensors())
(to / "README.md").write_text("---\nlicense: apache-2.0\nlanguage: en\n---\n# demo\n\nA model that has learnt nothing, for trying things out.\n")
