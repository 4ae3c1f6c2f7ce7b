  def embed(self: __torch__.Model,
    ids: Tensor) -> Tensor:
    weights = self.embedding
    return torch.embedding(weights[0], ids)

  def decode(self: __torch__.Model,
    x: Tensor,
    positions: Tensor,
    runs: List[int],
    first: int,
    count: int) -> Tensor:
    constants = self.constants
    keys = self.keys
    values = self.values
    hidden = x
    angles = torch.outer(torch.to(positions, 6), constants[0])
    cos = torch.unsqueeze(torch.to(torch.cos(angles), ops.prim.dtype(x)), 1)
    sin = torch.unsqueeze(torch.to(torch.sin(angles), ops.prim.dtype(x)), 1)
    masks = self.masks(x, runs)
    for i in range(count):
      layer = torch.add(first, i)
      hidden = self.layer(hidden, torch.mul(layer, 10), keys[layer], values[layer], cos, sin, runs, masks)
    return hidden

  def layer(self: __torch__.Model,
    x: Tensor,
    first: int,
    keys: Tensor,
    values: Tensor,
    cos: Tensor,
    sin: Tensor,
    runs: List[int],
    masks: List[Tensor]) -> Tensor:
    w = self.layers
    normed = self.rms_norm(x, w[first])
    qkv = self.linear(normed, w[torch.add(first, 1)], w[torch.add(first, 2)])
    attended = self.attention(qkv, keys, values, cos, sin, runs, masks)
    x1 = torch.add(x, self.linear(attended, w[torch.add(first, 3)], w[torch.add(first, 4)]))
    normed1 = self.rms_norm(x1, w[torch.add(first, 5)])
    gate_up = torch.chunk(self.linear(normed1, w[torch.add(first, 6)], w[torch.add(first, 7)]), 2, -1)
    activated = torch.mul(torch.silu(gate_up[0]), gate_up[1])
    return torch.add(x1, self.linear(activated, w[torch.add(first, 8)], w[torch.add(first, 9)]))

  def normalize(self: __torch__.Model,
    x: Tensor) -> Tensor:
    weights = self.norm
    return self.rms_norm(x, weights[0])

  def logits(self: __torch__.Model,
    x: Tensor) -> Tensor:
    weights = self.head
    return torch.to(torch.linear(x, weights[0], None), 6)
