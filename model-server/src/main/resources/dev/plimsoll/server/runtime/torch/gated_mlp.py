  def mlp(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    gate_up = torch.chunk(self.linear(x, self.gate_up_proj[layer], self.gate_up_bias[layer]), 2, -1)
    return self.linear(self.activation(gate_up[0]) * gate_up[1], self.down_proj[layer], self.down_bias[layer])
