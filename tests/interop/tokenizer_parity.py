# SPDX-License-Identifier: Apache-2.0
# tokenizer_parity.py PROBE DIRECTORY MEGABYTES[xROUNDS] [NAME...]: makes mixed text (many scripts, code, emoji, combining marks, broken UTF-8 read
# with replacement), has the tokenizers package learn a tokenizer of each family's structure from some of it, and compares its ids with
# PROBE's for every text. Names other than tokenizer.json files choose among the families. Says how fast both were, on one thread, by the
# medians of the rounds, in which they take turns.
import json
import os
import statistics
import struct
import subprocess
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
from parity_texts import texts
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CASES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CAPITALS, SMALL = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
TEKKEN = r"[^\r\n\p{L}\p{N}]?%s*%s+|[^\r\n\p{L}\p{N}]?%s+%s*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+" % (CAPITALS, SMALL, CAPITALS, SMALL)


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
    "tekken": lambda: byte_level(split(TEKKEN)),
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
    tokenizer.add_tokens([AddedToken("don't", normalized=True), AddedToken("\u00c5ng", normalized=True), AddedToken("a_b", normalized=False),
                          AddedToken("single", normalized=False, single_word=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="</s> $A", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    saved = json.loads(tokenizer.to_str())
    saved["model"]["ignore_merges"] = name in ("llama3", "tekken")
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
    rate = float(subprocess.run([probe, path, packed, ids], check=True, capture_output=True, text=True).stdout.split()[1])
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
    return wrong, tokens, size / theirs_seconds / 1e6, rate


def main():
    probe, directory, amount, *names = sys.argv[1:]
    megabytes, _, rounds = amount.partition("x")
    documents = list(texts(float(megabytes)))
    sample = documents[:max(1, int(len(documents) * min(1, 2 / float(megabytes))))]
    all_wrong = 0
    for name in names or FAMILIES:
        path = name if os.path.exists(name) else f"{directory}/{name}.json"
        if path != name:
            learn(name, sample, path)
        results = [compare(probe, name, path, documents, directory) for _ in range(int(rounds or 1))]
        wrong, tokens, *_ = results[0]
        theirs, ours = (statistics.median(result[i] for result in results) for i in (2, 3))
        print(f"{name}: {len(documents) - wrong} of {len(documents)} texts equal, {tokens} tokens; {megabytes} MB: tokenizers {theirs:.1f} MB/s, aiops {ours:.1f} MB/s", flush=True)
        all_wrong += wrong
    print("ids differ" if all_wrong else "ids equal")
    return all_wrong > 0


sys.exit(main())
