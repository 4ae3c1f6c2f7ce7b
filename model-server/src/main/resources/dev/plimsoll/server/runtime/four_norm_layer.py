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
    attended = self.self_attention(self.rms_norm(x, w[first]), first + 4, keys, values, cos, sin, runs, masks)
    x1 = x + self.rms_norm(attended, w[first + 1])
    fed = self.mlp(self.rms_norm(x1, w[first + 2]), first + 11)
    return x1 + self.rms_norm(fed, w[first + 3])
