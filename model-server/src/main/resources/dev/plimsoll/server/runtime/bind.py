  def bind(self: __torch__.Model,
    embedding: List[Tensor],
    positions: List[Tensor],
    layers: List[Tensor],
    norm: List[Tensor],
    head: List[Tensor],
    keys: List[Tensor],
    values: List[Tensor],
    constants: List[Tensor]) -> NoneType:
    self.embedding = embedding
    self.positions = positions
    self.layers = layers
    self.norm = norm
    self.head = head
    self.keys = keys
    self.values = values
    self.constants = constants
    return None
