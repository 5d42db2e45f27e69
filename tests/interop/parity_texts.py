# SPDX-License-Identifier: Apache-2.0
# Text that tokenizers find hard: many scripts, code, emoji, combining marks, broken UTF-8 read with replacement. The same every time.
import glob
import random
import sysconfig

BLOCKS = [(0x61, 0x7A), (0x41, 0x5A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x587), (0x5D0, 0x5EA), (0x620, 0x6D3),
          (0x900, 0x97F), (0x985, 0x9FE), (0xE01, 0xE5B), (0xF00, 0xFBC), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1E00, 0x1FFE), (0x3041, 0x30FF),
          (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x300, 0x36F), (0xFB00, 0xFDFF), (0x1D400, 0x1D7FF), (0x20000, 0x2A6DF), (0xA000, 0xA4C6)]
ODDMENTS = ["'s", "'S", "'ll", "'RE", "'\u017f", "don't", "I'VE", "1", "12", "1234567", "\u0663\u0664\u0665", "\u00bd", "\u2167", "...", "!?", "\u2014", "($x+=1)", "\t", "\r\n",
            "\n\n", " \n ", "   ", "\u00a0", "\u3000", "\u2028", "\u200d", "\ufeff", "\ufffd", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f1e9\U0001f1ea",
            "e\u0301", "a\u0323\u0306", "\u1112\u1161\u11ab", "\u0915\u093c", "\u212b", "\u0958", "\u2126", "q\u0307\u0323", "<|endoftext|>", "<|im_start|>", "<mask>", "</s>", "http://a.b/c?d=e&f", "\x00", "\x1f", "\x85", "0x1F", "a_b", "x\U00010d27\u0e4a", "x\u0301\u0e4a", "HTMLParser", "camelCaseXMLName", "A\u02b0B", "\u01c5a\u0301", "\n/\n//", "single", "a single\u0301 single-word"]


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
