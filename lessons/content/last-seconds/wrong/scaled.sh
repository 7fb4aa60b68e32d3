# step: lose
kubectl scale deployment api --replicas=6
