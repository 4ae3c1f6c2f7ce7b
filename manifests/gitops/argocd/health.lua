-- Health of a ModelDeployment for Argo CD. A sync wave goes on when it is Healthy.
local health = {status = "Progressing", message = "no operator has looked at it yet"}
local status = obj.status
if status == nil or status.observedGeneration ~= obj.metadata.generation then
  return health
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function told(word, condition)
  return {status = word, message = condition.reason .. ": " .. condition.message}
end

local ready = conditions.Ready
if conditions.Stalled ~= nil and conditions.Stalled.status == "True" then
  return told("Degraded", conditions.Stalled)
end
if conditions.Reconciling ~= nil and conditions.Reconciling.status == "True" then
  return told("Progressing", conditions.Reconciling)
end
if ready == nil then
  return health
end
if ready.status ~= "True" then
  return told("Progressing", ready)
end
if obj.spec.suspend then
  return told("Suspended", ready)
end
return told("Healthy", ready)
