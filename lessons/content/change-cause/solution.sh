# step: inherit
kubectl set image deployment/forum forum=sim.tabernetes.dev/web:v2

# step: correct
kubectl annotate deployment/forum kubernetes.io/change-cause="version 2: search"

# step: together
kubectl patch deployment forum --patch-file v3.yaml

# step: back
kubectl rollout undo deployment/forum
