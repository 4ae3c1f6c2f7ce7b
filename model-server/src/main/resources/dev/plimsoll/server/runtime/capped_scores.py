  def attend(self: __torch__.Model,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor) -> Tensor:
    heads = annotate(List[Tensor], [])
    for head in range(torch.size(keys, 0)):
      scores = torch.matmul(queries[head], torch.transpose(keys[head], 0, 1))
      _0 = torch.mul_(scores, self.scale / self.score_cap)
      _1 = torch.mul_(torch.tanh_(scores), self.score_cap)
      if torch.numel(mask) > 0:
        _2 = torch.add_(scores, mask)
      weights = torch.to(torch.softmax(scores, -1, 6), ops.prim.dtype(values))
      _3 = torch.append(heads, torch.matmul(weights, values[head]))
    return torch.stack(heads, 0)

  def attend_slots(self: __torch__.Model,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor) -> Tensor:
    scores = torch.matmul(queries, torch.transpose(keys, 2, 3))
    _0 = torch.mul_(scores, self.scale / self.score_cap)
    _1 = torch.mul_(torch.tanh_(scores), self.score_cap)
    _2 = torch.add_(scores, mask)
    return torch.matmul(torch.to(torch.softmax(scores, -1, 6), ops.prim.dtype(values)), values)
