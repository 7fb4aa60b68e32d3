# step: update
kubectl patch deployment store --patch '{"spec":{"strategy":{"type":"RollingUpdate"}}}'

kubectl set image deployment/store store=sim.tabernetes.dev/web:v2
