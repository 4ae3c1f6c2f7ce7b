  # As in scores.py; one of the batch after the other: scores of all take more than anything else in a step.
  def attend(self: __torch__.Model,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor) -> Tensor:
    batch = annotate(List[Tensor], [])
    for i in range(torch.size(q, 0)):
      scores = torch.matmul(q[i], torch.transpose(k[i], 1, 2))
      _0 = torch.mul_(scores, self.scale / self.score_cap)
      _1 = torch.mul_(torch.tanh_(scores), self.score_cap)
      if torch.numel(mask) > 0:
        if torch.dim(mask) == 4:
          _2 = torch.add_(scores, mask[i])
        else:
          _3 = torch.add_(scores, mask)
      weights = torch.to(torch.softmax(scores, -1, 6), ops.prim.dtype(v))
      _4 = torch.append(batch, torch.matmul(weights, v[i]))
    return torch.stack(batch, 0)
