"""The convolutional nets, on windows x [n, 1, 96 bins, frames] of scaled columns.

Published: the nets of Lostanlen & Cella 2016 (2-D, 1-D and spiral branches, dense 64), for the study. Streaming: the hybrid that
ships. Its branches are the same up to the last pooling over time, which is gone: every block of five columns gets scores of its own
from one dense layer, and a window's scores are their mean, so that a window may have any length.
"""
import torch
from torch import nn
from torch.nn import functional as F

from sources import CLASSES

SLOPE = 0.3
FRAMES = 124                                                             # the published 128 less the four that pooling drops
ONE_D = slice(48, 84)                                                    # 880 Hz .. 6.6 kHz
SPIRAL = (12, 24, 36)                                                    # first bins of the bands of two octaves


def pooled(x, size):
    """Pooling commutes with the leaky rectifier and comes first: the same result for less work."""
    return F.leaky_relu(F.max_pool2d(x, size), SLOPE)


class TwoD(nn.Module):
    def __init__(self, kernels=32):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, kernels, 5), nn.Conv2d(kernels, kernels, 5)
        self.width, self.per_block = kernels * 32, kernels * 8

    def blocks(self, x):
        return pooled(self.second(pooled(self.first(x), (3, 5))), (3, 1))

    def forward(self, x):
        return pooled(self.second(pooled(self.first(x), (3, 5))), (3, 5)).flatten(1)


class OneD(nn.Module):
    width, per_block = 128, 32

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 32, (36, 5)), nn.Conv2d(32, 32, (1, 5))

    def blocks(self, x):
        return F.leaky_relu(self.second(pooled(self.first(x[:, :, ONE_D]), (1, 5))), SLOPE)

    def forward(self, x):                                                # the published one keeps the length: zeros at both ends
        return pooled(self.second(F.pad(pooled(self.first(x[:, :, ONE_D]), (1, 5)), (2, 2))), (1, 6)).flatten(1)


class Spiral(nn.Module):
    width, per_block = 128, 32

    def __init__(self):
        super().__init__()
        self.bands = nn.ModuleList(nn.Conv2d(1, 32, (3, 5)) for _ in SPIRAL)
        self.second = nn.Conv2d(32, 32, 5)

    def joined(self, x):
        weight, bias = torch.cat([b.weight for b in self.bands], 1), sum(b.bias for b in self.bands)
        return pooled(F.conv2d(torch.cat([x[:, :, b:b + 24] for b in SPIRAL], 1), weight, bias), (3, 5))

    def blocks(self, x):
        return pooled(self.second(self.joined(x)), (3, 1))

    def forward(self, x):
        return pooled(self.second(self.joined(x)), (3, 5)).flatten(1)


BRANCHES = {"2d": TwoD, "2d48": lambda: TwoD(48), "1d": OneD, "spiral": Spiral}


class Published(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.branches = nn.ModuleList(BRANCHES[n]() for n in names)
        self.dense, self.out = nn.Linear(sum(b.width for b in self.branches), 64), nn.Linear(64, len(CLASSES))

    def forward(self, x):
        y = F.dropout(torch.cat([b(x) for b in self.branches], 1), 0.5, self.training)
        return self.out(F.dropout(F.leaky_relu(self.dense(y), SLOPE), 0.5, self.training))


class Streaming(nn.Module):
    def __init__(self, names=("2d", "1d", "spiral"), hidden=64, dropout=(0.3, 0.3)):
        super().__init__()
        self.branches, self.dropout = nn.ModuleList(BRANCHES[n]() for n in names), dropout
        self.dense, self.out = nn.Linear(sum(b.per_block for b in self.branches), hidden), nn.Linear(hidden, len(CLASSES))

    def scores(self, x):
        """[n, blocks, classes]; block i sees columns 5 i .. 5 i + 28."""
        y = torch.cat([b.blocks(x).flatten(1, 2) for b in self.branches], 1).transpose(1, 2)
        y = F.dropout(y, self.dropout[0], self.training)
        return self.out(F.dropout(F.leaky_relu(self.dense(y), SLOPE), self.dropout[1], self.training))

    def forward(self, x):
        return self.scores(x).mean(1)


def parameters(net):
    return sum(p.numel() for p in net.parameters())
