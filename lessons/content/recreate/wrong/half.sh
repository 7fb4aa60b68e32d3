# step: strategy
kubectl patch deployment store --patch '{"spec":{"strategy":{"type":"Recreate"}}}'
