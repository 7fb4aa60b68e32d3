# step: five
kubectl set image deployment/web web=sim.tabernetes.dev/web:v3
