"""Makes small tokenizers of every kind that published models use, and what the reference library does with them.

    e2e/model/python e2e/model/tokenizer_goldens.py

writes model-server/src/test/resources/tokenizers/NAME/tokenizer.json and goldens.json beside them.
"""

import json
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = pathlib.Path(__file__).resolve().parents[2] / "model-server/src/test/resources/tokenizers"
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CORPUS = [
    "A ship's hull carries a load line: how deep it may be loaded, and, at a glance, how deep it sits today.",
    "The line is named after Samuel Plimsoll, who wanted ships to come home. Overloading was the owner's gain.",
    "def load(path):\n    with open(path) as file:\n        return file.read()\n\n\nprint(load('a.txt'))  # 12345",
    "Das Schiff fährt über den Fluß; l'été, le garçon mange à Noël. ¿Qué tal, señor?",
    "Корабль идёт по реке. Το πλοίο πλέει. 船在河上航行。日本語のテキスト。",
] * 8
TEXTS = [
    "",
    " ",
    "Hello, world!",
    "  two  spaces\tand a tab ",
    "line\nbreaks\r\n\n\n  indented",
    "It's the owner's 1234567 tons, 3.14.",
    "été Noël e\u0301 \u00c5ngstr\u00f6m \ufb01ne",
    "Корабль. Το πλοίο. 船在河上。日本語。 العربية हिन्दी ไทย",
    "emoji \U0001f6a2 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f flags \U0001f1eb\U0001f1f7",
    "special <|im_start|>user\n<|im_end|> <s> </s> [CLS] [SEP] <tool_call> x</tool_call>",
    "<s>",
    "{{ 7*7 }} {% if %} \\u0041 \x00\x07 \u200b\ufeff end",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]


def special(*names):
    return [AddedToken(name, normalized=False, special=True) for name in names]


def bpe(**options):
    return Tokenizer(models.BPE(**options))


def trained(tokenizer, trainer):
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def gpt2():
    tokenizer = bpe()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trained(tokenizer, trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_special_tokens(special("<|endoftext|>"))
    return tokenizer


def llama3():
    tokenizer = bpe(ignore_merges=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trained(tokenizer, trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_special_tokens(special("<s>", "</s>"))
    begin = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", begin)]),
        ]
    )
    return tokenizer


def qwen():
    tokenizer = bpe()
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trained(tokenizer, trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_special_tokens(special("<|im_start|>", "<|im_end|>"))
    tokenizer.add_tokens([AddedToken("<tool_call>", normalized=False), AddedToken("</tool_call>", normalized=False)])
    return tokenizer


def with_bytes(tokenizer):
    """SentencePiece's byte fallback: 256 tokens <0x00> to <0xFF>."""
    described = json.loads(tokenizer.to_str())
    vocabulary = described["model"]["vocab"]
    if isinstance(vocabulary, dict):
        moved = {word: index for word, index in vocabulary.items() if index < 3}
        moved.update({f"<0x{byte:02X}>": 3 + byte for byte in range(256)})
        for word, index in vocabulary.items():
            if index >= 3:
                moved[word] = index + 256
        described["model"]["vocab"] = moved
    else:
        described["model"]["vocab"] = (
            vocabulary[:3] + [[f"<0x{byte:02X}>", -20.0] for byte in range(256)] + vocabulary[3:]
        )
    described["model"]["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(described))


def sentencepiece_decoder():
    return decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )


def begun(tokenizer):
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return tokenizer


def llama2():
    tokenizer = bpe(unk_token="<unk>", fuse_unk=True)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained(tokenizer, trainers.BpeTrainer(vocab_size=300, special_tokens=special("<unk>", "<s>", "</s>")))
    tokenizer = with_bytes(tokenizer)
    tokenizer.decoder = sentencepiece_decoder()
    return begun(tokenizer)


def mistral():
    tokenizer = bpe(unk_token="<unk>", fuse_unk=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    trained(tokenizer, trainers.BpeTrainer(vocab_size=300, special_tokens=special("<unk>", "<s>", "</s>")))
    tokenizer = with_bytes(tokenizer)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = sentencepiece_decoder()
    return begun(tokenizer)


def gemma():
    tokenizer = bpe(unk_token="<unk>", fuse_unk=True)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", behavior="merged_with_previous")
    trained(tokenizer, trainers.BpeTrainer(vocab_size=300, special_tokens=special("<unk>", "<s>", "</s>")))
    tokenizer = with_bytes(tokenizer)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return begun(tokenizer)


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trained(
        tokenizer,
        trainers.UnigramTrainer(vocab_size=300, unk_token="<unk>", special_tokens=special("<unk>", "<s>", "</s>")),
    )
    return begun(tokenizer)


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    trained(tokenizer, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special(*names)))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


KINDS = {f.__name__: f for f in (gpt2, llama3, qwen, llama2, mistral, gemma, unigram, wordpiece)}


def main():
    random.seed(7)
    encoded, decoded = [], []
    for name, make in KINDS.items():
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = make()
        (folder / "tokenizer.json").write_text(
            json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")) + "\n"
        )
        for text in TEXTS:
            plain = tokenizer.encode(text, add_special_tokens=False).ids
            around = tokenizer.encode(text, add_special_tokens=True).ids
            encoded.append({"tokenizer": name, "text": text, "ids": plain, "special": around})
            decoded.append({"tokenizer": name, "ids": plain, "text": tokenizer.decode(plain)})
        for _ in range(20):
            ids = [random.randrange(tokenizer.get_vocab_size()) for _ in range(random.randrange(1, 12))]
            decoded.append({"tokenizer": name, "ids": ids, "text": tokenizer.decode(ids)})
    lines = [json.dumps(case, ensure_ascii=True) for case in encoded]
    more = [json.dumps(case, ensure_ascii=True) for case in decoded]
    (OUT / "goldens.json").write_text(
        '{"encoded":[\n' + ",\n".join(lines) + '\n],"decoded":[\n' + ",\n".join(more) + "\n]}\n"
    )


if __name__ == "__main__":
    main()
