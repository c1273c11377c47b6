#!/usr/bin/python3
"""Render phrases and keep their columns: CACHE/SET-NNN.npz with x (u8 [frames, 96]), starts, labels, groups.

    render_phrases.py --set train|patches|varied|virtual|muted|recorded|wide|stopped|quiet|valid|clips|clips_valid --data ../shared/data
                      --cache cache/instrument [--jobs 2]

Every phrase follows from its set and number alone. groups: the clip that a variant comes from, -1 for rendered phrases.
"""
import argparse
import csv
import multiprocessing
import os
from pathlib import Path

import numpy as np
import soundfile

import cqt
import phrases
import sources

SHARD = 500
COUNTS = {"train": {**{name: 1800 for name in sources.TARGETS}, "other": 4800, "none": 800},
          "patches": {**{name: 150 for name in sources.TARGETS}, "other": 500},
          "varied": {"violin": 550, "trumpet": 500, "piano": 450, "female_voice": 350, "tenor_sax": 300, "flute": 200, "clarinet": 200,
                     "distorted_electric_guitar": 250, "other": 1200},
          "virtual": {"violin": 1000, "trumpet": 1000, "piano": 1000, "female_voice": 650, "tenor_sax": 650, "flute": 500, "clarinet": 500,
                      "distorted_electric_guitar": 700, "other": 2500},
          "recorded": {"trumpet": 1100, "violin": 1100, "clarinet": 300, "flute": 300, "piano": 300, "other": 900},
          "wide": {"trumpet": 2400, "violin": 2200, "female_voice": 1600, "tenor_sax": 1300, "piano": 1500, "flute": 900, "clarinet": 900,
                   "distorted_electric_guitar": 1000, "other": 5200},
          "stopped": {"trumpet": 1000, "violin": 300, "tenor_sax": 200, "female_voice": 100, "clarinet": 100, "flute": 100, "other": 200},
          "muted": {"trumpet": 500, "violin": 150, "tenor_sax": 100, "female_voice": 150, "other": 100},
          "quiet": {"none": 2000},
          "valid": {**{name: 90 for name in sources.TARGETS}, "other": 180, "none": 90}}
VARIANTS = {"clips": 24, "clips_valid": 1}
SEEDS = {"patches": 16, "varied": 17, "virtual": 18, "muted": 19, "recorded": 20, "wide": 22, "stopped": 23, "quiet": 15, "train": 11, "valid": 12,
         "clips": 13, "clips_valid": 14}
MANNERS = ("varied", "virtual", "muted", "recorded", "wide", "stopped")
state = {}


def plan(name, data):
    """[(label, group, what)] in a fixed random order."""
    if name in COUNTS:
        items = [(sources.CLASSES.index(k), -1, k) for k, n in COUNTS[name].items() for _ in range(n)]
    else:
        folder = Path(data) / ("medley_solos_train" if name == "clips" else "medley_solos_valid")
        rows = sorted(csv.DictReader(open(folder / "manifest.csv", encoding="utf-8")), key=lambda r: r["file"])
        items = [(sources.CLASSES.index({"tenor_saxophone": "tenor_sax"}.get(r["class"], r["class"])), g, (str(folder / r["file"]), v))
                 for g, r in enumerate(rows) for v in range(VARIANTS[name])]
    return [items[i] for i in np.random.default_rng(SEEDS[name]).permutation(len(items))]


def render(task):
    name, index, (label, group, what) = task
    rng = np.random.default_rng((SEEDS[name], index))
    if group < 0:
        audio = state["studio"].phrase(rng, what)
    else:
        clip, _ = soundfile.read(what[0], dtype="float32")
        audio = clip if what[1] == 0 else phrases.variant(rng, clip)
    return cqt.quantised(audio)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", required=True, choices=sorted(SEEDS))
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shards", type=int, default=1000, help="how many at most, of 500 each")
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    if args.set in COUNTS:
        state["studio"] = phrases.Studio(sources.prepare(args.data, args.cache), args.set == "valid", "freepats/" if args.set == "patches" else "",
                                         args.set if args.set in MANNERS else "plain")
    items = plan(args.set, args.data)
    with multiprocessing.Pool(args.jobs) as pool:
        for shard in range(0, min(len(items), args.shards * SHARD), SHARD):
            path = Path(args.cache) / ("%s-%03d.npz" % (args.set, shard // SHARD))
            if path.exists():
                continue
            part = items[shard:shard + SHARD]
            made = pool.map(render, [(args.set, shard + i, item) for i, item in enumerate(part)], chunksize=10)
            starts = np.cumsum([0] + [len(m) for m in made])
            np.savez(str(path) + ".part.npz", x=np.concatenate(made), starts=starts, labels=np.array([i[0] for i in part]), groups=np.array([i[1] for i in part]))
            os.replace(str(path) + ".part.npz", path)
            print(path, flush=True)


if __name__ == "__main__":
    main()
