  # Tokens of logits [rows, vocabulary] in float32, as SamplingTable says it. Answers are float64 [rows, 2 + 2 * pairs]: the
  # id or -1 where there was none to choose, its log-probability, ids of the likeliest tokens, their log-probabilities.
  def likeliest(self: __torch__.Model,
    logits: Tensor) -> Tensor:
    best, ids, = torch.max(logits, -1, True)
    chosen = torch.where(torch.isfinite(best), ids, torch.full_like(ids, -1, dtype=None, layout=None, device=None, pin_memory=None, memory_format=None))
    return torch.to(torch.cat([chosen, chosen], 1), torch.device("cpu"), 7)

  # Of some rows from `first` on, so many that what they are drawn from is a step's workspace however many there are:
  #   parameters: float64 [rows, 5], temperature, top_k, top_p, min_p and draw
  #   places: in the flattened logits of these rows what is biased, repeated and penalized, in this order, by amounts
  #   allowed: int64 [constrained, words], bits of the tokens that the rows [constrained] may take
  def choose(self: __torch__.Model,
    all: Tensor,
    first: int,
    parameters: Tensor,
    places: Tensor,
    amounts: Tensor,
    counts: List[int],
    allowed: Tensor,
    constrained: Tensor,
    pairs: int) -> Tensor:
    logits = all[first:first + torch.size(parameters, 0)]
    device = ops.prim.device(logits)
    of = torch.to(torch.to(parameters, device, 7), 6)
    at = torch.split_with_sizes(torch.to(places, device, 4), counts, 0)
    by = torch.split_with_sizes(torch.to(torch.to(amounts, device, 7), 6), counts, 0)
    x = torch.clone(logits)
    flat = torch.view(x, [-1])
    if counts[0] > 0:
      _0 = torch.index_add_(flat, 0, at[0], by[0])
    if torch.numel(constrained) > 0:
      _1 = self.forbid(x, torch.to(allowed, device, 4), torch.to(constrained, device, 4))
    if counts[1] > 0:
      was = torch.index_select(flat, 0, at[1])
      _2 = torch.index_copy_(flat, 0, at[1], torch.where(torch.gt(was, 0), was / by[1], was * by[1]))
    if counts[2] > 0:
      _3 = torch.index_add_(flat, 0, at[2], torch.neg(by[2]))
    best, likeliest, = torch.max(x, -1, True)
    cold = torch.eq(of[:, 0:1], 0)
    ids = likeliest
    if not bool(torch.all(cold)):
      heat = torch.masked_fill(of[:, 0:1], cold, 1)
      ids = torch.where(cold, likeliest, self.draw(torch.div_(x, heat), of))
    failed = torch.logical_not(torch.isfinite(best))
    chosen = torch.masked_fill(ids, failed, -1)
    if pairs >= 0:
      normal = torch.logsumexp(logits, [-1], True)
      told_by = torch.gather(logits, 1, torch.clamp(chosen, 0)) - normal
      top, top_ids, = torch.topk(logits, pairs, -1, True, True)
      told = torch.cat([torch.to(chosen, 7), torch.to(told_by, 7), torch.to(top_ids, 7), torch.to(top - normal, 7)], 1)
    else:
      told = torch.to(torch.cat([chosen, chosen], 1), 7)
    return torch.to(told, torch.device("cpu"), 7)

  def forbid(self: __torch__.Model,
    x: Tensor,
    allowed: Tensor,
    rows: Tensor) -> NoneType:
    bit = torch.arange(64, dtype=4, layout=None, device=ops.prim.device(x), pin_memory=False)
    bits = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(allowed, 2), bit), 1)
    forbidden = torch.eq(torch.reshape(bits, [torch.size(rows, 0), -1]), 0)[:, :torch.size(x, 1)]
    kept = torch.masked_fill(torch.index_select(x, 0, rows), forbidden, -inf)
    _0 = torch.index_copy_(x, 0, rows, kept)
    return None

  # What may be drawn follows from thresholds; then the token is found in which the sum of probabilities, in the order of
  # the ids, passes the draw's share of it.
  def draw(self: __torch__.Model,
    scaled: Tensor,
    of: Tensor) -> Tensor:
    vocabulary = torch.size(scaled, 1)
    odds = torch.softmax(scaled, -1, 6)
    least = torch.amax(odds, [-1], True) * of[:, 3:4]
    odds = torch.masked_fill_(odds, torch.lt(odds, least), 0)
    limits = torch.to(of[:, 1:2], 4)
    widest = int(torch.max(limits))
    if widest > 0:
      most, _0, = torch.topk(odds, ops.prim.min(widest, vocabulary), -1, True, True)
      rank = torch.clamp(limits - 1, 0, torch.size(most, 1) - 1)
      last = torch.masked_fill(torch.gather(most, 1, rank), torch.eq(limits, 0), 0)
      odds = torch.masked_fill_(odds, torch.lt(odds, last), 0)
    share = of[:, 2:3]
    if bool(torch.any(torch.lt(share, 1))):
      odds = torch.masked_fill_(odds, torch.lt(odds, self.nucleus(odds, share)), 0)
    sums = torch.cumsum(odds, -1, dtype=None)
    point = of[:, 4:5] * sums[:, -1:]
    passed = torch.sum(torch.le(sums, point), [-1], True, dtype=4)
    return torch.clamp(passed, None, vocabulary - 1)

  # The least probability among the fewest largest ones that hold a share of all, [rows, 1]. Most nuclei are small.
  def nucleus(self: __torch__.Model,
    odds: Tensor,
    share: Tensor) -> Tensor:
    wanted = torch.sum(odds, [-1], True, dtype=None) * share
    few = ops.prim.min(512, torch.size(odds, 1))
    most, _0, = torch.topk(odds, few, -1, True, True)
    reached = torch.cumsum(most, -1, dtype=None)
    open = torch.logical_and(torch.lt(reached[:, -1:], wanted), torch.lt(share, 1))
    if bool(torch.any(open)):
      most, _1, = torch.sort(odds, -1, True)
      reached = torch.cumsum(most, -1, dtype=None)
    before = torch.sum(torch.lt(reached, wanted), [-1], True, dtype=4)
    last = torch.gather(most, 1, torch.clamp(before, None, torch.size(most, 1) - 1))
    return torch.masked_fill(last, torch.ge(share, 1), 0)
