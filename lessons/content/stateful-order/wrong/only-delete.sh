# step: rollback
kubectl delete pod db-2
