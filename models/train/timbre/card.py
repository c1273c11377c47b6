#!/usr/bin/python3
"""Renew the tables of models/hybrid.md from what measure.py and ablate.py wrote; all other text there stays.

    card.py [--scores CACHE/timbre/scores.json,...] [--settings CACHE/timbre/settings.json] [--ablation CACHE/timbre/ablation.json]

A table stands between <!-- NAME --> and <!-- end -->: methods, targets and heard (from --scores, several files are joined), settings, ablation.
A table whose file is missing stays as it is.
"""
import argparse
import json
import re
from pathlib import Path

import voices

LABELS = {"autoencoder": "**autoencoder**", "full": "guard 1", "unguarded": "guard 0", "plain": "detail 0", "low": "latency 512",
          "incoherent": "coherence off", "envelope": "envelope", "mosaic": "mosaic"}
COLUMNS = (("pitch", "kept", "%.3f"), ("timbre", "timbre", "%.2f"), ("of 8", "among", "%.2f"), ("nearest", "nearest", "%.2f"), ("heard", "heard", "%.2f"),
           ("bends", "glides", "%.3f"), ("level", "level", "%.2f"), ("its 90 %", "level_off", "%.2f"), ("envelope", "envelope", "%.3f"),
           ("chords", "chord", "%.2f"), ("pre", "pre", "%.0f"), ("hiss", "hiss", "%.0f"), ("noise", "noise", "%.0f"), ("rise", "lifted", "%.0f"),
           ("own", "lsd", "%.1f"))
JUDGED = ("timbre", "nearest", "among", "heard", "noise")  # what measure.py says of real notes and of the sources


def table(rows):
    head, *rows = rows
    return "\n".join("| " + " | ".join(r) + " |" for r in [head, ["---"] * len(head), *rows])


def figure(value, form):
    return "" if value is None or value != value else form % value


def row(label, values, columns=COLUMNS):
    return [label, *(figure(values.get(name), form) for _, name, form in columns)]


def judged(by_target):
    """Means over the targets of the rows of real notes or of the sources."""
    columns = zip(*by_target.values())
    return {name: sum(v) / len(v) for name, c in zip(JUDGED, columns) if (v := [x for x in c if x is not None])}


def methods(scores, first):
    """One row a method, with `first` before them."""
    return table([["", *(c[0] for c in COLUMNS)], *first, *(row(LABELS[m], scores[m]["mean"]) for m in LABELS if m in scores)])


def by_target(scores, which):
    place = JUDGED.index(which)
    rows = [["", *(t.replace("_", " ") for t in voices.TARGETS)]]
    rows += [[label, *(figure(scores[key][t][place], "%.2f") for t in voices.TARGETS)] for key, label in (("real", "real notes"), ("source", "sources"))]
    return table(rows + [[LABELS[m], *(figure(scores[m][t][which], "%.2f") for t in voices.TARGETS)] for m in LABELS if m in scores])


def ablation(rows):
    columns = [c for c in COLUMNS if c[1] in ("kept", "timbre", "nearest", "glides", "level", "chord", "pre")]
    return table([["variant", *(c[0] for c in columns)], *(row(name, values, columns) for name, values in rows.items())])


def read(paths):
    joined = {}
    for path in map(Path, paths.split(",")):
        if path.exists():
            joined = {**json.loads(path.read_text()), **joined}
    return joined


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", default="cache/timbre/scores.json", help="joined, the first counts")
    parser.add_argument("--settings", default="cache/timbre/settings.json")
    parser.add_argument("--ablation", default="cache/timbre/ablation.json")
    parser.add_argument("--card", default="models/hybrid.md")
    args = parser.parse_args()
    tables, scores, settings, parts = {}, read(args.scores), read(args.settings), read(args.ablation)
    if scores:
        first = [row("real notes of the targets", judged(scores["real"])), row("the sources as they are", judged(scores["source"]))]
        tables = {"methods": methods(scores, first), "targets": by_target(scores, "timbre"), "heard": by_target(scores, "heard")}
    if settings:
        tables["settings"] = methods(settings, [])
    if parts:
        tables["ablation"] = ablation(parts)
    card = Path(args.card)
    text = card.read_text()
    for name, new in tables.items():
        text, count = re.subn("(<!-- %s -->\n).*?(<!-- end -->)" % name, lambda m: m[1] + new + "\n" + m[2], text, flags=re.S)
        if count != 1:
            raise SystemExit("%s: no place for the table %s" % (card, name))
    card.write_text(text)


if __name__ == "__main__":
    main()
