  def activation(self: __torch__.Model,
    x: Tensor) -> Tensor:
    return torch.silu(x)
