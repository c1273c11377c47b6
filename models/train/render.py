#!/usr/bin/python3
"""Render takes: sequence -> piano -> room -> features (u8) and labels, in CACHE/takes and CACHE/eval.

    render.py --set train --hours 16 [--seed 1] [--jobs 4]      training takes
    render.py --set fit | fit_plain | unseen | plain | ...      24 takes each, held-out sequences, audio and truth kept

fit: training pianos; unseen: the held-out piano, with octaves doubled, hands apart and the loudness moved as in training; plain:
that piano playing what the sequences have, transposed and in another tempo, no more; fit_plain: the like on training pianos in mild rooms;
voiced, fit_voiced: the same with one voice brought out; fit_half: with half pedal, in which the truth has the keys' releases.

Every take follows from (seed, number) alone; takes that are there already are skipped.
"""
import argparse
import json
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve

import additive
import altered
import rooms
import sampler
import sequences
from features import RATE, quantised

SECONDS = 60.0
SHARE_ADDITIVE, SHARE_SOUNDFONT = 0.30, 0.20
LAG = 0.04                          # s from a key's release to its damper, at most
SETS = {"train": 0, "fit": 1, "unseen": 2, "plain": 3, "fit_plain": 4, "voiced": 5, "fit_voiced": 6, "fit_half": 7}
DATA = {}


class Dampers:
    """Of one piano: felt that is slow or quick, and touches the string some time after the key's release is counted."""

    def __init__(self, rng, lag, half=()):
        self.slowness, self.delay = np.exp(rng.uniform(np.log(0.6), np.log(2.5))), rng.uniform(0, lag)
        self.half, self.light = half, np.exp(rng.uniform(np.log(0.12), np.log(0.7))) if len(half) else 0

    def release_time(self, key):
        """Time constant in s; the top keys have none."""
        return self.slowness * (0.05 + 0.15 * max(0.0, (60 - key) / 39)) if key < 90 else 9.0

    def close(self, sound, key, release, stop):
        """Damps a sound in place from sample `stop` on, its key released at `release` s; -> how many samples are heard."""
        until = next((end for begin, end in self.half if begin <= release < end), release)
        light, tau = stop + int((until - release) * RATE), self.release_time(key)
        length = min(len(sound), light + int(5 * tau * RATE))
        t = np.arange(stop, length)
        sound[stop:length] *= np.exp(-(np.minimum(t, light) - stop) / ((self.light or 1) * RATE) - np.maximum(t - light, 0) / (tau * RATE))
        return length


def balance(rng):
    """Gain in dB of each key: how much louder bass or treble is at one velocity, as the piano's make and the microphone's place
    have it. The banks alone differ by 12 dB between keys 54 and 78."""
    octaves = (np.arange(128) - 60) / 12
    bass, treble = rng.normal(0, 1.5), rng.normal(0, 2.5)
    return np.where(octaves < 0, -bass * octaves, treble * octaves).clip(-12, 12)


def wash(rng, dry, pedal):
    """Sympathetic resonance: all strings ring softly with what is played while the pedal is down."""
    if not pedal:
        return dry
    t = np.arange(int(2.5 * RATE)) / RATE
    keys = np.arange(21, 90)
    freq = 440 * 2.0 ** ((keys - 69) / 12)
    rates = 0.8 * 2.0 ** ((keys - 40) / 18)
    ring = additive.phasors(np.concatenate([freq, 2 * freq, 3 * freq]), np.concatenate([freq * 0 + 1, freq * 0 + .6, freq * 0 + .4]),
                            np.concatenate([rates, 1.3 * rates, 1.6 * rates]), rng.uniform(0, 2 * np.pi, 3 * len(keys)), 2.5)
    ring = ring[:len(t)] / np.sqrt(np.sum(ring ** 2))
    gate = np.interp(np.arange(len(dry)) / RATE, *gate_points(pedal, len(dry) / RATE))
    wet = fftconvolve(dry * gate, ring)[:len(dry)] * gate
    return dry + wet * 10 ** (rng.uniform(-36, -20) / 20)


def gate_points(pedal, seconds):
    times, values = [0.0], [0.0]
    for t, down in pedal:
        times += [max(times[-1], t), max(times[-1], t) + 0.05]
        values += [values[-1], float(down)]
    return times + [seconds + 1], values + [values[-1]]


def half_pedalled(rng, pedal, seconds):
    """Some spans of the pedal become half ones: it counts as up (below 64), but the dampers hardly touch. -> pedal, half spans."""
    share, kept, half = rng.uniform(0.3, 1.0), [], []
    for (t, down), (following, _) in zip(pedal, pedal[1:] + [(seconds, False)]):
        lightly = down and rng.random() < share
        kept.append((t, down and not lightly))
        half += [(t, following)] if lightly else []
    return kept, half


def play(rng, piano, notes, ends, pedal, seconds, natural=False, lag=LAG, half=()):
    """Mix the notes: each sound from its onset, damped at its end or up to lag seconds later."""
    out = np.zeros(int((seconds + 1) * RATE), np.float32)
    dampers = Dampers(rng, lag, half)
    key_gain = np.ones(128) if natural else 10 ** (balance(rng) / 20)
    for (onset, _, key, velocity), end in zip(notes, ends):
        sound, gain = piano.sound(key, velocity)
        first = int(round((onset - sampler.PRE_ROLL) * RATE))
        part = sound[:len(out) - first] * (gain * key_gain[int(key)])
        if first < 0 or not len(part):
            continue
        length = dampers.close(part, key, end, int((end - onset + sampler.PRE_ROLL + dampers.delay) * RATE))
        out[first:first + length] += part[:length]
    return wash(rng, out, pedal)[:int(seconds * RATE)]


def choose_piano(rng):
    draw = rng.random() if not DATA["piano"] else 1.0
    if draw < SHARE_ADDITIVE:
        return additive.Additive(rng)
    names = list(sampler.SOUNDFONTS) if draw < SHARE_ADDITIVE + SHARE_SOUNDFONT else list(sampler.TRAINING)
    names = [DATA["piano"]] if DATA["piano"] else names
    piano = sampler.Sampler(rng, DATA["banks"][names[rng.integers(len(names))]])
    if not DATA["altered"] or rng.random() >= DATA["altered"]:
        return piano
    names = list(sampler.TRAINING)
    second = sampler.Sampler(rng, DATA["banks"][names[rng.integers(len(names))]]) if rng.random() < 0.5 else None
    return altered.Altered(rng, piano, second)


def make_take(kind, seed, number):
    """(audio, labels, piano's name) of one take."""
    rng = np.random.default_rng([seed, SETS[kind], number])
    held_out, unseen = kind != "train", kind in ("unseen", "plain", "voiced")
    songs = DATA["held_out" if held_out else "songs"]
    plain, voiced = kind not in ("train", "fit", "unseen"), DATA["voiced"] if kind == "train" else float("voiced" in kind)
    half_share = DATA["half"] if kind == "train" else float("half" in kind)
    notes, pedal = sequences.sequence(rng, songs, SECONDS, 1.0 if held_out else 0.8, plain, voiced)
    half = ()
    if half_share and rng.random() < half_share:
        pedal, half = half_pedalled(rng, pedal, SECONDS)
    ends = sequences.sustained(notes, pedal, SECONDS)
    if unseen:
        piano = sampler.Sampler(rng, DATA["banks"][sampler.UNSEEN], natural=True)
    else:
        piano = choose_piano(rng)
    dry = play(rng, piano, notes, ends, pedal, SECONDS, natural=unseen, lag=DATA["lag"], half=half)
    audio = rooms.through(rng, dry, mild=kind not in ("train", "fit"))
    labels = {"notes": np.column_stack([notes[:, 0], notes[:, 1], ends, notes[:, 2], notes[:, 3]]).astype(np.float32),
              "pedal": np.array(pedal, np.float32).reshape(-1, 2)}
    name = getattr(piano, "name", None) or piano.bank.name
    return audio, labels, name


def write_take(job):
    kind, seed, number, folder = job
    stem = Path(folder) / ("%s-%d-%05d" % (kind, seed, number))
    if stem.with_suffix(".npz").exists():
        return 0
    audio, labels, name = make_take(kind, seed, number)
    np.save(stem.with_suffix(".npy"), quantised(audio))
    if kind != "train":
        soundfile.write(stem.with_suffix(".wav"), audio.clip(-1, 1), RATE, subtype="PCM_16")
        with open(stem.with_suffix(".tsv"), "w") as f:
            f.write("# onset offset note velocity; piano: %s\n" % name)
            for onset, _, end, key, velocity in labels["notes"]:
                f.write("%.4f\t%.4f\t%d\t%d\n" % (onset, end, key, velocity))
    temporary = stem.with_suffix(".tmp.npz")
    np.savez(temporary, piano=name, **labels)
    os.replace(temporary, stem.with_suffix(".npz"))
    return len(labels["notes"])


def prepare(args):
    names = list(sampler.TRAINING) + list(sampler.SOUNDFONTS) + [sampler.UNSEEN] + ([args.piano] if args.piano else [])
    DATA["banks"] = {b.name: b for b in sampler.banks(args.data, args.cache, names)}
    DATA["altered"] = args.altered if args.set == "train" else 0
    DATA["voiced"], DATA["half"], DATA["lag"], DATA["piano"] = args.voiced, args.half, args.lag / 1000, args.piano
    DATA["songs"] = sequences.corpus(args.data, args.cache, held_out=False)
    DATA["held_out"] = sequences.corpus(args.data, args.cache, held_out=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=list(SETS), default="train")
    parser.add_argument("--hours", type=float, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--altered", type=float, default=0.7, help="share of the sampled pianos that are made into others")
    parser.add_argument("--voiced", type=float, default=0, help="share of the performances in which one voice is brought out")
    parser.add_argument("--half", type=float, default=0, help="share of the performances in which some of the pedalling is half")
    parser.add_argument("--piano", help="the one bank that plays all takes")
    parser.add_argument("--lag", type=float, default=1000 * LAG, help="ms from a key's release to its damper, at most; each piano has its own")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--first", type=int, default=0, help="number of the first take")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    prepare(args)
    folder = Path(args.cache) / ("takes" if args.set == "train" else "eval")
    folder.mkdir(parents=True, exist_ok=True)
    count = int(round(args.hours * 3600 / SECONDS)) if args.set == "train" else 24
    jobs = [(args.set, args.seed, i, str(folder)) for i in range(args.first, args.first + count)]
    started, notes = time.time(), 0
    with multiprocessing.get_context("fork").Pool(args.jobs) as pool:
        for i, n in enumerate(pool.imap_unordered(write_take, jobs), 1):
            notes += n
            if i % 20 == 0 or i == count:
                print("%d of %d takes, %d notes, %.0f s" % (i, count, notes, time.time() - started), flush=True)
    summary = {"set": args.set, "seed": args.seed, "takes": count, "hours": count * SECONDS / 3600, "notes": notes}
    (folder / ("%s-%d-%d.json" % (args.set, args.seed, args.first))).write_text(json.dumps(summary) + "\n")


if __name__ == "__main__":
    main()
