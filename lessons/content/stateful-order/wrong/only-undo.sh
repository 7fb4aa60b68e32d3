# step: rollback
kubectl rollout undo statefulset/db
