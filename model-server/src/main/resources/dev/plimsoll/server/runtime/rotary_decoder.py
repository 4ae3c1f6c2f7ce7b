  def decode(self: __torch__.Model,
    x: Tensor,
    positions: Tensor,
    runs: List[int],
    first: int,
    count: int) -> Tensor:
    hidden = x
    angles = torch.outer(torch.to(positions, 6), self.constants[0])
    cos = torch.unsqueeze(torch.to(torch.repeat(torch.cos(angles), [1, 2]), ops.prim.dtype(x)), 1)
    half = torch.sin(angles)
    sin = torch.unsqueeze(torch.to(torch.cat([torch.neg(half), half], 1), ops.prim.dtype(x)), 1)
    masks = annotate(List[Tensor], [])
    masked = -1
    for i in range(count):
      layer = first + i
      weights = layer * self.layer_weights
      window = self.window(weights + self.norms)
      if window != masked:
        masks = annotate(List[Tensor], [])
        masks = self.masks(x, runs, window)
        masked = window
      hidden = self.layer(hidden, weights, self.keys[layer], self.values[layer], cos, sin, runs, masks)
    return hidden

  def normalize(self: __torch__.Model,
    x: Tensor) -> Tensor:
    return self.rms_norm(x, self.norm[0])
