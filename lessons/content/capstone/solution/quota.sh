# step: look
kubectl get deployments,replicasets,pods,services

# step: repair
kubectl describe replicasets -l app=shop

kubectl set resources deployment/shop --requests=cpu=200m

kubectl rollout status deployment/shop
