# step: back
kubectl patch deployment store --patch '{"spec":{"strategy":{"type":"RollingUpdate"}}}'
