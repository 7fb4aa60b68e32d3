# step: third
kubectl rollout resume deployment/news

kubectl rollout status deployment/news

kubectl set image deployment/news news=sim.tabernetes.dev/web:v3
