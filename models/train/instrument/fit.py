#!/usr/bin/python3
"""Choose the decision (weights of both listeners, windows, smoothing, change) on the streams `fit`, and report on `test`.

    fit.py --cache cache/instrument [--net streaming-1] [--statistics statistics-1 ...] [--out CACHE/decision.json]
"""
import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import soundfile
import torch

import columns
import cqt
import decide
import nets
from export import DECISION
from sources import CLASSES
from train_net import report
from train_statistics import Perceptrons


SURE = 0.985                                                             # right above a confidence of 0.7; other phrases keep three points less


def load(cache, net_name, statistics_names):
    net = nets.Streaming()
    net.load_state_dict(torch.load(Path(cache) / (net_name + ".pt"))["average"])
    return decide.Listener(net.eval(), Perceptrons([Path(cache) / (name + ".pt") for name in statistics_names]))


def columns_of(path):
    kept = path.with_suffix(".npy")
    if not kept.exists():
        audio, _ = soundfile.read(path, dtype="float32")
        np.save(kept, cqt.columns(cqt.magnitudes(audio)).astype(np.float16))
    return np.load(kept)


def streams(cache, name, listener, longest):
    """(net [streams, ..], statistics [streams, ..], truth [streams, blocks], seconds since the change) of a set."""
    out = []
    for path in sorted((Path(cache) / "streams").glob(name + "-*.flac")):
        scores = listener.hear(columns_of(path), longest)
        times = (np.arange(len(scores[0]) - decide.KEPT) + 1) * 0.1
        truth = json.loads(path.with_suffix(".json").read_text())
        index = np.searchsorted([t for t, _ in truth], times - 0.05, "right") - 1
        labels = np.array([CLASSES.index(label) for _, label in truth])[index]
        since = times - np.array([t for t, _ in truth])[index]
        out.append((*scores, labels, since))
    blocks = min(len(o[2]) for o in out)
    return (np.stack([o[0][:decide.KEPT + blocks] for o in out]), np.stack([o[1][:, :blocks] for o in out]), np.stack([o[2][:blocks] for o in out]),
            np.stack([o[3][:blocks] for o in out]))


def held(right, since, after):
    """Share of the segments that are right at every decision from `after` seconds on up to a second later."""
    inside = (since > after - 0.05) & (since < after + 1.0)
    begins = np.flatnonzero(np.diff(inside.astype(int).ravel(), prepend=0) == 1)
    ends = np.flatnonzero(np.diff(inside.astype(int).ravel(), append=0) == -1)
    return np.mean([right.ravel()[a:b + 1].all() for a, b in zip(begins, ends)])


def measure(data, d):
    """Shares that are right: of all decisions, 1 s and 3 s after a change (at that instant, and from there on for a second), of sure ones."""
    net, statistics, labels, since = data
    p = decide.decide(net, statistics, d)
    right, sure = p.argmax(2) == labels, p.max(2) > 0.7
    settled = since > 2.9
    return {"all": right.mean(), "at_1s": right[(since > 0.95) & (since < 1.05)].mean(), "at_3s": right[(since > 2.95) & (since < 3.05)].mean(),
            "held_1s": held(right, since, 1.0), "held_3s": held(right, since, 3.0), "sure_right": right[sure].mean(), "sure_right_1s": right[sure & (since > 1)].mean(), "sure": sure.mean(),
            "none": right[settled & (labels == 9)].mean(), "other": right[settled & (labels == 8)].mean(), "eight": right[settled & (labels < 8)].mean()}


def fit(data):
    best, found = -1, None
    grid = {"net_weight": (0.35, 0.4, 0.45), "statistics_weight": (0.4, 0.45, 0.5), "shortest": (4, 5, 6), "change_level": (0.25, 0.35),
            "change_rest": (0.1, 0.15, 0.18)}
    for values in itertools.product(*grid.values()):
        d = DECISION | dict(zip(grid, values))
        m = measure(data, d)
        value = m["all"] + 0.5 * m["held_1s"] + m["held_3s"] + 0.1 * m["sure"] + 3 * min(0, m["sure_right_1s"] - SURE)
        if value > best:
            best, found = value, d
    return found


def phrases(cache, listener, d):
    """Both listeners on the longest windows at the ends of the phrases of the validation: scores [phrases, 10], labels."""
    data, scores = columns.Set(cache, "valid"), []
    for i in range(len(data)):
        net, statistics = listener.hear(columns.opened(data.phrase(i)), d["longest"], d["longest"])
        scores.append(decide.softmax(d["net_weight"] * net[-d["longest"]:].mean(0) + d["statistics_weight"] * statistics[0, -1]))
    return np.array(scores), data.labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--net", default="streaming-1")
    parser.add_argument("--statistics", nargs="*", default=["statistics-1", "statistics-2", "statistics-3"])
    parser.add_argument("--out")
    args = parser.parse_args()
    torch.set_num_threads(1)
    listener = load(args.cache, args.net, args.statistics)
    longest = DECISION["longest"]
    data = streams(args.cache, "fit", listener, longest)
    d = fit(data)
    print(json.dumps(d))
    for name, part in (("fit", data), ("test", streams(args.cache, "test", listener, longest))):
        print(name, {k: round(float(v), 3) for k, v in measure(part, d).items()}, flush=True)
    scores, labels = phrases(args.cache, listener, d)
    np.save(Path(args.cache) / "scores-shipped-1.npy", scores)
    print("phrases", json.dumps(report(scores, labels)))
    (Path(args.out) if args.out else Path(args.cache) / "decision.json").write_text(json.dumps(d))


if __name__ == "__main__":
    main()
