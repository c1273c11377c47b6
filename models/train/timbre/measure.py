#!/usr/bin/python3
"""Measure `cochlea hybridize`: instruments that training never heard, every target, every method.

    measure.py --program build/standalone/cochlea [--notes 100] [--methods autoencoder,envelope] [--out CACHE/timbre/scores.json]

Each of 10 unseen instruments plays single notes, glides, vibrato and chords; per note: is the pitch kept (50 cents), whom do the judges take
it for, level, envelope, energy on a chord's partials, what sounds before an attack, noise between the partials of a decaying note.
"""
import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from scipy.ndimage import percentile_filter

import judge
import phrases
import voices

RATE = 44100
LENGTH, GAP = 1.0, 0.35                               # seconds of a note and of the silence after it
METHODS = {"autoencoder": [], "full": ["--guard", "1"], "unguarded": ["--guard", "0"], "plain": ["--detail", "0"], "low": ["--latency", "512"],
           "incoherent": ["--coherence", "off"], "envelope": ["--method", "envelope"], "mosaic": ["--method", "mosaic"]}
PLUCKED = ("piano", "acoustic_guitar", "vibraphone")


class Score:
    """What one instrument plays: its audio, and for every event (kind, start in samples, MIDI notes or pitch curve)."""

    def __init__(self, folder, name, notes, seed):
        rng = np.random.default_rng([seed, *map(ord, name)])
        voice, self.name, self.events, parts, at = voices.Voice(folder / "banks", name, split=None), name, [], [], int(0.3 * RATE)
        self.known = {}  # at: what is measured of the source there
        parts.append(np.zeros(at, np.float32))
        low, high = max(48, voice.table[:, 2].min() - 1), min(84, voice.table[:, 2].max() + 1)
        bends = max(2, notes // 8)
        for kind in ["note"] * notes + ["glide"] * bends + ["vibrato"] * bends + ["chord"] * bends:
            midi = float(rng.integers(int(low), int(high) + 1))
            sound, what = self.play(rng, voice, kind, midi, high)
            size = int((LENGTH + GAP) * RATE)
            piece = np.zeros(size, np.float32)
            piece[:min(size, len(sound))] = sound[:size]
            parts.append(0.5 * piece / max(1e-3, np.abs(piece).max()))
            self.events.append((kind, at, what))
            at += size
        self.audio = np.concatenate(parts)

    def play(self, rng, voice, kind, midi, high):
        if kind == "note":
            return judge.note(rng, voice, midi, LENGTH), [midi]
        if kind == "chord":
            midi = min(midi, high - 7)
            notes = [midi, midi + rng.integers(3, 5), midi + 7]
            sounds = [judge.note(rng, voice, float(n), LENGTH) for n in notes]
            return sum(np.pad(s, (0, int(LENGTH * RATE) + 1 - len(s))) for s in sounds), [float(n) for n in notes]
        t = np.linspace(0, 1, int(LENGTH * phrases.CONTROL))
        curve = midi + (rng.uniform(3, 7) * rng.choice([-1, 1]) * np.clip((t - 0.2) / 0.6, 0, 1) if kind == "glide"
                        else rng.uniform(0.25, 0.6) * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * t * LENGTH))
        notes = [(0.0, curve, np.zeros(len(curve)))]
        return phrases.play(rng, voice, notes, LENGTH + 0.1), list(curve)


def partial_share(audio, notes):
    """Energy within 40 cents (or 1.5 bins) of the partials of some notes, of all energy up to 5 kHz."""
    size = 8192
    power = np.abs(np.fft.rfft(audio[4000:4000 + size] * np.hanning(size))) ** 2
    hz = np.arange(len(power)) * RATE / size
    near = np.zeros(len(hz), bool)
    for midi in notes:
        f0 = 440 * 2 ** ((midi - 69) / 12)
        for h in range(1, int(5000 / f0) + 1):
            near |= np.abs(hz - h * f0) < max(h * f0 * 0.0234, 2.5 * RATE / size)
    inside = hz < 5000
    return power[near & inside].sum() / max(power[inside].sum(), 1e-20)


def envelope(audio, hop=441):
    return np.sqrt(np.array([np.mean(audio[i:i + 2 * hop] ** 2) for i in range(0, len(audio) - 2 * hop, hop)]) + 1e-12)


def residual(audio, f0):
    """Level between the partials against the whole, dB."""
    size = 8192
    audio = audio[-size:] if len(audio) >= size else np.pad(audio, (0, size - len(audio)))
    power = np.abs(np.fft.rfft(audio * np.blackman(size))) ** 2
    hz = np.arange(len(power)) * RATE / size
    place = np.abs((hz / f0 + 0.5) % 1 - 0.5)
    between = (place > 0.3) & (hz > 2 * f0) & (hz < 12000)
    return 10 * np.log10(power[between].sum() / max(power.sum(), 1e-20) + 1e-12)


def noise_floor(audio, f0):
    """Noise from 1 to 12 kHz against the whole, dB: the lower quarter of the bins around each, so that partials do not count, in tune or not."""
    size = 8192
    audio = audio[-size:] if len(audio) >= size else np.pad(audio, (0, size - len(audio)))
    power = np.abs(np.fft.rfft(audio * np.blackman(size))) ** 2
    hz = np.arange(len(power)) * RATE / size
    quarter = percentile_filter(power, 25, int(max(15, 1.2 * f0 * size / RATE)) | 1)
    floor = np.minimum(quarter / 0.288, power.max())  # of exponential values a quarter lies below 0.288 of the mean
    return 10 * np.log10(floor[(hz > 1000) & (hz < 12000)].sum() / max(power.sum(), 1e-20) + 1e-12)


def listen(args, path, seconds):
    """What Cochlea's own instrument net says of every half second."""
    out = path.with_suffix(".json")
    subprocess.run([args.program, "detect", str(path), "--json", str(out), "--every", "500"], check=True, stdout=subprocess.DEVNULL)
    return [w for w in json.loads(out.read_text())["windows"] if 2 <= w["t"] < seconds]


def heard(windows, target):
    """Share of the half seconds that are taken for the target; None where that is none of the net's classes."""
    name = {"distorted_guitar": "distorted_electric_guitar"}.get(target, target)
    return float(np.mean([w["label"] == name for w in windows])) if windows and name in windows[0]["p"] else None


def follow(row, source, result, curve, known):
    """How a moving pitch is followed; the truth is the curve that was played, as the source's sample is tuned."""
    span, size = slice(2000, int(0.9 * RATE)), 3072
    a, b = once(known, "track", lambda: judge.track(source[span], 1024, size)), judge.track(result[span], 1024, size)
    at = (2000 + size / 2 + 1024 * np.arange(len(a))) / RATE * phrases.CONTROL
    truth = 440 * 2 ** ((np.interp(at, np.arange(len(curve)), curve) - 69) / 12)
    wrong = (judge.cents(a, truth) + 600) % 1200 - 600
    tuning = np.median(wrong)
    good = (a > 0) & (np.abs(wrong - tuning) < 60)
    off = np.abs(judge.cents(b, truth) - tuning)[good]
    return dict(row, within=float((off < 50).mean()), off=float(np.median(off))) if good.sum() > 8 and abs(tuning) < 80 else None


def once(known, name, measure):
    """What `known` holds under a name, measured if it is not there yet."""
    if name not in known:
        known[name] = measure()
    return known[name]


def measure_event(kind, source, result, what, known, struck=True):
    """Figures of one event; None where the source itself cannot be judged. known: keeps what is measured of the source; struck: a note that
    decays."""
    row = {"kind": kind}
    if kind == "chord":
        return dict(row, chord_source=once(known, "share", lambda: partial_share(source, what)), chord_result=partial_share(result, what))
    if kind in ("glide", "vibrato"):
        return follow(row, source, result, np.array(what), known)
    f0 = 440 * 2 ** ((what[0] - 69) / 12)
    middle = slice(int(0.15 * RATE), int(0.15 * RATE) + 3 * 4096)
    a = once(known, "pitch", lambda: np.median(judge.track(source[middle])))
    row["statistics"] = judge.statistics(result[:int(LENGTH * RATE)])
    row["level"] = judge.level(result) - judge.level(source)
    row["envelope"] = float(np.corrcoef(once(known, "envelope", lambda: envelope(source)), envelope(result))[0, 1])
    if abs(judge.cents(a, f0)) < 60:
        row["kept"] = bool(abs(judge.cents(np.median(judge.track(result[middle])), a)) < 50)
    if "kept" in row and struck:
        before, after = source[:int(0.9 * RATE)], result[:int(0.9 * RATE)]
        row["hiss"] = residual(after, a) - once(known, "residual", lambda: residual(before, a))
        row["noise"] = noise_floor(after, a)
        row["lifted"] = row["noise"] - once(known, "noise", lambda: noise_floor(before, a))
    return row


def pre_echo(source, result, at):
    """RMS from 40 to 3 ms before a plucked attack against the peak that follows, dB."""
    body = np.abs(source[at:at + 4000])
    onset = at + int(np.flatnonzero(body > 0.05 * body.max())[0])
    before = result[onset - int(0.040 * RATE):onset - int(0.003 * RATE)]
    quiet = source[onset - int(0.040 * RATE):onset - int(0.003 * RATE)]
    if np.abs(quiet).max() > 1e-4:
        return None
    return 10 * np.log10(np.mean(before ** 2) + 1e-16) - 20 * np.log10(np.abs(result[onset:onset + 4000]).max() + 1e-9)


def judged(judge_, rows, target):
    rows = [r["statistics"] for r in rows if "statistics" in r]
    k = judge.CLASSES.index(target)
    return tuple(float((said == k).mean()) for said in judge_.names(rows))


def summary(judge_, rows, echoes, target):
    def mean(name, fold=np.mean):
        values = [r[name] for r in rows if name in r]
        return float(fold(values)) if values else None
    timbre, nearest, among = judged(judge_, rows, target)
    return {"kept": mean("kept"), "timbre": timbre, "nearest": nearest, "among": among, "glides": mean("within"), "cents": mean("off", np.median),
            "level": mean("level"), "level_off": mean("level", lambda v: np.percentile(np.abs(v), 90)), "envelope": mean("envelope"),
            "chord": mean("chord_result") / mean("chord_source"), "pre": float(np.median(echoes)) if echoes else None, "hiss": mean("hiss", np.median),
            "noise": mean("noise", np.median), "lifted": mean("lifted", np.median), "heard": mean("heard"),
            "notes": sum("statistics" in r for r in rows)}


def real_rows(args, folder, judge_, target, count):
    """Held-out notes of the target itself: (timbre, nearest, of 8, heard, noise)."""
    rng = np.random.default_rng([11, *map(ord, target)])
    voice = voices.Voice(folder.parent / "banks", target, split=1)
    pitches = voice.table[:, 2]
    notes = [float(np.clip(rng.integers(48, 85), pitches.min() - 2, pitches.max() + 2)) for _ in range(count)]
    sounds = [judge.note(rng, voice, midi, LENGTH) for midi in notes]
    size, path = int((LENGTH + GAP) * RATE), folder / "real.wav"
    soundfile.write(path, 0.5 * np.concatenate([np.pad(s / max(1e-3, np.abs(s).max()), (0, size - len(s))) for s in sounds]), RATE, subtype="FLOAT")
    noise = np.median([noise_floor(s[:int(0.9 * RATE)], 440 * 2 ** ((midi - 69) / 12)) for s, midi in zip(sounds, notes) if len(s) > 0.5 * RATE])
    return judged(judge_, [{"statistics": judge.statistics(s)} for s in sounds], target) + (heard(listen(args, path, count * size / RATE), target), float(noise))


def source_rows(args, work, judge_, scores):
    """The same of the sources as they are, for every target."""
    rows, struck, said = [], [], []
    for score in scores:
        notes = [measure_event(k, score.audio[at:at + 59535], score.audio[at:at + 59535], w, {}, score.name in PLUCKED)
                 for k, at, w in score.events if k == "note"]
        rows, struck = rows + notes, struck + (notes if score.name in PLUCKED else [])
        said.append(listen(args, work / (score.name + ".wav"), 0.3 + len(notes) * (LENGTH + GAP)))
    noise = float(np.median([r["noise"] for r in struck if "noise" in r]))
    shares = {t: [heard(windows, t) for windows in said] for t in args.targets.split(",")}
    return {t: judged(judge_, rows, t) + (None if None in s else float(np.mean(s)), noise) for t, s in shares.items()}


def run(args, scores, target, method, folder):
    rows, echoes = [], []
    for score in scores:
        source, out = folder / (score.name + ".wav"), folder / "result.wav"
        subprocess.run([args.program, "hybridize", str(source), "-o", str(out), "--target", target, *METHODS[method]], check=True)
        result, _ = soundfile.read(out, dtype="float32")
        size = int((LENGTH + GAP) * RATE)
        for kind, at, what in score.events:
            row = measure_event(kind, score.audio[at:at + size], result[at:at + size], what, score.known.setdefault(at, {}), score.name in PLUCKED)
            rows += [dict(row, instrument=score.name)] if row else []
            if kind == "note" and score.name in PLUCKED:
                echo = pre_echo(score.audio, result, at)
                echoes += [] if echo is None else [echo]
        notes = sum(kind == "note" for kind, _, _ in score.events)
        share = heard(listen(args, out, 0.3 + notes * (LENGTH + GAP)), target)
        rows += [] if share is None else [{"kind": "heard", "heard": share}]
    return rows, echoes


def reconstruction(args, target, method, folder, count=10):
    """Log-spectral distance in dB (40 mel bands, frames within 40 dB) between held-out notes of the target and what they become."""
    rng, voice = np.random.default_rng([13, *map(ord, target)]), voices.Voice(folder.parent / "banks", target, split=1)
    low, high = voice.table[:, 2].min(), voice.table[:, 2].max()
    audio = np.concatenate([np.pad(judge.note(rng, voice, float(np.clip(rng.integers(48, 85), low, high)), LENGTH), (0, 9000)) for _ in range(count)])
    source, out = folder / "own.wav", folder / "own-result.wav"
    soundfile.write(source, audio, RATE, subtype="FLOAT")
    subprocess.run([args.program, "hybridize", str(source), "-o", str(out), "--target", target, *METHODS[method]], check=True)
    a, b = (judge.spectra(x) for x in (audio, soundfile.read(out, dtype="float32")[0]))
    loud = a.sum(1) > a.sum(1).max() * 1e-4
    da, db = (10 * np.log10(x[loud] @ judge.BANK.T + 1e-7 * x[loud].sum(1, keepdims=True)) for x in (a, b))
    return float(np.sqrt(((da - db) ** 2).mean(1)).mean())


COLUMNS = ("kept", "timbre", "nearest", "among", "glides", "cents", "level", "level_off", "envelope", "chord", "pre", "hiss", "noise", "lifted", "heard", "lsd")


def show(name, s):
    print("%-30s" % name + " ".join("%s %s" % (c, "-" if s.get(c) is None else "%.3f" % s[c]) for c in COLUMNS), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/standalone/cochlea")
    parser.add_argument("--notes", type=int, default=16, help="of each instrument; glides, vibrato and chords: an eighth of it each")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--targets", default=",".join(voices.TARGETS))
    parser.add_argument("--sources", default=",".join(voices.UNSEEN))
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--cache", default="cache")
    parser.add_argument("--out")
    args = parser.parse_args()
    folder = Path(args.cache) / "timbre"
    judge_ = judge.Judge(folder)
    work = folder / ("measure-%d-%d-%s" % (args.notes, args.seed, args.methods.split(",")[0]))
    work.mkdir(exist_ok=True)
    scores = [Score(folder, name, args.notes, args.seed) for name in args.sources.split(",")]
    for score in scores:
        soundfile.write(work / (score.name + ".wav"), score.audio, RATE, subtype="FLOAT")
    results = {"judge": judge_.accuracy, "real": {}, "source": source_rows(args, work, judge_, scores)}
    for target in args.targets.split(","):
        results["real"][target] = real_rows(args, work, judge_, target, 60)
    print("judge", {k: round(v, 3) for k, v in judge_.accuracy.items() if k != "by_class"})
    print("real  ", {k: round(v[0], 2) for k, v in results["real"].items()})
    print("source", {k: round(v[0], 2) for k, v in results["source"].items()})
    for method in args.methods.split(","):
        results[method], every, heard = {}, [], []
        for target in args.targets.split(","):
            rows, echoes = run(args, scores, target, method, work)
            results[method][target] = summary(judge_, rows, echoes, target)
            results[method][target]["lsd"] = reconstruction(args, target, method, work)
            show(method + " " + target, results[method][target])
            every, heard = every + rows, heard + echoes
        total = {c: float(np.mean([r[c] for r in results[method].values() if r[c] is not None] or [np.nan])) for c in COLUMNS}
        results[method]["mean"] = total
        show(method + " MEAN", total)
        if args.out:
            Path(args.out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
