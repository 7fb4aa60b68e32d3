# step: sick
kubectl delete $(kubectl get pods -l app=front -o name | head -n 1)
