"""A tokenizer of as many tokens as a model has: all bytes, and words that mean nothing."""

import json
import random

LETTERS = "etaoinshrdlucmfwypvbgkqjxz"
MARKS = '0123456789.,:;-_"\'(){}[]/'


def write(folder, vocabulary):
    """tokenizer.json and a chat template, beside a checkpoint that has none."""
    tokens = list(_bytes().values())
    known = set(tokens)
    draw = random.Random(7)
    while len(tokens) < vocabulary - 1:
        kind = draw.random()
        word = "".join(draw.choice(LETTERS) for _ in range(draw.randint(2, 9)))
        if kind < 0.5:
            word = "\u0120" + word
        elif kind < 0.6:
            word = draw.choice(MARKS) + draw.choice(MARKS) + draw.choice(["", word])
        if word not in known:
            known.add(word)
            tokens.append(word)
    end = "<|end|>"
    model = {"type": "BPE", "vocab": {token: i for i, token in enumerate([*tokens, end])}, "merges": []}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    special = {"id": len(tokens), "content": end, "special": True}
    special |= dict.fromkeys(["single_word", "lstrip", "rstrip", "normalized"], False)
    document = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [special], "normalizer": None}
    document |= {"pre_tokenizer": level, "post_processor": None, "decoder": level, "model": model}
    (folder / "tokenizer.json").write_text(json.dumps(document))
    template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": end, "chat_template": template}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def _bytes():
    """Each byte as the character that byte-level tokenizers write for it."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + i) for i, byte in enumerate(others)}
