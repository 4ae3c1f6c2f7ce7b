  def prepare(self: __torch__.Model,
    x: Tensor) -> NoneType:
    _0 = self.prepare_attention(x)
    angles = torch.outer(torch.to(self.positions[0], 6), self.inverse_frequencies[0])
    half = torch.sin(angles)
    self.cos = [torch.unsqueeze(torch.to(torch.repeat(torch.cos(angles), [1, 2]), ops.prim.dtype(x)), 1)]
    self.sin = [torch.unsqueeze(torch.to(torch.cat([torch.neg(half), half], 1), ops.prim.dtype(x)), 1)]
    return None

  def self_attention(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    qkv = self.linear(x, self.qkv_proj[layer], self.qkv_bias[layer])
    split = torch.view(qkv, [torch.size(qkv, 0), -1, self.head_dim])
    rotated = self.heads + self.key_value_heads
    if torch.numel(self.q_norm[layer]) > 0:
      q_normed = self.rms_norm(split[:, :self.heads], self.q_norm[layer])
      k_normed = self.rms_norm(split[:, self.heads:rotated], self.k_norm[layer])
      qk = self.rotate(torch.cat([q_normed, k_normed], 1))
    else:
      qk = self.rotate(split[:, :rotated])
    attended = self.paged_attention(qk[:, :self.heads], qk[:, self.heads:], split[:, rotated:], layer)
    return self.linear(attended, self.o_proj[layer], self.o_bias[layer])

  def rotate(self: __torch__.Model,
    x: Tensor) -> Tensor:
    halves = torch.chunk(x, 2, -1)
    turned = torch.cat([halves[1], halves[0]], -1)
    return torch.addcmul_(x * self.cos[0], turned, self.sin[0])

  def normalize(self: __torch__.Model,
    x: Tensor) -> Tensor:
    return self.rms_norm(torch.index_select(x, 0, self.last[0]), self.norm[0])
