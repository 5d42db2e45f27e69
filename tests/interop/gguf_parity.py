"""gguf_parity.py read MODEL FILE...: each GGUF file holds, as its package reads it, the weights of the model directory, rounded.
gguf_parity.py quantise FILE DIR: writes DIR/TYPE.gguf, the file with its matrices quantised by the package, for each TYPE it can."""
import json, sys
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import load_file

NAMES = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
         "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
STEP = {"f32": 0, "f16": 2**-11, "bf16": 2**-8, "q8_0": 1 / 254 + 2**-11}  # what aiops may round, as a share of the largest value


def expected(model):
    """The weights under GGUF's names, q and k with the halves of each head interleaved."""
    config = json.loads((model / "config.json").read_text())
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    for name, values in load_file(model / "model.safetensors").items():
        stem = name.removesuffix(".weight")
        if stem.startswith("model.layers."):
            layer, part = stem.removeprefix("model.layers.").split(".", 1)
            stem = f"blk.{layer}.{NAMES[part]}"
            if n := heads.get(NAMES[part]):
                values = values.reshape(n, 2, values.shape[0] // n // 2, -1).swapaxes(1, 2).reshape(values.shape)
        else:
            stem = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}[stem]
        yield stem + ".weight", values


def check(model, path):
    reader = gguf.GGUFReader(path)
    tensors = {t.name: t for t in reader.tensors}
    for name, values in expected(model):
        tensor = tensors.pop(name)
        kind = tensor.tensor_type.name
        read = gguf.dequantize(np.asarray(tensor.data), tensor.tensor_type).reshape(values.shape)
        # Files of the package were there first: aiops has to have read them to the bit.
        step = STEP.get(path.stem, 0) * 1.01 if values.ndim > 1 else 0
        assert np.all(np.abs(read - values) <= step * np.abs(values).max()), (path, name, kind)
        assert values.ndim > 1 or kind == "F32", (path, name, kind)
    assert not tensors, tensors.keys()
    field = lambda key: reader.get_field(key).contents()
    words = json.loads((model / "tokenizer.json").read_text())
    tokens = field("tokenizer.ggml.tokens")
    assert all(tokens[id] == token for token, id in words["model"]["vocab"].items())
    assert len(field("tokenizer.ggml.merges")) == len(words["model"]["merges"])
    assert field("general.architecture") == "llama" and field("llama.block_count") == 2


def quantise(path, to, kind):
    """A copy by the package's own writer."""
    reader = gguf.GGUFReader(path)
    writer = gguf.GGUFWriter(to / f"{kind}.gguf", "llama")
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        kinds = [gguf.GGUFValueType(t) for t in field.types]
        writer.add_key_value(name, field.contents(), kinds[0], kinds[-1] if len(kinds) > 1 else None)
    for tensor in reader.tensors:
        values = gguf.dequantize(np.asarray(tensor.data), tensor.tensor_type)
        if values.ndim > 1:
            type = gguf.GGMLQuantizationType[kind]
            writer.add_tensor(tensor.name, gguf.quantize(values, type), raw_dtype=type)
        else:
            writer.add_tensor(tensor.name, values)
    writer.write_header_to_file(), writer.write_kv_data_to_file(), writer.write_tensors_to_file(), writer.close()


if sys.argv[1] == "read":
    for file in sys.argv[3:]:
        check(Path(sys.argv[2]), Path(file))
    print(len(sys.argv) - 3, "files agree")
else:
    for kind in ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "BF16"]:
        quantise(Path(sys.argv[2]), Path(sys.argv[3]), kind)
