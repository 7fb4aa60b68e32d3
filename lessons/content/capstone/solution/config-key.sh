# step: look
kubectl get deployments,replicasets,pods,services

# step: repair
kubectl get events --field-selector=type=Warning

kubectl patch configmap shop-settings --patch '{"data":{"currencies":"EUR"}}'

kubectl rollout status deployment/shop
