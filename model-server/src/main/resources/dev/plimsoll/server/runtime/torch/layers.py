  # Layers that follow one another on this device.
  def decode(self: __torch__.Model,
    x: Tensor,
    first: int,
    count: int) -> Tensor:
    hidden = x
    for i in range(count):
      hidden = self.layer(hidden, first + i)
    return hidden
