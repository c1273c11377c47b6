#!/usr/bin/python3
"""Write models/hybrid.md from the scores of measure.py and ablate.py.

    card.py [--scores CACHE/timbre/scores.json] [--ablation CACHE/timbre/ablation.json] [--out models/hybrid.md]
"""
import argparse
import json
from pathlib import Path

import voices

HEAD = """# hybrid.gguf

Another's timbre for live sound: gains of 160 bands on the source's own spectrum, for eight targets. 440 k parameters (F16), 0.44 M multiply-adds a
frame of 11.6 ms, and {moments} moments of recordings for each target (band levels, F16) for `--detail` and `--method mosaic`. Structure: `models/train/timbre/net.py`.

## Data and licences

| part | licence | used for |
|---|---|---|
| FluidR3, MuseScore General soundfonts | MIT | training, moments |
| sf_GMbank soundfont | public domain | training, moments |
| MTG Solo Sax (Universitat Pompeu Fabra, freesound.org), sfz by kinwie | CC BY 4.0 | training, moments |
| Ixox Flute by Xavier Hosxe | CC BY 4.0 | training, moments |
| FreePats electric guitar and drawbar organ, Karoryfer guitars and saxophone, VCSL mallets, Discord GM bank | CC0 1.0 | training, moments |
| singing voice and guitar amplifier made by `voices.py` | this project | training, moments |
| Medley-solos-DB, training clips (Lostanlen, Cella, Bittner, Essid) | CC BY 4.0 | training |
| Philharmonia Orchestra samples | free to use, not to be passed on as samples | training and mean envelopes: no moment of them is stored |

The violin, the trumpet and the organ are those of soundfonts and ten or so real clips; the female voice is partly synthetic, the distorted guitar
wholly so. Expect the character of those sources.

Never heard by the net, and the test: piano, acoustic guitar, cello, horn, oboe, bassoon, trombone, accordion, vibraphone, strings.

## Scores

The judges learned from other notes of the same banks of the targets, and from the instruments of the test; no judge took part in training.

`measure.py`: {notes} notes of those ten instruments a target, C3 to C6, plus glides, vibrato and chords. *Timbre*: share of the notes that a
classifier (MFCC means and deviations, {classes} classes; {accuracy:.0f} % right on held-out real notes of all classes, {accuracy_targets:.0f} % on those of the targets) takes
for the target; *of 8*: the same when it must name one of the eight targets; *nearest*: by the nearest example. *Pitch*: notes within 50 cents; *bends*: share of the time within 50 cents. *Level*: difference of
RMS, dB, mean and 90th percentile of its size. *Chords*: energy on the chord's partials against the source's. *Pre*: RMS from 40 to 3 ms before plucked attacks against the
peak, dB. *Hiss*: rise of what lies between the partials of decaying notes, dB (what is out of tune counts too). *Noise*: noise floor from 1 to 12 kHz
of decaying notes against the whole, dB. *Heard*: share of the half seconds that Cochlea's own instrument net takes for the target (not for the organ,
which it does not know). *Own*: log-spectral between held-out notes of the target itself and what they become, dB (40 mel bands).

| method | pitch | timbre | of 8 | nearest | heard | bends | level | envelope | chords | pre | hiss | noise | own |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""
ROWS = (("autoencoder", "**autoencoder** (detail 0.5)"), ("plain", "autoencoder, detail 0"), ("low", "autoencoder, latency 512"),
        ("low-plain", "the same, detail 0"), ("unguarded", "autoencoder, guard 0"), ("guarded", "autoencoder, guard 1"),
        ("envelope", "envelope"), ("mosaic", "mosaic"))


def figure(value, form="%.2f"):
    return "–" if value is None or value != value else form % value


def method_row(name, s):
    return "| %s | %s | %s | %s | %s | %s | %s | %s / %s | %s | %s | %s | %s | %s | %s |\n" % (
        name, figure(s["kept"], "%.3f"), figure(s["timbre"]), figure(s["among"]), figure(s["nearest"]), figure(s.get("heard")), figure(s["glides"], "%.3f"), figure(s["level"]),
        figure(s["level_off"]), figure(s["envelope"], "%.3f"), figure(s["chord"]), figure(s["pre"], "%.0f"), figure(s["hiss"], "%.0f"), figure(s.get("noise"), "%.0f"),
        figure(s.get("lsd"), "%.1f"))


def mean(pairs, which):
    values = [p[which] for p in pairs.values() if p[which] is not None]
    return sum(values) / len(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", default="cache/timbre/scores.json")
    parser.add_argument("--ablation", default="cache/timbre/ablation.json")
    parser.add_argument("--moments", type=int, default=2048)
    parser.add_argument("--training", default="", help="a sentence on the run")
    parser.add_argument("--ablation-steps", type=int, default=2500)
    parser.add_argument("--out", default="models/hybrid.md")
    args = parser.parse_args()
    s = json.loads(Path(args.scores).read_text())
    judge = s["judge"]
    text = HEAD.format(moments=args.moments, notes=s["autoencoder"]["violin"]["notes"], classes=len(judge["by_class"]), accuracy=100 * judge["all"],
                       accuracy_targets=100 * judge["targets"])
    text += "| real notes of the targets (held out) | | %.2f | %.2f | %.2f | %.2f | | | | | | | %.0f | |\n" % tuple(mean(s["real"], i) for i in (0, 2, 1, 3, 4))
    text += "| the sources as they are | 1.000 | %.2f | %.2f | %.2f | %.2f | 1.000 | 0 | 1 | 1.00 | | 0 | %.0f | 0 |\n" % tuple(mean(s["source"], i) for i in (0, 2, 1, 3, 4))
    text += "".join(method_row(label, s[key]["mean"]) for key, label in ROWS if key in s)
    text += "\nTimbre, target by target:\n\n| method | " + " | ".join(t.replace("_", " ") for t in voices.TARGETS) + " |\n"
    text += "|---" * (len(voices.TARGETS) + 1) + "|\n| real notes | " + " | ".join("%.2f" % s["real"][t][0] for t in voices.TARGETS) + " |\n"
    text += "| sources | " + " | ".join("%.2f" % s["source"][t][0] for t in voices.TARGETS) + " |\n"
    text += "".join("| %s | " % label + " | ".join("%.2f" % s[key][t]["timbre"] for t in voices.TARGETS) + " |\n" for key, label in ROWS if key in s)
    if Path(args.ablation).exists():
        a = json.loads(Path(args.ablation).read_text())
        text += ("\n## What each part is worth\n\n`ablate.py`: every variant trained alike for %d steps on three targets (violin, clarinet, tenor saxophone), no "
                 "detail, no guard.\n\n| variant | pitch | timbre | nearest | bends | level | chords | pre |\n|---|---|---|---|---|---|---|---|\n") % args.ablation_steps
        for name, row in a.items():
            text += "| %s | %s | %s | %s | %s | %s | %s | %s |\n" % (
                name, figure(row["kept"], "%.3f"), figure(row["timbre"]), figure(row["nearest"]), figure(row["glides"], "%.3f"), figure(row["level"], "%.1f"),
                figure(row["chord"]), figure(row["pre"], "%.0f"))
    text += "\n## Training\n\n" + args.training + "\n"
    Path(args.out).write_text(text)


if __name__ == "__main__":
    main()
