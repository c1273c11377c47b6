#!/usr/bin/python3
"""Train the branch of statistics: multilayer perceptrons on windows of 0.4 to 2.9 s, several side by side on the same draws.

    train_statistics.py --cache cache/instrument [--turns 0 1] [--seed 1] [--count 3] [--steps 8000]

Blocks of the augmented columns (augment.py) are kept in CACHE/blocks-*.npy; the perceptrons themselves train in minutes. The first is written to
CACHE/statistics-SEED.pt, the second to CACHE/statistics-(SEED + 1).pt ...
"""
import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

import augment
import columns
import cqt
import modulation
from sources import CLASSES

SILENT = 0.15                                                            # of the examples of none
BATCH = 256
AVERAGED = 0.5, 0.97                                                     # the steps whose weights are averaged: flat minima bear other banks better


def make_blocks(cache, name, turns):
    """[(f16 [n, blocks, values], labels, groups)] of the shards of the turns of an augmented set; kept per shard."""
    parts = []
    for source in sorted(Path(cache).glob("augmented-%s-[0-9]*-[0-9].npz" % name)):
        if int(source.stem[-1]) not in turns:
            continue
        stored, kept = np.load(source), source.with_name(source.stem.replace("augmented", "blocks") + ".npy")
        if not kept.exists() or np.load(kept, mmap_mode="r").shape[2] != modulation.VALUES:
            np.save(kept, to_blocks(stored["x"]))
            print(kept, flush=True)
        parts.append((np.load(kept, mmap_mode="r"), stored["labels"], stored["groups"]))
    return parts


def joined(parts):
    """f16 [n, blocks, values] of all parts, each read only when its place is there."""
    blocks, at = np.empty((sum(len(p[0]) for p in parts), *parts[0][0].shape[1:]), np.float16), 0
    for part, _, _ in parts:
        blocks[at:at + len(part)] = part
        at += len(part)
    return blocks


def of_validation(cache, name):
    """The same of a validation set as it is, labels."""
    x, labels, _ = augment.plain(cache, name)
    return to_blocks(x), labels


def to_blocks(x):
    out = []
    for a in range(0, len(x), 50):
        with torch.no_grad():
            blocks = modulation.blocks(torch.from_numpy(cqt.scaled(columns.opened(x[a:a + 50]))))
            out.append(blocks[:, -(augment.FRAMES // modulation.BLOCK):].numpy().astype(np.float16))
    return np.concatenate(out)


def perceptron(width=96, hidden=32, dropout=0.35):
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


def window(blocks, rows, begin, length, silent=None, lead=None):
    """Statistics of rows of f16 [n, 29, values], from block begin[n] on, of length[n] blocks, after lead[n] silent ones."""
    at = np.arange(length.sum()) + np.repeat(begin - np.cumsum(length) + length, length)
    row = torch.from_numpy(np.repeat(np.arange(len(rows)), length))
    total = torch.zeros(len(rows), blocks.shape[2]).index_add_(0, row, torch.from_numpy(blocks[np.repeat(rows, length), at]).float())
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


class Learner:
    """A perceptron that trains, and the mean of its weights over most of the second half."""

    def __init__(self, seed, rate, steps):
        self.rng, self.net, self.steps, self.step, self.averaged = np.random.default_rng(seed), perceptron().train(), steps, 0, 0
        self.optimiser = torch.optim.AdamW(self.net.parameters(), rate, weight_decay=0.02)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimiser, rate, steps, pct_start=0.1)
        self.average = {k: torch.zeros_like(v) for k, v in self.net.state_dict().items()}

    def learn(self, x, y):
        x, target = mixed(self.rng, x, y)
        loss = -(target * torch.log_softmax(self.net(x), -1)).sum(-1).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.schedule.step()
        if AVERAGED[0] * self.steps <= self.step < AVERAGED[1] * self.steps:
            self.averaged += 1
            for k, v in self.net.state_dict().items():
                self.average[k] += v
        self.step += 1
        return loss.item()

    def done(self):
        self.net.load_state_dict({k: v / self.averaged for k, v in self.average.items()})
        return self.net.eval()


def mixed(rng, x, y):
    """Every row with a little of another, and targets that leave something to all classes."""
    lam = torch.from_numpy(rng.beta(0.3, 0.3, len(x)).astype(np.float32))[:, None]
    lam, other = torch.maximum(lam, 1 - lam), torch.from_numpy(rng.permutation(len(x)))
    return x * lam + x[other] * (1 - lam), (y * lam + y[other] * (1 - lam)) * 0.95 + 0.005


def train(args, blocks, labels, groups, after, often):
    """[nets], mean, scale of their inputs."""
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    silent, part = modulation.silence(), np.arange(0, len(blocks), 17)
    sample = window(blocks, part, np.full(len(part), 4), np.full(len(part), 20))
    mean, scale = sample.mean(0), sample.std(0) + 0.05
    learners = [Learner(args.seed + i, args.rate, args.steps) for i in range(args.count)]
    if args.start:
        stored = [torch.load(args.cache + "/statistics-%d.pt" % (args.start + i)) for i in range(args.count)]
        mean, scale = stored[0]["mean"], stored[0]["scale"]
        for learner, one in zip(learners, stored):
            learner.net.load_state_dict(one["net"])
    draw = sampler(rng, labels, groups >= 0, often, args.share, BATCH, args.other)

    def batch():
        rows = next(draw)
        begin, length, lead = stretches(rng, BATCH, blocks.shape[1])
        lead = np.where(after[rows], 0, lead)
        begin = np.where(after[rows], np.minimum(rng.integers(0, 4, BATCH), blocks.shape[1] - length), begin)
        x = (window(blocks, rows, begin, length, silent, lead) - mean) / scale
        still = torch.from_numpy((labels[rows] == CLASSES.index("none")) & (rng.random(BATCH) < SILENT))
        x = torch.where(still[:, None], ((modulation.finish(silent) - mean) / scale)[None], x)
        return x, torch.nn.functional.one_hot(torch.from_numpy(labels[rows]), len(CLASSES)).float()
    with ThreadPoolExecutor(args.jobs) as pool:
        ready = batch()
        for step in range(args.steps):
            following = pool.submit(batch)
            losses = list(pool.map(lambda learner: learner.learn(*ready), learners))
            ready = following.result()
            if (step + 1) % 500 == 0:
                print("step %d loss %.3f" % (step + 1, np.mean(losses)), flush=True)
    return [learner.done() for learner in learners], mean, scale


def evaluate(nets, mean, scale, blocks, labels, length=24, name=""):
    n = len(blocks)
    with torch.no_grad():
        x = (window(blocks, np.arange(n), np.full(n, blocks.shape[1] - length), np.full(n, length)) - mean) / scale
        p = torch.softmax(sum(net(x) for net in nets) / len(nets), -1).numpy()
    right = p.argmax(1) == labels
    each = {CLASSES[c][:8]: round(float(right[labels == c].mean()), 2) for c in range(len(CLASSES)) if np.any(labels == c)}
    eight = labels < 8
    print("%s length %d: %.3f of all, 8 of 10 %.3f, 8 of 8 %.3f %s" % (name, length, right.mean(), right[eight].mean(),
          (p[eight, :8].argmax(1) == labels[eight]).mean(), each), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--turns", type=int, nargs="*", default=[0, 1], help="which of the changed copies")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3, help="how many perceptrons")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--other", type=float, default=1.5, help="how much `other` is drawn, where an instrument is 1")
    parser.add_argument("--share", type=float, default=0.37, help="of recorded examples, of the classes that have them")
    parser.add_argument("--jobs", type=int, default=1, help="perceptrons that train at once")
    parser.add_argument("--sets", nargs="*", default=augment.SETS, help="one that is named more often counts more")
    parser.add_argument("--start", type=int, help="number of the first of the perceptrons to go on from")
    parser.add_argument("--blind", action="store_true", help="do not look at the validation")
    args = parser.parse_args()
    torch.set_num_threads(1)
    parts = [(name, part) for name in dict.fromkeys(args.sets) for part in make_blocks(args.cache, name, args.turns)]
    labels, groups = (np.concatenate([part[i] for _, part in parts]) for i in (1, 2))
    after = np.concatenate([np.full(len(part[1]), name.startswith("after_")) for name, part in parts])
    often = np.concatenate([np.full(len(part[1]), args.sets.count(name)) for name, part in parts])
    blocks = joined([part for _, part in parts])
    print(blocks.shape, flush=True)
    nets, mean, scale = train(args, blocks, labels, groups, after, often)
    for i, net in enumerate(nets):
        torch.save({"net": net.state_dict(), "mean": mean, "scale": scale, "args": {k: v for k, v in vars(args).items() if k != "cache"}},
                   Path(args.cache) / ("statistics-%d.pt" % (args.seed + i)))
    if args.blind:
        return
    valid = of_validation(args.cache, "valid")
    for length in (6, 12, 24):
        evaluate(nets, mean, scale, *valid, length, "valid")
    evaluate(nets, mean, scale, *of_validation(args.cache, "clips_valid"), 24, "medley")


if __name__ == "__main__":
    main()
