#!/usr/bin/python3
"""Make a target of your own from a folder of recordings.

    own.py FOLDER --name NAME [-o NAME.gguf]         then: cochlea hybridize IN -o OUT.wav --target NAME.gguf

Record one instrument or voice alone: a few minutes of notes, scales and phrases over its whole range, soft and loud, in a dry room. Any files
that libsndfile reads. The net starts from the shipped weights, hears every phrase in many disguises and at other pitches, and learns to give it
its own spectrum back. Ten minutes on one core for the default 3,000 steps.
"""
import argparse
import sys
import time
from pathlib import Path

import numpy as np
import soundfile
import torch

import bands
import export
import material
import net
from phrases import cubic
from scipy.signal import resample_poly

sys.path.append(str(Path(__file__).parent.parent))
from gguf import read  # noqa: E402

FRAMES, RUN = 64, export.RUN


def recordings(folder):
    """All audio of a folder, one channel at 44.1 kHz."""
    for path in sorted(Path(folder).rglob("*")):
        try:
            audio, rate = soundfile.read(path, dtype="float32", always_2d=True) if path.is_file() else (None, 0)
        except (soundfile.LibsndfileError, RuntimeError):
            continue
        if audio is not None and len(audio) > rate / 4:
            audio = audio.mean(1)
            yield path.name, audio if rate == bands.RATE else resample_poly(audio, bands.RATE, rate).astype(np.float32)


def hear(audio, shifts):
    """(levels, log energy) at several pitches."""
    for shift in shifts:
        step = 2 ** (shift / 12)
        l, e = bands.levels(bands.frames(cubic(audio, np.arange(int((len(audio) - 3) / step)) * step)))
        yield l.astype(np.float32), np.log(e + 1e-9)


def disguised(rng, clean, envelopes, frames):
    """Sequences in disguise: envelopes of other sounds, colours, noise."""
    count = len(clean)
    source = torch.from_numpy(clean)
    replaced = np.flatnonzero(rng.random(count) < 0.75)
    if len(replaced):
        starts = rng.integers(0, len(envelopes) // RUN - 1, (len(replaced), frames // RUN)) * RUN
        other = np.stack([np.concatenate([envelopes[s:s + RUN] for s in row]) for row in starts])
        source[replaced] = net.whiten(source[replaced]) + net.envelope(torch.from_numpy(other))
    strength = np.full(count, 1.0, np.float32)
    strength[replaced] = 0.4
    return material.noisy(rng, source + material.colours(rng, count) * torch.from_numpy(strength)[:, None, None])


class Heard:
    def __init__(self, heard):
        self.heard = [(l, e) for l, e in heard if len(l) > FRAMES]
        self.share = np.array([len(l) for l, _ in self.heard], np.float64)
        self.share /= self.share.sum()

    def batch(self, rng, count):
        clean, good = [], []
        for i in rng.choice(len(self.heard), count, p=self.share):
            l, e = self.heard[i]
            first = int(rng.integers(0, len(l) - FRAMES))
            clean.append(l[first:first + FRAMES])
            good.append(e[first:first + FRAMES] > e.max() - 6.3)
        return np.stack(clean), torch.from_numpy(np.stack(good).astype(np.float32))


def learn(w, heard, envelopes, steps, seed):
    for k in w:
        w[k].requires_grad_()
    optimiser, rng, began = torch.optim.Adam(w.values(), lr=1e-3), np.random.default_rng(seed), time.time()
    for step in range(steps):
        clean, good = heard.batch(rng, 16)
        source = disguised(rng, clean.copy(), envelopes, FRAMES)
        flat = net.whiten(source)
        result, _ = net.shaped(source, net.forward(w, flat, w["targets"][torch.zeros(len(clean), dtype=torch.long)]), flat)
        loss, _ = material.loss_of(result, torch.from_numpy(clean), good)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 40) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / steps)))
        optimiser.step()
        if step % 100 == 99:
            left = (time.time() - began) / (step + 1) * (steps - step - 1)
            print("step %d of %d, loss %.3f, %.0f min left" % (step + 1, steps, loss.item(), left / 60), flush=True)
    return {k: v.detach().numpy() for k, v in w.items()}


def moments(heard, count, rng):
    pool = []
    for l, e in heard:
        loud = e > e.max() - 4
        pool += [l[i:i + RUN] for i in range(0, len(l) - RUN, RUN) if loud[i:i + RUN].all()]
    chosen = [pool[i] for i in rng.permutation(len(pool))[:count // RUN]]
    return np.concatenate([p - 0.5 * np.log(np.exp(2 * p).sum(1, keepdims=True)) for p in chosen]).astype(np.float16)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--name", required=True, help="of the target; letters, digits and _")
    parser.add_argument("-o", "--out")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--moments", type=int, default=2048, help="moments of the recordings to store for mosaic and detail; 0: none")
    parser.add_argument("--start", default=str(Path(__file__).resolve().parents[2] / "hybrid.gguf"), help="weights to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    if not args.name.replace("_", "").isalnum() or len(args.name) > 40:
        sys.exit("own.py: --name: letters, digits and _, at most 40")
    sounds = list(recordings(args.folder))
    seconds = sum(len(a) for _, a in sounds) / bands.RATE
    if seconds < 10:
        sys.exit("own.py: %s: %.1f s of audio found; at least 10 s are needed, some minutes are better" % (args.folder, seconds))
    print("%d recordings, %.1f minutes" % (len(sounds), seconds / 60), flush=True)
    shifts = (-5, -3, -1.5, 0, 1.5, 3, 5) if seconds < 900 else (-3, 0, 3)
    # Recordings are joined, for many single notes are shorter than a sequence.
    joined = np.concatenate([a for _, a in sounds])
    heard = [h for i in range(0, len(joined), 60 * bands.RATE) for h in hear(joined[i:i + 60 * bands.RATE], shifts)]
    start = read(args.start)[1]
    envelopes = np.concatenate([v for k, v in start.items() if k.startswith("moments.")])
    w = {k: torch.from_numpy(v.copy()) for k, v in start.items() if k in net.initial(1, 0)}
    w["targets"] = w["targets"].mean(0, keepdim=True)
    w = learn(w, Heard(heard), envelopes, args.steps, args.seed)
    mean = np.mean([net.envelope(torch.from_numpy(l[e > e.max() - 3])).numpy().mean(0) for l, e in heard], 0)[None]
    stored = {args.name: moments(heard, args.moments, np.random.default_rng(args.seed))} if args.moments else {}
    out = args.out or args.name + ".gguf"
    export.write_model(out, w, [args.name], mean, stored, vars(args), name=args.name, data="recordings of the owner; started from cochlea hybrid")
    print("%s: try  cochlea hybridize IN.wav -o OUT.wav --target %s" % (out, out))


if __name__ == "__main__":
    main()
