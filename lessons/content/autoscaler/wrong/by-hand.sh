# step: autoscale
kubectl scale deployment/api --replicas=4
