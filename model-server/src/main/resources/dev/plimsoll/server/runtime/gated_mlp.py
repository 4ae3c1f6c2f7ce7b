  def mlp(self: __torch__.Model,
    x: Tensor,
    first: int) -> Tensor:
    w = self.layers
    gate_up = torch.chunk(self.linear(x, w[first], w[first + 1]), 2, -1)
    return self.linear(self.activation(gate_up[0]) * gate_up[1], w[first + 2], w[first + 3])
