  def embed(self: __torch__.Model) -> Tensor:
    words = torch.embedding(self.word_embeddings[0], self.ids[0])
    x = words + self.token_type_embeddings[0][0] + torch.embedding(self.position_embeddings[0], self.positions[0])
    return self.layer_norm(x, self.embedding_norm[0], self.embedding_norm_bias[0])

  def prepare(self: __torch__.Model,
    x: Tensor) -> NoneType:
    return None

  def end_attention(self: __torch__.Model) -> NoneType:
    return None

  def layer(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    qkv = self.linear(x, self.qkv_proj[layer], self.qkv_bias[layer])
    rows = self.linear(self.mutual_attention(qkv), self.attention_dense[layer], self.attention_dense_bias[layer])
    attended = self.layer_norm(rows + x, self.attention_norm[layer], self.attention_norm_bias[layer])
    wide = self.activation(self.linear(attended, self.intermediate[layer], self.intermediate_bias[layer]))
    narrow = self.linear(wide, self.output[layer], self.output_bias[layer])
    return self.layer_norm(narrow + attended, self.output_norm[layer], self.output_norm_bias[layer])

  # Every token of a span sees the whole span.
  def mutual_attention(self: __torch__.Model,
    qkv: Tensor) -> Tensor:
    split = torch.permute(torch.view(qkv, [torch.size(qkv, 0), 3, 1, self.heads, self.head_dim]), [1, 2, 3, 0, 4])
    everything = torch.empty([0], dtype=ops.prim.dtype(qkv), layout=None, device=ops.prim.device(qkv), pin_memory=False, memory_format=None)
    outputs = annotate(List[Tensor], [])
    row = 0
    for span in range(torch.len(self.spans) // 4):
      end = row + self.spans[span * 4 + 1]
      own = split[:, :, :, row:end]
      attended = self.attend(own[0], own[1], own[2], everything)
      _0 = torch.append(outputs, torch.reshape(torch.transpose(attended[0], 0, 1), [end - row, -1]))
      row = end
    return torch.cat(outputs, 0)

  # A vector of each span's hidden states, float32: their mean, the first or the last; of length 1 when asked for.
  def pool(self: __torch__.Model,
    x: Tensor) -> Tensor:
    vectors = annotate(List[Tensor], [])
    row = 0
    for span in range(torch.len(self.spans) // 4):
      end = row + self.spans[span * 4 + 1]
      states = torch.to(x[row:end], 6)
      if self.pooling == 0:
        vector = torch.mean(states, [0], False, dtype=None)
      else:
        if self.pooling == 1:
          vector = states[0]
        else:
          vector = states[-1]
      _0 = torch.append(vectors, vector)
      row = end
    pooled = torch.stack(vectors, 0)
    if self.normalize:
      length = torch.sqrt(torch.sum(pooled * pooled, [1], True, dtype=None))
      pooled = pooled / torch.clamp_min(length, 1e-12)
    return pooled
