#!/usr/bin/python3
"""What the program says of clips and streams: accuracy, time to a right answer after a change, calibration, silence and noise.

    evaluate.py --program build/standalone/cochlea --cache cache/instrument --data ../shared/data [--clips FOLDER...]

Clips are named INDEX_CLASS_...; streams come from streams.py (set test). A window every 100 ms is asked for.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

import effects
from sources import CLASSES

NAMES = {"tenor_saxophone": "tenor_sax", "female_singer": "female_voice"}


def detect(program, paths):
    """The program's JSON for each path."""
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/found.json"
        subprocess.run([program, "detect", *map(str, paths), "--every", "100", "--json", out], check=True, stdout=subprocess.DEVNULL)
        found = json.loads(Path(out).read_text())
    return found if isinstance(found, list) else [found]


def clip_class(path):
    name = "_".join(path.stem.split("_")[1:-1])
    return NAMES.get(name, name)


def clips(program, folder):
    paths = sorted(p for p in Path(folder).iterdir() if p.suffix in (".flac", ".wav"))
    found = detect(program, paths)
    right = [f["label"] == clip_class(p) for f, p in zip(found, paths)]
    print("%s: %d of %d right; wrong: %s" % (folder, sum(right), len(right),
          ", ".join("%s for %s" % (f["label"], clip_class(p)) for f, p, r in zip(found, paths, right) if not r) or "none"))


def share(values):
    return "%.3f" % np.mean(values) if len(values) else "-"


def streams(program, folder):
    paths = sorted(Path(folder).glob("test-*.flac"))
    labels, p, since, segments = [], [], [], []
    for path, found in zip(paths, detect(program, paths)):
        truth = json.loads(path.with_suffix(".json").read_text())
        t = np.array([w["t"] for w in found["windows"]])
        index = np.searchsorted([start for start, _ in truth], t - 0.05, "right") - 1
        labels.append(np.array([CLASSES.index(label) for _, label in truth])[index])
        since.append(t - np.array([start for start, _ in truth])[index])
        segments.append(index + 1000 * len(segments))
        p.append(np.array([[w["p"][c] for c in CLASSES] for w in found["windows"]]))
    labels, p, since, segments = np.concatenate(labels), np.concatenate(p), np.concatenate(since), np.concatenate(segments)
    right, confidence = p.argmax(1) == labels, p.max(1)
    print("streams: %d segments, all decisions %s" % (len(np.unique(segments)), share(right)))
    for seconds in (0.5, 1, 1.5, 2, 3, 4):
        print("  %.1f s after a change: right %s" % (seconds, share(right[np.abs(since - seconds) < 0.05])))
    for after in (1.0, 3.0):
        stable = [right[(segments == s) & (since > after - 0.05) & (since < after + 1.0)].all() for s in np.unique(segments)]
        print("  right from %.0f s on for a second: %s" % (after, share(stable)))
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (confidence >= low) & (confidence < high)
        print("  confidence %.1f to %.1f: %.0f %% of decisions, right %s, more than 1 s after a change %s" % (
            low, min(high, 1), 100 * inside.mean(), share(right[inside]), share(right[inside & (since > 1)])))
    print("  above 0.7: right %s, more than 1 s after a change %s" % (share(right[confidence > 0.7]), share(right[(confidence > 0.7) & (since > 1)])))
    settled = since > 2.9
    print("  settled (3 s): %s" % ", ".join("%s %s" % (c, share(right[settled & (labels == i)])) for i, c in enumerate(CLASSES)))


def nothing(program):
    """Silence, digital noise and coloured noise at several levels: decisions that are none."""
    rng, paths, right = np.random.default_rng(7), [], []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("white", "pink", "brown", "hum", "fan"):
            for level in (0.0, -80, -50, -30, -10):
                audio = effects.noise(rng, 5 * 44100, kind) * (10 ** (level / 20) if level else 0)
                paths.append(Path(folder) / ("%s%d.wav" % (kind, level)))
                soundfile.write(paths[-1], audio.clip(-1, 1), 44100, subtype="PCM_24")
        for path, found in zip(paths, detect(program, paths)):
            right += [w["label"] == "none" for w in found["windows"]]
            if np.mean(right[-len(found["windows"]):]) < 1:
                print("  %s: %s" % (path.stem, share(right[-len(found["windows"]):])))
    print("silence and noise: none %s of %d decisions" % (share(right), len(right)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/standalone/cochlea")
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--clips", nargs="*", default=[])
    args = parser.parse_args()
    nothing(args.program)
    for folder in args.clips or [Path(args.data) / "medley_solos_valid"]:
        clips(args.program, folder)
    streams(args.program, Path(args.cache) / "streams")


if __name__ == "__main__":
    main()
