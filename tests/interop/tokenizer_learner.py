# SPDX-License-Identifier: Apache-2.0
# tokenizer_learner.py AIOPS DIRECTORY FILE.jsonl VOCABULARY [THREADS [SPLITTER...]]: has aiops and the tokenizers package learn a vocabulary
# from the texts of the file with each splitter, and compares the merges and the vocabularies. Says the seconds and the peak memory of both:
# of aiops from its start to its end, of the package those of train_from_iterator alone, its texts in memory already.
import json
import os
import subprocess
import sys
import time

CASES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CAPITALS, SMALL = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
TEKKEN = r"[^\r\n\p{L}\p{N}]?%s*%s+|[^\r\n\p{L}\p{N}]?%s+%s*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+" % (CAPITALS, SMALL, CAPITALS, SMALL)
SPLITTERS = {"gpt2": None, "smollm2": "digits", "llama3": CASES % "{1,3}", "qwen2": CASES % "", "tekken": TEKKEN}


def learn(path, vocabulary, splitter, out):
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    texts = [json.loads(line)["text"] for line in open(path, encoding="utf-8")]
    tokenizer = Tokenizer(models.BPE())
    byte_level, how = pre_tokenizers.ByteLevel, SPLITTERS[splitter]
    first = pre_tokenizers.Digits(True) if how == "digits" else how and pre_tokenizers.Split(Regex(how), "isolated")
    last = byte_level(add_prefix_space=False, use_regex=how in (None, "digits"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([first, last]) if first else last
    tokenizer.decoder = decoders.ByteLevel()
    if splitter == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, min_frequency=2, special_tokens=["<|endoftext|>"], initial_alphabet=byte_level.alphabet(), show_progress=False)
    start = time.perf_counter()
    tokenizer.train_from_iterator(texts, trainer)
    seconds = time.perf_counter() - start
    tokenizer.save(out)
    print(seconds)


def run(command, threads):
    environment = os.environ | {"RAYON_NUM_THREADS": threads, "TOKENIZERS_PARALLELISM": "false" if threads == "1" else "true"}
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return said, time.perf_counter() - start, usage.ru_maxrss / 1024


def words_of(path):
    model = json.load(open(path, encoding="utf-8"))["model"]
    return model["vocab"], [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in model["merges"]]


def main():
    if sys.argv[1] == "--learn":
        return learn(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
    aiops, directory, path, vocabulary, *rest = sys.argv[1:]
    threads, names, wrong = rest[0] if rest else "1", rest[1:] or SPLITTERS, 0
    for name in names:
        ours, theirs = f"{directory}/{name}-ours.json", f"{directory}/{name}-theirs.json"
        said, _, peak = run([sys.executable, __file__, "--learn", path, vocabulary, name, theirs], threads)
        _, seconds, our_peak = run([aiops, "tokenizer", "train", path, "--vocab-size", vocabulary, "--splitter", name, "--out", ours, "--threads", threads, "-q"], threads)
        equal = words_of(ours) == words_of(theirs)
        wrong += not equal
        print(f"{name}: {len(words_of(ours)[1])} merges {'equal' if equal else 'differ'}; {threads} threads: tokenizers {float(said):.2f} s, {peak:.0f} MiB; aiops {seconds:.2f} s, {our_peak:.0f} MiB", flush=True)
    return wrong > 0


sys.exit(main())
