#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times training steps of PyTorch on the shapes of `aiops bench train`: one line of seconds per step.

    torch_step.py --model gpt2-124m|smollm2-135m --rows 4 --length 64 --precision fp32|bf16 --threads 2 --steps 5

Forward, backward, clipping to 1.0, AdamW, on the same random tokens. What PyTorch does best on a CPU is used: its fused
attention, its fused AdamW, autocast for bf16.
"""
import argparse
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight, 1e-5)


def rotate(x, cosine, sine):
    low, high = x.chunk(2, -1)
    return x * cosine + torch.cat((-high, low), -1) * sine


class Block(nn.Module):
    """One layer of either family: `gated` is Llama's (RMSNorm, rotary, SwiGLU), else GPT-2's (LayerNorm, GELU, biases)."""

    def __init__(self, s):
        super().__init__()
        norm = RMSNorm if s['gated'] else nn.LayerNorm
        bias = not s['gated']
        width, key = s['width'], s['kv'] * s['head']
        self.shape, self.widths = s, (s['heads'] * s['head'], key, key)
        self.norm1, self.norm2 = norm(width), norm(width)
        self.qkv = nn.Linear(width, sum(self.widths), bias=bias)
        self.out = nn.Linear(s['heads'] * s['head'], width, bias=bias)
        self.up = nn.Linear(width, s['mlp'] * (2 if s['gated'] else 1), bias=bias)
        self.down = nn.Linear(s['mlp'], width, bias=bias)

    def forward(self, x, cosine, sine):
        b, t, _ = x.shape
        q, k, v = (part.view(b, t, -1, self.shape['head']).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(self.widths, -1))
        if self.shape['gated']:
            q, k = rotate(q, cosine, sine).to(v.dtype), rotate(k, cosine, sine).to(v.dtype)
            group = self.shape['heads'] // self.shape['kv']
            k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(attended.transpose(1, 2).reshape(b, t, -1))
        h = self.up(self.norm2(x))
        if self.shape['gated']:
            gate, up = h.chunk(2, -1)
            h = F.silu(gate) * up
        else:
            h = F.gelu(h, approximate='tanh')
        return x + self.down(h)


class Decoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.shape = s
        self.embedding = nn.Embedding(s['vocab'], s['width'])
        self.positions = None if s['gated'] else nn.Embedding(1024, s['width'])
        self.blocks = nn.ModuleList(Block(s) for _ in range(s['layers']))
        self.norm = (RMSNorm if s['gated'] else nn.LayerNorm)(s['width'])

    def forward(self, tokens, targets):
        t, head = tokens.shape[1], self.shape['head']
        x = self.embedding(tokens)
        if self.positions is not None:
            x = x + self.positions(torch.arange(t))
        angle = torch.outer(torch.arange(t).float(), 1e5 ** (-torch.arange(0, head, 2).float() / head))
        angle = torch.cat((angle, angle), -1)
        cosine, sine = angle.cos(), angle.sin()
        for block in self.blocks:
            x = block(x, cosine, sine)
        logits = F.linear(self.norm(x), self.embedding.weight)
        return F.cross_entropy(logits.view(-1, self.shape['vocab']).float(), targets.reshape(-1))


SHAPES = {
    'gpt2-124m': dict(gated=False, vocab=50257, width=768, mlp=3072, layers=12, heads=12, kv=12, head=64),
    'smollm2-135m': dict(gated=True, vocab=49152, width=576, mlp=1536, layers=30, heads=9, kv=3, head=64),
    'tiny': dict(gated=True, vocab=2048, width=256, mlp=704, layers=4, heads=8, kv=4, head=32),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', choices=SHAPES, default='gpt2-124m')
    parser.add_argument('--rows', type=int, default=4)
    parser.add_argument('--length', type=int, default=64)
    parser.add_argument('--precision', choices=('fp32', 'bf16'), default='fp32')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--steps', type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    shape = SHAPES[args.model]
    model = Decoder(shape)
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.normal_(p, 0, 0.02)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    batch = torch.randint(0, shape['vocab'], (args.rows, args.length + 1))

    def step():
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast('cpu', dtype=torch.bfloat16, enabled=args.precision == 'bf16'):
            loss = model(batch[:, :-1], batch[:, 1:])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return loss.item()

    first = step()
    step()
    seconds = []
    for _ in range(args.steps):
        begin = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - begin)
    print(' '.join('%.6f' % s for s in seconds))
    print('torch %s, %d parameters, first loss %.4f' % (torch.__version__, sum(p.numel() for p in model.parameters()), first), file=sys.stderr)


if __name__ == '__main__':
    main()
