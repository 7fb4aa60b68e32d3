# step: canary
kubectl patch service tickets --patch '{"spec":{"selector":{"track":null}}}'
