# step: green
kubectl set image deployment/blue tickets=sim.tabernetes.dev/web:v2
