#!/usr/bin/python3
"""The mean of the averaged weights of checkpoints that come of one another: often better than each.

    average.py CACHE/round4/last.pt CACHE/round6/last.pt --out CACHE/mean.pt
"""
import argparse

import torch


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    stored = [torch.load(path) for path in args.checkpoints]
    last = stored[-1]
    for name in last["average"]:
        last["average"][name] = sum(s["average"][name] for s in stored) / len(stored)
    torch.save(last, args.out)


if __name__ == "__main__":
    main()
