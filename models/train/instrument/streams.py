#!/usr/bin/python3
"""Streams in which the instrument changes every 4.2 s, played on banks that training never heard: CACHE/streams/SET-NNN.flac and .json.

    streams.py --data ../shared/data --cache cache/instrument [--count 60]

The set `fit` serves to choose the decision, `test` to report on it. A fifth of the segments is `other`, a tenth `none`.
"""
import argparse
import json
import multiprocessing
from pathlib import Path

import numpy as np
import soundfile

import phrases
import sources

SEGMENT, SEGMENTS = 4.2, 6
SEEDS = {"fit": 31, "test": 32}
state = {}


def make(task):
    name, index, folder = task
    rng = np.random.default_rng((SEEDS[name], index))
    parts, truth, last = [], [], None
    for _ in range(SEGMENTS):
        label = last
        while label == last:
            label = sources.CLASSES[rng.choice(10, p=[0.0875] * 8 + [0.2, 0.1])]
        last = label
        audio = state["studio"].phrase(rng, label)[int(0.7 * 44100):][:int(SEGMENT * 44100)]
        truth.append((len(parts) * SEGMENT, label))
        fade = np.ones(len(audio), np.float32)
        fade[:441], fade[-441:] = np.linspace(0, 1, 441), np.linspace(1, 0, 441)
        parts.append(audio * fade)
    soundfile.write(folder / ("%s-%03d.flac" % (name, index)), np.concatenate(parts), 44100, subtype="PCM_16")
    (folder / ("%s-%03d.json" % (name, index))).write_text(json.dumps(truth))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    folder = Path(args.cache) / "streams"
    folder.mkdir(exist_ok=True)
    state["studio"] = phrases.Studio(sources.prepare(args.data, args.cache), True)
    with multiprocessing.Pool(args.jobs) as pool:
        pool.map(make, [(name, i, folder) for name in SEEDS for i in range(args.count)], chunksize=2)


if __name__ == "__main__":
    main()
