  def add_positions(self: __torch__.Model,
    x: Tensor) -> Tensor:
    return x + torch.embedding(self.embed_positions[0], self.positions[0])
