# step: undo
kubectl rollout undo deployment image-deployment --to-revision=2
