# step: repair
kubectl label $(kubectl get pods -o name | grep archive) app=archive --overwrite
