# step: strategy
kubectl patch deployment store --patch-file recreate.yaml

# step: update
kubectl set image deployment/store store=sim.tabernetes.dev/web:v2

# step: outage
kubectl set image deployment/store store=sim.tabernetes.dev/web:v22

# step: back
kubectl rollout undo deployment/store
