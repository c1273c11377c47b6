"""From scores to decisions, as the C code does it (src/listen/instrument_decider.c), over whole streams at once."""
import numpy as np
import torch

import cqt
import modulation

LEAD = 24                                                                # silent columns before a stream, as far as the convolutions see
KEPT = 30


class Listener:
    """Both nets over the columns of a stream."""

    def __init__(self, net, perceptron, mean, scale):
        self.net, self.perceptron, self.mean, self.scale = net, perceptron, mean, scale

    def hear(self, columns, longest):
        """(net scores [blocks, 10], statistics scores [longest, blocks, 10] of windows of 1 .. longest blocks)."""
        x = cqt.scaled(columns[:len(columns) // 5 * 5].astype(np.float32))
        silent = np.full((LEAD, cqt.BINS), modulation.SILENCE, np.float32)
        with torch.no_grad():
            scores = self.net.scores(torch.from_numpy(np.concatenate([silent, x])).T[None, None].contiguous())[0].numpy()
            before = np.full((KEPT * 5, cqt.BINS), modulation.SILENCE, np.float32)
            blocks = modulation.blocks(torch.from_numpy(np.concatenate([before, x]))[None])[0]
            n = len(x) // 5
            sums = torch.cat([torch.zeros(1, blocks.shape[1]), blocks.double().cumsum(0).float()])
            statistics = []
            for length in range(1, longest + 1):
                end = torch.arange(KEPT + 1, KEPT + 1 + n)
                mean = (sums[end] - sums[end - length]) / length
                statistics.append(self.perceptron((modulation.finish(mean) - self.mean) / self.scale).numpy())
        silent_score = self.net.scores(torch.full((1, 1, cqt.BINS, 29), modulation.SILENCE))[0].detach().numpy()
        return np.concatenate([np.repeat(silent_score, KEPT, 0), scores]), np.stack(statistics)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def decide(net, statistics, d):
    """net [KEPT + blocks, 10], statistics [longest, blocks, 10], the decision's parameters -> smoothed probabilities [blocks, 10]."""
    sums = np.concatenate([np.zeros((1, net.shape[1])), np.cumsum(net, 0)])
    blocks, shortest, longest = len(net) - KEPT, d["shortest"], d["longest"]
    p, age, insisting, candidate, out = np.full(net.shape[1], 0.1), 0, 0, -1, []

    def scores(t, length):
        end = KEPT + t + 1
        return softmax(d["net_weight"] * (sums[end] - sums[end - length]) / length + d["statistics_weight"] * statistics[length - 1, t])
    for t in range(blocks):
        length = min(max(age + 1, shortest), longest)
        keep = d["smoothing"] if age else 0.0
        now, short = scores(t, length), scores(t, shortest)
        age = min(age + 1, longest)
        top = short.argmax()
        if top == now.argmax() or short[top] < d["change_level"]:
            insisting, candidate = 0, -1
        else:
            insisting, candidate = (insisting + 1 if top == candidate else 1), top
            if insisting >= d["change_blocks"]:
                age, insisting, keep, now = shortest, 0, 0.0, short
        p = keep * p + (1 - keep) * now
        out.append(p)
    return np.array(out)
