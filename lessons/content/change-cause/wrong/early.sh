# step: together
kubectl annotate deployment/forum kubernetes.io/change-cause="version 3: polls"

kubectl set image deployment/forum forum=sim.tabernetes.dev/web:v3
