  def window(self: __torch__.Model,
    first: int) -> int:
    marker = self.layers[first]
    if torch.dim(marker) > 1:
      window = torch.size(marker, 1)
    else:
      window = 0
    return window

  def self_attention(self: __torch__.Model,
    x: Tensor,
    first: int,
    keys: Tensor,
    values: Tensor,
    cos: Tensor,
    sin: Tensor,
    runs: List[int],
    masks: List[Tensor]) -> Tensor:
    w = self.layers
    qkv = self.linear(x, w[first + 1], w[first + 2])
    split = torch.view(qkv, [torch.size(qkv, 0), -1, self.head_dim])
    rotated = self.heads + self.key_value_heads
    if torch.numel(w[first + 3]) > 0:
      q_normed = self.rms_norm(split[:, :self.heads], w[first + 3])
      k_normed = self.rms_norm(split[:, self.heads:rotated], w[first + 4])
      qk = self.rotate(torch.cat([q_normed, k_normed], 1), cos, sin)
    else:
      qk = self.rotate(split[:, :rotated], cos, sin)
    attended = self.cached_attention(qk[:, :self.heads], qk[:, self.heads:], split[:, rotated:], keys, values, runs, masks, self.window(first))
    return self.linear(attended, w[first + 5], w[first + 6])

  def rotate(self: __torch__.Model,
    x: Tensor,
    cos: Tensor,
    sin: Tensor) -> Tensor:
    halves = torch.chunk(x, 2, -1)
    turned = torch.cat([halves[1], halves[0]], -1)
    return torch.addcmul_(x * cos, turned, sin)
