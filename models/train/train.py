#!/usr/bin/python3
"""Train the piano net on the rendered takes (bfloat16 products, float master weights, AdamW, cosine, averaged weights).

    train.py --steps 11000 [--resume]       writes CACHE/train/last.pt every few minutes; needs a processor with AMX or AVX-512 BF16

Best run with OMP_NUM_THREADS=3 OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE and large MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_.
"""
import argparse
import ctypes
import json
import math
import queue
import sys
import threading
import time
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

import decode
import fast
import features
import model
import net
import score
from labels import Labels

SKIP = 12                                             # frames of a chunk without loss
WEIGHTS = {"onset": 10.0, "sounding": 1.0, "held": 0.3, "pedal": 0.6, "velocity": 16.0, "age": 3.0}
PER_DB = 255 / 95                                     # cached units per dB


def white_response():
    """Level in dB of white noise of power 1 in every bin of every window: [3, 300]."""
    rows = []
    for shape, bank, _, _ in features.tables():
        rows.append(10 * np.log10(np.sum(shape ** 2) * np.asarray(bank.sum(1)).ravel()))
    return np.array(rows, np.float32)


def paths(folder):
    return [path for path in sorted(Path(folder).glob("train-*.npz")) if not path.name.endswith(".tmp.npz")]


def read(path):
    """A take: features, labels, and the loudness of late."""
    stored = np.load(path)
    raw = np.load(path.with_suffix(".npy"), mmap_mode="r")
    _, slow = features.levels(raw[:, 1:2].repeat(2, 1).astype(np.float32) / 64 - 1)
    return raw, Labels(stored["notes"], stored["pedal"]), slow


class Takes:
    """The cached takes; looks for new ones now and then."""

    def __init__(self, folder):
        self.folder, self.names, self.takes = folder, set(), []
        self.rescan()

    def rescan(self):
        new = [path for path in paths(self.folder) if path.stem not in self.names]
        self.names |= {path.stem for path in new}
        self.takes += [read(path) for path in new]


class Batch:
    def __init__(self, batch, frames):
        self.raw = (ctypes.c_void_p * batch)()
        self.keep = [None] * batch
        self.shift = np.zeros((batch, 300), np.float32)
        self.floor = np.zeros((batch, 3, 300), np.float32)
        self.seed = np.zeros(batch, np.uint32)
        self.loud = np.zeros(batch, np.float32)
        self.onset = np.zeros((batch, frames, 88, 4), np.uint8)
        self.velocity = np.zeros((batch, frames, 88), np.uint8)
        self.hold = np.zeros((batch, frames, 88), np.uint8)
        self.age = np.zeros((batch, frames, 88), np.uint8)
        self.pedal = np.zeros((batch, frames), np.uint8)


def body(rng, bins):
    """A fine, fixed response in dB, such as a soundboard and the place of a microphone have: no two pianos share it, and what a key's
    partials weigh against each other depends on it."""
    if rng.random() < 0.3:
        return np.zeros(bins)
    width = np.exp(rng.uniform(np.log(1.2), np.log(12)))
    curve = gaussian_filter1d(rng.standard_normal(bins + 100), width)[50:-50]
    return rng.uniform(1, 6.5) * curve / curve.std()


def fill(rng, takes, batch, white):
    """Choose chunks and draw their augmentation."""
    bins = np.arange(300)
    octaves = (bins - 199) / 36                       # from 1 kHz
    count, frames = batch.onset.shape[:2]
    for b in range(count):
        raw, labels, slow = takes[rng.integers(len(takes))]
        first = int(rng.integers(0, len(raw) - frames))
        batch.keep[b] = np.ascontiguousarray(raw[first:first + frames])
        batch.raw[b] = batch.keep[b].ctypes.data
        labels.fill(first, batch.onset[b], batch.velocity[b], batch.hold[b], batch.age[b], batch.pedal[b])
        gain = rng.uniform(-14, 10)
        colour = sum(rng.uniform(-4, 4) * np.exp(-0.5 * ((bins - rng.uniform(0, 300)) / rng.uniform(10, 60)) ** 2) for _ in range(3))
        batch.shift[b] = (gain + colour + body(rng, len(bins))) * PER_DB
        if rng.random() < 0.55:
            level = rng.uniform(-95, -42) - rng.uniform(0, 5) * octaves.clip(-3, 3)
            batch.floor[b] = (level + white + 95) * PER_DB
        else:
            batch.floor[b] = -1000
        batch.seed[b] = rng.integers(1 << 31)
        start = slow[first - 1] if first else features.LEVEL_START + features.LEVEL_DECAY
        batch.loud[b] = max(start + gain * PER_DB / 64, -1)


def feeder(takes, args, white, full, empty, stop):
    rng = np.random.default_rng([args.seed, int(time.time())] if args.resume else args.seed)
    scanned = time.time()
    while not stop.is_set():
        if time.time() - scanned > 60:
            takes.rescan()
            scanned = time.time()
        batch = empty.get()
        fill(rng, takes.takes, batch, white)
        full.put(batch)


class Trainer:
    def __init__(self, args):
        self.args, self.library = args, fast.load()
        self.quick = fast.FastNet(self.library, args.batch, args.frames)
        self.w = net.initial(args.seed)
        self.average = {k: v.clone() for k, v in self.w.items()}
        decay = [v for k, v in self.w.items() if "bias" not in k]
        plain = [v for k, v in self.w.items() if "bias" in k]
        groups = [{"params": decay, "weight_decay": 1e-3}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=args.lr, betas=(0.9, 0.98))
        self.step, self.frames_seen, self.began = 0, 0, time.time()
        self.values = torch.zeros(args.batch, args.frames, 3, 300)
        self.level = torch.zeros(args.batch, args.frames, 2)
        self.weight = np.array(list(WEIGHTS.values()), np.float32)

    def rate(self):
        a = self.args
        if self.step < a.warmup:
            return a.lr * (self.step + 1) / a.warmup
        return a.lr * (0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min(1, self.progress()))))

    def progress(self):
        """Share of the run that is done: of the steps or, with --until, of the time, whichever is more."""
        a, share = self.args, self.step / self.args.steps
        return max(share, (time.time() - self.began) / (a.until - self.began)) if a.until else share

    def update(self, batch):
        n, frames = self.args.batch, self.args.frames
        where = lambda a: ctypes.c_void_p(a.ctypes.data)
        self.library.augment(n, frames, batch.raw, where(batch.shift), where(batch.floor), where(batch.seed), where(batch.loud),
                             ctypes.c_float(features.LEVEL_DECAY), fast.address(self.values), fast.address(self.level))
        logit = self.quick.forward(self.w, self.values, self.level)
        parts = np.zeros(6)
        self.library.loss(n, frames, SKIP, fast.address(logit), where(batch.onset), where(batch.velocity), where(batch.hold),
                          where(batch.age), where(batch.pedal), where(self.weight), fast.address(self.quick.x["dlogit"]), where(parts))
        grads = self.quick.backward(self.w)
        norm = math.sqrt(sum(float(g.square().sum()) for g in grads.values()))
        if not math.isfinite(norm):
            return parts, norm
        for name, g in grads.items():
            self.w[name].grad = g * min(1.0, 1.0 / (norm + 1e-9))
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.optimiser.step()
        self.step += 1
        self.frames_seen += n * frames
        keep = min(self.args.average, (self.step + 1) / (self.step + 10))
        for name, v in self.w.items():
            self.average[name].mul_(keep).add_(v, alpha=1 - keep)
        return parts, norm

    def save(self, path):
        torch.save({"weights": self.w, "average": self.average, "optimiser": self.optimiser.state_dict(), "step": self.step,
                    "began": self.began, "frames": self.frames_seen, "args": vars(self.args)}, str(path) + ".tmp")
        Path(str(path) + ".tmp").replace(path)

    def begin_with(self, weights):
        """Start from other weights; a layer or output that they lack keeps its random start."""
        for name in self.w:
            if name in weights:
                old = weights[name]
                place = tuple(slice(0, n) for n in old.shape)
                self.w[name].data[place] = old
                self.average[name][place] = old

    def load(self, path):
        stored = torch.load(path)
        for name in self.w:
            self.w[name].data.copy_(stored["weights"][name])
            self.average[name].copy_(stored["average"][name])
        self.optimiser.load_state_dict(stored["optimiser"])
        self.step, self.frames_seen, self.began = stored["step"], stored["frames"], stored.get("began", self.began)


def validate(library, weights, folder, count, kind="unseen"):
    """Mean onset F1 and latency of the averaged weights on some evaluation takes, default thresholds."""
    results = []
    quick = None
    for path in sorted(Path(folder).glob(kind + "-*.npz"))[:count]:
        raw = np.load(path.with_suffix(".npy"))
        values = torch.from_numpy(raw.astype(np.float32) / 64 - 1)
        level = torch.from_numpy(np.stack(features.levels(values.numpy()), 1))
        quick = quick or fast.FastNet(library, 1, len(raw), train=False)
        logits = quick.forward(weights, values, level).numpy()
        found = decode.notes(decode.probabilities(logits), decode.defaults())
        results.append(score.compare(np.load(path)["notes"][:, [0, 2, 3, 4]], found))
    return score.mean(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=11000)
    parser.add_argument("--until", type=float, default=0, help="end at this time (seconds since 1970), the cosine with it")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--frames", type=int, default=320)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--warmup", type=int, default=200)
    parser.add_argument("--average", type=float, default=0.999)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--validate", type=float, default=480, help="seconds between validations")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", help="checkpoint (its averaged weights) or weight file to start from, for another round")
    parser.add_argument("--name", default="piano", help="folder of this run in the cache")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    if not 0 < args.batch <= 64:
        parser.error("--batch: 1 to 64")
    torch.set_num_threads(args.threads)
    cache, out = Path(args.cache), Path(args.cache) / args.name
    out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(args)
    if args.start:
        trainer.begin_with(model.averaged(args.start))
    if args.resume and (out / "last.pt").exists():
        trainer.load(out / "last.pt")
    takes = Takes(cache / "takes")
    full, empty, stop = queue.Queue(3), queue.Queue(), threading.Event()
    for _ in range(3):
        empty.put(Batch(args.batch, args.frames))
    threading.Thread(target=feeder, args=(takes, args, white_response(), full, empty, stop), daemon=True).start()
    started = saved = checked = time.time()
    first, sums, note = trainer.frames_seen, [], ""
    while trainer.progress() < 1:
        batch = full.get()
        parts, norm = trainer.update(batch)
        empty.put(batch)
        sums.append(parts)
        if trainer.step % 50 == 0:
            mean = np.mean(sums, axis=0)
            speed = (trainer.frames_seen - first) / (time.time() - started)
            line = "%s step %d of %d, %d takes, %.1f M frames, %.0f frames/s, lr %.2e, loss %s, norm %.2f" % (
                time.strftime("%H:%M:%S"), trainer.step, args.steps, len(takes.takes), trainer.frames_seen / 1e6, speed, trainer.rate(),
                " ".join("%s %.4f" % (k, v) for k, v in zip(WEIGHTS, mean)), norm)
            print(line, flush=True)
            (cache / "STATUS").write_text(line + "\n" + note + "\n")
            sums = []
        now = time.time()
        if now - saved > 180:
            trainer.save(out / "last.pt")
            saved = now
        if now - checked > args.validate or (trainer.step == 600 and first == 0):
            result = validate(trainer.library, trainer.average, cache / "eval", 8)
            note = "%s validation at step %d: %s" % (time.strftime("%H:%M:%S"), trainer.step, json.dumps(result))
            print(note, flush=True)
            checked = time.time()
    stop.set()
    trainer.save(out / "last.pt")
    print("validation:", json.dumps(validate(trainer.library, trainer.average, cache / "eval", 24)), flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
