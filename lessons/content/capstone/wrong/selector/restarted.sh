# step: repair
kubectl rollout restart deployment/shop
