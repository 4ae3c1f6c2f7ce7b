  # Keys and values of a layer are [pages, 16, key_value_heads, head_dim]. Rows that decode attend in one call, over pages
  # that are gathered by their block tables; each prompt span attends by itself. What a page holds beyond its sequence's
  # tokens is masked, and it is finite: a page is zeroed before its first token is written.
  def paged_attention(self: __torch__.Model,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    layer: int) -> Tensor:
    keys = self.keys[layer]
    values = self.values[layer]
    _0 = self.write(keys, k)
    _1 = self.write(values, v)
    which = self.window_of_layer[layer]
    row = self.decodes()
    outputs = annotate(List[Tensor], [])
    if row > 0:
      _2 = torch.append(outputs, self.attend_rows(q[:row], keys, values, which))
    pages = 0
    for span in range(torch.len(self.spans) // 4):
      end = row + self.spans[span * 4 + 1]
      _3 = torch.append(outputs, self.attend_span(q[row:end], keys, values, which, span, pages))
      row = end
      pages = pages + self.spans[span * 4 + 2]
    if torch.len(outputs) == 1:
      result = outputs[0]
    else:
      result = torch.cat(outputs, 0)
    return result

  def write(self: __torch__.Model,
    cache: Tensor,
    tokens: Tensor) -> NoneType:
    if torch.numel(self.fresh[0]) > 0:
      _0 = torch.index_fill_(cache, 0, self.fresh[0], 0)
    flat = torch.view(cache, [-1, self.key_value_heads, self.head_dim])
    _1 = torch.index_copy_(flat, 0, self.places[0], tokens)
    return None

  # q [rows, heads, head_dim] to [rows, heads * head_dim]
  def attend_rows(self: __torch__.Model,
    q: Tensor,
    keys: Tensor,
    values: Tensor,
    which: int) -> Tensor:
    rows = torch.size(q, 0)
    mask = self.decode_masks[which]
    columns = torch.size(mask, 3) // 16
    table = torch.view(self.tables[0], [rows, -1])
    table = table[:, torch.size(table, 1) - columns:]
    grouped = torch.view(q, [rows, self.key_value_heads, -1, self.head_dim])
    # No more than this is gathered at once: it is a step's workspace.
    at_once = ops.prim.max(4194304 // (columns * 16 * self.key_value_heads * self.head_dim), 1)
    outputs = annotate(List[Tensor], [])
    for i in range((rows + at_once - 1) // at_once):
      end = ops.prim.min((i + 1) * at_once, rows)
      pages = torch.reshape(table[i * at_once:end], [-1])
      k = self.gather(keys, pages, end - i * at_once)
      v = self.gather(values, pages, end - i * at_once)
      _0 = torch.append(outputs, self.attend(grouped[i * at_once:end], k, v, mask[i * at_once:end]))
    return torch.reshape(torch.cat(outputs, 0), [rows, -1])

  # [rows, key_value_heads, keys, head_dim]
  def gather(self: __torch__.Model,
    cache: Tensor,
    pages: Tensor,
    rows: int) -> Tensor:
    gathered = torch.view(torch.index_select(cache, 0, pages), [rows, -1, self.key_value_heads, self.head_dim])
    return torch.transpose(gathered, 1, 2)

  # q [tokens, heads, head_dim] to [tokens, heads * head_dim]
  def attend_span(self: __torch__.Model,
    q: Tensor,
    keys: Tensor,
    values: Tensor,
    which: int,
    span: int,
    page: int) -> Tensor:
    tokens = torch.size(q, 0)
    position = self.spans[span * 4]
    count = self.spans[span * 4 + 2]
    first = self.first_key(position, self.windows[which])
    mask = self.span_masks[which * (torch.len(self.spans) // 4) + span]
    end = count * 16
    if torch.numel(mask) == 0:
      end = position + 1
      if self.windows[which] > 0:
        first = ops.prim.max(end - self.windows[which], 0)
    own = self.span_pages[0][page:page + count]
    lies = self.spans[span * 4 + 3]
    k = self.of_sequence(keys, own, lies, first, end)
    v = self.of_sequence(values, own, lies, first, end)
    grouped = torch.view(q, [tokens, self.key_value_heads, -1, self.head_dim])
    if tokens == 1:
      attended = torch.reshape(self.attend(grouped, torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), mask), [1, -1])
    else:
      groups = torch.size(grouped, 2)
      each = torch.permute(grouped, [1, 2, 0, 3])
      shape = [self.key_value_heads, groups, end - first, self.head_dim]
      wide_k = torch.expand(torch.unsqueeze(k, 1), shape, implicit=False)
      wide_v = torch.expand(torch.unsqueeze(v, 1), shape, implicit=False)
      attended = torch.reshape(torch.permute(self.attend(each, wide_k, wide_v, mask), [2, 0, 1, 3]), [tokens, -1])
    return attended

  # Keys or values of one sequence from first to end, [key_value_heads, tokens, head_dim]; a view where its pages lie one
  # behind the other.
  def of_sequence(self: __torch__.Model,
    cache: Tensor,
    pages: Tensor,
    lies: int,
    first: int,
    end: int) -> Tensor:
    if lies >= 0:
      flat = torch.view(cache, [-1, self.key_value_heads, self.head_dim])
      own = flat[lies * 16 + first:lies * 16 + end]
    else:
      skipped = first // 16
      gathered = torch.index_select(cache, 0, pages[skipped:])
      flat1 = torch.view(gathered, [-1, self.key_value_heads, self.head_dim])
      own = flat1[first - skipped * 16:end - skipped * 16]
    return torch.transpose(own, 0, 1)

  def prepare_attention(self: __torch__.Model,
    x: Tensor) -> NoneType:
    decode_masks = annotate(List[Tensor], [])
    span_masks = annotate(List[Tensor], [])
    for i in range(torch.len(self.windows)):
      window = self.windows[i]
      row = self.decodes()
      if row > 0:
        end = torch.numel(self.tables[0]) // row * 16
        shown = self.mask(x, self.positions[0][:row], self.first_key(self.least_position, window), end, window)
        _0 = torch.append(decode_masks, torch.view(shown, [row, 1, 1, -1]))
      else:
        _1 = torch.append(decode_masks, torch.zeros([0], dtype=6, layout=None, device=ops.prim.device(x), pin_memory=False))
      for span in range(torch.len(self.spans) // 4):
        tokens = self.spans[span * 4 + 1]
        if tokens > 1 or self.pads:
          first = self.first_key(self.spans[span * 4], window)
          end1 = self.spans[span * 4 + 2] * 16
          _2 = torch.append(span_masks, self.mask(x, self.positions[0][row:row + tokens], first, end1, window))
        else:
          _3 = torch.append(span_masks, torch.zeros([0], dtype=6, layout=None, device=ops.prim.device(x), pin_memory=False))
        row = row + tokens
    self.decode_masks = decode_masks
    self.span_masks = span_masks
    return None

  # The masks take as much as anything: they go when the last layer has run.
  def end_attention(self: __torch__.Model) -> NoneType:
    self.decode_masks = annotate(List[Tensor], [])
    self.span_masks = annotate(List[Tensor], [])
    return None

  # First key, at the beginning of a page, that rows from this position on see.
  def first_key(self: __torch__.Model,
    position: int,
    window: int) -> int:
    first = 0
    if window > 0:
      first = ops.prim.max(position + 1 - window, 0) // 16 * 16
    return first

  # Keys that are seen are 0, hidden ones negative infinity: [rows, keys] of rows at positions [rows].
  def mask(self: __torch__.Model,
    x: Tensor,
    positions: Tensor,
    first: int,
    end: int,
    window: int) -> Tensor:
    key = torch.unsqueeze(torch.arange(first, end, dtype=4, layout=None, device=ops.prim.device(x), pin_memory=False), 0)
    own = torch.unsqueeze(positions, 1)
    hidden = torch.gt(key, own)
    if window > 0:
      hidden = torch.logical_or(hidden, torch.le(key, own - window))
    shown = torch.zeros([torch.size(positions, 0), end - first], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
    return torch.masked_fill_(shown, hidden, -inf)
