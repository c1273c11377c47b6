#!/usr/bin/python3
"""The kernels of fast_net.py against nets.py: scores and gradients."""
import torch

import fast_net
import nets


def main():
    torch.manual_seed(1)
    net = nets.Streaming(dropout=(0.0, 0.0))
    x, target = torch.randn(3, 124, 96), torch.randn(3, 20, 10)
    library, found = fast_net.load(), []
    for scores in (net.scores(x.transpose(1, 2)[:, None]), fast_net.scores(library, net, fast_net.roomy(x), False)):
        net.zero_grad()
        (scores * target).sum().backward()
        found.append([scores.detach()] + [p.grad.clone() for p in net.parameters()])
    # Convolutions before a norm have no gradient of the bias: compare with the largest of all.
    most = max(g.abs().max() for g in found[0][1:])
    for i, (a, b) in enumerate(zip(*found)):
        difference = float((a - b).norm() / (a.norm() if i == 0 else torch.maximum(a.norm(), 0.01 * most)))
        assert difference < 1e-3, (i, difference)
    print("scores and %d gradients agree" % (len(found[0]) - 1))


if __name__ == "__main__":
    main()
