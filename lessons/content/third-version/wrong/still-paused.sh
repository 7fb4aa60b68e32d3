# step: third
kubectl set image deployment/news news=sim.tabernetes.dev/web:v3
