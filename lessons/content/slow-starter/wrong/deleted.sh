# step: hang
kubectl delete $(kubectl get pods -l app=search -o name | head -n 1)
