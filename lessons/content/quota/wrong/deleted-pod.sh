# step: out
kubectl delete $(kubectl get pods -o name | head -n 1)
