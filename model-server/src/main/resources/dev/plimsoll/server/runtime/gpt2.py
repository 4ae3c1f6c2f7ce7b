  def decode(self: __torch__.Model,
    x: Tensor,
    positions: Tensor,
    runs: List[int],
    first: int,
    count: int) -> Tensor:
    hidden = x
    masks = self.masks(x, runs, 0)
    for i in range(count):
      layer = first + i
      hidden = self.layer(hidden, layer * self.layer_weights, self.keys[layer], self.values[layer], runs, masks)
    return hidden

  def layer(self: __torch__.Model,
    x: Tensor,
    first: int,
    keys: Tensor,
    values: Tensor,
    runs: List[int],
    masks: List[Tensor]) -> Tensor:
    w = self.layers
    normed = self.layer_norm(x, w[first], w[first + 1])
    qkv = torch.addmm(w[first + 3], normed, w[first + 2])
    split = torch.chunk(torch.view(qkv, [torch.size(x, 0), -1, self.head_dim]), 3, 1)
    rows = self.cached_attention(split[0], split[1], split[2], keys, values, runs, masks, 0)
    attended = x + torch.addmm(w[first + 5], rows, w[first + 4])
    normed1 = self.layer_norm(attended, w[first + 6], w[first + 7])
    wide = self.activation(torch.addmm(w[first + 9], normed1, w[first + 8]))
    return attended + torch.addmm(w[first + 11], wide, w[first + 10])

  def normalize(self: __torch__.Model,
    x: Tensor) -> Tensor:
    return self.layer_norm(x, self.norm[0], self.norm[1])
