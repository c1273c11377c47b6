#!/usr/bin/python3
"""A page to listen to: unseen instruments, as they are and in every target's timbre.

    page.py [--program build/standalone/cochlea] [--out cache/timbre/page]
"""
import argparse
import html
import subprocess
from pathlib import Path

import numpy as np
import soundfile

import phrases
import voices

SOURCES = ("cello", "piano", "oboe", "acoustic_guitar")
METHODS = ("autoencoder", "envelope", "mosaic")
STYLE = "body{font:16px sans-serif;max-width:70em;margin:2em auto;color:#222}td,th{padding:.3em;text-align:left}audio{width:13em}"


def melody(number):
    """Ten seconds of one part."""
    rng = np.random.default_rng([17, number])
    first, second = phrases.line(rng, 60, 8), phrases.line(rng, 62, 8)
    return first + [(start + phrases.SECONDS - 0.5, pitch, level) for start, pitch, level in second]


def player(path):
    return '<audio controls preload="none" src="%s"></audio>' % html.escape(path.name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/standalone/cochlea")
    parser.add_argument("--cache", default="cache")
    parser.add_argument("--out")
    args = parser.parse_args()
    out = Path(args.out or args.cache + "/timbre/page")
    out.mkdir(parents=True, exist_ok=True)
    body = []
    for number, name in enumerate(SOURCES):
        voice = voices.Voice(Path(args.cache) / "timbre" / "banks", name, split=None)
        audio = phrases.play(np.random.default_rng(number), voice, melody(number), 2 * phrases.SECONDS - 0.5)
        source = out / (name + ".wav")
        soundfile.write(source, 0.5 * audio / np.abs(audio).max(), phrases.RATE)
        rows = []
        for target in voices.TARGETS:
            cells = []
            for method in METHODS:
                wav = out / ("%s-%s-%s.wav" % (name, target, method))
                subprocess.run([args.program, "hybridize", str(source), "-o", str(wav), "--target", target, "--method", method], check=True)
                cells.append("<td>%s</td>" % player(wav))
            rows.append("<tr><th>%s</th>%s</tr>" % (target.replace("_", " "), "".join(cells)))
        body.append("<h2>%s</h2><p>As it is: %s</p><table><tr><th></th>%s</tr>%s</table>" % (
            name.replace("_", " "), player(source), "".join("<th>%s</th>" % m for m in METHODS), "".join(rows)))
    (out / "index.html").write_text("<!doctype html><meta charset=utf-8><title>Another's timbre</title><style>%s</style><h1>Another's timbre</h1>"
                                    "<p>Instruments that training never heard.</p>%s" % (STYLE, "".join(body)))
    print(out / "index.html")


if __name__ == "__main__":
    main()
