# step: second
kubectl set image deployment/news news=sim.tabernetes.dev/web:v2 && kubectl rollout pause deployment/news

# step: third
kubectl set image deployment/news news=sim.tabernetes.dev/web:v3

kubectl rollout resume deployment/news

# step: finish
kubectl rollout status deployment/news

# step: stuck
kubectl set image deployment/news news=sim.tabernetes.dev/never-ready:v2

# step: forward
kubectl set image deployment/news news=sim.tabernetes.dev/web:v4
