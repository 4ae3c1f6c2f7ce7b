  # What a step's tokens and rows are, told once for all layers; StepTensors packs it.
  #   layout: how many token ids, positions, places, last rows, fresh pages, entries of block tables, pages of spans
  #   spans: of each prompt span its first position, its tokens, its pages, and the first of them or -1 where they do not
  #     lie one behind the other
  def begin(self: __torch__.Model,
    packed: Tensor,
    layout: List[int],
    spans: List[int],
    least_position: int) -> NoneType:
    parts = torch.split_with_sizes(packed, layout, 0)
    self.ids = [parts[0]]
    self.positions = [parts[1]]
    self.places = [parts[2]]
    self.last = [parts[3]]
    self.fresh = [parts[4]]
    self.tables = [parts[5]]
    self.span_pages = [parts[6]]
    self.spans = spans
    self.least_position = least_position
    return None

  # Tokens of decode rows come before those of prompt spans.
  def decodes(self: __torch__.Model) -> int:
    rows = torch.size(self.ids[0], 0)
    for span in range(torch.len(self.spans) // 4):
      rows = rows - self.spans[span * 4 + 1]
    return rows
