# step: half-way
kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v2 && kubectl rollout pause deployment/shop

# step: scale
kubectl scale deployment/shop --replicas=20

# step: resume
kubectl rollout resume deployment/shop

kubectl rollout status deployment/shop
