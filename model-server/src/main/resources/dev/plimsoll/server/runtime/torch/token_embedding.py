  def embed(self: __torch__.Model) -> Tensor:
    return torch.embedding(self.embed_tokens[0], self.ids[0])
