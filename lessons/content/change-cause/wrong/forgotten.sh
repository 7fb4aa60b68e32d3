# step: together
kubectl set image deployment/forum forum=sim.tabernetes.dev/web:v3
