"""Phrases that any voice can play: the same notes, glides, vibrato and dynamics, so that two renderings match frame by frame.

    phrases.py [--count 260]       renders every phrase by every training voice and keeps the band levels in CACHE/timbre/phrases.npz
"""
import argparse
from pathlib import Path

import numpy as np

import bands
import voices

RATE, FRAMES = bands.RATE, 512
SECONDS = FRAMES * bands.HOP / RATE
CONTROL = 441                                         # points of a pitch curve a second
LOW, HIGH = 36, 88


def curve(rng, note, before, seconds):
    """Pitch in semitones over a note."""
    t = np.arange(max(2, int(seconds * CONTROL))) / CONTROL
    pitch = np.full(len(t), float(note))
    kind = rng.random()
    if kind < 0.25 and before is not None:
        pitch += np.clip(before - note, -7, 7) * np.clip(1 - t / rng.uniform(0.04, 0.25), 0, 1)
    elif kind < 0.40:
        pitch += rng.uniform(-12, 12) * np.clip((t - rng.uniform(0, 0.4) * seconds) / (0.6 * seconds), 0, 1)
    if rng.random() < 0.4:
        grow = np.clip((t - rng.uniform(0, 0.3)) / 0.3, 0, 1)
        pitch += rng.uniform(0.1, 0.7) * grow * np.sin(2 * np.pi * rng.uniform(4, 7) * t + rng.uniform(0, 6))
    return np.clip(pitch, LOW - 2, HIGH + 2)


def line(rng, centre, span=9):
    """One part: a list of (start, pitch curve, level curve in dB)."""
    notes, at, note, before, loud = [], rng.uniform(0, 0.3), centre, None, rng.uniform(-12, 0)
    while at < SECONDS - 0.3:
        seconds = min(rng.choice([rng.uniform(0.25, 0.6), rng.uniform(0.4, 1.2), rng.uniform(1, 2.6)]), SECONDS - at)
        note = float(np.clip(note + rng.integers(-7, 8), max(LOW, centre - span), min(HIGH, centre + span)))
        pitch = curve(rng, note, before, seconds)
        level = loud + rng.uniform(-8, 4) + np.linspace(0, rng.uniform(-6, 6), len(pitch))
        notes.append((at, pitch, np.clip(level, -24, 0)))
        before = pitch[-1]
        at += seconds * rng.uniform(0.93, 1.0) + (rng.uniform(0.1, 0.5) if rng.random() < 0.12 else 0)
    return notes


def phrase(rng):
    parts = 1 if rng.random() < 0.85 else int(rng.integers(2, 4))
    centre = rng.uniform(42, 82)
    return [note for k in range(parts) for note in line(rng, np.clip(centre + 5 * (k - (parts - 1) / 2), LOW + 4, HIGH - 4))]


def cubic(audio, at):
    """Values at fractional places; zero outside."""
    i = at.astype(np.int64)
    x = (at - i).astype(np.float32)
    padded = np.concatenate([audio[:1], audio, np.zeros(4, np.float32)])
    i = np.minimum(i, len(audio))
    p0, p1, p2, p3 = (padded[i + k] for k in range(4))
    return p1 + 0.5 * x * (p2 - p0 + x * (2 * p0 - 5 * p1 + 4 * p2 - p3 + x * (3 * (p1 - p2) + p3 - p0)))


def play(rng, voice, notes, seconds=SECONDS):
    """The phrase as a voice plays it."""
    out = np.zeros(int(seconds * RATE) + RATE, np.float32)
    for start, pitch, level in notes:
        midi, audio = voice.choose(rng, float(np.median(pitch)))
        count = min(int(len(pitch) / CONTROL * RATE), len(out) - int(start * RATE))
        t = np.arange(count) * (CONTROL / RATE)
        steps = 2 ** ((np.interp(t, np.arange(len(pitch)), pitch) - midi) / 12)
        at = np.cumsum(steps) - steps[0]
        count = int(np.searchsorted(at, len(audio) - 2))
        sound = cubic(audio, at[:count])
        sound *= 10 ** (np.interp(t[:count], np.arange(len(level)), level) / 20)
        tail = min(count, int((0.12 if voice.struck else 0.05) * RATE))
        sound[count - tail:] *= np.linspace(1, 0, tail, dtype=np.float32)
        begin = int(start * RATE)
        out[begin:begin + count] += sound
    return out[:int(seconds * RATE)]


def features(audio):
    l, e = bands.levels(bands.frames(audio))
    return l[:FRAMES].astype(np.float16), np.log(e[:FRAMES] + 1e-9).astype(np.float16)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=260)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--sources", type=int, default=5, help="voices beside the targets that play each phrase")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    folder = Path(args.cache) / "timbre"
    bank = {name: voices.Voice(folder / "banks", name) for name in voices.TARGETS + voices.OTHERS}
    for number in range(args.first, args.first + args.count):
        path = folder / "phrases" / ("%04d.npz" % number)
        if path.exists():
            continue
        rng = np.random.default_rng([7, number])
        notes = phrase(rng)
        names = list(voices.TARGETS) + list(rng.choice(voices.OTHERS, args.sources, replace=False))
        made = [features(play(rng, bank[name], notes)) for name in names]
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, names=np.array(names), levels=np.stack([m[0] for m in made]), energy=np.stack([m[1] for m in made]))
        temporary.replace(path)
        if number % 20 == 0:
            print(number, flush=True)


if __name__ == "__main__":
    main()
