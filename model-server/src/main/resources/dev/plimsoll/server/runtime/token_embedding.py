  def embed(self: __torch__.Model,
    ids: Tensor,
    positions: Tensor) -> Tensor:
    return torch.embedding(self.embedding[0], ids)
