"""Checkpoints in Hugging Face layout with the shape of a real model and weights that mean nothing."""

import json
import pathlib
import struct

import numpy as np

from benchmarks import tokenizer

SHARDS = 4
BLOCK = 1 << 24


def write(folder, layers=36, hidden=2048, intermediate=11008, heads=16, kv_heads=2, head_dim=128, vocabulary=151936):
    """Writes the shape of Qwen2.5-3B in bfloat16 unless told otherwise; nothing if it is there already."""
    folder = pathlib.Path(folder)
    if (folder / "config.json").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    noise = _bfloat16(np.random.default_rng(7).standard_normal(BLOCK, dtype=np.float32) * 0.02)
    weight_map, total = {}, 0
    for number, names in enumerate(_shards(layers), 1):
        shapes = {name: _shape(name, hidden, intermediate, heads, kv_heads, head_dim, vocabulary) for name in names}
        file = f"model-{number:05d}-of-{SHARDS:05d}.safetensors"
        total += _safetensors(folder / file, shapes, noise)
        weight_map.update(dict.fromkeys(names, file))
        print(f"  wrote {file}", flush=True)
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    config = {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_size": hidden,
        "intermediate_size": intermediate,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "vocab_size": vocabulary,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0,
        "tie_word_embeddings": True,
        "hidden_act": "silu",
        "torch_dtype": "bfloat16",
    }
    tokenizer.write(folder, vocabulary)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _shards(layers):
    parts = ["input_layernorm", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
    names = [[] for _ in range(SHARDS)]
    names[0].append("model.embed_tokens.weight")
    for layer in range(layers):
        shard = names[layer * SHARDS // layers]
        shard += [f"model.layers.{layer}.{part}.weight" for part in [*parts, "self_attn.o_proj"]]
        shard += [f"model.layers.{layer}.self_attn.{n}_proj.{kind}" for n in "qkv" for kind in ("weight", "bias")]
    names[-1].append("model.norm.weight")
    return names


def _shape(name, hidden, intermediate, heads, kv_heads, head_dim, vocabulary):
    if "norm" in name:
        return [hidden]
    queries, keys = heads * head_dim, kv_heads * head_dim
    rows, columns = {
        "embed_tokens": (vocabulary, hidden),
        "gate_proj": (intermediate, hidden),
        "up_proj": (intermediate, hidden),
        "down_proj": (hidden, intermediate),
        "o_proj": (hidden, queries),
        "q_proj": (queries, hidden),
        "k_proj": (keys, hidden),
        "v_proj": (keys, hidden),
    }[name.split(".")[-2]]
    return [rows] if name.endswith("bias") else [rows, columns]


def _bfloat16(values):
    return (values.view(np.uint32) >> 16).astype(np.uint16)


def _safetensors(path, shapes, noise):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shapes.items():
        size = 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    ones = _bfloat16(np.ones(max(shape[0] for shape in shapes.values()), dtype=np.float32))
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for count, (name, shape) in enumerate(shapes.items()):
            left = int(np.prod(shape))
            source = ones[:left] if "norm" in name else np.roll(noise, 977 * count) if left < BLOCK else noise
            while left > 0:
                file.write(source[: min(left, len(source))].tobytes())
                left -= len(source)
    return offset
