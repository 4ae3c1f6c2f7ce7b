  # A layer has either experts or one MLP for all tokens.
  def mlp(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    if torch.numel(self.router[layer]) > 0:
      y = self.routed(x, self.router[layer], self.expert_gate_up_proj[layer], self.expert_down_proj[layer])
    else:
      y = self.gated(x, self.gate_up_proj[layer], self.down_proj[layer])
    return y

  def gated(self: __torch__.Model,
    x: Tensor,
    gate_up: Tensor,
    down: Tensor) -> Tensor:
    both = torch.chunk(torch.linear(x, gate_up, None), 2, -1)
    return torch.linear(self.activation(both[0]) * both[1], down, None)

  def routed(self: __torch__.Model,
    x: Tensor,
    router: Tensor,
    gate_up: Tensor,
    down: Tensor) -> Tensor:
    odds = torch.softmax(torch.linear(x, router, None), -1, 6)
    best, experts, = torch.topk(odds, self.chosen_experts, -1, True, True)
    if self.normalize_chosen:
      shares = best / torch.sum(best, [-1], True, dtype=None)
    else:
      shares = best
    flat = torch.view(experts, [-1])
    order = torch.argsort(flat, 0, False)
    tokens = torch.floor_divide(order, self.chosen_experts)
    weights = torch.unsqueeze(torch.index_select(torch.view(torch.to(shares, ops.prim.dtype(x)), [-1]), 0, order), 1)
    counts = torch.to(torch.bincount(flat, None, self.experts), torch.device("cpu"), 4)
    outputs = torch.zeros_like(x, dtype=None, layout=None, device=None, pin_memory=None, memory_format=None)
    start = 0
    for expert in range(self.experts):
      count = int(counts[expert])
      if count > 0:
        end = start + count
        here = tokens[start:end]
        y = self.gated(torch.index_select(x, 0, here), self.rows_of(gate_up, expert), self.rows_of(down, expert))
        _0 = torch.index_add_(outputs, 0, here, y * weights[start:end])
        start = end
    return outputs

  def rows_of(self: __torch__.Model,
    stacked: Tensor,
    expert: int) -> Tensor:
    rows = torch.floordiv(torch.size(stacked, 0), self.experts)
    return stacked[expert * rows:(expert + 1) * rows]
