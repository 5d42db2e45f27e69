#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes GPT-2 124M with random weights in the form that llm.c reads (version 3, fp32): llmc_checkpoint.py FILE"""
import array
import random
import sys

context, vocabulary, padded, layers, heads, width = 1024, 50257, 50304, 12, 12, 768
small = array.array('f', (random.Random(1).gauss(0, 0.02) for _ in range(4096)))
ones, zeros = (array.array('f', [x]) * 4096 for x in (1.0, 0.0))


def write(file, count, block):
    for begin in range(0, count, len(block)):
        file.write(block[:min(len(block), count - begin)].tobytes())


with open(sys.argv[1], 'wb') as out:
    header = array.array('i', [20240326, 3, context, vocabulary, layers, heads, width, padded]) + array.array('i', [0]) * 248
    out.write(header.tobytes())
    for count, block in ((padded * width, small), (context * width, small), (layers * width, ones), (layers * width, zeros),
                         (layers * 3 * width * width, small), (layers * 3 * width, zeros), (layers * width * width, small),
                         (layers * width, zeros), (layers * width, ones), (layers * width, zeros),
                         (layers * 4 * width * width, small), (layers * 4 * width, zeros), (layers * 4 * width * width, small),
                         (layers * width, zeros), (width, ones), (width, zeros)):
        write(out, count, block)
