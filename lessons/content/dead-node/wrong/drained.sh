# step: off
kubectl set image deployment/radio radio=sim.tabernetes.dev/web:v2

kubectl drain node-2
