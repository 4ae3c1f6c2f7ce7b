  def layer(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    attended = x + self.self_attention(self.rms_norm(x, self.input_layernorm[layer]), layer)
    return attended + self.mlp(self.rms_norm(attended, self.post_attention_layernorm[layer]), layer)
