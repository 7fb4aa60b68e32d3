# step: off
kubectl set image deployment/radio radio=sim.tabernetes.dev/web:v2

sleep 10

kubectl annotate node node-2 sim.tabernetes.dev/power=off

# step: replaced
kubectl get pods -o wide

# step: return
kubectl annotate node node-2 sim.tabernetes.dev/power-
