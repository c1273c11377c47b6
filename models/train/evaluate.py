#!/usr/bin/python3
"""Score the piano model: unseen piano and real recordings; per file, with latency, and errors by class.

    evaluate.py [--model models/piano.gguf] [--program build/standalone/cochlea] [--out models/piano_scores.json]

Runs the program where it is built (so that what is scored is what ships), else the reference decoder of decode.py on the
float32 net. Real recordings: DATA/valid/piano_real (validation only, never trained on), raw and with the best constant shift.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

import decode
import model
import pedal
import score
import sequences

CLASSES = {
    "key": [("21-35", 21, 35), ("36-47", 36, 47), ("48-59", 48, 59), ("60-71", 60, 71), ("72-83", 72, 83), ("84-108", 84, 108)],
    "velocity": [("below 25", 0, 24), ("25-39", 25, 39), ("40-54", 40, 54), ("55-79", 55, 79), ("80 and more", 80, 127)],
    "notes struck together": [("1-2", 1, 2), ("3-4", 3, 4), ("5 and more", 5, 99)],
}


def read_truth(path):
    rows = [line.split()[:4] for line in open(path) if line[:1].isdigit()]
    return np.array(rows, float).reshape(-1, 4)


def by_program(program, path, options):
    """Notes as the program writes them: from its MIDI file, with the time of sending from its events."""
    with tempfile.TemporaryDirectory() as folder:
        mid, events = folder + "/out.mid", folder + "/out.jsonl"
        subprocess.run([program, "transcribe", str(path), "-o", mid, "--events", events] + options, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        notes, pedal = sequences.read_tracks(mid, set(range(99)))
        ons = [json.loads(line) for line in open(events) if line.strip()]
    sent = {}
    for e in ons:
        if e.get("type") == "on":
            sent.setdefault(e["note"], []).append((e["t"], e["emit"]))
    if len(notes):
        notes[:, 1] = sequences.sustained(notes, pedal, notes[:, 1].max() + 1)
    rows = []
    for onset, end, key, velocity in notes:
        near = min(sent.get(int(key), [(onset, onset)]), key=lambda s: abs(s[0] - onset))
        rows.append((onset, end, key, velocity, near[1]))
    return np.array(rows, float).reshape(-1, 5)


def by_reference(piano, path, prefix):
    p = decode.probabilities(*piano.outputs(model.inputs(model.read_audio(path)).astype(np.float32)))
    return decode.notes(p, piano.parameters, prefix)[:, :5]


def together(truth):
    """How many notes are struck within 30 ms of each."""
    return np.array([np.sum(np.abs(truth[:, 0] - t) < 0.03) for t in truth[:, 0]])


def table(rows):
    """Recall and median latency by class. rows: (truth, result)."""
    counts = {}
    for truth, result in rows:
        hit = np.zeros(len(truth), bool)
        late = np.full(len(truth), np.nan)
        for (i, _), ms in zip(result["pairs"], result["latency"]):
            hit[i], late[i] = True, ms
        for name, column in (("key", truth[:, 2]), ("velocity", truth[:, 3]), ("notes struck together", together(truth))):
            for label, low, high in CLASSES[name]:
                inside = (column >= low) & (column <= high)
                counts.setdefault(name, {}).setdefault(label, []).append((inside.sum(), hit[inside].sum(), late[inside & hit]))
    out = {}
    for name, labels in counts.items():
        for label, parts in labels.items():
            total, found = sum(p[0] for p in parts), sum(p[1] for p in parts)
            ms = np.concatenate([p[2] for p in parts])
            out.setdefault(name, {})[label] = {"notes": int(total), "recall": round(float(found) / max(1, total), 3),
                                               "latency_ms": round(float(np.median(ms)), 1) if len(ms) else None}
    return out


def false_notes(rows):
    """What the false notes are: octave or twelfth of a note of that moment, repeat of a sounding one, mistimed, other."""
    kinds = {"mistimed": 0, "repeat": 0, "octave": 0, "fifth or twelfth": 0, "other": 0}
    for truth, found, result in rows:
        matched = {j for _, j in result["pairs"]}
        for j, (onset, _, key, *_rest) in enumerate(found):
            if j in matched:
                continue
            same = truth[truth[:, 2] == key]
            now = truth[np.abs(truth[:, 0] - onset) < 0.08, 2]
            if np.any(np.abs(same[:, 0] - onset) < 0.15):
                kinds["mistimed"] += 1
            elif np.any((same[:, 0] < onset) & (same[:, 1] > onset - 0.05)):
                kinds["repeat"] += 1
            elif np.any(np.isin(np.abs(now - key), (12, 24, 36))):
                kinds["octave"] += 1
            elif np.any(np.isin(np.abs(now - key), (7, 19, 31))):
                kinds["fifth or twelfth"] += 1
            else:
                kinds["other"] += 1
    return kinds


def velocity_match(rows):
    pairs = [(truth[i, 3], found[j][3]) for truth, found, r in rows for i, j in r["pairs"]]
    return round(float(np.corrcoef(np.array(pairs).T)[0, 1]), 3) if len(pairs) > 2 else None


def score_set(files, transcribe, align):
    rows, out = [], {"files": {}}
    for audio, tsv in files:
        truth, found = read_truth(tsv), transcribe(audio)
        result = score.compare(truth, found)
        if "pairs" not in result:
            result["pairs"] = []
        rows.append((truth, found, result))
        entry = {kind: round(result[kind][2], 4) for kind in score.KINDS}
        if align:
            entry["aligned"], entry["shift_ms"] = score.aligned(truth, found)
        out["files"][audio.stem] = entry
        print("%-34s %s" % (audio.stem, " ".join("%s %s" % (k, round(v, 4)) for k, v in entry.items())), flush=True)
    out["mean"] = score.mean([r for _, _, r in rows])
    if align:
        out["mean"]["aligned"] = round(float(np.mean([e["aligned"] for e in out["files"].values()])), 4)
    out["classes"] = table([(t, r) for t, _, r in rows])
    out["false notes"] = false_notes(rows)
    out["velocity correlation"] = velocity_match(rows)
    print(json.dumps({k: v for k, v in out.items() if k != "files"}), flush=True)
    return out


def pedal_downs(program, path, options):
    """Times at which the program hears the pedal pressed."""
    with tempfile.TemporaryDirectory() as folder:
        events = folder + "/out.jsonl"
        subprocess.run([program, "transcribe", str(path), "-o", folder + "/out.mid", "--events", events, "--sustain", "on"] + options,
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rows = [json.loads(line) for line in open(events) if line.strip()]
    return [e["t"] for e in rows if e["type"] == "cc" and e["controller"] == 64 and e["value"] >= 64]


def pedal_score(files, hear, tolerance=0.1):
    """Presses of the pedal found within the tolerance, over all takes of a rendered set: precision, recall, F1.

    Only presses while a note sounds, or after which one begins within half a second, can be heard at all; the others count too.
    """
    truth = [[float(t) for t, down in np.load(audio.with_suffix(".npz"))["pedal"] if down] for audio, _ in files]
    f1, precision, recall = pedal.presses_f1(truth, [hear(audio) for audio, _ in files], tolerance)
    return {"presses": sum(map(len, truth)), "P": round(precision, 3), "R": round(recall, 3), "F1": round(f1, 3)}


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(here.parent / "piano.gguf"))
    parser.add_argument("--program", default=str(here.parent.parent / "build" / "standalone" / "cochlea"))
    parser.add_argument("--sets", default="unseen,plain,voiced,real")
    parser.add_argument("--lookahead", type=float, default=0, help="ms; 0: all deadlines")
    parser.add_argument("--out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.program and Path(args.program).exists():
        options = ["--model", args.model] + (["--lookahead", str(args.lookahead)] if args.lookahead else [])
        transcribe = lambda path: by_program(args.program, path, options)
        print("with", args.program)
    else:
        piano = model.Model(args.model)
        prefix = decode.prefix_of(args.lookahead) if args.lookahead else 3
        transcribe = lambda path: by_reference(piano, path, prefix)
        print("with the reference decoder")
    results = {}
    for name in args.sets.split(","):
        folder = Path(args.data) / "valid" / "piano_real" if name == "real" else Path(args.cache) / "eval"
        pattern = "*.flac" if name == "real" else name + "-*.wav"
        files = [(p, p.with_suffix(".tsv")) for p in sorted(folder.glob(pattern))]
        results[name] = score_set(files, transcribe, name == "real")
        if name != "real" and args.program and Path(args.program).exists():
            results[name]["pedal"] = pedal_score(files, lambda path: pedal_downs(args.program, path, options))
            print("pedal", results[name]["pedal"], flush=True)
    if args.out:
        Path(args.out).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
