# step: look
kubectl get deployments,replicasets,pods,services

# step: repair
kubectl get events --field-selector=type=Warning

kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v2

kubectl rollout status deployment/shop
