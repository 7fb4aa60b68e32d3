# step: second
kubectl set image deployment/news news=sim.tabernetes.dev/web:v2
