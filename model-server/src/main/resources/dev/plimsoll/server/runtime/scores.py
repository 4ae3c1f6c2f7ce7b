  def attend(self: __torch__.Model,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor) -> Tensor:
    q = torch.unsqueeze(queries, 0)
    k = torch.unsqueeze(keys, 0)
    v = torch.unsqueeze(values, 0)
    if torch.numel(mask) > 0:
      attended = torch.scaled_dot_product_attention(q, k, v, mask, 0., False, scale=self.scale, enable_gqa=False)
    else:
      attended = torch.scaled_dot_product_attention(q, k, v, None, 0., False, scale=self.scale, enable_gqa=False)
    return attended[0]

  def attend_slots(self: __torch__.Model,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(queries, keys, values, mask, 0., False, scale=self.scale, enable_gqa=False)
