  def zeros(self: __torch__.Model,
    sizes: List[int],
    dtype: int,
    device: str) -> Tensor:
    return torch.zeros(sizes, dtype=dtype, layout=None, device=torch.device(device), pin_memory=False)

  def land(self: __torch__.Model,
    target: Tensor,
    staging: Tensor,
    offset: int,
    bytes: int,
    dtype: int,
    element: int,
    elements: int) -> NoneType:
    raw = torch.slice(staging, 0, offset, torch.add(offset, bytes), 1)
    if torch.ne(torch.remainder(offset, 8), 0):
      aligned = torch.clone(raw)
    else:
      aligned = raw
    stored = torch.view_copy(aligned, dtype=dtype)
    flat = torch.view(target, [-1])
    region = torch.slice(flat, 0, element, torch.add(element, elements), 1)
    _0 = torch.copy_(region, stored, False)
    return None

  def on(self: __torch__.Model,
    tensor: Tensor,
    device: str) -> Tensor:
    return torch.to(tensor, torch.device(device), ops.prim.dtype(tensor))

  def part(self: __torch__.Model,
    tensor: Tensor,
    element: int,
    elements: int,
    shape: List[int]) -> Tensor:
    flat = torch.view(tensor, [-1])
    return torch.view(torch.slice(flat, 0, element, torch.add(element, elements), 1), shape)

  def copy(self: __torch__.Model,
    target: Tensor,
    source: Tensor) -> NoneType:
    _0 = torch.copy_(target, source, False)
    return None

  def bytes(self: __torch__.Model,
    tensor: Tensor) -> Tensor:
    return torch.view_copy(tensor, dtype=0)
