#!/usr/bin/python3
"""What each part of the hybridizer is worth: variants trained alike and short, on three targets, measured alike.

    ablate.py [--steps 3000] [--notes 8]       writes CACHE/timbre/ablation.json

Nets that are stored in CACHE/timbre from a run before are judged without training.

The free-output nets are the lecture's path: STFT magnitudes of 1025 bins in, magnitudes out, the input's phase and energy; dense, then with
three past frames, then with an LSTM. The others give gains of 160 bands.
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

import bands
import judge
import measure
import net
import phrases
import voices

TARGETS = ("violin", "clarinet", "tenor_sax")
VARIANTS = {"all": "", "no pairs": "no-pairs", "no disguise, no pairs": "no-disguise,no-pairs", "no whitening": "no-whitening",
            "no LSTM": "no-lstm", "no context, no LSTM": "no-context,no-lstm"}
FREE = {"free output, dense": (1, False), "free output, + context": (4, False), "free output, + context + LSTM": (4, True)}
BINS = bands.SIZE // 2 + 1


def resynthesise(audio, change):
    """Overlap-add of changed frames; change: spectra [n, bins], to spectra of the same energy. The delay is taken out."""
    spectra = bands.frames(np.concatenate([audio, np.zeros(bands.SIZE, np.float32)]))
    result = change(spectra)
    before, after = (np.sum(np.abs(s) ** 2, 1, keepdims=True) for s in (spectra, result))
    parts = np.fft.irfft(result * np.sqrt(before / np.maximum(after, 1e-20)), axis=1)[:, -2 * bands.HOP:] * bands.synthesis()
    out = np.zeros((len(parts) + 1) * bands.HOP, np.float32)
    for i, part in enumerate(parts):
        out[i * bands.HOP:(i + 2) * bands.HOP] += part
    return out[bands.HOP:bands.HOP + len(audio)]


def by_gains(w, number, options):
    spread = bands.weights().T / bands.weights().sum(0)[:, None]

    def change(spectra):
        l = torch.from_numpy(bands.levels(spectra)[0].astype(np.float32))[None]
        with torch.no_grad():
            flat = net.whiten(l) if "no-whitening" not in options else l
            _, gain = net.shaped(l, net.forward(w, flat, w["targets"][number][None], options), flat, options)
        return spectra * np.exp(gain[0].numpy() @ spread.T)
    return change


class Free:
    """Magnitudes in, magnitudes out."""

    def __init__(self, context, recurrent, seed=1):
        rng = np.random.default_rng(seed)
        self.context, self.recurrent = context, recurrent
        shapes = {"encode": (context * BINS, 512), "lstm.input": (512, 4 * net.UNITS), "lstm.state": (net.UNITS, 4 * net.UNITS),
                  "bottle": (512, net.UNITS), "decode1": (net.UNITS, 512), "decode2": (512, BINS)}
        self.w = {}
        for name, (a, b) in shapes.items():
            self.w[name + ".weight"] = torch.from_numpy(rng.normal(0, np.sqrt(1.6 / a), (a, b)).astype(np.float32)).requires_grad_()
            self.w[name + ".bias"] = torch.zeros(b).requires_grad_()

    def __call__(self, c):
        leaky = torch.nn.functional.leaky_relu
        first = torch.zeros_like(c[:, :1])
        past = torch.cat([torch.cat([first] * k + [c[:, :c.shape[1] - k]], 1) for k in range(self.context)], 2)

        def dense(name, x):
            return net.product(x, self.w[name + ".weight"]) + self.w[name + ".bias"]
        h = leaky(dense("encode", past), 0.1)
        h = net.lstm(self.w, h) if self.recurrent else leaky(dense("bottle", h), 0.1)
        return torch.nn.functional.softplus(dense("decode2", leaky(dense("decode1", h), 0.1)))

    def change(self, spectra):
        magnitude = np.abs(spectra)
        share = magnitude / np.maximum(np.sqrt((magnitude ** 2).sum(1, keepdims=True)), 1e-10)
        with torch.no_grad():
            out = self(torch.from_numpy(np.log1p(3000 * share).astype(np.float32))[None])[0].numpy()
        return np.expm1(np.minimum(out, 12)) / 3000 * np.exp(1j * np.angle(spectra))


def frames_of(folder, target, count=60):
    rng = np.random.default_rng([5, *map(ord, target)])
    voice, sequences = voices.Voice(folder / "banks", target), []
    for _ in range(count):
        magnitude = np.abs(bands.frames(phrases.play(rng, voice, phrases.phrase(rng))))
        e = np.sqrt((magnitude ** 2).sum(1, keepdims=True))
        sequences.append((np.log1p(3000 * magnitude / np.maximum(e, 1e-10)).astype(np.float16), e[:, 0] > e.max() * 2e-3))
    return sequences


def train_free(sequences, context, recurrent, steps):
    model, rng = Free(context, recurrent), np.random.default_rng(2)
    optimiser = torch.optim.Adam(model.w.values(), lr=1e-3)
    for step in range(steps):
        rows = [(s, int(rng.integers(0, len(sequences[s][0]) - 48))) for s in rng.integers(0, len(sequences), 12)]
        c = torch.from_numpy(np.stack([sequences[s][0][i:i + 48] for s, i in rows]).astype(np.float32))
        good = torch.from_numpy(np.stack([sequences[s][1][i:i + 48] for s, i in rows]).astype(np.float32))
        loss = ((model(c) - c).abs().mean(2) * good).sum() / good.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v for v in model.w.values() if v.grad is not None], 1.0)
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 40) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / steps)))
        optimiser.step()
    return model, float(loss)


def free_model(folder, name, target, steps):
    """A free-output net of a target, trained unless it is stored."""
    path = folder / ("ablation-%s-%s-%d.pt" % (name.replace(",", "").replace(" ", "-"), target, steps))
    if path.exists():
        model = Free(*FREE[name])
        model.w = torch.load(path)["weights"]
        return model
    began = time.time()
    model, loss = train_free(frames_of(folder, target), *FREE[name], steps)
    torch.save({"weights": model.w, "loss": loss, "seconds": time.time() - began}, path)
    print("%s, %s: loss %.4f after %d steps, %.0f s" % (name, target, loss, steps, time.time() - began), flush=True)
    return model


def evaluate(judge_, scores, target, change):
    rows, echoes, size = [], [], int((measure.LENGTH + measure.GAP) * measure.RATE)
    for score in scores:
        result = resynthesise(score.audio, change)
        for kind, at, what in score.events:
            row = measure.measure_event(kind, score.audio[at:at + size], result[at:at + size], what, score.known.setdefault(at, {}))
            rows += [dict(row)] if row else []
            if kind == "note" and score.name in measure.PLUCKED:
                echo = measure.pre_echo(score.audio, result, at)
                echoes += [] if echo is None else [echo]
    return measure.summary(judge_, rows, echoes, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--notes", type=int, default=8)
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    parser.add_argument("--only", default="", help="some of the variants, parted by semicolons")
    parser.add_argument("--out", help="instead of CACHE/timbre/ablation.json; rows that are in it are kept")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    folder = Path(args.cache) / "timbre"
    out = Path(args.out or folder / "ablation.json")
    results = json.loads(out.read_text()) if out.exists() else {}
    judge_ = judge.Judge(folder)
    scores = [measure.Score(folder, name, args.notes, 22) for name in voices.UNSEEN]
    chosen = [n for n in [*VARIANTS, *FREE] if n not in results and (not args.only or n in args.only.split(";"))]
    for name in chosen:
        rows = {}
        if name in VARIANTS:
            file = "ablation-" + name.replace(",", "").replace(" ", "-")
            if not (folder / (file + ".pt")).exists():
                subprocess.run([sys.executable, str(Path(__file__).with_name("train.py")), "--steps", str(args.steps), "--batch", "16", "--frames", "48",
                                "--targets", ",".join(TARGETS), "--options", VARIANTS[name], "--name", file, "--data", args.data, "--cache",
                                args.cache], check=True, stdout=subprocess.DEVNULL)
            w = torch.load(folder / (file + ".pt"))["average"]
        for number, target in enumerate(TARGETS):
            if name in VARIANTS:
                change = by_gains(w, number, VARIANTS[name].split(","))
            else:
                change = free_model(folder, name, target, args.steps).change
            rows[target] = evaluate(judge_, scores, target, change)
        results[name] = {c: float(np.mean(v)) for c in measure.COLUMNS if (v := [r[c] for r in rows.values() if r.get(c) is not None])}
        results[name]["targets"] = rows
        measure.show(name, results[name])
        out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
