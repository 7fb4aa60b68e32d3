# step: suspect
kubectl delete $(kubectl get pods -o name | head -n 1)
