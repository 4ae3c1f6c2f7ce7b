  def bind(self: __torch__.Model,
    embedding: List[Tensor],
    positions: List[Tensor],
    layers: List[Tensor],
    norm: List[Tensor],
    head: List[Tensor],
    keys: List[Tensor],
    values: List[Tensor],
    constants: List[Tensor]) -> NoneType:
    self.embedding = embedding
    self.positions = positions
    self.layers = layers
    self.norm = norm
    self.head = head
    self.keys = keys
    self.values = values
    self.constants = constants
    return None

  def masks(self: __torch__.Model,
    x: Tensor,
    runs: List[int]) -> List[Tensor]:
    masks = annotate(List[Tensor], [])
    groups = torch.floordiv(self.heads, self.key_value_heads)
    for run in range(torch.floordiv(torch.len(runs), 3)):
      position = runs[torch.add(torch.mul(run, 3), 1)]
      length = runs[torch.add(torch.mul(run, 3), 2)]
      end = torch.add(position, length)
      mask = torch.zeros([length, end], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
      if torch.gt(length, 1):
        future = torch.full([length, end], -inf, dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
        mask = torch.triu(future, torch.add(position, 1))
      _0 = torch.append(masks, torch.repeat(mask, [groups, 1]))
    return masks

  def attention(self: __torch__.Model,
    qkv: Tensor,
    keys: Tensor,
    values: Tensor,
    cos: Tensor,
    sin: Tensor,
    runs: List[int],
    masks: List[Tensor]) -> Tensor:
    dim = self.head_dim
    heads = self.heads
    kv_heads = self.key_value_heads
    groups = torch.floordiv(heads, kv_heads)
    split = torch.view(qkv, [torch.size(qkv, 0), -1, dim])
    rotated = torch.add(heads, kv_heads)
    qk = self.rotate(torch.slice(split, 1, 0, rotated, 1), cos, sin)
    q = torch.slice(qk, 1, 0, heads, 1)
    k = torch.slice(qk, 1, heads, rotated, 1)
    v = torch.slice(split, 1, rotated, torch.add(rotated, kv_heads), 1)
    outputs = annotate(List[Tensor], [])
    row = 0
    for run in range(torch.floordiv(torch.len(runs), 3)):
      slot = runs[torch.mul(run, 3)]
      position = runs[torch.add(torch.mul(run, 3), 1)]
      length = runs[torch.add(torch.mul(run, 3), 2)]
      end = torch.add(position, length)
      next_row = torch.add(row, length)
      slot_keys = torch.select(keys, 0, slot)
      slot_values = torch.select(values, 0, slot)
      new_keys = torch.transpose(torch.slice(k, 0, row, next_row, 1), 0, 1)
      new_values = torch.transpose(torch.slice(v, 0, row, next_row, 1), 0, 1)
      _0 = torch.copy_(torch.slice(slot_keys, 1, position, end, 1), new_keys, False)
      _1 = torch.copy_(torch.slice(slot_values, 1, position, end, 1), new_values, False)
      grouped = torch.view(torch.slice(q, 0, row, next_row, 1), [length, kv_heads, groups, dim])
      queries = torch.reshape(torch.permute(grouped, [1, 2, 0, 3]), [1, kv_heads, torch.mul(groups, length), dim])
      used_keys = torch.unsqueeze(torch.slice(slot_keys, 1, 0, end, 1), 0)
      used_values = torch.unsqueeze(torch.slice(slot_values, 1, 0, end, 1), 0)
      attended = torch.scaled_dot_product_attention(queries, used_keys, used_values, masks[run], 0., False, scale=None, enable_gqa=False)
      ungrouped = torch.view(attended, [kv_heads, groups, length, dim])
      rows = torch.reshape(torch.permute(ungrouped, [2, 0, 1, 3]), [length, torch.mul(heads, dim)])
      _2 = torch.append(outputs, rows)
      row = next_row
    return torch.cat(outputs, 0)

  def rotate(self: __torch__.Model,
    x: Tensor,
    cos: Tensor,
    sin: Tensor) -> Tensor:
    halves = torch.chunk(x, 2, -1)
    first = torch.sub(torch.mul(halves[0], cos), torch.mul(halves[1], sin))
    second = torch.add(torch.mul(halves[1], cos), torch.mul(halves[0], sin))
    return torch.cat([first, second], -1)

  def rms_norm(self: __torch__.Model,
    x: Tensor,
    weight: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    variance = torch.mean(torch.mul(wide, wide), [-1], True, dtype=None)
    scaled = torch.mul(wide, torch.rsqrt(torch.add(variance, self.norm_eps)))
    return torch.mul(weight, torch.to(scaled, ops.prim.dtype(x)))

  def linear(self: __torch__.Model,
    x: Tensor,
    weight: Tensor,
    bias: Tensor) -> Tensor:
    if torch.gt(torch.numel(bias), 0):
      y = torch.linear(x, weight, bias)
    else:
      y = torch.linear(x, weight, None)
    return y
