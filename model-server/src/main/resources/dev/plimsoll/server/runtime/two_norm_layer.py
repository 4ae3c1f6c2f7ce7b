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
    attended = x + self.self_attention(self.rms_norm(x, w[first]), first + 2, keys, values, cos, sin, runs, masks)
    return attended + self.mlp(self.rms_norm(attended, w[first + 1]), first + 9)
