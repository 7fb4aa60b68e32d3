# step: repair
kubectl set image deployment/shop shop=sim.tabernetes.dev/web:latest
