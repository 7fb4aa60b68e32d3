# step: out
kubectl rollout restart deployment/web
