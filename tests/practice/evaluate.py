#!/usr/bin/python3
"""How well `cochlea practice` follows and judges simulated students.

    evaluate.py PROGRAM SCORES... [--students N] [--seconds S] [--render fluidsynth:FONT | sampled:PIANO] [--sounds FOLDER] [--json FILE]

SCORES are MIDI files or folders of them. Every student plays one score with drift, rubato, wrong, missed, early, late and
added notes, stumbles, a skipped bar and a return to the start; all follows from the seed. Without --render the
notes go in as MIDI, as from a keyboard; with it they are played by a sound font, with a room and noise, and heard.
--table makes the README's table anew, with --render fluidsynth:FONT,sampled:PIANO.
"""
import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import midi
from student import Student

NEAR = 0.150


def scores_of(names):
    files = []
    for name in map(Path, names):
        files += sorted(name.rglob("*.mid")) if name.is_dir() else [name]
    return files


def make(path, seed, seconds, options):
    score = midi.Score(path)
    chords = score.chords()
    if len(chords) < 60:
        return None
    return Student(seed, chords, score.bar, seconds=seconds, **options).perform()


def run(program, score, source, kind, folder, extra=()):
    report, follow = Path(folder) / "report.json", Path(folder) / "follow.jsonl"
    subprocess.run([program, "practice", str(score), "--from-" + kind, str(source), "--report", str(report), "--follow",
                    str(follow), "--no-store", "--quiet", *extra], check=True, timeout=600)
    return json.loads(report.read_text()), [json.loads(line) for line in follow.read_text().splitlines()]


class Tally(dict):
    def add(self, key, n=1):
        self[key] = self.get(key, 0) + n


def judge_notes(student, report, tally, details):
    """Each expected note of which the truth is known against its state."""
    for note in report["notes"]:
        truth = student.truth.get((round(note["beat"], 4), note["note"]))
        if truth is None:
            truth = next((t for (b, p), t in student.truth.items() if p == note["note"] and abs(b - note["beat"]) < 1e-3), None)
        if truth is None:
            tally.add("unplayed: " + note["state"])
            continue
        tally.add(truth + " -> " + note["state"])
        if truth != note["state"]:
            details.append((truth, note))
    heard = [(e["t"], e["note"], e["state"]) for e in report["extra"]]
    swapped = [(n.get("t", -9), n.get("played")) for n in report["notes"] if n["state"] == "wrong"]
    for at, pitch in student.extras:
        found = any(p == pitch and abs(t - at) < 0.3 and s == "wrong" for t, p, s in heard) or any(p == pitch and abs(t - at) < 0.3 for t, p in swapped)
        tally.add("extra -> " + ("found" if found else "lost"))
    for at, pitch, state in heard:
        real = any(p == pitch and abs(t - at) < 0.3 for t, p in student.extras)
        known = any(p[2] == pitch and abs(p[0] - at) < 0.3 for p in student.played)
        instead = any(p == pitch and abs(t - at) < 0.3 for t, p in student.wrong)  # told as missed, and this besides
        if state == "wrong" and not real and not instead:
            tally.add("accused extra, " + ("played" if known else "invented"))
            details.append(("extra", {"note": pitch, "t": at, "bar": 0, "state": state, "played": known}))


def judge_breaks(student, report, tally):
    for kind, at, _, _ in student.breaks:
        found = any(abs(b["t"] - at) < 1.5 and (b["kind"] == kind or (kind != "hesitation" and b["kind"] != "hesitation")) for b in report["breaks"])
        tally.add(kind + (" found" if found else " lost"))
    for b in report["breaks"]:
        if b["kind"] != "hesitation" and not any(abs(b["t"] - at) < 2.0 for _, at, _, _ in student.breaks):
            tally.add("break invented")


def errors(student, lines):
    """(time, error in seconds) of the followed position, from the first to the last note."""
    out, at = [], 0
    path = student.path
    for line in lines:
        t = line["t"]
        if t < path[0][0] or t >= path[-1][0]:
            continue
        while path[at + 1][0] <= t:
            at += 1
        (t0, s0, index, _), (t1, s1, _, paused) = path[at], path[at + 1]
        rate = student.rate(t)
        if paused:                                    # anywhere up to the next chord is right
            top = student.chords[index + 1][0]["seconds"] if index + 1 < len(student.chords) else s0
            error = max(0.0, s0 - line["score"], line["score"] - max(top, s0))
        else:
            error = abs(s0 + (s1 - s0) * (t - t0) / (t1 - t0) - line["score"])
        out.append((t, error / rate))
    return out


def recoveries(student, found, lines):
    """For each break: beats until the position is right and stays so for half a second."""
    out = []
    for kind, at, _, _ in student.breaks:
        if kind == "hesitation":
            continue
        after = [(t, e) for t, e in found if t >= at]
        when = next((t for i, (t, e) in enumerate(after) if all(x[1] <= NEAR for x in after[i:i + 25])), None)
        if when is not None and len(after) > 50:
            out.append((kind, when - at))
    return out


def summary(tally, positions, times):
    right = {k: tally.get("hit -> " + k, 0) for k in ("hit", "unsure", "early", "late", "wrong", "missed", "unplayed")}
    total = max(1, sum(right.values()))
    accused = right["early"] + right["late"] + right["wrong"] + right["missed"]
    accused_extra = tally.get("accused extra, played", 0) + tally.get("accused extra, invented", 0)
    planted = {}
    for kind, good in (("missed", ("missed", "wrong")), ("wrong", ("wrong", "missed")), ("early", ("early",)), ("late", ("late",))):
        n = sum(v for k, v in tally.items() if k.startswith(kind + " -> "))
        planted[kind] = (sum(tally.get(kind + " -> " + g, 0) for g in good), n)
    planted["extra"] = (tally.get("extra -> found", 0), tally.get("extra -> found", 0) + tally.get("extra -> lost", 0))
    for kind in ("stumble", "skip", "return", "hesitation"):
        planted[kind] = (tally.get(kind + " found", 0), tally.get(kind + " found", 0) + tally.get(kind + " lost", 0))
    found, all_planted = sum(a for a, _ in planted.values()), sum(b for _, b in planted.values())
    near = sum(e <= NEAR for e in positions) / max(1, len(positions))
    recovered = [t for _, t in times]
    return {
        "notes played right": total,
        "judged right": round(right["hit"] / total, 4),
        "not sure": round((right["unsure"] + right["unplayed"]) / total, 4),
        "falsely accused": round(accused / total, 4),
        "falsely accused, with notes not written": round((accused + accused_extra) / total, 4),
        "mistakes planted": all_planted,
        "mistakes found": round(found / max(1, all_planted), 4),
        "by kind": {k: "%d of %d" % v for k, v in planted.items()},
        "position within 150 ms": round(near, 4),
        "position more than 500 ms off": round(sum(e > 0.5 for e in positions) / max(1, len(positions)), 4),
        "position error, median ms": round(1000 * sorted(positions)[len(positions) // 2], 1) if positions else None,
        "breaks": len(times),
        "recovered within 2 beats": round(sum(b <= 2.0 for b in recovered) / max(1, len(recovered)), 4),
        "recovery, median beats": round(sorted(recovered)[len(recovered) // 2], 2) if recovered else None,
    }


def beats(student, kinds):
    """Recovery times in beats: quarter notes at the pace there."""
    chords = student.chords
    span = chords[-1][0]["seconds"] - chords[0][0]["seconds"]
    per_second = (chords[-1][0]["beat"] - chords[0][0]["beat"]) / span
    return [(k, t * per_second * student.base_rate) for k, t in kinds]


def sound(args, number, path, folder, renderer, student):
    """The student's performance as sound; kept where --sounds says."""
    source = folder / "performance.mid"
    midi.write_performance(source, student.played)
    if not renderer:
        return source
    kept = args.sounds / ("%s-%d-%d-%g-%s.wav" % (Path(args.render.split(":")[1]).stem, args.seed, number, args.seconds, path.stem)) if args.sounds else None
    if kept and kept.exists():
        return kept
    made = renderer(source, folder, number, student)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, kept.with_suffix(".tmp"))
        kept.with_suffix(".tmp").rename(kept)
    return made


def one(args, number, path, renderer):
    student = make(path, args.seed * 1000 + number, args.seconds, args.options)
    if student is None:
        return None
    tally, details = Tally(), []
    with tempfile.TemporaryDirectory() as folder:
        source = sound(args, number, path, Path(folder), renderer, student)
        report, lines = run(args.program, path, source, "file" if renderer else "midi", folder, args.extra)
    judge_notes(student, report, tally, details)
    judge_breaks(student, report, tally)
    found = errors(student, lines)
    times = beats(student, recoveries(student, found, lines))
    return tally, [e for _, e in found], times, details, path


def measure(args):
    """(summary, tally) over the students that the options ask for."""
    renderer = None
    if args.render != "none":
        import render
        renderer = render.renderer(args.render, args.data, args.cache)
    files = scores_of(args.scores)
    random.Random(args.seed).shuffle(files)
    tally, positions, times = Tally(), [], []
    with ThreadPoolExecutor(args.jobs) as pool:
        results = pool.map(lambda job: one(args, *job, renderer), enumerate(files[:args.students], args.first))
        for result in results:
            if result is None:
                continue
            for k, v in result[0].items():
                tally.add(k, v)
            positions += result[1]
            times += result[2]
            if args.verbose:
                tell(*result)
    return summary(tally, positions, times), tally


def tell(tally, positions, times, details, path):
    alone = summary(tally, positions, times)
    print(path.name, "right %.3f accused %.3f near %.3f found %.2f" % (
        alone["judged right"], alone["falsely accused"], alone["position within 150 ms"], alone["mistakes found"]))
    for truth, note in details:
        print("   ", truth, {k: note.get(k) for k in ("note", "bar", "state", "t", "error_ms", "attempts", "played", "confidence")})


ROWS = (("played right and judged so", "judged right"), ("... not sure, or not reached", "not sure"), ("... accused falsely", "falsely accused"),
        ("... with notes accused that nobody struck", "falsely accused, with notes not written"), ("planted mistakes found", "mistakes found"),
        ("position within 150 ms, of the time", "position within 150 ms"),
        ("position found again within two beats of a break", "recovered within 2 beats"))


def table(args):
    """The table of the README: from a keyboard, and on each piano of --render (separated by commas)."""
    columns = []
    for kind, students in [("none", 80)] + [(r, 30) for r in args.render.split(",")]:
        args.render, args.students = kind, students
        columns.append((("as MIDI" if kind == "none" else Path(kind.split(":")[1]).stem) + ", %d" % students, measure(args)[0]))
    print("| | " + " | ".join(name for name, _ in columns) + " |\n|---|" + "---|" * len(columns))
    for name, key in ROWS:
        print("| " + name + " | " + " | ".join("%.1f %%" % (100 * total[key]) for _, total in columns) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("scores", nargs="+")
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="number of the first student: it decides room, noise and mistakes")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--render", default="none")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--data", default="data")
    parser.add_argument("--cache", default="cache")
    parser.add_argument("--sounds", type=Path, help="folder that keeps the rendered sounds, for the next time; not with --set")
    parser.add_argument("--json")
    parser.add_argument("--table", action="store_true", help="80 students as MIDI and 30 on each piano of --render (A,B), as a table")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--set", action="append", default=[], help="NAME=VALUE of the student")
    parser.add_argument("--extra", action="append", default=[], help="option for the program")
    args = parser.parse_args()
    args.options = {k: float(v) if "." in v else int(v) for k, v in (s.split("=") for s in args.set)}
    if args.table:
        table(args)
        return
    total, tally = measure(args)
    print(json.dumps(total, indent=1))
    print(json.dumps(dict(sorted(tally.items()))))
    if args.json:
        Path(args.json).write_text(json.dumps({"summary": total, "tally": tally}, indent=1) + "\n")


if __name__ == "__main__":
    main()
