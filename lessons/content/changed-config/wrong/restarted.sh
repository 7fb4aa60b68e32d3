# step: mixed
kubectl rollout restart deployment/greeting
