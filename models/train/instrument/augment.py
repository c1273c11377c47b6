#!/usr/bin/python3
"""Change every phrase of a set some times and keep windows of 145 columns: CACHE/augmented-SHARD-TURN.npz (x u8, labels, groups).

    augment.py --set train|varied|clips --turns 2 --cache cache/instrument [--after [--shards N]]

With --after another phrase's last second comes before each: CACHE/augmented-after_SHARD-TURN.npz, as heard after a change of instrument.
"""
import argparse
import os
from pathlib import Path

import numpy as np

import columns
import cqt

FRAMES, BEFORE = 145, 50
SEED = 21
STUDY = ("train", "patches", "quiet", "clips")                           # what the study's nets and baselines are trained on
SETS = (*STUDY, "varied", "varied", "virtual", "virtual")                # and what ships: the later ones count twice


def load(cache, sets, turns):
    """x u8 [n, FRAMES, 96], labels, groups of all that is there of the sets, in the turns below `turns`."""
    paths = [p for name in sets for p in sorted(Path(cache).glob("augmented-%s-[0-9]*-[0-9].npz" % name)) if int(p.stem[-1]) < turns]
    stored = [np.load(p) for p in paths]
    return tuple(np.concatenate([s[key] for s in stored]) for key in ("x", "labels", "groups"))


def softer(rng, x):
    """Columns up to 30 dB softer, half of them."""
    return np.log1p(np.expm1(x) * 10 ** (-rng.uniform(0, 30) / 20)) if rng.random() < 0.5 else x


def after(rng, x):
    """x u8 [n, FRAMES, 96] -> [n, BEFORE + FRAMES, 96]: what another row ends with comes first."""
    before = [columns.opened(x[i, -BEFORE:]) for i in rng.permutation(len(x))]
    return np.concatenate([np.stack([np.round(softer(rng, b) * cqt.STORED).astype(np.uint8) for b in before]), x], 1)


def plain(cache, name):
    """A validation set as it is: the last FRAMES columns of clips, the second to fourth second of phrases."""
    data = columns.Set(cache, name)
    x = []
    for i in range(len(data)):
        phrase = data.phrase(i)
        x.append(phrase[60:60 + FRAMES] if len(phrase) > 60 + FRAMES else phrase[-FRAMES:])
    return np.stack(x), data.labels, data.groups


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", required=True)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--after", action="store_true")
    parser.add_argument("--shards", type=int, default=1000)
    args = parser.parse_args()
    if args.after:
        for source in sorted(Path(args.cache).glob("augmented-%s-[0-9]*-0.npz" % args.set))[:args.shards]:
            stored = np.load(source)
            target = source.with_name(source.name.replace("augmented-", "augmented-after_"))
            np.savez(target, x=after(np.random.default_rng((SEED, len(stored["x"]))), stored["x"]), labels=stored["labels"], groups=stored["groups"])
        return
    for source in sorted(Path(args.cache).glob(args.set + "-[0-9][0-9][0-9].npz")):
        for turn in range(args.turns):
            target = Path(args.cache) / ("augmented-%s-%d.npz" % (source.stem, turn))
            if not target.exists():
                rng = np.random.default_rng((SEED, turn, int(source.stem[-3:])))
                data = columns.Set(args.cache, source.stem[:-4], only=source)
                save(target, rng, data)
                print(target, len(data), flush=True)


def save(target, rng, data):
    out = np.empty((len(data), FRAMES, cqt.BINS), np.uint8)
    for a in range(0, len(data), 50):
        x = columns.change(rng, np.stack([columns.tempo(rng, columns.opened(data.phrase(i)), FRAMES) for i in range(a, min(a + 50, len(data)))]))
        out[a:a + 50] = np.round(x * cqt.STORED).clip(0, 255)
    np.savez(str(target) + ".part.npz", x=out, labels=data.labels, groups=data.groups)
    os.replace(str(target) + ".part.npz", target)


if __name__ == "__main__":
    main()
