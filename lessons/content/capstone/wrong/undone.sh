# step: repair
kubectl rollout undo deployment/shop

kubectl rollout status deployment/shop
