#!/usr/bin/python3
"""The mean of the averaged weights of checkpoints that come of one another (weight files too, but for the last): often better than each.

    average.py CACHE/round4/last.pt CACHE/round6/last.pt --out CACHE/mean.pt
"""
import argparse

import torch

from model import averaged


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    last, weights = torch.load(args.checkpoints[-1]), [averaged(path) for path in args.checkpoints]
    for name in last["average"]:
        last["average"][name] = sum(w[name] for w in weights) / len(weights)
    torch.save(last, args.out)


if __name__ == "__main__":
    main()
