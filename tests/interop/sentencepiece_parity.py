# SPDX-License-Identifier: Apache-2.0
# sentencepiece_parity.py PROBE DIRECTORY MEGABYTES: has SentencePiece learn a BPE vocabulary as Llama 2's (dummy prefix, byte fallback,
# digits apart, white space kept), writes it into a GGUF file with the gguf package, and compares the ids that the probe gives for mixed
# text in many scripts with SentencePiece's own, and the text that it makes of them again. Also without the prefix and without bytes.
import struct
import subprocess
import sys

import gguf
import sentencepiece

from parity_texts import texts


def learn(prefix, byte_fallback, documents, directory):
    stem = f"{directory}/prefix-{prefix}-bytes-{byte_fallback}"
    lines = [line for document in documents for line in document.replace("\x00", " ").split("\n") if line]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_prefix=stem, model_type="bpe", vocab_size=20000, character_coverage=0.98, byte_fallback=byte_fallback, split_digits=True,
        add_dummy_prefix=prefix, remove_extra_whitespaces=False, normalization_rule_name="identity", allow_whitespace_only_pieces=True, max_sentence_length=20000, minloglevel=2)
    return stem


def write_gguf(model, prefix, path):
    writer = gguf.GGUFWriter(path, "llama")
    kind = gguf.TokenType
    types = [kind.UNKNOWN if model.is_unknown(i) else kind.CONTROL if model.is_control(i) else kind.BYTE if model.is_byte(i) else kind.NORMAL for i in range(len(model))]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([model.id_to_piece(i) for i in range(len(model))])
    writer.add_token_scores([model.get_score(i) for i in range(len(model))])
    writer.add_token_types(types)
    writer.add_bos_token_id(model.bos_id())
    writer.add_eos_token_id(model.eos_id())
    writer.add_add_space_prefix(prefix)
    writer.write_header_to_file(), writer.write_kv_data_to_file(), writer.write_tensors_to_file(), writer.close()


def compare(probe, stem, prefix, documents, directory):
    model = sentencepiece.SentencePieceProcessor(model_file=stem + ".model")
    write_gguf(model, prefix, stem + ".gguf")
    packed, ids, back = f"{directory}/texts", f"{directory}/ids", f"{directory}/back"
    with open(packed, "wb") as out:
        for document in documents:
            data = document.encode()
            out.write(struct.pack("<I", len(data)) + data)
    subprocess.run([probe, stem + ".gguf", packed, ids, back], check=True, stdout=subprocess.DEVNULL)
    ours, decoded = memoryview(open(ids, "rb").read()).cast("i"), open(back, "rb").read()
    at = place = wrong = tokens = 0
    for document in documents:
        theirs, mine = model.encode(document), ours[at + 1:at + 1 + ours[at]].tolist()
        at += 1 + ours[at]
        size, = struct.unpack_from("<I", decoded, place)
        text = decoded[place + 4:place + 4 + size].decode("utf-8", "replace")
        place += 4 + size
        tokens += len(theirs)
        # Where there is no token for it, SentencePiece writes " \u2047 ".
        known = model.unk_id() not in theirs
        if theirs != mine or (known and text != model.decode(theirs)):
            wrong += 1
            if wrong <= 3:
                first = next((i for i, (a, b) in enumerate(zip(theirs, mine)) if a != b), min(len(theirs), len(mine)))
                print(f"{document[:60]!r} token {first}:", [model.id_to_piece(i) for i in theirs[first - 1:first + 4]], [model.id_to_piece(i) for i in mine[first - 1:first + 4]])
    print(f"{stem.rsplit('/', 1)[1]}: {len(documents) - wrong} of {len(documents)} texts equal, {tokens} tokens", flush=True)
    return wrong


def main():
    probe, directory, megabytes = sys.argv[1:]
    documents = list(texts(float(megabytes)))
    documents += ["", " ", "  ", "\n", "\u2581", " a", "a" * 5000, " " * 3000, "ab" * 2000, "\u2581\u2581 \u2581x"]
    sample = documents[:max(1, int(len(documents) * min(1, 2 / float(megabytes))))]
    wrong = 0
    for prefix, byte_fallback in ((True, True), (False, True), (True, False)):
        wrong += compare(probe, learn(prefix, byte_fallback, sample, directory), prefix, documents, directory)
    print("ids differ" if wrong else "ids equal")
    return wrong > 0


sys.exit(main())
