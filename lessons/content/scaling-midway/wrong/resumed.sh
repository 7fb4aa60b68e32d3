# step: scale
kubectl rollout resume deployment/shop

kubectl rollout status deployment/shop

kubectl scale deployment/shop --replicas=20
