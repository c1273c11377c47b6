"""Scores of found notes against the truth, as the field counts (mir_eval), and the latency of the sending."""
import warnings

import numpy as np
from mir_eval.transcription import match_notes, precision_recall_f1_overlap
from mir_eval.transcription_velocity import precision_recall_f1_overlap as with_velocity
from mir_eval.util import midi_to_hz

warnings.simplefilter("ignore", FutureWarning)
KINDS = ("onset", "onset+offset", "onset+velocity", "onset+offset+velocity")


def arrays(notes):
    notes = np.asarray(notes, float)
    if not len(notes):
        return np.zeros((0, 2)), np.zeros(0), np.zeros(0)
    return np.column_stack([notes[:, 0], np.maximum(notes[:, 1], notes[:, 0] + 0.01)]), midi_to_hz(notes[:, 2]), notes[:, 3]


def compare(truth, found, full=True):
    """truth [n, 4], found [m, >= 5] (onset, offset, note, velocity, time of sending)."""
    rs, rp, rv = arrays(truth)
    es, ep, ev = arrays(found)
    if not len(rs) or not len(es):
        return {kind: (0.0, 0.0, 0.0) for kind in KINDS} | {"latency": []}
    result = {"onset": precision_recall_f1_overlap(rs, rp, es, ep, offset_ratio=None)[:3]}
    if full:
        result["onset+offset"] = precision_recall_f1_overlap(rs, rp, es, ep)[:3]
        result["onset+velocity"] = with_velocity(rs, rp, rv, es, ep, ev, offset_ratio=None)[:3]
        result["onset+offset+velocity"] = with_velocity(rs, rp, rv, es, ep, ev)[:3]
    pairs = match_notes(rs, rp, es, ep, offset_ratio=None)
    result["pairs"] = pairs
    if np.shape(found)[1] > 4:
        result["latency"] = [1000 * (found[j][4] - rs[i, 0]) for i, j in pairs]
    return result


def aligned(truth, found):
    """Best onset F1 over constant shifts within 60 ms, and that shift in ms."""
    best = (0.0, 0)
    for shift in range(-60, 61, 5):
        moved = np.array(found, float)
        moved[:, :2] = np.maximum(0, moved[:, :2] + shift / 1000)
        f1 = compare(truth, moved[:, :4], full=False)["onset"][2]
        best = max(best, (f1, shift), key=lambda x: (x[0], -abs(x[1])))
    return best


def mean(results):
    """Means over files: P, R, F1 of each kind; latency median and p95 of all matched notes."""
    out = {kind: [round(float(x), 4) for x in np.mean([r[kind] for r in results], axis=0)] for kind in KINDS if kind in results[0]}
    late = np.concatenate([np.asarray(r.get("latency", [])) for r in results])
    if len(late):
        out["latency_ms"] = [round(float(np.percentile(late, q)), 1) for q in (50, 95)]
    return out
