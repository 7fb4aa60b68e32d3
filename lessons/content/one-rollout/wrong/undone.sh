# step: scale
kubectl rollout undo deployment/blog
