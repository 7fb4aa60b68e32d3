# step: back
kubectl rollout undo deployment/web
