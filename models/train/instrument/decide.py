"""From scores to decisions, as the C code does it (src/listen/instrument_decider.c), over whole streams at once."""
import numpy as np
import torch

import cqt
import modulation

LEAD = 24                                                                # silent columns before a stream, as far as the convolutions see
KEPT = 50


class Listener:
    """Both nets over the columns of a stream; `perceptrons` makes scores of statistics."""

    def __init__(self, net, perceptrons):
        self.net, self.perceptrons = net, perceptrons

    def hear(self, columns, longest, shortest=1):
        """(net scores [blocks, 10], statistics scores [lengths, blocks, 10] of windows of shortest .. longest blocks)."""
        x = cqt.scaled(columns[:len(columns) // 5 * 5].astype(np.float32))
        silent = np.full((LEAD, cqt.BINS), modulation.SILENCE, np.float32)
        with torch.no_grad():
            scores = self.net.scores(torch.from_numpy(np.concatenate([silent, x])).T[None, None].contiguous())[0].numpy()
            n = len(x) // 5
            blocks = torch.cat([modulation.silence().expand(KEPT, -1), modulation.stream(torch.from_numpy(x))])
            sums = torch.cat([torch.zeros(1, blocks.shape[1]), blocks.double().cumsum(0).float()])
            statistics = []
            for length in range(shortest, longest + 1):
                end = torch.arange(KEPT + 1, KEPT + 1 + n)
                mean = (sums[end] - sums[end - length]) / length
                statistics.append(self.perceptrons(modulation.finish(mean)).numpy())
        silent_score = self.net.scores(torch.full((1, 1, cqt.BINS, 29), modulation.SILENCE))[0].detach().numpy()
        return np.concatenate([np.repeat(silent_score, KEPT, 0), scores]), np.stack(statistics)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def decide(net, statistics, d):
    """net [streams, KEPT + blocks, 10], statistics [streams, longest, blocks, 10], the decision's parameters -> smoothed probabilities
    [streams, blocks, 10]."""
    streams, _, classes = net.shape
    sums = np.concatenate([np.zeros((streams, 1, classes)), np.cumsum(net, 1)], 1)
    shortest, longest, rows = d["shortest"], d["longest"], np.arange(streams)
    p, age, insisting, candidate = np.full((streams, classes), 1 / classes), np.zeros(streams, int), np.zeros(streams, int), np.full(streams, -1)
    out = []

    def scores(t, length):
        end = KEPT + t + 1
        mean = (sums[rows, end] - sums[rows, end - length]) / length[:, None]
        return softmax(d["net_weight"] * mean + d["statistics_weight"] * statistics[rows, length - 1, t])
    for t in range(net.shape[1] - KEPT):
        keep = np.where(age, d["smoothing"], 0.0)
        now, short = scores(t, np.clip(age + 1, shortest, longest)), scores(t, np.full(streams, shortest))
        age = np.minimum(age + 1, longest)
        top, before = short.argmax(1), now.argmax(1)
        doubt = (top != before) & (short[rows, top] >= d["change_level"]) & (short[rows, before] <= d["change_rest"])
        insisting = np.where(doubt, np.where(top == candidate, insisting + 1, 1), 0)
        candidate = np.where(doubt, top, -1)
        began = doubt & (insisting >= d["change_blocks"])
        age, insisting, keep = np.where(began, shortest, age), np.where(began, 0, insisting), np.where(began, 0.0, keep)
        now = np.where(began[:, None], short, now)
        p = keep[:, None] * p + (1 - keep[:, None]) * now
        out.append(p)
    return np.stack(out, 1)
