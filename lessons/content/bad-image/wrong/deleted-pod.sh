# step: out
kubectl delete pod -l app=web --field-selector=status.phase=Pending
