#!/usr/bin/python3
"""Train the branch of modulation statistics: a multilayer perceptron on windows of 0.6 to 2.9 s.

    train_statistics.py --cache cache/instrument [--turns 0 1] [--seed 1] [--steps 8000] [--start CHECKPOINT] [--out CACHE/statistics-SEED.pt]

Blocks of the augmented columns (augment.py) are kept in CACHE/blocks-*.npy; the perceptron itself trains in minutes.
"""
import argparse
from pathlib import Path

import numpy as np
import torch

import augment
import columns
import cqt
import modulation
from sources import CLASSES

SILENT = 0.15                                                            # of the examples of none
AVERAGED = 0.5, 0.97                                                     # the steps whose weights are averaged: flat minima bear other banks better


def make_blocks(cache, name, turns):
    """f16 [n, blocks, values], labels, groups of the turns of an augmented set, or (none) of a validation set as it is; kept per shard."""
    if not turns:
        x, labels, groups = augment.plain(cache, name)
        return to_blocks(x), labels, groups
    parts = []
    for source in sorted(Path(cache).glob("augmented-%s-[0-9]*-[0-9].npz" % name)):
        if int(source.stem[-1]) not in turns:
            continue
        stored, kept = np.load(source), source.with_name(source.stem.replace("augmented", "blocks") + ".npy")
        if not kept.exists():
            np.save(kept, to_blocks(stored["x"]))
            print(kept, flush=True)
        parts.append((np.load(kept), stored["labels"], stored["groups"]))
    return tuple(np.concatenate([p[i] for p in parts]) for i in range(3))


def to_blocks(x):
    out = []
    for a in range(0, len(x), 50):
        with torch.no_grad():
            blocks = modulation.blocks(torch.from_numpy(cqt.scaled(columns.opened(x[a:a + 50]))))
            out.append(blocks[:, -(augment.FRAMES // modulation.BLOCK):].numpy().astype(np.float16))
    return np.concatenate(out)


def perceptron(width=128, hidden=48, dropout=0.35):
    return torch.nn.Sequential(torch.nn.Dropout(0.15), torch.nn.Linear(modulation.VALUES, width), torch.nn.LeakyReLU(0.1), torch.nn.Dropout(dropout),
                               torch.nn.Linear(width, hidden), torch.nn.LeakyReLU(0.1), torch.nn.Dropout(dropout / 2), torch.nn.Linear(hidden, len(CLASSES)))


class Perceptrons:
    """The mean of the scores of several, from their checkpoints."""

    def __init__(self, paths):
        self.stored = [torch.load(p) for p in paths]
        self.nets = [perceptron() for _ in paths]
        for net, stored in zip(self.nets, self.stored):
            net.load_state_dict(stored["net"])
            net.eval()

    def __call__(self, statistics):
        return sum(net((statistics - s["mean"]) / s["scale"]) for net, s in zip(self.nets, self.stored)) / len(self.nets)


def sums_of(blocks):
    """f16 [n, 29, values] -> running sums f32 [n, 30, values], so that any window is one difference."""
    out = np.zeros((len(blocks), blocks.shape[1] + 1, blocks.shape[2]), np.float32)
    for a in range(0, len(blocks), 500):
        np.cumsum(blocks[a:a + 500], 1, dtype=np.float32, out=out[a:a + 500, 1:])
    return out


def window(sums, rows, begin, length, silent=None, lead=None):
    """Statistics of rows of such sums, from block begin[n] on, of length[n] blocks, after lead[n] silent ones."""
    total = torch.from_numpy(sums[rows, begin + length] - sums[rows, begin])
    if lead is not None:
        total, length = total + torch.from_numpy(lead)[:, None] * silent, length + lead
    return modulation.finish(total / torch.from_numpy(np.asarray(length))[:, None])


def stretches(rng, count, blocks):
    """begin, length, lead of random windows: most anywhere, a third after silence from a phrase's begin on."""
    length = np.minimum(rng.integers(4, 26, count), rng.integers(8, 26, count))
    begin = (rng.random(count) * (blocks - length + 1)).astype(np.int64)
    after = rng.random(count) < 0.33
    lead = np.where(after, np.minimum((rng.random(count) * 20).astype(np.int64), 25 - np.minimum(length, 24)), 0)
    short = np.where(after, np.maximum(2, rng.integers(2, 26, count) - lead), length)
    return np.where(after, 0, begin), short, lead


def sampler(rng, labels, recorded, often, share, count, other):
    """Draws `count` rows at a time: the eight classes alike, other and none by their weight; a share of recorded ones where there are any.
    Within these a row counts as `often` as it says."""
    def pool(mask):
        return np.repeat(np.flatnonzero(mask), often[mask])
    pools = [(pool((labels == c) & ~recorded), pool((labels == c) & recorded)) for c in range(len(CLASSES))]
    weight = np.array([1.0] * 8 + [other, 0.8])
    while True:
        chosen, rows = rng.choice(len(CLASSES), count, p=weight / weight.sum()), np.empty(count, np.int64)
        real = rng.random(count) < share
        for c, (rendered, clips) in enumerate(pools):
            for mask, pool in (((chosen == c) & real & (len(clips) > 0), clips), ((chosen == c) & ~(real & (len(clips) > 0)), rendered)):
                rows[mask] = pool[rng.integers(0, max(len(pool), 1), mask.sum())]
        yield rows


def train(args, blocks, labels, groups, after, often):
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    sums, silent, part = sums_of(blocks), modulation.silence(), np.arange(0, len(blocks), 7)
    sample = window(sums, part, np.full(len(part), 4), np.full(len(part), 20))
    mean, scale = sample.mean(0), sample.std(0) + 0.05
    net = perceptron()
    if args.start:
        stored = torch.load(args.start)
        net.load_state_dict(stored["net"])
        mean, scale = stored["mean"], stored["scale"]
    optimiser = torch.optim.AdamW(net.parameters(), 1.5e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, args.steps, pct_start=0.1)
    average, averaged = {k: torch.zeros_like(v) for k, v in net.state_dict().items()}, 0
    draw = sampler(rng, labels, groups >= 0, often, 0.37, 256, args.other)
    net.train()
    for step in range(args.steps):
        rows = next(draw)
        begin, length, lead = stretches(rng, 256, blocks.shape[1])
        lead = np.where(after[rows], 0, lead)
        begin = np.where(after[rows], np.minimum(rng.integers(0, 4, 256), blocks.shape[1] - length), begin)
        x = (window(sums, rows, begin, length, silent, lead) - mean) / scale
        still = torch.from_numpy((labels[rows] == CLASSES.index("none")) & (rng.random(256) < SILENT))
        x = torch.where(still[:, None], ((modulation.finish(silent) - mean) / scale)[None], x)
        y = torch.nn.functional.one_hot(torch.from_numpy(labels[rows]), len(CLASSES)).float()
        lam = torch.from_numpy(rng.beta(0.3, 0.3, 256).astype(np.float32))[:, None]
        lam = torch.maximum(lam, 1 - lam)
        other = torch.from_numpy(rng.permutation(256))
        logits = net(x * lam + x[other] * (1 - lam))
        target = (y * lam + y[other] * (1 - lam)) * 0.95 + 0.005
        loss = -(target * torch.log_softmax(logits, -1)).sum(-1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step >= AVERAGED[0] * args.steps and step < AVERAGED[1] * args.steps:
            averaged += 1
            for k, v in net.state_dict().items():
                average[k] += v
        if (step + 1) % 1000 == 0:
            print("step %d loss %.3f" % (step + 1, loss.item()), flush=True)
    net.load_state_dict({k: v / averaged for k, v in average.items()})
    return net.eval(), mean, scale


def evaluate(net, mean, scale, blocks, labels, length=24, name=""):
    n = len(blocks)
    with torch.no_grad():
        x = (window(sums_of(blocks), np.arange(n), np.full(n, blocks.shape[1] - length), np.full(n, length)) - mean) / scale
        p = torch.softmax(net(x), -1).numpy()
    right = p.argmax(1) == labels
    each = {CLASSES[c][:8]: round(float(right[labels == c].mean()), 2) for c in range(len(CLASSES)) if np.any(labels == c)}
    eight = labels < 8
    print("%s length %d: %.3f of all, 8 of 10 %.3f, 8 of 8 %.3f %s" % (name, length, right.mean(), right[eight].mean(),
          (p[eight, :8].argmax(1) == labels[eight]).mean(), each), flush=True)
    return p


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--turns", type=int, nargs="*", default=[0, 1], help="which of the changed copies")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--other", type=float, default=1.5, help="how much `other` is drawn, where an instrument is 1")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sets", nargs="*", default=augment.SETS, help="one that is named more often counts more")
    parser.add_argument("--start", help="checkpoint to go on from")
    parser.add_argument("--out")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    names = list(dict.fromkeys(args.sets))
    parts = [make_blocks(args.cache, name, args.turns) for name in names]
    blocks, labels, groups = (np.concatenate([p[i] for p in parts]) for i in range(3))
    after, often = (np.concatenate([np.full(len(p[1]), of(name)) for p, name in zip(parts, names)]) for of in (lambda n: n.startswith("after_"), list(args.sets).count))
    del parts
    print(blocks.shape, flush=True)
    net, mean, scale = train(args, blocks, labels, groups, after, often)
    valid = make_blocks(args.cache, "valid", ())
    real = make_blocks(args.cache, "clips_valid", ())
    for length in (6, 12, 24):
        evaluate(net, mean, scale, *valid[:2], length, "valid")
    evaluate(net, mean, scale, *real[:2], 24, "medley")
    torch.save({"net": net.state_dict(), "mean": mean, "scale": scale, "args": {k: v for k, v in vars(args).items() if k != "cache"}}, args.out or Path(args.cache) / ("statistics-%d.pt" % args.seed))


if __name__ == "__main__":
    main()
