# SPDX-License-Identifier: Apache-2.0
# tokenizer_parity.py PROBE DIRECTORY MEGABYTES [NAME...]: makes mixed text (many scripts, code, emoji, combining marks, broken UTF-8 read
# with replacement), has the tokenizers package learn a tokenizer of each family's structure from some of it, and compares its ids with
# PROBE's for every text. Names other than tokenizer.json files choose among the families. Says how fast both were, on one thread.
import glob
import json
import os
import random
import struct
import subprocess
import sys
import sysconfig
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CASES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BLOCKS = [(0x61, 0x7A), (0x41, 0x5A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x587), (0x5D0, 0x5EA), (0x620, 0x6D3),
          (0x900, 0x97F), (0x985, 0x9FE), (0xE01, 0xE5B), (0xF00, 0xFBC), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1E00, 0x1FFE), (0x3041, 0x30FF),
          (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x300, 0x36F), (0xFB00, 0xFDFF), (0x1D400, 0x1D7FF), (0x20000, 0x2A6DF), (0xA000, 0xA4C6)]
ODDMENTS = ["'s", "'S", "'ll", "'RE", "'\u017f", "don't", "I'VE", "1", "12", "1234567", "\u0663\u0664\u0665", "\u00bd", "\u2167", "...", "!?", "\u2014", "($x+=1)", "\t", "\r\n",
            "\n\n", " \n ", "   ", "\u00a0", "\u3000", "\u2028", "\u200d", "\ufeff", "\ufffd", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f1e9\U0001f1ea",
            "e\u0301", "a\u0323\u0306", "\u1112\u1161\u11ab", "\u0915\u093c", "\u212b", "\u0958", "\u2126", "q\u0307\u0323", "<|endoftext|>", "<|im_start|>", "<mask>", "</s>", "http://a.b/c?d=e&f", "\x00", "\x1f", "\x85", "0x1F", "a_b"]


def texts(megabytes):
    draw = random.Random(7)
    sources = sorted(glob.glob(sysconfig.get_paths()["stdlib"] + "/*.py"))
    code = [line for path in sources[:60] for line in open(path, encoding="utf-8", errors="replace")]
    common = ["".join(chr(draw.randint(*draw.choice(BLOCKS[:1] * 8 + BLOCKS))) for _ in range(draw.randint(1, 9))) for _ in range(20000)]
    left = megabytes * 1_000_000
    while left > 0:
        parts, size = [], draw.choice((1, 20, 200, 2000))
        while size > 0:
            size -= 1
            kind = draw.random()
            if kind < 0.55:
                parts.append(" " + draw.choice(common))
            elif kind < 0.7:
                block = draw.choice(BLOCKS)
                parts.append(" " * draw.randint(0, 2) + "".join(map(chr, (draw.randint(*block) for _ in range(draw.randint(1, 8))))))
            elif kind < 0.85:
                parts.append(draw.choice(ODDMENTS))
            elif kind < 0.97:
                parts.append(draw.choice(code))
            elif kind < 0.98:
                parts.append(draw.randbytes(draw.randint(1, 9)).decode("utf-8", "replace"))
            else:
                parts.append("".join(chr(c) for c in (draw.randint(1, 0x10FFFF) for _ in range(3)) if not 0xD800 <= c < 0xE000))
        text = "".join(parts)
        left -= len(text.encode())
        yield text


def split(expression):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(expression), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def byte_level(pre_tokenizer, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizer, decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    return tokenizer


def characters():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return tokenizer


def llama2():
    tokenizer = characters()
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    return tokenizer


def metaspace(scheme, splits):
    tokenizer = characters()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=splits)
    return tokenizer


FAMILIES = {
    "gpt2": lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False)),
    "smollm": lambda: byte_level(pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)])),
    "llama3": lambda: byte_level(split(CASES % "{1,3}")),
    "qwen2": lambda: byte_level(split(CASES % ""), normalizers.NFC()),
    "llama2": llama2,
    "metaspace-first": lambda: metaspace("first", False),
    "metaspace-split": lambda: metaspace("always", True),
}


def learn(name, sample, path):
    tokenizer = FAMILIES[name]()
    is_bytes = isinstance(tokenizer.decoder, decoders.ByteLevel)
    special = ["<|endoftext|>", "</s>"] if is_bytes else ["<unk>", "<s>", "</s>"] + ["<0x%02X>" % i for i in range(256)]
    alphabet = pre_tokenizers.ByteLevel.alphabet() if is_bytes else []
    trained = sample if is_bytes else [line for text in sample for line in text.split()]
    tokenizer.train_from_iterator(trained, trainers.BpeTrainer(vocab_size=6000, special_tokens=special, initial_alphabet=alphabet, limit_alphabet=1500, show_progress=False))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("<|im_start|>", rstrip=True)])
    if is_bytes:
        tokenizer.add_tokens([AddedToken("don't", normalized=True), AddedToken("\u00c5ng", normalized=True), AddedToken("a_b", normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(single="</s> $A", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    saved = json.loads(tokenizer.to_str())
    saved["model"]["ignore_merges"] = name == "llama3"
    if not is_bytes:
        saved["added_tokens"] = [t for t in saved["added_tokens"] if not t["content"].startswith("<0x")]
    json.dump(saved, open(path, "w"), ensure_ascii=False)


def compare(probe, name, path, documents, directory):
    packed, ids = f"{directory}/texts", f"{directory}/ids"
    tokenizer = Tokenizer.from_file(path)
    with open(packed, "wb") as out:
        for document in documents:
            data = document.encode()
            out.write(struct.pack("<I", len(data)) + data)
    seconds, rate = subprocess.run([probe, path, packed, ids], check=True, capture_output=True, text=True).stdout.split()
    ours, at, wrong, theirs_seconds, tokens = memoryview(open(ids, "rb").read()).cast("i"), 0, 0, 0.0, 0
    for begin in range(0, len(documents), 500):
        batch = documents[begin:begin + 500]
        start = time.perf_counter()
        encodings = tokenizer.encode_batch_fast(batch, add_special_tokens=False)
        theirs_seconds += time.perf_counter() - start
        for document, encoding in zip(batch, encodings):
            theirs, mine = encoding.ids, ours[at + 1:at + 1 + ours[at]].tolist()
            at += 1 + ours[at]
            tokens += len(theirs)
            if theirs != mine:
                wrong += 1
                if wrong <= 3:
                    first = next((i for i, (a, b) in enumerate(zip(theirs, mine)) if a != b), min(len(theirs), len(mine)))
                    print(f"{name}: text {document[:60]!r}… token {first}:", [tokenizer.id_to_token(i) for i in theirs[first - 1:first + 4]], [tokenizer.id_to_token(i) for i in mine[first - 1:first + 4]], tokenizer.decode(theirs[max(first - 4, 0):first + 6]).encode("unicode_escape"))
    size = os.path.getsize(packed)
    print(f"{name}: {len(documents) - wrong} of {len(documents)} texts equal, {tokens} tokens; {size / 1e6:.0f} MB: tokenizers {size / theirs_seconds / 1e6:.1f} MB/s, aiops {rate} MB/s", flush=True)
    return wrong


def main():
    probe, directory, megabytes, *names = sys.argv[1:]
    documents = list(texts(float(megabytes)))
    sample = documents[:max(1, int(len(documents) * min(1, 2 / float(megabytes))))]
    wrong = 0
    for name in names or FAMILIES:
        path = name if os.path.exists(name) else f"{directory}/{name}.json"
        if path != name:
            learn(name, sample, path)
        wrong += compare(probe, name, path, documents, directory)
    print("ids differ" if wrong else "ids equal")
    return wrong > 0


sys.exit(main())
