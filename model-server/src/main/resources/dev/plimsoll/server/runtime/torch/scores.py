  # q [batch, heads, queries, head_dim], k and v [batch, heads, keys, head_dim], mask over [queries, keys] or none
  def attend(self: __torch__.Model,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor) -> Tensor:
    if torch.numel(mask) > 0:
      attended = torch.scaled_dot_product_attention(q, k, v, mask, 0., False, scale=self.scale, enable_gqa=False)
    else:
      attended = torch.scaled_dot_product_attention(q, k, v, None, 0., False, scale=self.scale, enable_gqa=False)
    return attended
