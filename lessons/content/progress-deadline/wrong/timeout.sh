# step: deadline
kubectl rollout status deployment/shop --timeout=15s
