#!/usr/bin/python3
"""The study of Lostanlen & Cella (2016) on this data: runs every net with every seed, then the table and a picture of the confusion.

    study.py --run --cache cache/instrument [--seeds 5] [--examples 40000] [--jobs 2]
    study.py --table --cache cache/instrument [--best NAME] [--picture models/instrument_confusion.svg]

The table goes to the standard output, as Markdown. Baselines come from baselines.py; both append to CACHE/results.jsonl.
"""
import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import augment
from sources import CLASSES

NETS = ("2d+1d+spiral", "1d", "spiral", "2d", "2d48", "2d+1d", "2d+spiral", "1d+spiral")
ROWS = (("cepstra", "cepstra of the columns, random forest"), ("features", "bag of features, random forest"), ("scatter-1d", "1-d scattering, linear SVM"),
        ("scatter-2d", "2-d scattering, linear SVM"), ("scatter-spiral", "spiral scattering, linear SVM"), ("1d", "1-D"), ("2d", "2-D, 32 kernels"),
        ("2d48", "2-D, 48 kernels"), ("spiral", "spiral"), ("1d+spiral", "spiral & 1-D"), ("2d+spiral", "spiral & 2-D"), ("2d+1d", "1-D & 2-D"),
        ("2d+1d+spiral", "spiral & 1-D & 2-D"))
PUBLISHED = {"features": 61.4, "spiral": 59.9, "1d": 61.8, "2d": 69.1, "2d+spiral": 71.7, "2d+1d+spiral": 74.0}


def results(cache):
    path = Path(cache) / "results.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def run(args):
    done = {(r["net"], r["seed"]) for r in results(args.cache)}
    script = Path(__file__).with_name("train_net.py")

    def one(task):
        net, seed = task
        subprocess.run([sys.executable, script, "--net", net, "--seed", str(seed), "--examples", str(args.examples), "--cache", args.cache],
                       check=True, stdout=subprocess.DEVNULL)
    with ThreadPoolExecutor(args.jobs) as pool:
        list(pool.map(one, [(n, s) for s in range(1, args.seeds + 1) for n in NETS if (n, s) not in done]))


def spread(values):
    return "%.1f ± %.1f" % (100 * np.mean(values), 100 * np.std(values, ddof=1)) if len(values) > 1 else "%.1f" % (100 * values[0])


def table(found):
    print("| | seeds | parameters | 8 classes | 10 classes | 9 Medley clips | published (8) |\n|---|---|---|---|---|---|---|")
    for name, title in ROWS:
        rows = [r for r in found if r["net"] == name]
        if rows:
            print("| %s | %d | %s | %s | %s | %.1f | %s |" % (
                title, len(rows), format(rows[0]["parameters"], ","), spread([r["valid"]["eight_of_eight"] for r in rows]),
                spread([r["valid"]["all"] for r in rows]), np.mean([r["medley"]["eight_of_eight"] * 9 for r in rows]), PUBLISHED.get(name, "")))
    print("\nPer class (of 10), mean over seeds:\n\n| | %s |\n|---|%s" % (" | ".join(c.replace("_", " ") for c in CLASSES), "---|" * 10))
    for name, title in ROWS:
        rows = [r for r in found if r["net"] == name]
        if rows:
            print("| %s | %s |" % (title, " | ".join("%.0f" % (100 * np.mean([r["valid"]["classes"][c] for r in rows])) for c in CLASSES)))


def picture(confusion, path, title):
    """Rows: what played; columns: what was heard; shares in per cent."""
    cell, left, top = 46, 190, 160
    size = cell * len(CLASSES)
    share = 100 * confusion / np.maximum(confusion.sum(1, keepdims=True), 1)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">' % (left + size + 20, top + size + 20),
           '<rect width="100%" height="100%" fill="#fff"/>', '<text x="10" y="24" font-size="15">%s</text>' % title]
    for i, name in enumerate(CLASSES):
        label = name.replace("_", " ")
        out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (left - 8, top + cell * i + 28, label))
        out.append('<text transform="translate(%d %d) rotate(-45)">%s</text>' % (left + cell * i + 24, top - 8, label))
        for j in range(len(CLASSES)):
            v = share[i, j]
            light = int(255 - 2.0 * v)
            out.append('<rect x="%d" y="%d" width="%d" height="%d" fill="rgb(%d,%d,%d)" stroke="#ddd"/>' % (
                left + cell * j, top + cell * i, cell, cell, light, int(255 - 1.3 * v), 255 - int(0.5 * v)))
            if v >= 0.5:
                out.append('<text x="%d" y="%d" text-anchor="middle" fill="%s">%.0f</text>' % (
                    left + cell * j + cell // 2, top + cell * i + 28, "#fff" if v > 60 else "#000", v))
    Path(path).write_text("\n".join(out + ["</svg>\n"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--examples", type=int, default=40000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--best", default="2d+1d+spiral")
    parser.add_argument("--picture")
    args = parser.parse_args()
    if args.run:
        run(args)
    if args.table:
        table(results(args.cache))
    if args.picture:
        _, labels, _ = augment.plain(args.cache, "valid")
        confusion = np.zeros((len(CLASSES), len(CLASSES)))
        for path in sorted(Path(args.cache).glob("scores-%s-[0-9].npy" % args.best)):
            np.add.at(confusion, (labels, np.load(path).argmax(1)), 1)
        picture(confusion, args.picture, "What played (rows) and what was heard (columns), per cent: %s" % args.best)


if __name__ == "__main__":
    main()
