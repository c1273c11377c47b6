#!/usr/bin/python3
"""Write tests/goldens/hybrid_*.npy: what the tests of the C code compare with. Again whenever models/hybrid.gguf changes.

    goldens.py [--model models/hybrid.gguf] [--out tests/goldens]
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import torch

import bands
import net

sys.path.append(str(Path(__file__).parent.parent))
from gguf import read  # noqa: E402


def sound(seconds=0.6):
    """Two notes with vibrato, decay and a little noise."""
    t = np.arange(int(seconds * bands.RATE)) / bands.RATE
    rng, x = np.random.default_rng(4), 0
    for start, f0 in ((0.05, 196.0), (0.33, 330.0)):
        on = np.clip((t - start) / 0.004, 0, 1) * np.exp(-3 * np.clip(t - start, 0, None))
        phase = 2 * np.pi * f0 * (t + 0.0015 * np.sin(2 * np.pi * 5.5 * t))
        x = x + on * sum(0.3 / h ** 1.3 * np.sin(h * phase + h) for h in range(1, 25))
    return (x + 2e-4 * rng.standard_normal(len(t))).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="models/hybrid.gguf")
    parser.add_argument("--out", default="tests/goldens")
    args = parser.parse_args()
    w = {k: torch.from_numpy(v) for k, v in read(args.model)[1].items()}
    audio, parts = sound(), {}
    l = torch.from_numpy(bands.levels(bands.frames(audio))[0].astype(np.float32))[None]
    flat = net.whiten(l)
    net.forward(w, flat, w["targets"][:1], parts=parts)
    result, gain = net.shaped(l, parts["gain"], flat)
    arrays = {"audio": audio, "level": l[0], "flat": flat[0], "encode": parts["encode"][0], "lstm": parts["lstm"][0], "gain": parts["gain"][0]}
    for name, value in arrays.items():
        np.save(Path(args.out) / ("hybrid_%s.npy" % name), np.ascontiguousarray(value, np.float32))
    print({k: tuple(v.shape) for k, v in arrays.items()}, float(gain.abs().max()))


if __name__ == "__main__":
    main()
