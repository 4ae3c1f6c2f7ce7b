  def embed(self: __torch__.Model,
    ids: Tensor,
    positions: Tensor) -> Tensor:
    w = self.embedding
    x = torch.embedding(w[0], ids) + w[2][0] + torch.embedding(w[1], positions)
    return self.layer_norm(x, w[3], w[4])

  def decode(self: __torch__.Model,
    x: Tensor,
    positions: Tensor,
    runs: List[int],
    first: int,
    count: int) -> Tensor:
    hidden = x
    for i in range(count):
      hidden = self.layer(hidden, (first + i) * self.layer_weights, runs)
    return hidden

  def layer(self: __torch__.Model,
    x: Tensor,
    first: int,
    runs: List[int]) -> Tensor:
    w = self.layers
    qkv = self.linear(x, w[first], w[first + 1])
    rows = self.linear(self.mutual_attention(qkv, runs), w[first + 2], w[first + 3])
    attended = self.layer_norm(rows + x, w[first + 4], w[first + 5])
    wide = self.activation(self.linear(attended, w[first + 6], w[first + 7]))
    narrow = self.linear(wide, w[first + 8], w[first + 9])
    return self.layer_norm(narrow + attended, w[first + 10], w[first + 11])

  def mutual_attention(self: __torch__.Model,
    qkv: Tensor,
    runs: List[int]) -> Tensor:
    split = torch.permute(torch.view(qkv, [torch.size(qkv, 0), 3, self.heads, self.head_dim]), [1, 2, 0, 3])
    everything = torch.empty([0], dtype=ops.prim.dtype(qkv), layout=None, device=ops.prim.device(qkv), pin_memory=False, memory_format=None)
    outputs = annotate(List[Tensor], [])
    row = 0
    for run in range(torch.len(runs) // 3):
      length = runs[run * 3 + 2]
      own = split[:, :, row:row + length]
      attended = self.attend(own[0], own[1], own[2], everything)
      _0 = torch.append(outputs, torch.reshape(torch.transpose(attended, 0, 1), [length, -1]))
      row = row + length
    return torch.cat(outputs, 0)
