  def masks(self: __torch__.Model,
    x: Tensor,
    runs: List[int],
    window: int) -> List[Tensor]:
    masks = annotate(List[Tensor], [])
    groups = self.heads // self.key_value_heads
    for run in range(torch.len(runs) // 3):
      position = runs[run * 3 + 1]
      length = runs[run * 3 + 2]
      start = self.first_key(position, window)
      keys = position + length - start
      if length > 1:
        hidden = torch.full([length, keys], -inf, dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
        mask = torch.triu(hidden, position - start + 1)
        if window > 0:
          _0 = torch.add_(mask, torch.tril_(hidden, position - start - window))
        if groups > 1:
          mask = torch.repeat(mask, [groups, 1])
      else:
        mask = torch.empty([0], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False, memory_format=None)
      _1 = torch.append(masks, mask)
    return masks

  def first_key(self: __torch__.Model,
    position: int,
    window: int) -> int:
    if window > 0:
      first = ops.prim.max(position + 1 - window, 0)
    else:
      first = 0
    return first

  def cached_attention(self: __torch__.Model,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    keys: Tensor,
    values: Tensor,
    runs: List[int],
    masks: List[Tensor],
    window: int) -> Tensor:
    dim = self.head_dim
    kv_heads = self.key_value_heads
    groups = self.heads // kv_heads
    outputs = annotate(List[Tensor], [])
    row = 0
    for run in range(torch.len(runs) // 3):
      slot = runs[run * 3]
      position = runs[run * 3 + 1]
      length = runs[run * 3 + 2]
      start = self.first_key(position, window)
      end = position + length
      slot_keys = keys[slot]
      slot_values = values[slot]
      _0 = torch.copy_(slot_keys[:, position:end], torch.transpose(k[row:row + length], 0, 1), False)
      _1 = torch.copy_(slot_values[:, position:end], torch.transpose(v[row:row + length], 0, 1), False)
      grouped = torch.view(q[row:row + length], [length, kv_heads, groups, dim])
      queries = torch.reshape(torch.permute(grouped, [1, 2, 0, 3]), [kv_heads, groups * length, dim])
      attended = self.attend(queries, slot_keys[:, start:end], slot_values[:, start:end], masks[run])
      ungrouped = torch.view(attended, [kv_heads, groups, length, dim])
      rows = torch.reshape(torch.permute(ungrouped, [2, 0, 1, 3]), [length, self.heads * dim])
      _2 = torch.append(outputs, rows)
      row = row + length
    return torch.cat(outputs, 0)
