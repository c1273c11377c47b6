#!/usr/bin/python3
"""Train the hybridizer on the phrases (see phrases.py): every voice in disguise, or another voice, is to become the target.

    train.py [--steps 24000] [--targets violin,...] [--name hybrid] [--resume]       writes CACHE/timbre/NAME.pt every few minutes
"""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch

import bands
import net
import voices

KNOTS = np.arange(bands.BANDS)


class Data:
    """Band levels of the phrases by every voice, and of real solo clips."""

    def __init__(self, cache, targets, data, limit=None):
        self.targets, self.seen, self.folder = list(targets), set(), Path(cache) / "timbre" / "phrases"
        self.names, self.levels, self.energy = [], [], []
        self.clips = {t: [] for t in targets}
        self.limit = limit
        self.rescan()
        for t in targets:
            for audio in voices.clips(data, voices.CLIPS[t], 0) if data and t in voices.CLIPS else []:
                for shift in (-2, 0, 2):
                    at = np.arange(0, len(audio) - 1, 2 ** (shift / 12))
                    l, e = bands.levels(bands.frames(np.interp(at, np.arange(len(audio)), audio).astype(np.float32)))
                    self.clips[t].append((l.astype(np.float16), np.log(e + 1e-9).astype(np.float16)))

    def rescan(self):
        for path in sorted(self.folder.glob("[0-9]*.npz"))[:self.limit]:
            if path.name not in self.seen and not path.name.endswith(".tmp.npz"):
                self.seen.add(path.name)
                stored = np.load(path)
                self.names.append(list(stored["names"]))
                self.levels.append(stored["levels"])
                self.energy.append(stored["energy"])

    def phrase(self, rng):
        return int(rng.integers(len(self.levels)))


def colours(rng, count, strength=1.0):
    """Random equalisers [count, 1, bands] in nepers: broad curves, tilt, ripples."""
    eq = np.zeros((count, bands.BANDS), np.float32)
    k = np.arange(1, 15)
    eq += (rng.normal(0, 1, (count, 14)) * 7 / np.sqrt(k) * rng.uniform(0, 1.5, (count, 1))) @ np.cos(np.pi * k[:, None] * (KNOTS + 0.5) / 160)
    eq += rng.normal(0, 3, (count, 1)) * (np.log2(bands.centres() / 1000)).clip(-3, 4)[None]
    for step, most in ((3, 5), (8, 4)):
        points = rng.normal(0, 1, (count, 160 // step + 2)) * rng.uniform(0, most, (count, 1))
        eq += np.stack([np.interp(KNOTS / step, np.arange(points.shape[1]), p) for p in points])
    return torch.from_numpy((strength * eq / 8.686)[:, None].astype(np.float32))


def noisy(rng, l):
    """A floor of noise of some colour, and unit energy again."""
    count = len(l)
    floor = rng.uniform(-105, -55, (count, 1)) + rng.uniform(-4, 1, (count, 1)) * np.log2(bands.centres() / 1000).clip(-3, 4)[None]
    floor = torch.from_numpy((floor / 8.686).astype(np.float32))[:, None] + 0.3 * torch.randn(l.shape)
    l = torch.logaddexp(2 * l, 2 * floor) / 2
    return l - 0.5 * torch.logsumexp(2 * l, -1, keepdim=True)


def pick(rng, data, frames, options):
    """(source levels, target levels, weight per frame, whether to disguise, target's number)."""
    t = int(rng.integers(len(data.targets)))
    target, kind = data.targets[t], rng.random()
    paired = 0.0 if "no-pairs" in options else 0.6
    if kind < 0.15 and data.clips[target]:
        l, e = data.clips[target][rng.integers(len(data.clips[target]))]
        first = int(rng.integers(0, len(l) - frames))
        l, e = l[first:first + frames], e[first:first + frames]
        return l, l, e > e.max() - 6.9, True, t
    p = data.phrase(rng)
    names = data.names[p]
    row = names.index(target)
    other = row
    if kind > 1 - paired:
        other = int(rng.integers(len(names)))
    first = int(rng.integers(0, 512 - frames))
    span = slice(first, first + frames)
    a, b = data.energy[p][other], data.energy[p][row]
    good = (a[span] > a.max() - 6.3) & (b[span] > b.max() - 6.3)
    return data.levels[p][other][span], data.levels[p][row][span], good, other == row, t


def batch(rng, data, count, frames, options):
    rows = [pick(rng, data, frames, options) for _ in range(count)]
    source = torch.from_numpy(np.stack([r[0] for r in rows]).astype(np.float32))
    target = torch.from_numpy(np.stack([r[1] for r in rows]).astype(np.float32))
    good = torch.from_numpy(np.stack([r[2] for r in rows]).astype(np.float32))
    number = torch.tensor([r[4] for r in rows])
    if "no-disguise" in options:
        return source, target, good, number
    own = np.array([r[3] for r in rows])
    replaced = own & (rng.random(count) < 0.75)
    eq = colours(rng, count)
    strength = np.where(replaced, 0.4, np.where(own, 1.0, 0.35)).astype(np.float32)
    eq = eq * torch.from_numpy(strength)[:, None, None]
    decay = (rng.random(count) < 0.3) * rng.uniform(0, 0.12, count)
    ramp = np.maximum(0, np.log2(bands.centres() / 500))[None, None] * np.arange(frames)[None, :, None] / 86 * 8
    eq = eq - torch.from_numpy((decay[:, None, None] * ramp).astype(np.float32))
    if replaced.any():
        others = []
        for _ in range(int(replaced.sum())):
            p = data.phrase(rng)
            first = int(rng.integers(0, 512 - frames))
            others.append(data.levels[p][rng.integers(len(data.names[p]))][first:first + frames])
        where = torch.from_numpy(np.flatnonzero(replaced))
        source[where] = net.whiten(source[where]) + net.envelope(torch.from_numpy(np.stack(others).astype(np.float32)))
    return noisy(rng, source + eq), target, good, number


def compressed(l):
    return torch.log1p(3000 * l.exp())


def moments(coefficients, good):
    total = good.sum(1, keepdim=True).clamp(min=1)
    mean = (coefficients * good[:, :, None]).sum(1) / total
    spread = ((coefficients - mean[:, None]).square() * good[:, :, None]).sum(1) / total
    return mean, (spread + 1e-4).sqrt()


def loss_of(out, target, good):
    a, b = compressed(out), compressed(target)
    share = good / good.sum().clamp(min=1)
    bins = ((a - b).abs().mean(2) * share).sum()
    ca, cb = a @ net.BASIS * net.TAPER, b @ net.BASIS * net.TAPER
    shape = ((ca - cb).abs().sum(2) / 160 * share).sum()
    (ma, sa), (mb, sb) = moments(ca, good), moments(cb, good)
    enough = (good.sum(1) > 8).float()[:, None]
    over = (((ma - mb).abs() + (sa - sb).abs())[:, 1:] * enough).sum(1).mean() / 160
    return bins + 0.3 * shape + 0.5 * over * WEIGHT_MOMENTS, bins


WEIGHT_MOMENTS = 4.0


def rate(args, step):
    if step < 40:
        return args.lr * (step + 1) / 40
    return args.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, step / args.steps))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=24000)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--targets", default=",".join(voices.TARGETS))
    parser.add_argument("--options", default="", help="for ablations: no-disguise, no-pairs, no-whitening, no-lstm, no-context")
    parser.add_argument("--name", default="hybrid")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    options, targets = [o for o in args.options.split(",") if o], args.targets.split(",")
    data = Data(args.cache, targets, args.data)
    out = Path(args.cache) / "timbre" / (args.name + ".pt")
    w = net.initial(len(targets), args.seed, options)
    average = {k: v.detach().clone() for k, v in w.items()}
    optimiser, step = torch.optim.Adam(w.values(), lr=args.lr), 0
    if args.resume and out.exists():
        stored = torch.load(out)
        step = stored["step"]
        optimiser.load_state_dict(stored["optimiser"])
        for k in w:
            w[k].data.copy_(stored["weights"][k])
            average[k].copy_(stored["average"][k])
    rng, sums, began, saved = np.random.default_rng([args.seed, step]), [], time.time(), time.time()
    while step < args.steps:
        source, target, good, number = batch(rng, data, args.batch, args.frames, options)
        flat = net.whiten(source) if "no-whitening" not in options else source
        result, _ = net.shaped(source, net.forward(w, flat, w["targets"][number], options), flat, options)
        loss, bins = loss_of(result, target, good)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = rate(args, step)
        optimiser.step()
        step += 1
        keep = min(0.999, (step + 1) / (step + 10))
        for k, v in w.items():
            average[k].mul_(keep).add_(v.detach(), alpha=1 - keep)
        sums.append((loss.item(), bins.item()))
        if step % 250 == 0 or step == args.steps:
            print("%s step %d, %d phrases, loss %.4f, bins %.4f, %.1f ms a step" % (
                time.strftime("%H:%M:%S"), step, len(data.levels), *np.mean(sums, 0), 1000 * (time.time() - began) / len(sums)), flush=True)
            sums, began = [], time.time()
        if time.time() - saved > 120 or step == args.steps:
            data.rescan()
            torch.save({"weights": w, "average": average, "optimiser": optimiser.state_dict(), "step": step, "targets": targets,
                        "args": vars(args)}, str(out) + ".tmp")
            Path(str(out) + ".tmp").replace(out)
            saved = time.time()


if __name__ == "__main__":
    main()
