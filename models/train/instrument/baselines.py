#!/usr/bin/python3
"""The study's baselines on the same data as the nets: scattering with a linear classifier, bags of features with a random forest.

    baselines.py --cache cache/instrument [--seeds 5] [--rows 8000]

Appends to CACHE/results.jsonl. Each seed sees another four fifths of the rows.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import augment
import scattering
from sources import CLASSES
from train_net import draw, report

SHARE = 0.38


def classify(kind, seed, train, labels, valid):
    """Class scores [n, classes] and how many numbers the classifier keeps."""
    if kind.startswith("scatter"):
        scaler = StandardScaler().fit(train)
        model = LinearSVC(C=0.003, dual=False, random_state=seed, max_iter=300).fit(scaler.transform(train), labels)
        return [model.decision_function(scaler.transform(v)) for v in valid], model.coef_.size + model.intercept_.size
    model = RandomForestClassifier(200, min_samples_leaf=2, max_features="sqrt", random_state=seed, n_jobs=1).fit(train, labels)
    return [model.predict_proba(v) for v in valid], sum(t.tree_.node_count for t in model.estimators_)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=8000)
    parser.add_argument("--kinds", nargs="*", default=list(scattering.KINDS))
    args = parser.parse_args()
    torch.set_num_threads(1)
    x, labels, groups = augment.load(args.cache, augment.STUDY, 1)
    pools = [(np.flatnonzero((labels == c) & (groups < 0)), np.flatnonzero((labels == c) & (groups >= 0))) for c in range(len(CLASSES))]
    rows = np.unique(draw(np.random.default_rng(1), pools, args.rows, SHARE))
    sets = [augment.plain(args.cache, "valid"), augment.plain(args.cache, "clips_valid")]
    for kind in args.kinds:
        features = scattering.compute(kind, x[rows])
        valid = [scattering.compute(kind, s[0]) for s in sets]
        print(kind, features.shape, flush=True)
        for seed in range(1, args.seeds + 1):
            chosen = np.random.default_rng((seed, 9)).permutation(len(rows))[:len(rows) * 4 // 5]
            scores, size = classify(kind, seed, features[chosen], labels[rows][chosen], valid)
            result = {"net": kind, "seed": seed, "parameters": int(size), "examples": len(chosen),
                      "valid": report(scores[0], sets[0][1]), "medley": report(scores[1], sets[1][1])}
            np.save(Path(args.cache) / ("scores-%s-%d.npy" % (kind, seed)), scores[0])
            print(json.dumps(result), flush=True)
            with open(Path(args.cache) / "results.jsonl", "a") as f:
                f.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
