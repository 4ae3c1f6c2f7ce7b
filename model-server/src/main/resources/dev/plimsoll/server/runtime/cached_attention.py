  # Sequences that decode together attend in one call if they fill half of the slots or more; slots that take no part
  # repeat the first row, and what they give is dropped. Prompts, and few sequences, attend one after the other. A new
  # sequence finds zeros behind its tokens: a masked weight of zero does not hide a NaN that another one has left.
  def masks(self: __torch__.Model,
    x: Tensor,
    runs: List[int],
    window: int) -> List[Tensor]:
    if self.decodes(runs):
      masks = self.slot_masks(x, runs, window)
    else:
      masks = self.run_masks(x, runs, window)
    return masks

  def decodes(self: __torch__.Model,
    runs: List[int]) -> bool:
    count = torch.len(runs) // 3
    decoding = 0
    for run in range(count):
      if runs[run * 3 + 1] > 0 and runs[run * 3 + 2] == 1:
        decoding = decoding + 1
    return decoding == count and count > 1 and count * 2 >= torch.size(self.keys[0], 0)

  def slot_masks(self: __torch__.Model,
    x: Tensor,
    runs: List[int],
    window: int) -> List[Tensor]:
    device = ops.prim.device(x)
    slots = torch.size(self.keys[0], 0)
    tokens = torch.size(self.keys[0], 2)
    slot_of_row = annotate(List[int], [])
    position_of_row = annotate(List[int], [])
    row_of_slot = annotate(List[int], [])
    position_of_slot = annotate(List[int], [])
    for slot in range(slots):
      _0 = torch.append(row_of_slot, 0)
      _1 = torch.append(position_of_slot, runs[1])
    end = 0
    for row in range(torch.len(runs) // 3):
      slot = runs[row * 3]
      position = runs[row * 3 + 1]
      _2 = torch.append(slot_of_row, slot)
      _3 = torch.append(position_of_row, position)
      row_of_slot[slot] = row
      position_of_slot[slot] = position
      end = ops.prim.max(end, position + 1)
    start = self.first_key_of_all(runs, window)
    # Kernels want rows of a mask aligned, and would copy it for every layer.
    end = ops.prim.min((end + 15) // 16 * 16, tokens)
    key = torch.unsqueeze(torch.arange(start, end, dtype=4, layout=None, device=device, pin_memory=False), 0)
    own = torch.unsqueeze(torch.tensor(position_of_slot, dtype=4, device=device, requires_grad=False), 1)
    hidden = torch.gt(key, own)
    if window > 0:
      hidden = torch.logical_or(hidden, torch.le(key, own - window))
    shown = torch.zeros([slots, end - start], dtype=ops.prim.dtype(x), layout=None, device=device, pin_memory=False)
    mask = torch.view(torch.masked_fill(shown, hidden, -inf), [slots, 1, 1, -1])
    to_rows = torch.tensor(slot_of_row, dtype=4, device=device, requires_grad=False)
    to_positions = torch.tensor(position_of_row, dtype=4, device=device, requires_grad=False)
    to_slots = torch.tensor(row_of_slot, dtype=4, device=device, requires_grad=False)
    return [mask, to_rows, to_positions, to_slots]

  def run_masks(self: __torch__.Model,
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
    if torch.dim(masks[0]) == 4:
      result = self.slot_attention(q, k, v, keys, values, self.first_key_of_all(runs, window), masks)
    else:
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
        if position == 0:
          _0 = torch.zero_(slot_keys)
          _1 = torch.zero_(slot_values)
        _2 = torch.copy_(slot_keys[:, position:end], torch.transpose(k[row:row + length], 0, 1), False)
        _3 = torch.copy_(slot_values[:, position:end], torch.transpose(v[row:row + length], 0, 1), False)
        grouped = torch.view(q[row:row + length], [length, kv_heads, groups, dim])
        queries = torch.reshape(torch.permute(grouped, [1, 2, 0, 3]), [kv_heads, groups * length, dim])
        attended = self.attend(queries, slot_keys[:, start:end], slot_values[:, start:end], masks[run])
        ungrouped = torch.view(attended, [kv_heads, groups, length, dim])
        rows = torch.reshape(torch.permute(ungrouped, [2, 0, 1, 3]), [length, self.heads * dim])
        _4 = torch.append(outputs, rows)
        row = row + length
      result = torch.cat(outputs, 0)
    return result

  def slot_attention(self: __torch__.Model,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    keys: Tensor,
    values: Tensor,
    start: int,
    masks: List[Tensor]) -> Tensor:
    places = annotate(List[Optional[Tensor]], [masks[1], masks[2]])
    _0 = torch.index_put_(torch.transpose(keys, 1, 2), places, k, False)
    _1 = torch.index_put_(torch.transpose(values, 1, 2), places, v, False)
    grouped = torch.view(torch.index_select(q, 0, masks[3]), [torch.size(keys, 0), self.key_value_heads, -1, self.head_dim])
    length = torch.size(masks[0], 3)
    attended = self.attend_slots(grouped, torch.narrow(keys, 2, start, length), torch.narrow(values, 2, start, length), masks[0])
    return torch.view(torch.index_select(attended, 0, masks[1]), [torch.size(q, 0), -1])

  def first_key_of_all(self: __torch__.Model,
    runs: List[int],
    window: int) -> int:
    first = 0
    if window > 0:
      first = self.first_key(runs[1], window)
      for run in range(torch.len(runs) // 3):
        first = ops.prim.min(first, self.first_key(runs[run * 3 + 1], window))
    return first // 16 * 16
